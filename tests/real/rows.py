"""Rows of tables: what is sent over a socket, and what must hold for the answer."""

from collections.abc import Callable
from typing import NamedTuple

from .wire import Answer, request

__all__ = [
    "CHUNKED", "CLOSED", "HIDDEN", "MALFORMED", "NOT_FOUND", "Row", "body", "form", "header",
    "header_has", "hides", "part", "post", "row", "says", "upload",
]  # fmt: skip

Check = Callable[[Answer], bool]


class Row(NamedTuple):
    """One thing that is sent, and what is answered.

    Attributes:
        name: what is wrong with it.
        sent: all bytes.
        statuses: those that may be answered.
        checks: hold for the answer.
    """

    name: str
    sent: bytes
    statuses: tuple[int, ...]
    checks: tuple[Check, ...]


def row(name: str, sent: bytes, status: int | tuple[int, ...], *checks: Check) -> Row:
    return Row(name, sent, (status,) if isinstance(status, int) else status, checks)


def post(target: str, body: bytes | str, *headers: str, kind: str = "application/json") -> bytes:
    body = body.encode() if isinstance(body, str) else body
    lines = [f"content-type: {kind}"] * bool(kind) + [f"content-length: {len(body)}", *headers]
    return request(target, *lines, method="POST") + body


def form(body: bytes | str, kind: str = "multipart/form-data; boundary=cut") -> bytes:
    return post("/form", body, kind=kind)


def part(disposition: str, value: str = "x", *headers: str) -> str:
    lines = ["--cut", f"content-disposition: {disposition}", *headers, "", value, ""]
    return "\r\n".join(lines)


def upload(filename: str) -> bytes:
    return form(part(f'form-data; name="f"; filename="{filename}"') + "--cut--\r\n")


def body(expected: bytes | str) -> Check:
    expected = expected if isinstance(expected, bytes) else expected.encode()
    return lambda answer: answer.body == expected


def says(text: str) -> Check:
    return lambda answer: text.encode() in answer.body


def hides(text: str | bytes) -> Check:
    text = text if isinstance(text, bytes) else text.encode()
    return lambda answer: text not in answer.body


def header(name: str, value: str | None) -> Check:
    return lambda answer: answer.get(name) == value


def header_has(name: str, text: str) -> Check:
    return lambda answer: text in (answer.get(name) or "")


NOT_FOUND = body(b'{"error":"404 Not Found","status":404}')
MALFORMED = says('"JSON is malformed."')
CHUNKED = "transfer-encoding: chunked"
HIDDEN = b"GET /smuggled HTTP/1.1\r\nhost: shop\r\n\r\n"
CLOSED = header("connection", "close")
