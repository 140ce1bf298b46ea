"""Read `curl` commands as the requests that they make."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from livedocs.console import Command, find_shell_sign
from livedocs.conversation import VARIABLE, VARIABLES
from livedocs.curl_data import DATA, Given, content_type, make_body
from livedocs.errors import MarkupError
from livedocs.events import looks_like_events, split_events
from livedocs.http_text import HEADER_LINE, parse_response
from livedocs.model import Expected, Headers, Manner, Request

WITH_VALUE = {
    "-X": "method", "--request": "method",
    "-H": "header", "--header": "header",
    "-d": "data", "--data": "data", "--data-raw": "data-raw", "--data-binary": "data-binary",
    "--data-urlencode": "data-urlencode",
    "--json": "json",
    "-F": "form", "--form": "form",
    "-u": "user", "--user": "user",
    "-b": "cookie", "--cookie": "cookie",
    "-c": "cookie-jar", "--cookie-jar": "cookie-jar",
    "-A": "agent", "--user-agent": "agent",
    "-r": "range", "--range": "range",
    "-o": "output", "--output": "output",
    "-w": "write-out", "--write-out": "write-out",
}  # fmt: skip
FLAGS = {
    "-i": "include", "--include": "include",
    "-I": "head", "--head": "head",
    "-L": "location", "--location": "location",
    "-G": "get", "--get": "get",
    "--compressed": "compressed",
    "-s": "silent", "--silent": "silent",
    "-S": "silent", "--show-error": "silent",
    "-N": "no-buffer", "--no-buffer": "no-buffer",
}  # fmt: skip
BODIES = {**dict.fromkeys(DATA, "data"), "json": "json", "form": "form"}
SHORT = "".join(name[1] for name in FLAGS if len(name) == 2)


@dataclass(frozen=True, slots=True)
class Curl:
    """A `curl` command, read."""

    request: Request
    manner: Manner
    shows_headers: bool


def parse_curl(command: Command, files: Mapping[str, str]) -> Curl:
    """Turn a `curl` command into a request.

    Args:
        command: The command.
        files: The files of its example, which it may send.

    Raises:
        MarkupError: An option that livedocs does not know, or a URL that is not the example's.
    """
    if problem := find_shell_sign(command):
        raise MarkupError(problem, command.line)
    options = list(_options(command))
    given = dict(options)
    urls = [value for name, value in options if name == "url"]
    if len(urls) != 1:
        raise MarkupError(f"`{command.text}` names {len(urls)} URLs, expected one.", command.line)
    _refuse_unclear(command, given)
    kind, parts = _body_parts(command, options)
    body = make_body(kind, parts, files=files, line=command.line) if kind else ""
    target = _target(urls[0], command.line)
    if "get" in given:
        target = f"{target}{'&' if '?' in target else '?'}{body}" if body else target
        kind, body = "", ""
    method = "HEAD" if "head" in given else "POST" if kind else "GET"
    request = Request(
        method=given.get("method", method).upper(),
        target=target,
        headers=_headers(options, kind, command.line),
        body=body,
    )
    is_shown = ("include" in given or "head" in given) and "output" not in given
    return Curl(request, _manner(command, given), is_shown)


def expected_output(command: Command, curl: Curl) -> Expected:
    """Return the documented response of a `curl` command.

    Raises:
        MarkupError: With `-i`, the output is not a response.
    """
    if not curl.shows_headers:
        return Expected(body=command.output)
    found = parse_response(command.output.split("\n"), command.line + command.text.count("\n") + 1)
    # A terminal shows the whole body; so where none is shown, none may come.
    return found if curl.request.method == "HEAD" else replace(found, body=found.body or "")


def _options(command: Command) -> Iterator[tuple[str, str]]:
    words = iter(command.words[1:])
    for word in words:
        if not word.startswith("-"):
            yield "url", word
        elif word in WITH_VALUE:
            value = next(words, None)
            if value is None:
                raise MarkupError(f"`{word}` in `{command.text}` lacks its value.", command.line)
            yield WITH_VALUE[word], value
        elif word in FLAGS:
            yield FLAGS[word], ""
        elif re.fullmatch(f"-[{SHORT}]+", word):
            yield from ((FLAGS[f"-{letter}"], "") for letter in word[1:])
        else:
            known = ", ".join([*WITH_VALUE, *FLAGS])
            raise MarkupError(
                f"unknown option {word!r} of curl (known: {known}); "
                'spell it out, or give the block skip="reason".',
                command.line,
            )


def _refuse_unclear(command: Command, given: dict[str, str]) -> None:
    if "location" in given and ("include" in given or "head" in given):
        raise MarkupError(
            f"`{command.text}` shows the headers of several responses: show the redirect with "
            "`-i`, and where it leads with `-L`, in two commands.",
            command.line,
        )
    for found in VARIABLE.finditer(given.get("write-out", "")):
        if found["name"] and found["name"] not in VARIABLES:
            raise MarkupError(
                f"unknown variable {found[0]!r} of `-w` (known: {', '.join(VARIABLES)}).",
                command.line,
            )


def _body_parts(command: Command, options: Given) -> tuple[str, Given]:
    parts = [(name, value) for name, value in options if name in BODIES]
    kinds = {BODIES[name] for name, _ in parts}
    if len(kinds) > 1:
        names = " and ".join(sorted(kinds))
        raise MarkupError(f"`{command.text}` has two kinds of bodies: {names}.", command.line)
    return "".join(kinds), parts


def _manner(command: Command, given: dict[str, str]) -> Manner:
    cookie = given.get("cookie", "=")
    return Manner(
        follows="location" in given,
        keeps_method="method" in given,
        reads=None if "=" in cookie else cookie,
        writes=given.get("cookie-jar"),
        decodes="compressed" in given,
        discards="output" in given,
        template=given.get("write-out", ""),
        events=_count_shown(command) if "no-buffer" in given else None,
    )


def _count_shown(command: Command) -> int | None:
    """Return how many events a reader sees before pressing Ctrl-C; `None`: it is no such stream."""
    if not looks_like_events(command.output):
        return None
    return len(split_events(command.output))


def _target(url: str, line: int) -> str:
    parts = urlsplit(url if re.match(r"\w+://", url) else f"http://{url}")
    if parts.scheme != "http" or parts.netloc not in ("localhost:8000", "127.0.0.1:8000"):
        raise MarkupError(
            f"expected a URL at http://localhost:8000, where examples are served; got {url!r}.",
            line,
        )
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _headers(options: Given, kind: str, line: int) -> Headers:
    headers = [_header(value, line) for name, value in options if name == "header"]
    own = {name for name, _ in headers}
    specials = [pair for name, value in options for pair in _special(name, value, line)]
    headers += [(name, value) for name, value in specials if name == "cookie" or name not in own]
    named = {name for name, _ in headers}
    defaults = [(name, value) for name, value in _default_headers(kind) if name not in named]
    # `-H "accept:"` takes a default header away.
    return tuple((name, value) for name, value in [*defaults, *headers] if value)


def _header(value: str, line: int) -> tuple[str, str]:
    found = HEADER_LINE.match(value)
    if found is None:
        raise MarkupError(f"expected a header such as 'name: value', got {value!r}.", line)
    return found["name"].lower(), found["value"].strip()


def _special(name: str, value: str, line: int) -> Headers:
    """Return the header that an option is short for."""
    if name == "user":
        if ":" not in value:
            raise MarkupError(
                f"`-u {value}` would ask for a password: write `-u {value}:PASSWORD`.", line
            )
        return (("authorization", f"Basic {base64.b64encode(value.encode()).decode()}"),)
    if name == "cookie":
        return (("cookie", value),) if "=" in value else ()
    if name == "range":
        return (("range", f"bytes={value}"),)
    if name == "compressed":
        return (("accept-encoding", "deflate, gzip"),)
    return (("user-agent", value),) if name == "agent" else ()


def _default_headers(kind: str) -> Headers:
    accept = "application/json" if kind == "json" else "*/*"
    return (("accept", accept), *((("content-type", content_type(kind)),) if kind else ()))
