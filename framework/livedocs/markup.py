"""The table of fences: what a header may say, and what each kind of block means."""

import re
from dataclasses import dataclass

from livedocs.errors import MarkupError, did_you_mean

COMMON_OPTIONS = frozenset({"title", "name", "hl"})
TESTED_OPTIONS = COMMON_OPTIONS | {"skip", "app"}
# Values of options that are more than a text, and how one is written.
VALUES = {
    "requires": (re.compile(r"3\.\d+"), "3.12"),
    "raises": (re.compile(r"[A-Za-z_]\w*"), "ValueError"),
    "name": (re.compile(r"[a-z][a-z0-9-]*"), "order-soup"),
}
HEADER = re.compile(r'\s*(?P<key>[^\s="\']+)(?:=(?P<quote>["\'])(?P<value>.*?)(?P=quote))?(?=\s|$)')


@dataclass(frozen=True, slots=True)
class Kind:
    """What may follow a language in a header, and what becomes of the block.

    Attributes:
        name: `app`, `more`, `script`, `session`, `test`, `http`, `sse`, `websocket`, `client`,
            `console`, `file` (of an example), `data` (parsed) or `text` (shown only).
        options: Keys that may be given with a value.
        lexer: Pygments lexer that highlights it.
    """

    name: str
    options: frozenset[str]
    lexer: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was understood."""

    kind: Kind
    language: str
    options: dict[str, str]


_PYTHON = TESTED_OPTIONS | {"no_live", "requires"}
# Languages whose text is parsed, and those that are shown only, each with its lexer.
DATA = {
    **{name: name for name in ("toml", "yaml", "json", "ini", "nginx", "xml")},
    "dockerfile": "docker",
    "jinja": "html+jinja",
}
TEXT = {name: name for name in ("text", "markdown", "html", "css", "js", "diff", "sql")}
KINDS: dict[tuple[str, ...], Kind] = {
    ("python", "app"): Kind("app", _PYTHON, "python"),
    ("python", "more"): Kind("more", _PYTHON, "python"),
    ("python", "test"): Kind("test", _PYTHON, "python"),
    ("python",): Kind("script", _PYTHON | {"raises"}, "python"),
    ("pycon",): Kind("session", _PYTHON, "pycon"),
    ("http",): Kind("http", TESTED_OPTIONS, "http"),
    ("sse",): Kind("sse", TESTED_OPTIONS, "text"),
    ("websocket",): Kind("websocket", TESTED_OPTIONS, "text"),
    ("js", "client"): Kind("client", TESTED_OPTIONS | {"no_live"}, "js"),
    ("console",): Kind("console", TESTED_OPTIONS, "console"),
    **{(name,): Kind("data", COMMON_OPTIONS | {"skip"}, lexer) for name, lexer in DATA.items()},
    **{(name,): Kind("text", COMMON_OPTIONS, lexer) for name, lexer in TEXT.items()},
}
# With `file="..."`, a block is another file of an example.
FILE_OPTIONS = frozenset({"file", "app", "name", "hl"})
FILES: dict[tuple[str, ...], Kind] = {
    (name,): Kind("file", FILE_OPTIONS | ({"skip"} if name in DATA else set()), lexer)
    for name, lexer in {"python": "python", **DATA, **TEXT}.items()
}


def parse_header(header: str, line: int) -> Header:
    """Parse a fence's header.

    >>> parse_header('python app title="app.py"', 1).options
    {'title': 'app.py'}

    Raises:
        MarkupError: An unknown language, word or option, or one without its value.
    """
    pairs = _split(header, line)
    words = tuple(key for key, value in pairs if value is None)
    is_file = any(key == "file" for key, value in pairs if value is not None)
    kind = FILES.get(words) if is_file else None
    kind = kind or KINDS.get(words)
    if kind is None:
        raise MarkupError(_unknown(words), line)
    options: dict[str, str] = {}
    for key, value in pairs:
        if value is None:
            continue
        if key in options:
            raise MarkupError(f"the option {key!r} stands twice in {header!r}: keep one.", line)
        if key not in kind.options:
            known = ", ".join(sorted(kind.options))
            hint = did_you_mean(key, kind.options)
            raise MarkupError(
                f"`{' '.join(words)}` has no option {key!r} (it has: {known}).{hint}", line
            )
        if not value.strip():
            raise MarkupError(f'the option {key!r} is empty: write {key}="..." with a text.', line)
        pattern, sample = VALUES.get(key, (None, ""))
        if pattern is not None and not pattern.fullmatch(value):
            raise MarkupError(
                f'cannot read {key}="{value}": expected something like {key}="{sample}".', line
            )
        options[key] = value
    return Header(kind=kind, language=words[0], options=options)


def _split(header: str, line: int) -> list[tuple[str, str | None]]:
    pairs: list[tuple[str, str | None]] = []
    position = 0
    while position < len(header.rstrip()):
        found = HEADER.match(header, position)
        if found is None:
            raise MarkupError(
                f"cannot read the header {header!r} from {header[position:].strip()!r} on: "
                'expected words and key="value" options, as in `python app title="app.py"`.',
                line,
            )
        pairs.append((found["key"], found["value"]))
        position = found.end()
    return pairs


def _unknown(words: tuple[str, ...]) -> str:
    if not words:
        return "a fence without a language: name one, `text` if it is none."
    languages = sorted({key[0] for key in KINDS})
    if words[0] not in languages:
        return (
            f"unknown language {words[0]!r} (known: {', '.join(languages)})."
            f"{did_you_mean(words[0], languages)}"
        )
    known = [" ".join(key) for key in KINDS if key[0] == words[0]]
    return (
        f"unknown words in the header {' '.join(words)!r} (known: {', '.join(known)})."
        f"{did_you_mean(' '.join(words), known)}"
    )
