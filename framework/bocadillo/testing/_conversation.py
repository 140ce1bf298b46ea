"""One WebSocket, as both sides see it.

state        the application may send         it receives
-----------  -------------------------------  -----------------------------------------------
CONNECTING   accept, close, a denial          connect
OPEN         send, close                      what the client sends
CLOSED       nothing                          disconnect, after what the client has sent

Source: ASGI specification, WebSocket Connection Scope, and WebSocket Denial Response.
"""

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect

from ._wire import Wire

if TYPE_CHECKING:
    from starlette.types import Message

__all__ = ["Conversation"]

ABNORMAL = 1006  # RFC 6455, section 7.4.1: there was no close frame

State = Enum("State", ["CONNECTING", "DENYING", "OPEN", "CLOSED"])
EXPECTED = {
    State.CONNECTING: "'websocket.accept', 'websocket.close' or 'websocket.http.response.start'",
    State.DENYING: "'websocket.http.response.body'",
    State.OPEN: "'websocket.send' or 'websocket.close'",
    State.CLOSED: "nothing, for the WebSocket is closed",
}


class Conversation(Wire):
    """Carry the messages of a WebSocket.

    Args:
        label: how messages name it, such as `WebSocket /chat`.
        **options: those of `Wire`.

    Attributes:
        accepted: the message that accepted the handshake.
        denial: the status, headers and body that denied it.
    """

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.accepted: Message | None = None
        self.denial: tuple[int, list[tuple[bytes, bytes]], bytes] | None = None
        self._state = State.CONNECTING
        self._incoming: deque[Message] = deque([{"type": "websocket.connect"}])
        self._outgoing: deque[str | bytes] = deque()
        self._last: Message | None = None  # what the application receives for ever at the end
        self._closed: tuple[int, str] | None = None  # with what the application has closed it

    async def receive(self) -> "Message":
        await self.until(lambda: self._incoming or self._last)
        if self._incoming:
            return self._incoming.popleft()
        return dict(self._last or {})

    async def send(self, message: "Message") -> None:
        self.refuse_if_left()
        match self._state, message["type"]:
            case State.CONNECTING, "websocket.accept":
                self.accepted = message
                self._state = State.OPEN
            case State.CONNECTING, "websocket.close":
                self._deny(403, [], body=b"")
            case State.CONNECTING, "websocket.http.response.start":
                self._status, self._headers = message["status"], list(message.get("headers", ()))
                self._body = b""
                self._state = State.DENYING
            case State.DENYING, "websocket.http.response.body":
                self._body += message.get("body", b"")
                if not message.get("more_body", False):
                    self._deny(self._status, self._headers, body=self._body)
            case State.OPEN, "websocket.send":
                await self._send(message)
            case State.OPEN, "websocket.close":
                self._closed = message.get("code", 1000), message.get("reason") or ""
                self._incoming.clear()
                self._end_with(*self._closed)
            case _:
                raise RuntimeError(
                    f"{self.label}: expected {EXPECTED[self._state]}, the application sent "
                    f"{message['type']!r}"
                )
        self.change()

    async def connect(self) -> None:
        """Wait until the handshake is accepted or denied.

        Raises:
            TimeoutError: it is neither in time.
            RuntimeError: the application returned without doing so.
            Exception: what the application raised.
        """
        await self.wait(
            lambda: self.accepted or self.denial or self.is_over,
            "the handshake was neither accepted nor denied",
        )
        if self.accepted is None and self.is_over:
            has_failed = self.error is not None
            self.raise_error()
            if self.denial is None and not has_failed:
                raise RuntimeError(
                    f"{self.label}: the application returned, and neither accepted nor denied the "
                    "handshake"
                )
            self.denial = self.denial or (500, [], b"Internal Server Error")

    def put(self, data: str | bytes) -> None:
        """Send a message to the application.

        Raises:
            WebSocketDisconnect: the WebSocket is closed.
        """
        if self._state is State.CLOSED or self.is_over:
            raise self.disconnect()
        key = "text" if isinstance(data, str) else "bytes"
        self._incoming.append({"type": "websocket.receive", key: data})
        self.change()

    async def take(self) -> str | bytes:
        """Return the next message of the application.

        Raises:
            WebSocketDisconnect: the WebSocket is closed.
            Exception: what the application raised.
        """
        await self.until(lambda: self._outgoing or self._state is State.CLOSED or self.is_over)
        if self._outgoing and not self.has_left:
            data = self._outgoing.popleft()
            self.take_note(_count(data))
            return data
        self.raise_error()
        raise self.disconnect()

    def disconnect(self) -> WebSocketDisconnect:
        """Return the error that tells how it was closed."""
        if self.has_left:
            return WebSocketDisconnect(self._left_with, "this client has left")
        return WebSocketDisconnect(*(self._closed or (ABNORMAL, "")))

    def close(self, code: int, reason: str) -> None:
        """Leave with a close frame, or, with 1006, without one."""
        if self._state is State.OPEN:
            self._left_with = code
            self._end_with(code, reason)
            self.leave()

    def leave(self) -> None:
        if self._last is None:
            self._left_with = ABNORMAL
            self._end_with(ABNORMAL, "")
        super().leave()

    def end(self) -> None:
        self.close(1000, "")
        if self.unread:
            self.leave()  # nobody takes what is being sent

    async def _send(self, message: "Message") -> None:
        said = [message[key] for key in ("text", "bytes") if message.get(key) is not None]
        if len(said) != 1:
            raise RuntimeError(
                f"{self.label}: expected either 'text' or 'bytes', the application sent {message!r}"
            )
        data: str | bytes = said[0]
        self._outgoing.append(data)
        await self.flow(_count(data))

    def _deny(self, status: int, headers: list[tuple[bytes, bytes]], *, body: bytes) -> None:
        self.denial = status, headers, body
        self._end_with(ABNORMAL, "")

    def _end_with(self, code: int, reason: str) -> None:
        self._state = State.CLOSED
        self._last = {"type": "websocket.disconnect", "code": code, "reason": reason}


def _count(data: str | bytes) -> int:
    return len(data.encode() if isinstance(data, str) else data)
