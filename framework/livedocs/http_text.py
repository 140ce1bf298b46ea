"""Read `http` blocks: a request, an empty line, the expected response.

Source: the message format of RFC 9112, section 2, as people write it in documents.
"""

import re
from dataclasses import dataclass
from http import HTTPMethod

from livedocs.errors import MarkupError, did_you_mean
from livedocs.events import CONTENT_TYPE, FIELD_LINE
from livedocs.model import Expected, Headers, Request

METHODS = tuple(method.value for method in HTTPMethod)
STATUS_LINE = re.compile(r"HTTP/(?:1\.[01]|2|3)\s+(?P<status>\d{3})(?:\s.*)?$")
REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+)\s+(?P<target>/\S*)(?:\s+HTTP/1\.[01])?$")
HEADER_LINE = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class HTTPBlock:
    """The content of an `http` block, or of an `sse` block, whose response is events.

    Attributes:
        request: What is sent.
        expected: What must come back; `None`: the block shows no response.
        request_text: The request's lines as written.
        response_text: The response's lines as written.
    """

    request: Request
    expected: Expected | None
    request_text: str
    response_text: str


def parse_http(source: str, line: int) -> HTTPBlock:
    """Parse an `http` block.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: It is not a request followed by a response.
    """
    lines = source.rstrip("\n").split("\n")
    cut = next((n for n, text in enumerate(lines) if STATUS_LINE.match(text)), len(lines))
    request_lines = _strip_end(lines[:cut])
    request = _parse_request(request_lines if cut else [lines[0]], line)
    expected = parse_response(lines[cut:], line + cut) if cut < len(lines) else None
    return HTTPBlock(
        request=request,
        expected=expected,
        request_text="\n".join(request_lines) + "\n",
        response_text="".join(f"{text}\n" for text in lines[cut:]),
    )


def parse_sse(source: str, line: int) -> HTTPBlock:
    """Parse an `sse` block: a request, an empty line, the first events that must come.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: It is not a request followed by events.
    """
    lines = source.rstrip("\n").split("\n")
    cut = next((n for n, text in enumerate(lines) if not text.strip()), len(lines))
    request = _parse_request(lines[:cut], line)
    events = lines[cut + 1 :]
    for number, text in enumerate(events, start=line + cut + 1):
        if text.strip() and not FIELD_LINE.match(text):
            raise MarkupError(
                f"expected a line of an event, such as `data: hello`, got {text!r}. An empty line "
                "stands between events.",
                number,
            )
    return HTTPBlock(
        request=request,
        expected=Expected(200, (("content-type", f"{CONTENT_TYPE}..."),), "\n".join(events)),
        request_text="".join(f"{text}\n" for text in lines[:cut]),
        response_text="".join(f"{text}\n" for text in events),
    )


def _parse_request(lines: list[str], line: int) -> Request:
    first = REQUEST_LINE.match(lines[0])
    if first is None:
        raise MarkupError(f"expected a request line such as `GET /hello`, got {lines[0]!r}.", line)
    if first["method"] not in METHODS:
        hint = did_you_mean(first["method"], METHODS)
        raise MarkupError(f"no HTTP method is named {first['method']!r}.{hint}", line)
    headers, body = _parse_message(lines[1:], line + 1)
    return Request(first["method"], first["target"], headers, body or "")


def parse_response(lines: list[str], line: int) -> Expected:
    """Parse a documented response: a status line, headers, and perhaps a body.

    Raises:
        MarkupError: A line among the headers is none.
    """
    status = STATUS_LINE.match(lines[0])
    if status is None:
        raise MarkupError(
            f"expected a status line such as `HTTP/1.1 200 OK`, got {lines[0]!r}.", line
        )
    headers, body = _parse_message(lines[1:], line + 1)
    return Expected(int(status["status"]), headers, body)


def _parse_message(lines: list[str], line: int) -> tuple[Headers, str | None]:
    headers: list[tuple[str, str]] = []
    for number, text in enumerate(lines):
        if not text.strip():
            return tuple(headers), "\n".join(lines[number + 1 :]).strip("\n")
        found = HEADER_LINE.match(text)
        if found is None:
            raise MarkupError(
                f"expected a header such as `content-type: text/plain`, got {text!r}. "
                "An empty line stands between the headers and the body.",
                line + number,
            )
        headers.append((found["name"].lower(), found["value"].strip()))
    return tuple(headers), None


def _strip_end(lines: list[str]) -> list[str]:
    while len(lines) > 1 and not lines[-1].strip():
        lines = lines[:-1]
    return lines
