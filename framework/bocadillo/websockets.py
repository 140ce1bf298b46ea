"""WebSockets, as a view talks over them."""

from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from starlette.websockets import WebSocketDisconnect

from ._inbox import State
from ._messages import (
    Decode,
    RefusedMessage,
    decode_any_json,
    decode_binary_json,
    decode_bytes,
    decode_event,
    decode_text,
    encode_as_json,
    encode_bytes,
    encode_text,
)
from ._opening import Opening
from ._outbox import DEFAULT_SIZE, Outbox, Overflow
from ._socket_options import CloseCodes, compile_options

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

__all__ = ["WebSocket", "WebSocketDisconnect"]

OnInvalid = Callable[[str, dict[str, str]], Awaitable[None]]
F = TypeVar("F", bound=OnInvalid)


class WebSocket(Opening):
    """Talk with a client over a WebSocket.

    It is Starlette's WebSocket (`url`, `headers`, `query_params`, `cookies`, `session`, `client`,
    …) with typed messages. `async for message in ws` receives until the client leaves; `async
    with ws` accepts it, and closes it at the end.

    Several tasks may send at the same time: each message is sent as a whole. When the client has
    left, `receive` and `send` raise `WebSocketDisconnect`, and a view that is elsewhere is
    cancelled: what it has in `finally` runs. What the client said before it left is received
    first.

    Args:
        scope: the connection's.
        receive: the server's.
        send: the server's.
        auto_accept: whether the framework accepts it before the view is called.
        value_type: the type of the messages, received and sent: `"text"`, `"bytes"`, `"json"`,
            `"event"` for those of ASGI, or a type that JSON is decoded into and checked against,
            such as a `msgspec.Struct`, a union of tagged ones, or a pydantic model.
        receive_type: that of the messages received, if it is another; so is `send_type`.
        send_type: that of the messages sent.
        caught_close_codes: when the client closes with one of these, `async for` and `async
            with` end without an error: 1000, 1001, 1005, and 1012 for a server that stops, unless
            given; the builtin `all` for every code.
        queue_size: how many messages of `send_nowait` may wait.
        overflow: what happens when more are to: see `send_nowait`.
    """

    _outbox: Outbox | None = None

    def __init__(
        self,
        scope: "Scope",
        receive: "Receive",
        send: "Send",
        *,
        auto_accept: bool = True,
        value_type: Any = None,
        receive_type: Any = None,
        send_type: Any = None,
        caught_close_codes: CloseCodes = None,
        queue_size: int = DEFAULT_SIZE,
        overflow: Overflow = "close",
    ) -> None:
        super().__init__(scope, receive, send)
        self.auto_accept = auto_accept
        options = compile_options(
            value_type=value_type,
            receive_type=receive_type,
            send_type=send_type,
            caught_close_codes=caught_close_codes,
            queue_size=queue_size,
            overflow=overflow,
        )
        self._decode, self._encode, self._caught, self._queue_size, self._overflow = options
        self._on_invalid: OnInvalid | None = None
        self._depth = 0

    async def receive(self) -> Any:
        """Receive the next message, as a value of the type that is received.

        A message of another type closes the WebSocket: with 1003 when bytes came for text or text
        for bytes, with 1007 when it is malformed or invalid, unless `on_invalid` takes it.

        Raises:
            WebSocketDisconnect: the client has left, or was sent away.
            RuntimeError: it is not accepted yet.

        Cancellation:
            No message is lost.
        """
        return await self._read(self._decode)

    async def receive_text(self) -> str:
        """Receive text; otherwise as `receive`."""
        text: str = await self._read(decode_text)
        return text

    async def receive_bytes(self) -> bytes:
        """Receive bytes; otherwise as `receive`."""
        content: bytes = await self._read(decode_bytes)
        return content

    async def receive_json(self, mode: str = "text") -> Any:
        """Receive JSON; otherwise as `receive`.

        Args:
            mode: `"binary"` when it comes as bytes.
        """
        return await self._read(decode_any_json if _is_text(mode) else decode_binary_json)

    async def receive_event(self) -> "Message":
        """Receive the server's message, whatever it holds; otherwise as `receive`."""
        message: Message = await self._read(decode_event)
        return message

    async def send(self, message: Any) -> None:
        """Send a value of the type that is sent.

        Raises:
            TypeError: it is of another type, or cannot be encoded.
            WebSocketDisconnect: the client has left, or the WebSocket was closed.
            RuntimeError: it is not accepted yet.

        Cancellation:
            It is sent as a whole, or not at all, as far as the server keeps to that.
        """
        if self._encode is None:
            await self.send_event(message)
        else:
            await self._socket.transmit(self._encode(message))

    def send_nowait(self, message: Any) -> None:
        """Have a value of the type that is sent be sent, without waiting: for a broadcast.

        Messages wait in a queue of `queue_size`, so that a client that reads slowly holds up
        nobody; when it is full, the WebSocket is closed with 1008, or the oldest message is
        dropped, as the option `overflow` says. They keep their order, those of `send` among
        them. If the client has left, this does nothing. What waits when the WebSocket is closed, or
        the view has ended, is sent before, for 5 seconds at most.

        Raises:
            TypeError: it is of another type, or cannot be encoded.
            RuntimeError: it is not accepted yet.
        """
        encoded = message if self._encode is None else self._encode(message)
        if self._outbox is None:
            self._outbox = Outbox(self._socket, self._queue_size, self._overflow)
        self._outbox.put(encoded)

    @property
    def dropped(self) -> int:
        """How many messages of `send_nowait` were dropped, as the client reads too slowly."""
        return 0 if self._outbox is None else self._outbox.dropped

    async def send_text(self, data: str) -> None:
        """Send text; otherwise as `send`."""
        await self._socket.transmit(encode_text(data))

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes; otherwise as `send`."""
        await self._socket.transmit(encode_bytes(data))

    async def send_json(self, data: Any, mode: str = "text") -> None:
        """Send whatever `res.json` takes; otherwise as `send`.

        Args:
            data: what to send.
            mode: `"binary"` to send the JSON as bytes.
        """
        message = encode_as_json(data)
        if not _is_text(mode):
            message = encode_bytes(message["text"].encode())
        await self._socket.transmit(message)

    async def send_event(self, event: "Message") -> None:
        """Send a message of ASGI, such as `{"type": "websocket.send", "text": "hello"}`.

        Raises:
            TypeError: it is no such message.
            ValueError: it is of another type than `websocket.send`, `.accept` and `.close`.
        """
        kind = event.get("type") if isinstance(event, Mapping) else None
        if kind == "websocket.send":
            await self._socket.transmit(event)
        elif kind == "websocket.accept":
            await self.accept(event.get("subprotocol"), event.get("headers"))
        elif kind == "websocket.close":
            await self.close(event.get("code", 1000), event.get("reason"))
        elif kind is None:
            raise TypeError(f"expected a message of ASGI, a dict with a 'type', got {event!r}")
        else:
            raise ValueError(
                "expected a message of the type 'websocket.send', 'websocket.accept' or "
                f"'websocket.close', got {kind!r}"
            )

    def on_invalid(self, function: F) -> F:
        """Register what is done about invalid messages: `async def tell(message, errors)`.

        It gets the text of the message and what is wrong with it, by the path of the field. When
        it has ended, the next message is received. It is a decorator, for use in the view.
        """
        self._on_invalid = function
        return function

    def is_caught(self, error: BaseException) -> bool:
        """Tell if an error is that the client closed with one of the caught codes."""
        caught = self._caught
        return isinstance(error, WebSocketDisconnect) and (caught is None or error.code in caught)

    def __aiter__(self) -> Self:
        """Receive all messages, until the client leaves."""
        return self

    async def __anext__(self) -> Any:
        socket = self._socket
        try:  # what `receive` does, without its coroutines: a tenth of the cost of a message
            message = socket.take() if socket.unread else await socket.wait()
            try:
                return self._decode(message)
            except RefusedMessage as refused:
                await self._refuse(message, refused)
            return await self._read(self._decode)
        except WebSocketDisconnect as error:
            if self.is_caught(error):
                raise StopAsyncIteration from None
            raise

    async def __aenter__(self) -> Self:
        """Accept the handshake, unless that is done."""
        self._depth += 1
        if self._socket.state is State.CONNECTING:
            await self.accept()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Close it, with 1011 after an error; within another block of this kind, leave it open."""
        self._depth -= 1
        if self._depth:
            return False
        if exc is None:
            await self.close()
        elif isinstance(exc, WebSocketDisconnect):
            return self.is_caught(exc)
        elif isinstance(exc, Exception):
            await self.close(1011)
        return False

    async def _read(self, decode: Decode) -> Any:
        socket = self._socket
        while True:
            message = socket.take() if socket.unread else await socket.wait()
            try:
                return decode(message)
            except RefusedMessage as refused:
                await self._refuse(message, refused)

    async def _refuse(self, message: "Message", refused: RefusedMessage) -> None:
        """Close it because of a message, unless the view has registered what to do about it."""
        text = message.get("text")
        if self._on_invalid is None or refused.code != 1007 or text is None:
            await self._socket.close(refused.code, refused.reason)
            raise self._socket.disconnect() from None
        await self._on_invalid(text, refused.errors)


def _is_text(mode: str) -> bool:
    if mode not in ("text", "binary"):
        raise ValueError(f"expected the mode 'text' or 'binary', got {mode!r}")
    return mode == "text"
