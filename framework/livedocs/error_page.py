"""The index of errors as Markdown: a heading for each message, by what it comes as."""

import re
from collections.abc import Iterator
from itertools import groupby

from livedocs.error_index import GAP, HEADINGS, LAST_HEADINGS, Message, read_index

WORDS = 12  # of a message in its anchor, unless others begin alike

# The page of the guide for what a module says: by the module, or by its package.
PAGES = {
    page: words.split()
    for page, words in {
        "apps": "applications lifespan _answering _draining",
        "background-tasks": "_background",
        "cli": "cli",
        "configuration": "_configure config plugins._options",
        "errors": "errors _calling error_handlers",
        "hooks": "hooks",
        "installation": "testing",
        "middleware": "middleware",
        "nested-apps": "_mounts _wsgi",
        "plugins": "plugins",
        "providers": "providers _app_scope _extras _graph _kinds _lifetimes _provision",
        "requests": "requests _connection _forms _bodies",
        "responses": "responses _cookies _delivery _dispositions _files _finishing _headers"
        " _json _redirects _sources streaming",
        "routers": "routers",
        "routing": "patterns",
        "sessions": "sessions _session _session_cookie plugins._sessions",
        "sse": "sse",
        "static-files": "_static plugins._static",
        "templates": "templates",
        "validation": "converters _pydantic",
        "views": "views _attending _freezing _handlers _needs",
        "websockets": "websockets _conversing _inbox _messages _opening _origins _outbox"
        " _socket_options _socket_table _sockets _watching",
    }.items()
}
PAGE_OF = {module: page for page, modules in PAGES.items() for module in modules}


def format_index(messages: tuple[Message, ...] | None = None) -> str:
    """Return the Markdown of the index; without messages, of all that the framework has."""
    messages = read_index() if messages is None else messages
    found = {heading: list(group) for heading, group in groupby(messages, lambda m: m.heading)}
    others = [heading for heading in found if heading not in {*HEADINGS, *LAST_HEADINGS}]
    order = [heading for heading in (*HEADINGS, *others, *LAST_HEADINGS) if heading in found]
    return "\n".join(line for heading in order for line in _section(heading, found[heading]))


def _section(heading: str, messages: list[Message]) -> Iterator[str]:
    yield f"## {heading} {{ #{slugify(heading)} }}\n"
    yield f"{HEADINGS.get(heading) or LAST_HEADINGS.get(heading) or _python(heading)}\n"
    for text, anchor in anchors(messages).items():
        yield f"### `` {text} `` {{ #{anchor} }}\n"
        pages = {guide_page(m.module) for m in messages if m.text == text} - {""}
        if pages:
            links = (f"[{_title(page)}](../guide/{page}.md)" for page in sorted(pages))
            yield f"The guide: {', '.join(links)}.\n"


def _python(heading: str) -> str:
    return f"Python's own `{heading}`: the framework was called with what it cannot take."


def anchors(messages: list[Message]) -> dict[str, str]:
    """Return each text of a section with its anchor, which holds its first words."""
    found: dict[str, str] = {}
    for message in messages:
        words = slugify(message.text).split("-")
        short = "-".join([slugify(message.heading), *words[:WORDS]])
        is_taken = short in (anchor for text, anchor in found.items() if text != message.text)
        found[message.text] = "-".join([short, *words[WORDS:]]) if is_taken else short
    return found


def slugify(text: str) -> str:
    """Return the words of a text in lower case, with hyphens between them.

    >>> slugify("setting `CORS`: …")
    'setting-cors'
    """
    return "-".join(re.findall(r"[a-z0-9_]+", text.replace(GAP, " ").lower()))


def guide_page(module: str) -> str:
    """Return the page of the guide that tells of what a module does; empty if none is named."""
    return PAGE_OF.get(module) or PAGE_OF.get(module.partition(".")[0], "")


def _title(page: str) -> str:
    titles = {"apps": "Applications", "cli": "Command line", "sse": "Server-sent events"}
    plain = page.replace("-", " ").capitalize()
    return titles.get(page) or plain.replace("Websockets", "WebSockets")
