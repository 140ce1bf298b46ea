"""What runs between a test and one call of the application, and how long either waits.

Both sides run in the same event loop. Each waits until something is so, and is told whenever
anything has changed; nothing is lost when a wait is cancelled. The application's `send` waits while
the test takes too little; the test waits for the application no longer than its patience lasts.

Source: ASGI specification, HTTP and WebSocket Connection Scopes (Send after a disconnect).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocketDisconnect

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope

__all__ = ["BUFFER_BYTES", "ClientGone", "Wire"]

BUFFER_BYTES = 65536
"""How much the application may send ahead of the test: what the transports of asyncio allow."""


class ClientGone(OSError):  # noqa: N818 - it is what happened, as ClientDisconnect is
    """Tell the application, which sends something, that its client has left."""


class Wire:
    """Carry the messages of one call of the application.

    Args:
        label: how messages name it, such as `GET /feed`.
        seconds: how long the test waits for the application; `None`: for ever.
        buffer: how many bytes the application may be ahead of the test.
        raises: whether what the application raises is raised in the test.

    Attributes:
        is_paused: whether the client takes nothing.
        has_left: whether the client has left.
        is_over: whether the application's call has ended.
        is_abandoned: whether the test was told of a failure already.
        unread: how many bytes the test has not taken.
        error: what the application raised, until it is raised in the test.
        failure: what else is to be raised in the test.
    """

    def __init__(
        self,
        label: str,
        *,
        seconds: float | None,
        buffer: int = BUFFER_BYTES,
        raises: bool = True,
    ) -> None:
        self.label = label
        self.seconds = seconds
        self.buffer = buffer
        self.raises = raises
        self.is_paused = False
        self.has_left = False
        self.is_over = False
        self.is_abandoned = False
        self.unread = 0
        self.error: BaseException | None = None
        self.failure: Exception | None = None
        self._call: asyncio.Task[None]
        self._waiting: set[asyncio.Future[None]] = set()

    def start(self, group: asyncio.TaskGroup, app: "ASGIApp", scope: "Scope") -> None:
        """Call the application in a task of the group."""
        self._call = group.create_task(self._run(app, scope), name=self.label)
        self._call.add_done_callback(self._end)  # should it be cancelled before it runs

    def when_over(self, function: Callable[[], object]) -> None:
        """Call a function when the application's call has ended."""
        self._call.add_done_callback(lambda task: function())

    async def receive(self) -> "Message":
        """Hand the next message over to the application."""
        raise NotImplementedError

    async def send(self, message: "Message") -> None:
        """Take a message from the application."""
        raise NotImplementedError

    def change(self) -> None:
        """Tell all who wait that something has changed."""
        for turn in self._waiting:
            if not turn.done():
                turn.set_result(None)

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so."""
        while not is_so():
            turn = asyncio.get_running_loop().create_future()
            self._waiting.add(turn)
            try:
                await turn
            finally:
                self._waiting.discard(turn)

    async def wait(self, is_so: Callable[[], object], what: str) -> None:
        """Wait until something is so, for as long as the patience of the test lasts.

        Args:
            is_so: tells if it is.
            what: what did not happen in time, such as `no event came`.

        Raises:
            TimeoutError: it did not.
        """
        async with self.patience(what):
            await self.until(is_so)

    @asynccontextmanager
    async def patience(self, what: str, *, deadline: float | None = None) -> AsyncIterator[None]:
        """End the block with a `TimeoutError` when the patience of the test is over.

        Args:
            what: what did not happen in time.
            deadline: when it is over, by the clock of the event loop, if it began before.
        """
        limit = asyncio.timeout(self.seconds) if deadline is None else asyncio.timeout_at(deadline)
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            hint = ": it is paused" if self.is_paused else ""
            message = f"{self.label}: {what} within {self.seconds:g} seconds{hint}"
            raise TimeoutError(message) from None

    async def flow(self, size: int) -> None:
        """Count what was sent as unread, and wait while that is too much.

        Raises:
            ClientGone: the client has left meanwhile.
        """
        self.unread += size
        self.change()
        await self.until(lambda: self.has_left or not (self.is_paused or self.unread > self.buffer))
        self.refuse_if_left()

    def take_note(self, size: int) -> None:
        """Count what the test takes as read."""
        self.unread -= size
        self.change()

    def refuse_if_left(self) -> None:
        """Raise `ClientGone` when the client has left: what is sent then reaches nobody."""
        if self.has_left:
            raise ClientGone(f"{self.label}: the client has left")

    def pause(self) -> None:
        """Take nothing from now on: the application's `send` waits."""
        self.is_paused = True

    def resume(self) -> None:
        """Go on taking what comes."""
        self.is_paused = False
        self.change()

    def leave(self) -> None:
        """Leave, as a client does whose connection ends."""
        self.has_left = True
        self.change()

    def abandon(self) -> None:
        """Leave without waiting for the application: the test knows already what failed."""
        self.is_abandoned = True
        self.leave()

    def end(self) -> None:
        """Leave, as a client does that is done."""
        raise NotImplementedError

    async def leave_and_finish(self) -> None:
        """Leave, as a client does that is done, and wait for the application: see `finish`."""
        self.end()
        await self.finish()

    @asynccontextmanager
    async def finishing(self) -> AsyncIterator[None]:
        """Leave and finish at the end of the block.

        What the application raised is raised even when the block has failed, for it may well be
        why; but not in the place of a cancellation.
        """
        try:
            yield
        except Exception:
            await self.leave_and_finish()
            raise
        except BaseException:
            with suppress(Exception):
                await self.leave_and_finish()
            raise
        await self.leave_and_finish()

    async def finish(self) -> None:
        """Wait until the application's call has ended, and raise what is still to be raised.

        Raises:
            TimeoutError: it does not end; it is cancelled.
            Exception: what the application raised.
        """
        last = "its client left" if self.has_left else "its last message"
        try:
            await self.wait(lambda: self.is_over, f"the application did not return after {last}")
        except BaseException:
            await self.cut()
            raise
        self.raise_error()

    async def cut(self) -> None:
        """Cancel the application's call, and wait for its end; what it raises is lost."""
        self._call.cancel()
        await self.until(lambda: self.is_over)
        self.error = None

    def raise_error(self) -> None:
        """Raise what the application raised, once."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        error, self.error = self.error, None
        if error is not None and self.raises:
            raise error

    async def _run(self, app: "ASGIApp", scope: "Scope") -> None:
        try:
            await app(scope, self.receive, self.send)
        except BaseException as error:  # noqa: BLE001 - it is raised in the test
            if not (self.has_left and _is_about_leaving(error)):
                self.error = error
        self._end()

    def _end(self, *args: object) -> None:
        self.is_over = True
        self.change()


def _is_about_leaving(error: BaseException) -> bool:
    """Tell if an error, or each in a group, only says that the client has left."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_about_leaving(part) for part in error.exceptions)
    return isinstance(error, ClientGone | ClientDisconnect | WebSocketDisconnect)
