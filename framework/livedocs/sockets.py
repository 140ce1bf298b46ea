"""Talk to an application over WebSockets in this event loop: no sockets of the machine, no threads.

Source: ASGI 3.0, WebSocket sub-specification with its extension for denials; a server's ways where
the specification leaves them open.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from livedocs.asgi import LEAVE_SECONDS, ASGIApp, Message, http_scope, read_headers
from livedocs.files import to_text
from livedocs.model import SWITCHING, Frame, Headers, Request, Response

ABNORMAL = 1006
MOST_UNREAD = 100
# What any client sends besides; the key is the one of RFC 6455, section 1.3.
HANDSHAKE: Headers = (
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
)


class ClientLeftError(OSError):
    """The application sends, and its client has left; servers raise an `OSError`, too."""


def websocket_scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    """Return the ASGI scope of a handshake at `ws://localhost:8000`."""
    scope = http_scope(request, state)
    del scope["method"]
    pairs = [(name.encode(), value.encode()) for name, value in HANDSHAKE]
    return {
        **scope,
        "type": "websocket",
        "scheme": "ws",
        "headers": [*scope["headers"], *pairs],
        "subprotocols": offered_subprotocols(request),
        "extensions": {"websocket.http.response": {}},
    }


def offered_subprotocols(request: Request) -> list[str]:
    """Return the subprotocols that a handshake offers."""
    offered = [value for name, value in request.headers if name == "sec-websocket-protocol"]
    return [name for part in ",".join(offered).split(",") if (name := part.strip())]


class Socket:
    """One WebSocket of an application, from the client's side.

    Attributes:
        handshake: The answer to the handshake, 101 or a denial; there once it is `decided`.
        error: What the application raised.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.handshake = Response(0, (), "")
        self.decided = asyncio.Event()
        self.error: Exception | None = None
        self.has_left = False
        self._is_closed = False
        self._ended = asyncio.Event()
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._to_client: asyncio.Queue[Frame] = asyncio.Queue()
        self._denial: tuple[Message, bytes] | None = None
        self._to_app.put_nowait({"type": "websocket.connect"})

    async def run(self, app: ASGIApp, state: dict[str, Any]) -> None:
        """Call the application; it ends when the application does."""
        try:
            await app(websocket_scope(self.request, state), self._to_app.get, self._send)
        except ClientLeftError:
            pass  # as a server does
        except Exception as error:  # noqa: BLE001 # kept for whoever asks
            self.error = error
        finally:
            if not self.decided.is_set():
                self._decide(Response(500, (), "Internal Server Error"))
            elif not self._is_closed:
                self._close(ABNORMAL, "")
            self._ended.set()

    async def _send(self, message: Message) -> None:
        """Take what the application sends."""
        kind = message["type"].removeprefix("websocket.")
        if self.has_left:
            raise ClientLeftError("the client has left")
        if not self.decided.is_set():
            self._shake_hands(kind, message)
        elif self._is_closed:
            raise RuntimeError(f"the application sent {message['type']!r} after its end")
        elif kind == "close":
            self._close(message.get("code") or 1000, message.get("reason") or "")
        elif kind == "send":
            data = message.get("bytes")
            text = Frame("text", str(message.get("text") or ""))
            self._to_client.put_nowait(text if data is None else Frame("binary", data.hex()))
            if self._to_client.qsize() > MOST_UNREAD:
                await asyncio.sleep(0)  # else who sends without end lets nobody read
        else:
            raise _unexpected("'websocket.send' or 'websocket.close'", message)

    def _shake_hands(self, kind: str, message: Message) -> None:
        if kind == "accept" and self._denial is None:
            chosen = message.get("subprotocol")
            own = (("sec-websocket-protocol", str(chosen)),) if chosen else ()
            self._decide(Response(SWITCHING, (*read_headers(message), *own), ""))
        elif kind == "close" and self._denial is None:
            self._decide(Response(403, (), ""))
        elif kind == "http.response.start" and self._denial is None:
            self._denial = message, b""
        elif kind == "http.response.body" and self._denial is not None:
            start, body = self._denial
            self._denial = start, body + bytes(message.get("body", b""))
            if not message.get("more_body", False):
                text = to_text(self._denial[1])
                self._decide(Response(start["status"], read_headers(start), text))
        else:
            raise _unexpected(
                "'websocket.accept', 'websocket.close' or the two of 'websocket.http.response'",
                message,
            )

    def _decide(self, handshake: Response) -> None:
        self.handshake = handshake
        self.decided.set()
        if handshake.status != SWITCHING:
            self._is_closed = True
            self._disconnect(ABNORMAL, "")

    def _close(self, code: int, reason: str) -> None:
        self._is_closed = True
        self._to_client.put_nowait(Frame("close", reason, code))
        self._disconnect(code, reason)

    def _disconnect(self, code: int, reason: str) -> None:
        message = {"type": "websocket.disconnect", "code": code, "reason": reason}
        self._to_app.put_nowait(message)

    def say(self, frame: Frame) -> None:
        """Send a message, or leave; after the end it is lost."""
        if self._is_closed:
            return
        if frame.kind == "close":
            self.has_left = True
            self._close(frame.code, frame.text)
            return
        is_binary = frame.kind == "binary"
        content = {"bytes": bytes.fromhex(frame.text)} if is_binary else {"text": frame.text}
        self._to_app.put_nowait({"type": "websocket.receive", **content})

    async def send(self, frame: Frame) -> None:
        """Send a message."""
        self.say(frame)

    async def receive(self) -> Frame:
        """Return what comes next; the last is `close`."""
        return await self._to_client.get()

    async def leave(self, code: int, reason: str) -> None:
        """Leave, unless it has ended, and wait for the application's end.

        Raises:
            RuntimeError: The application goes on.
        """
        self.say(Frame("close", reason, code))
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._ended.wait()
        except TimeoutError:
            why = "its client left" if self.has_left else "its WebSocket was closed"
            raise RuntimeError(
                f"the application had not ended {LEAVE_SECONDS:g} second after {why}: "
                f"WebSocket {self.request.target}"
            ) from None

    @property
    def late_error(self) -> Exception | None:
        """Return what the application raised when its client had left."""
        return self.error if self.has_left else None


Connect = Callable[[Request], Awaitable[Socket]]


@asynccontextmanager
async def open_sockets(app: ASGIApp, state: dict[str, Any]) -> AsyncIterator[Connect]:
    """Provide what connects clients to an application; what is left of them at the end is cut."""
    failure: BaseException | None = None
    tasks: list[asyncio.Task[None]] = []
    async with asyncio.TaskGroup() as group:

        async def connect(request: Request) -> Socket:
            socket = Socket(request)
            tasks.append(group.create_task(socket.run(app, state)))
            await socket.decided.wait()
            return socket

        try:
            yield connect
        except BaseException as error:  # noqa: BLE001 # raised below, as it is: not in a group
            failure = error
        for task in tasks:
            task.cancel()
    if failure is not None:
        raise failure


def _unexpected(wanted: str, message: Message) -> RuntimeError:
    return RuntimeError(f"expected {wanted} from the application, got {message['type']!r}")
