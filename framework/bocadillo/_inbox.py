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

The listener is a task that is there only while it asks. A view that answers each message at once
never has one: it would cost 3 µs a message, and 1 KiB for each WebSocket that is idle.

Source: ASGI specification, WebSocket Connection Scope; RFC 6455.
"""

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from starlette.websockets import WebSocketDisconnect

from ._beside import start_beside, stop_beside

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
        "_is_watching",
        "_listener",
        "_readers",
        "_receive",
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
        self._is_watching = False  # whether there may be a listener
        self._is_roused = False  # whether it is to be seen if there must be one
        self._listener: asyncio.Task[None] | None = None
        self._readers: list[asyncio.Future[None]] = []

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
            except asyncio.CancelledError:
                raise self._explain() from None
            finally:
                self._is_receiving = False
                if self._readers:  # one of them is to go on
                    self._wake_readers()
                self._rouse()
            if message.get("type") == "websocket.receive" and not self.is_closed_here:
                return message
            self.lose(message)
        raise self.refuse("receiving")

    def begin_to_listen(self) -> None:
        """Ask the server whenever nobody else does, until `stop_listening`."""
        self._is_watching = True
        self._rouse()

    async def stop_listening(self) -> BaseException | None:
        """Ask no more, and return what is to be raised, if anything: see `stop_beside`."""
        self._is_watching = False
        return None if self._listener is None else await stop_beside(self._listener)

    async def listen(self) -> None:
        """Read ahead until somebody receives, the queue is full, or the client leaves."""
        if self._is_receiving:  # the view has begun to, since this was started
            self._listener = None
            return
        try:
            while len(self.unread) < BUFFERED_MESSAGES:
                self._is_receiving = True
                message = await self._receive()
                self._is_receiving = False
                if message["type"] != "websocket.receive" or self.is_closed_here:
                    self.lose(message)
                    break
                self.unread.append(message)
                if self._readers:  # who gets it may receive the next one without this
                    self._wake_readers()
                    break
        except OSError:
            self.lose({})
        except Exception as error:  # noqa: BLE001 - raised where the view is
            self.lose({}, error)
        finally:
            self._is_receiving = False
            self._listener = None

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
        self._is_watching = False  # nothing will come
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
            self._rouse()  # the listener may have ended because there was somebody
            raise

    def _rouse(self) -> None:
        """See, once the view waits for something, whether there must be a listener."""
        if self._is_watching and not self._is_roused and self._listener is None:
            self._is_roused = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._is_roused = False
        if self._is_watching and not self._is_receiving and len(self.unread) < BUFFERED_MESSAGES:
            self._listener = start_beside(self.listen())

    def _explain(self) -> BaseException:
        """Return what a cancellation means: that the client has left, or just that."""
        if self.watcher is not None and self.watcher.take_back():
            return self.disconnect()
        return asyncio.CancelledError()

    def _wake_readers(self) -> None:
        """Let all who wait look again: the first to come gets the message."""
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()
