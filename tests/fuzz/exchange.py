"""A request given to an application, and what is wrong with what it sends."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from tests.whole_app import SECRET

from .cases import Case

__all__ = ["Exchange", "find_complaints"]

ENOUGH_BYTES = 100_000  # after that many, the client of an endless stream leaves
WITHOUT_BODY = frozenset({204, 205, 304})

is_name = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+").fullmatch
has_control = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]").search
leads_elsewhere = re.compile(rb"[/\\]{2}|[a-z][a-z0-9+.\-]*:", re.IGNORECASE).match


class Exchange:
    """Play the server for one request.

    Attributes:
        status: what was answered; 0 for nothing.
        headers: those of the answer.
        body: of the answer.
        misuses: what the application must not send at that moment.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.is_complete = False
        self.is_gone = asyncio.Event()
        self.misuses: list[str] = []
        self._chunks = list(case.chunks)
        self._is_read = False

    async def run(self, app: Any) -> None:
        """Call the application, as a server does."""
        await asyncio.wait_for(app(self.case.make_scope(), self.receive, self.send), timeout=20)

    async def receive(self) -> dict[str, Any]:
        if self._chunks:
            body = self._chunks.pop(0)
            self._is_read = not self._chunks and not self.case.is_cut
            return {"type": "http.request", "body": body, "more_body": not self._is_read}
        if not self._is_read and not self.case.is_cut:
            self._is_read = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if not self.case.is_cut:
            await self.is_gone.wait()
        self.is_gone.set()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            if self.status:
                self.misuses.append("a second response")
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            if not self.status or self.is_complete:
                self.misuses.append("a body outside of a response")
            self.body += message.get("body", b"")
            self.is_complete = not message.get("more_body", False)
            if self.is_complete or len(self.body) > ENOUGH_BYTES:
                self.is_gone.set()
        else:
            self.misuses.append(f"a message {message['type']!r}")

    def get(self, name: bytes) -> bytes | None:
        """Return the value of a header; of several, all of them."""
        values = [value for key, value in self.headers if key == name]
        return b", ".join(values) if values else None


def find_complaints(exchange: Exchange) -> list[str]:
    """Return what is wrong with an answer, whatever was asked."""
    if not exchange.status:
        return [*exchange.misuses, *([] if exchange.case.is_cut else ["no answer"])]
    return [
        *exchange.misuses,
        *_check_headers(exchange),
        *_check_framing(exchange),
        *_check_safety(exchange),
    ]


def _check_headers(exchange: Exchange) -> Iterator[str]:
    if not 200 <= exchange.status < 500:
        yield f"the status {exchange.status}"
    for name, value in exchange.headers:  # they must be bytes, or these raise a TypeError
        if not is_name(name):
            yield f"a header called {name!r}"
        elif has_control(value):
            yield f"a control character in {name!r}: {value!r}"


def _check_framing(exchange: Exchange) -> Iterator[str]:
    lengths = [value for name, value in exchange.headers if name == b"content-length"]
    has_none = exchange.case.method == "HEAD" or exchange.status in WITHOUT_BODY
    if has_none and exchange.body:
        yield "a body where there is none"
    if exchange.status == 204 and lengths:
        yield "a length of 204"
    if len(lengths) > 1:
        yield "several lengths"
    if lengths and not has_none and exchange.is_complete and int(lengths[0]) != len(exchange.body):
        yield f"{len(exchange.body)} bytes instead of {lengths[0]!r}"
    if exchange.get(b"transfer-encoding") is not None:
        yield "a transfer coding, which is for the server"
    if not exchange.is_complete and not exchange.is_gone.is_set():
        yield "a response without an end"


def _check_safety(exchange: Exchange) -> Iterator[str]:
    content_type = exchange.get(b"content-type") or b""
    if content_type.startswith(b"text/") and exchange.get(b"x-content-type-options") != b"nosniff":
        yield "text without nosniff"
    if content_type.startswith(b"text/html") and exchange.get(b"x-frame-options") != b"DENY":
        yield "a page that can be framed"
    if content_type.startswith(b"text/html") and b"<script" in exchange.body.lower():
        yield "markup of the client"
    if b"Origin" not in (exchange.get(b"vary") or b""):
        yield "no `Vary: Origin`"
    if exchange.get(b"x-evil") is not None:
        yield "a header of the client"
    location = exchange.get(b"location")
    if location is not None and leads_elsewhere(location):
        yield f"a redirect to {location!r}"
    if SECRET in exchange.body:
        yield "a file from outside"
