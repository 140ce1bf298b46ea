"""Stand where the server of a WebSocket stands."""

import asyncio
from collections.abc import Callable
from typing import Any

__all__ = ["CONNECT", "Wire", "converse", "leaves", "make_ws_scope", "says"]

CONNECT = {"type": "websocket.connect"}
DENIAL: dict[str, Any] = {"websocket.http.response": {}}


def says(text: str | None = None, content: bytes | None = None) -> dict[str, Any]:
    """Return what the server hands over when the client says something."""
    return {"type": "websocket.receive", "text": text, "bytes": content}


def leaves(code: int = 1000, reason: str = "") -> dict[str, Any]:
    """Return what the server hands over when the client has left."""
    return {"type": "websocket.disconnect", "code": code, "reason": reason}


def make_ws_scope(path: str = "/", **changes: Any) -> dict[str, Any]:
    """Make the scope of a handshake."""
    scope = {
        "type": "websocket",
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"example.org")],
        "subprotocols": [],
        "extensions": DENIAL,
    }
    return {**scope, **changes}


class Wire:
    """A server: it hands over what is put in, and keeps what is sent.

    Attributes:
        sent: what was sent.
        gate: sends wait until it is set.
        on_send: is called with each message before it counts as sent, and may raise.
    """

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.sent: list[Any] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.received = 0
        self.sending = 0
        self.on_send: Callable[[Any], None] = lambda message: None
        self._incoming: asyncio.Queue[Any] = asyncio.Queue()
        self.put(*messages)

    def put(self, *messages: dict[str, Any] | Exception) -> None:
        """Hand messages over, or raise an error, when the application receives."""
        for message in messages:
            self._incoming.put_nowait(message)

    async def receive(self) -> Any:
        message = await self._incoming.get()
        if isinstance(message, Exception):
            raise message
        self.received += 1
        return message

    async def send(self, message: Any) -> None:
        assert not self.sending, "two sends overlap"
        self.sending += 1
        try:
            await self.gate.wait()
            self.on_send(message)
        finally:
            self.sending -= 1
        self.sent.append(message)

    @property
    def types(self) -> list[str]:
        """The types of what was sent, without their common beginning."""
        return [message["type"].removeprefix("websocket.") for message in self.sent]

    @property
    def texts(self) -> list[str]:
        """The texts that were sent."""
        return [message["text"] for message in self.sent if message.get("text") is not None]

    @property
    def closed(self) -> tuple[int, str] | None:
        """The code and the reason of the close that was sent."""
        last = self.sent[-1] if self.sent else {}
        return (last["code"], last["reason"]) if "code" in last else None


async def converse(app: Any, path: str, *messages: dict[str, Any], **changes: Any) -> Wire:
    """Let an application serve one WebSocket to its end, after these messages."""
    wire = Wire(CONNECT, *messages)
    async with asyncio.timeout(5):
        await app(make_ws_scope(path, **changes), wire.receive, wire.send)
    return wire
