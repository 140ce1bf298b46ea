"""Read `console` blocks: lines that begin with `$` are commands, what follows is their output.

`curl` commands become requests; a few others are checked; what can be neither needs a reason.
"""

import base64
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from livedocs.errors import MarkupError
from livedocs.http_text import HEADER_LINE, parse_response
from livedocs.model import Expected, Headers, Request

WITH_VALUE = {
    "-X": "method", "--request": "method",
    "-H": "header", "--header": "header",
    "-d": "data", "--data": "data", "--data-raw": "data",
    "--json": "json",
    "-u": "user", "--user": "user",
    "-b": "cookie", "--cookie": "cookie",
    "-A": "agent", "--user-agent": "agent",
}  # fmt: skip
FLAGS = {
    "-i": "include", "--include": "include",
    "-I": "head", "--head": "head",
    "-s": "silent", "--silent": "silent",
    "-S": "silent", "--show-error": "silent",
    "-N": "silent", "--no-buffer": "silent",
}  # fmt: skip
SHELL_SIGNS = "&|;<>"
SEPARATORS = {"data": "&", "json": ""}


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a `console` block and its documented output.

    Attributes:
        words: The command, split as a shell splits it.
        text: The command as written, continuation lines included, without `$ `.
        output: The lines up to the next command; without the last line break.
        line: 1-based line of the page where the command stands.
        output_lines: Half-open range of the block's lines that the output takes, from 0.
    """

    words: tuple[str, ...]
    text: str
    output: str
    line: int
    output_lines: tuple[int, int]

    @property
    def is_curl(self) -> bool:
        """Tell whether the command is a request; others are only checked."""
        return self.words[:1] == ("curl",)


@dataclass(frozen=True, slots=True)
class Curl:
    """A `curl` command, read."""

    request: Request
    shows_headers: bool


def parse_console(source: str, line: int) -> list[Command]:
    """Return the commands of a `console` block.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: Output before the first command, or quotes that are never closed.
    """
    lines = source.rstrip("\n").split("\n")
    starts = [number for number, text in enumerate(lines) if text.startswith("$ ")]
    if not starts or starts[0] != 0:
        raise MarkupError(
            f"a console block begins with a command, as in `$ curl ...`; got {lines[0]!r}.", line
        )
    return [
        _command(lines, start, end, line)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _command(lines: list[str], start: int, end: int, line: int) -> Command:
    stop = start + 1
    words = _split("\n".join(lines[start:stop])[2:])
    while stop < end and (words is None or lines[stop - 1].endswith("\\")):
        stop += 1
        words = _split("\n".join(lines[start:stop])[2:])
    text = "\n".join(lines[start:stop])[2:]
    if words is None:
        raise MarkupError(f"the command {text!r} has a quote that is never closed.", line + start)
    last = end
    while last > stop and not lines[last - 1].strip():
        last -= 1
    return Command(tuple(words), text, "\n".join(lines[stop:last]), line + start, (stop, last))


def _split(text: str) -> tuple[str, ...] | None:
    """Split a command as a shell does; `None`: a quote or a line is not finished."""
    shell = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=SHELL_SIGNS)
    shell.whitespace_split = True
    try:
        return tuple(shell)
    except ValueError:
        return None


def find_shell_sign(command: Command) -> str | None:
    """Return what is wrong when the reader's shell would not pass the words as written."""
    sign = next((word for word in command.words if word and not word.strip(SHELL_SIGNS)), None)
    return sign and (
        f"the shell takes {sign!r} in `{command.text}` for itself: put quotes around the "
        'argument it belongs to, or give the block skip="reason".'
    )


def parse_curl(command: Command) -> Curl:
    """Turn a `curl` command into a request.

    Raises:
        MarkupError: An option that livedocs does not know, or a URL that is not the example's.
    """
    if problem := find_shell_sign(command):
        raise MarkupError(problem, command.line)
    given: dict[str, list[str]] = {}
    for name, value in _options(command):
        given.setdefault(name, []).append(value)
    urls = given.get("url", [])
    if len(urls) != 1:
        raise MarkupError(f"`{command.text}` names {len(urls)} URLs, expected one.", command.line)
    kind = next((name for name in SEPARATORS if name in given), "")
    bodies = [_data(value, kind, command.line) for value in given.get(kind, [])]
    method = "HEAD" if "head" in given else "POST" if kind else "GET"
    request = Request(
        method=given.get("method", [method])[-1].upper(),
        target=_target(urls[0], command.line),
        headers=_headers(given, kind, command.line),
        body=SEPARATORS.get(kind, "").join(bodies),
    )
    return Curl(request, "include" in given or "head" in given)


def expected_output(command: Command, curl: Curl) -> Expected:
    """Return the documented response of a `curl` command.

    Raises:
        MarkupError: With `-i`, the output is not a response.
    """
    if curl.shows_headers:
        return parse_response(
            command.output.split("\n"), command.line + command.text.count("\n") + 1
        )
    return Expected(body=command.output)


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
        else:
            known = ", ".join([*WITH_VALUE, *FLAGS])
            raise MarkupError(
                f"unknown option {word!r} of curl (known: {known}); "
                'spell it out, or give the block skip="reason".',
                command.line,
            )


def _target(url: str, line: int) -> str:
    parts = urlsplit(url if re.match(r"\w+://", url) else f"http://{url}")
    if parts.scheme != "http" or parts.netloc not in ("localhost:8000", "127.0.0.1:8000"):
        raise MarkupError(
            f"expected a URL at http://localhost:8000, where examples are served; got {url!r}.",
            line,
        )
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _headers(given: dict[str, list[str]], kind: str, line: int) -> Headers:
    headers = [_header(value, line) for value in given.get("header", [])]
    headers += [
        _special(name, value, line)
        for name in ("user", "cookie", "agent")
        for value in given.get(name, [])
    ]
    named = {name for name, _ in headers}
    defaults = [(name, value) for name, value in _default_headers(kind) if name not in named]
    # `-H "accept:"` takes a default header away.
    return tuple((name, value) for name, value in [*defaults, *headers] if value)


def _header(value: str, line: int) -> tuple[str, str]:
    found = HEADER_LINE.match(value)
    if found is None:
        raise MarkupError(f"expected a header such as 'name: value', got {value!r}.", line)
    return found["name"].lower(), found["value"].strip()


def _data(value: str, name: str, line: int) -> str:
    if value.startswith("@"):
        raise MarkupError(f"a body from a file ({value!r}) cannot be shown: write it out.", line)
    if name == "json":
        try:
            json.loads(value)
        except ValueError as error:
            raise MarkupError(f"the body of --json is no JSON: {error}: {value!r}.", line) from None
    return value


def _special(name: str, value: str, line: int) -> tuple[str, str]:
    if name == "user":
        if ":" not in value:
            raise MarkupError(
                f"`-u {value}` would ask for a password: write `-u {value}:PASSWORD`.", line
            )
        return "authorization", f"Basic {base64.b64encode(value.encode()).decode()}"
    return ("cookie", value) if name == "cookie" else ("user-agent", value)


def _default_headers(kind: str) -> list[tuple[str, str]]:
    if kind == "json":
        return [("accept", "application/json"), ("content-type", "application/json")]
    form = [("content-type", "application/x-www-form-urlencoded")]
    return [("accept", "*/*"), *(form if kind else [])]
