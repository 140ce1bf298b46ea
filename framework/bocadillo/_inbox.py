"""What comes in over a WebSocket: how it ends, and who asks the server for the next message.

Somebody always asks, and so notices at once when the client leaves: who receives does so for
itself, and a listener while nobody receives. What the listener has read waits in a short queue;
when that is full it stops reading, so that the client must wait as well. What the client said
before it left can still be received.

    the view                          who asks the server
    --------------------------------  -----------------------------------------------------
    waits in `receive`                the view; if the listener does already, it goes on
    waits for something else          the listener, from the next turn of the event loop on
    waits for nothing                 nobody: nothing else could run, either

Source: ASGI specification, WebSocket Connection Scope; RFC 6455.
"""

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from starlette.websockets import WebSocketDisconnect

if TYPE_CHECKING:
    from starlette.types import Message, Receive

__all__ = [
    "ABNORMAL",
    "BUFFERED_MESSAGES",
    "Inbox",
    "State",
]

BUFFERED_MESSAGES = 16  # messages that are read ahead
REFILL_LENGTH = BUFFERED_MESSAGES // 2  # the listener goes on when no more than these are left

# RFC 6455, section 7.4.1: the close frame had no code; there was none.
NO_STATUS, ABNORMAL = 1005, 1006


class State(Enum):
    """Tell what may be sent: see the table above."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSED = "closed"


CONNECTING, OPEN, CLOSED = State


class Watcher(Protocol):
    """What must know when those who use the socket get to know that the client has left."""

    def leave(self, failure: Exception | None) -> None:
        """Take note that the client has left, or that the server failed."""

    def tell(self) -> None:
        """Take note that the current task knows."""

    def take_back(self) -> bool:
        """Take back the cancellation that the client's leaving caused, if it was only that."""


class Inbox:
    """Receive, and notice when the client leaves.

    Attributes:
        state: what may be done: see `_sockets`.
        code: once closed, the close code; `reason` is what was said to it.
        is_closed_here: whether it was closed on this side.
        unread: what was read ahead.
        was_read: whether something was received, or waited for.
        watcher: what looks after the view, if there is one.
    """

    __slots__ = (
        "_is_receiving",
        "_is_roused",
        "_readers",
        "_receive",
        "_resting",
        "code",
        "is_closed_here",
        "reason",
        "state",
        "unread",
        "was_read",
        "watcher",
    )

    def __init__(self, receive: "Receive") -> None:
        self._receive = receive
        self.state = CONNECTING
        self.code = ABNORMAL
        self.reason = ""
        self.is_closed_here = False
        self.was_read = False
        self.unread: list[Message] = []  # an empty deque takes 11 times the memory
        self.watcher: Watcher | None = None
        self._is_receiving = False  # whether the server is asked for a message, by whomever
        self._is_roused = False
        self._readers: list[asyncio.Future[None]] = []
        self._resting: asyncio.Future[None] | None = None

    def take(self) -> "Message":
        """Return the next of the messages that were read ahead; there must be one."""
        self.was_read = True
        message = self.unread.pop(0)
        if len(self.unread) <= REFILL_LENGTH:
            self._rouse()
        return message

    async def wait(self) -> "Message":
        """Wait for the next message.

        Raises:
            WebSocketDisconnect: the client has left, or the WebSocket was closed.
            RuntimeError: it was not accepted yet.

        Cancellation:
            No message is lost, as far as the server keeps to that.
        """
        self.was_read = True
        while self.state is OPEN:
            if self._is_receiving:
                await self._wait_for_others()
                if self.unread:
                    return self.take()
                continue
            self._is_receiving = True
            try:
                message = await self._receive()
            except OSError:
                message = {}
            finally:
                self._is_receiving = False
                if self._readers:  # one of them is to go on
                    self._wake_readers()
                if self._resting is not None:
                    self._rouse()
            if message.get("type") == "websocket.receive" and not self.is_closed_here:
                return message
            self.lose(message)
        raise self.refuse("receiving")

    async def listen(self) -> None:
        """Read ahead whenever nobody receives, until the client leaves."""
        failure: Exception | None = None
        message: Message = {}
        try:
            while True:
                if self._is_receiving or len(self.unread) >= BUFFERED_MESSAGES:
                    await self._rest()
                    continue
                self._is_receiving = True
                message = await self._receive()
                self._is_receiving = False
                if message["type"] != "websocket.receive" or self.is_closed_here:
                    break
                self.unread.append(message)
                if self._readers:  # who gets it may receive the next one without this
                    self._wake_readers()
                    await self._rest()
        except OSError:
            message = {}
        except Exception as error:  # noqa: BLE001 - raised where the view is
            message, failure = {}, error
        self._is_receiving = False
        self.lose(message, failure)

    def disconnect(self) -> WebSocketDisconnect:
        """Return the error that tells how the WebSocket ended, and take note that it is told."""
        if self.watcher is not None:
            self.watcher.tell()
        return WebSocketDisconnect(self.code, self.reason)

    def end(self, code: int, reason: str) -> None:
        """Take note of how it ended."""
        self.state, self.code, self.reason = CLOSED, code, reason
        self._wake_readers()

    def lose(self, message: "Message", failure: Exception | None = None) -> None:
        """Take note that the client has left: how, the server's message says."""
        if self.is_closed_here:
            return
        unknown = NO_STATUS if message else ABNORMAL
        self.end(message.get("code") or unknown, message.get("reason") or "")
        if self.watcher is not None:
            self.watcher.leave(failure)

    def refuse(self, what: str) -> Exception:
        """Return the error that tells why something cannot be done."""
        if self.state is CONNECTING:
            return RuntimeError(
                f"{what} needs a WebSocket that is accepted: call `await ws.accept()` before"
            )
        return self.disconnect()

    async def _wait_for_others(self) -> None:
        """Wait until the one who receives has done so."""
        reader = asyncio.get_running_loop().create_future()
        self._readers.append(reader)
        try:
            await reader
        except asyncio.CancelledError:
            if reader in self._readers:
                self._readers.remove(reader)
            self._rouse()  # the listener may rest because there was somebody
            raise

    async def _rest(self) -> None:
        """Let the listener rest until it is roused."""
        self._resting = asyncio.get_running_loop().create_future()
        await self._resting
        self._resting = None

    def _rouse(self) -> None:
        """Let the listener go on, once the view waits for something else than a message.

        A view that answers each message at once never waits for anything else. The listener then
        costs it nothing; one that received each message for it would cost 3 µs a message.
        """
        if self._resting is not None and not self._is_roused:
            self._is_roused = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._is_roused = False
        if self._resting is not None and not self._resting.done() and not self._is_receiving:
            self._resting.set_result(None)

    def _wake_readers(self) -> None:
        """Let all who wait look again: the first to come gets the message."""
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()
