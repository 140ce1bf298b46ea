"""Read `console` blocks: lines that begin with `$` are commands, what follows is their output.

`curl` commands become requests; a few others are checked; what can be neither needs a reason.
"""

import base64
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from livedocs.errors import MarkupError
from livedocs.http_text import HEADER_LINE, parse_response
from livedocs.model import Expected, Request

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
    while stop < end and lines[stop - 1].endswith("\\"):
        stop += 1
    text = "\n".join([lines[start][2:], *lines[start + 1 : stop]])
    try:
        words = shlex.split(text.replace("\\\n", " "), comments=True)
    except ValueError as error:
        raise MarkupError(f"cannot read the command {text!r}: {error}.", line + start) from None
    last = end
    while last > stop and not lines[last - 1].strip():
        last -= 1
    return Command(tuple(words), text, "\n".join(lines[stop:last]), line + start, (stop, last))


def parse_curl(command: Command) -> Curl:
    """Turn a `curl` command into a request.

    Raises:
        MarkupError: An option that livedocs does not know, or a URL that is not the example's.
    """
    method, body, kind, shows_headers, target = "", None, "", False, ""
    headers: list[tuple[str, str]] = []
    for name, value in _options(command):
        if name == "url":
            target = _target(value, command.line)
        elif name == "method":
            method = value.upper()
        elif name == "header":
            headers.append(_header(value, command.line))
        elif name in ("data", "json"):
            body, kind = _data(value, name, command.line), name
        elif name in ("user", "cookie", "agent"):
            headers.append(_special(name, value))
        else:
            shows_headers = shows_headers or name in ("include", "head")
            method = "HEAD" if name == "head" else method
    if not target:
        raise MarkupError(f"`{command.text}` names no URL.", command.line)
    method = method or ("GET" if body is None else "POST")
    defaults = _default_headers(kind)
    given = {name for name, _ in headers}
    headers = [(name, text) for name, text in defaults if name not in given] + headers
    return Curl(Request(method, target, tuple(headers), body or ""), shows_headers)


def expected_output(command: Command, curl: Curl) -> Expected:
    """Return the documented response of a `curl` command.

    Raises:
        MarkupError: With `-i`, the output is not a response.
    """
    if curl.shows_headers and command.output:
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
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if (parts.hostname, parts.port) not in (("localhost", 8000), ("127.0.0.1", 8000)):
        raise MarkupError(
            f"expected a URL at http://localhost:8000, where examples are served; got {url!r}.",
            line,
        )
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


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


def _special(name: str, value: str) -> tuple[str, str]:
    if name == "user":
        return "authorization", f"Basic {base64.b64encode(value.encode()).decode()}"
    return ("cookie", value) if name == "cookie" else ("user-agent", value)


def _default_headers(kind: str) -> list[tuple[str, str]]:
    if kind == "json":
        return [("accept", "application/json"), ("content-type", "application/json")]
    form = [("content-type", "application/x-www-form-urlencoded")]
    return [("accept", "*/*"), *(form if kind else [])]
