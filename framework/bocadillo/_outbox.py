"""What is sent over a WebSocket by somebody who does not wait for it: a broadcast, mostly.

The messages wait in a queue of limited length. So a client that reads slowly holds up nobody, and
takes no more memory than that. When the queue is full, the route's `overflow` decides:

    "close"         the WebSocket is closed, 1008; its view ends as if the client had left
    "drop_oldest"   the message that has waited longest is dropped, and counted

A task sends what waits. It is there only as long as something does: an idle WebSocket has none.
Who sends or closes and does wait, waits for that task first, so that all messages keep their order.

Source: RFC 6455, section 7.4.1 (1008).
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Literal, get_args

from starlette.websockets import WebSocketDisconnect

from ._beside import start_beside, stop_beside, wait_beside
from ._inbox import State
from ._sockets import Socket

if TYPE_CHECKING:
    from starlette.types import Message

__all__ = ["DEFAULT_SIZE", "Outbox", "Overflow", "check_outbox"]

Overflow = Literal["close", "drop_oldest"]

DEFAULT_SIZE = 100
FLUSH_SECONDS = 5.0  # how long a client may take for what waits when its view has ended
POLICY_VIOLATION = 1008
TOO_SLOW = "You read too slowly."


def check_outbox(queue_size: object, overflow: object) -> None:
    """Refuse options that make no sense.

    Raises:
        ValueError: the size is no number of messages from 1 on, or the policy is unknown.
    """
    if type(queue_size) is not int or queue_size < 1:
        raise ValueError(
            f"expected a number of messages from 1 on as `queue_size`, got {queue_size!r}"
        )
    if overflow not in get_args(Overflow):
        raise ValueError(f"expected 'close' or 'drop_oldest' as `overflow`, got {overflow!r}")


class Outbox:
    """Send messages in order, without anybody waiting for it.

    Args:
        socket: what they are sent over.
        size: how many may wait.
        overflow: what happens when it is full: see above.

    Attributes:
        dropped: how many messages were dropped.
    """

    __slots__ = (
        "_failure",
        "_is_closing",
        "_overflow",
        "_size",
        "_socket",
        "_waiting",
        "dropped",
    )

    def __init__(self, socket: Socket, size: int, overflow: Overflow) -> None:
        self._socket = socket
        self._size = size
        self._overflow = overflow
        self._waiting: deque[Message] = deque()
        self._failure: Exception | None = None
        self._is_closing = False
        self.dropped = 0

    def put(self, message: "Message") -> None:
        """Send a message when those before it are sent; if the client has left, forget it.

        Raises:
            RuntimeError: the WebSocket was not accepted yet.
        """
        state = self._socket.state
        if state is State.CONNECTING:
            raise self._socket.refuse("sending")
        if state is State.CLOSED or self._is_closing:
            return
        if len(self._waiting) == self._size:
            if self._overflow == "close":
                self._is_closing = True
                self._waiting.clear()
                stuck: asyncio.Task[None] = self._socket.writer  # type: ignore[assignment] # it sends
                self._socket.writer = start_beside(self._close(stuck), is_eager=True)
                return
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(message)
        if self._socket.writer is None or self._socket.writer.done():
            # Mostly, its first step sends the message.
            self._socket.writer = start_beside(self._write(), is_eager=True)

    async def finish(self, *, is_wanted: bool) -> BaseException | None:
        """Send what waits, when the view has ended, and return what is to be raised, if anything.

        Args:
            is_wanted: whether it is to be sent at all.
        """
        writer = self._socket.writer
        if writer is None:
            return None
        is_stuck, self._is_closing = self._is_closing, True  # what comes from now on is too late
        is_closed = self._socket.state is State.CLOSED
        if (is_closed or not is_wanted) and not is_stuck:
            return await stop_beside(writer)
        timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, writer.cancel)
        try:
            return await wait_beside(writer) or (self._failure if is_wanted else None)
        finally:
            timer.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._socket.transmit(self._waiting.popleft())
        except WebSocketDisconnect:
            self._waiting.clear()
        except Exception as error:  # noqa: BLE001 - raised where the view is, or by `finish`
            self._waiting.clear()
            self._failure, self._is_closing = error, True
            # An eager task is within the view's: Python 3.12 cannot take back its cancellation.
            asyncio.get_running_loop().call_soon(self._socket.lose, {}, error)

    async def _close(self, stuck: "asyncio.Task[None]") -> None:
        """Close the WebSocket of a client that does not read, for which its writer waits."""
        await stop_beside(stuck)
        if self._socket.watcher is not None:  # the client may not read the close frame either
            asyncio.get_running_loop().call_soon(self._socket.watcher.leave, None)
        await self._socket.close(POLICY_VIOLATION, TOO_SLOW)
