"""The client's side of a WebSocket."""

import json
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx2
from starlette.websockets import WebSocketDisconnect

if TYPE_CHECKING:
    from ._conversation import Conversation

__all__ = ["ClientWebSocket", "WebSocketDenied"]

ENDED_WELL = (1000, 1001)
FIRST_CODE, LAST_CODE = 1000, 4999  # RFC 6455, section 7.4.2

Mode = Literal["text", "binary"]


class WebSocketDenied(Exception):  # noqa: N818 - it is what happened, as WebSocketDisconnect is
    """Raised when the application denies a handshake.

    Attributes:
        response: what it was denied with, such as a 403.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        super().__init__(
            f"{response.request.url.path}: the handshake was denied with "
            f"{response.status_code} {response.reason_phrase}: {response.text!r}"
        )


class ClientWebSocket:
    """Talk with the application over a WebSocket, as its client.

    `async for message in ws` receives until the application closes it with 1000 or 1001; any other
    code is raised. A wait that is cancelled, by `asyncio.timeout` for one, loses nothing.

    Attributes:
        response: the response to the handshake, with its headers.
        subprotocol: the one that the application has chosen, if any.
        conversation: what carries the messages; for the client.
    """

    def __init__(self, conversation: "Conversation", response: httpx2.Response) -> None:
        self.conversation = conversation
        self.response = response
        self.subprotocol: str | None = response.headers.get("sec-websocket-protocol")

    async def send_text(self, data: str) -> None:
        """Send text.

        Raises:
            TypeError: it is no text.
            WebSocketDisconnect: the WebSocket is closed.
        """
        if not isinstance(data, str):
            raise TypeError(f"expected text to send, a str, got {data!r}")
        self.conversation.put(data)

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes; otherwise as `send_text`."""
        if not isinstance(data, bytes):
            raise TypeError(f"expected bytes to send, got {data!r}")
        self.conversation.put(data)

    async def send_json(self, data: Any, mode: Mode = "text") -> None:
        """Send a value as JSON.

        Args:
            data: what the `json` module of Python encodes.
            mode: `"binary"` to send it as bytes.
        """
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        self.conversation.put(text if mode == "text" else text.encode())

    async def receive(self) -> str | bytes:
        """Wait for the next message, text or bytes.

        Raises:
            TimeoutError: none came in time.
            WebSocketDisconnect: the WebSocket is closed: with this `code`, and this `reason`.
            Exception: what the application raised.

        Cancellation:
            No message is lost.
        """
        async with self.conversation.patience("no message came"):
            return await self.conversation.take()

    async def receive_text(self) -> str:
        """Wait for the next message, which must be text; otherwise as `receive`.

        Raises:
            TypeError: it is not.
        """
        data = await self.receive()
        if not isinstance(data, str):
            raise TypeError(f"{self.conversation.label}: expected text, got {data!r}")
        return data

    async def receive_bytes(self) -> bytes:
        """Wait for the next message, which must be bytes; otherwise as `receive_text`."""
        data = await self.receive()
        if not isinstance(data, bytes):
            raise TypeError(f"{self.conversation.label}: expected bytes, got {data!r}")
        return data

    async def receive_json(self, mode: Mode = "text") -> Any:
        """Wait for the next message, and decode it from JSON.

        Args:
            mode: `"binary"` when it must come as bytes.
        """
        is_text = mode == "text"
        return json.loads(await (self.receive_text() if is_text else self.receive_bytes()))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the WebSocket, and wait until the application has cleaned up.

        Raises:
            ValueError: there is no such close code.
            TimeoutError: the application does not end in time.
            Exception: what the application raised.
        """
        if not FIRST_CODE <= code <= LAST_CODE:
            raise ValueError(f"expected a close code from 1000 to 4999, got {code!r}")
        self.conversation.close(code, reason)
        await self.conversation.finish()

    def disconnect(self) -> None:
        """Vanish now, without a close frame: the application sees the code 1006 at once."""
        self.conversation.leave()

    def pause(self) -> None:
        """Take nothing more: the application's next `send` waits until `resume`."""
        self.conversation.pause()

    def resume(self) -> None:
        """Go on taking what the application sends."""
        self.conversation.resume()

    def __aiter__(self) -> Self:
        """Receive all messages, until the application closes the WebSocket."""
        return self

    async def __anext__(self) -> str | bytes:
        try:
            return await self.receive()
        except WebSocketDisconnect as error:
            if error.code in ENDED_WELL:
                raise StopAsyncIteration from None
            raise
