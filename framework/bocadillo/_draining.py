"""Draining: an application that is told to stop ends what it has open, in good order.

    1  new streams and WebSockets are refused: 503
    2  the handlers of "drain" run, while everything is still open
    3  WebSockets are closed, 1012; the streams that have a goodbye say it, and end
    4  the server is told
    5  the streams that are left may end by themselves; after the grace they are cancelled
    6  what streams and views clean up is awaited, as long as that may take

Requests that are neither stream nor WebSocket are the server's business: it waits for them.

Source: RFC 6455, section 7.4, and the IANA registry of close codes (1012, Service Restart).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

__all__ = ["CLEANUP_SECONDS", "Draining", "Open", "Tell", "drain"]

CLEANUP_SECONDS = 10.0
"""How long what was cancelled may take to end: twice what one cleanup may, and it is given up."""

Tell = Callable[[], None]

logger = logging.getLogger("bocadillo")


class Open(Protocol):
    """A stream or a WebSocket that is open."""

    def end(self, *, is_last: bool) -> None:
        """End, now or soon; if it is not the last call, what needs time may take it."""


class Draining:
    """Know what an application has open, and whether it is ending.

    Args:
        call_handlers: calls the handlers of "drain", and raises nothing.

    Attributes:
        is_draining: whether the application is ending: nothing is to be opened.
    """

    __slots__ = ("_call_handlers", "_idle", "_open", "done", "is_draining")

    def __init__(self, call_handlers: Callable[[], Awaitable[None]]) -> None:
        self._call_handlers = call_handlers
        self._open: set[Open] = set()
        self._idle: asyncio.Event | None = None
        self.done: asyncio.Event | None = None
        self.is_draining = False

    def reset(self) -> None:
        """Begin anew: the application starts."""
        self.is_draining = False
        self._idle = None  # it may be of an event loop that has ended

    def add(self, opened: Open) -> None:
        """Take note of something that is open."""
        self._open.add(opened)

    def remove(self, opened: Open) -> None:
        """Take note that something has ended."""
        self._open.discard(opened)
        if self._idle is not None and not self._open:
            self._idle.set()
            self._idle = None

    async def tell(self) -> None:
        """Call the handlers, and end what can end at once."""
        await self._call_handlers()
        self.end(is_last=False)

    def end(self, *, is_last: bool) -> None:
        """End all that is open."""
        for opened in tuple(self._open):
            opened.end(is_last=is_last)

    async def wait(self) -> None:
        """Wait until nothing is open."""
        if self._open:
            self._idle = self._idle or asyncio.Event()  # several may wait
            await self._idle.wait()

    @property
    def count(self) -> int:
        """How many streams and WebSockets are open."""
        return len(self._open)


async def drain(drainings: Sequence[Draining], *, grace: float, pass_on: Tell) -> None:
    """Drain an application and those that are mounted in it; if that is being done, wait for it.

    Args:
        drainings: that of the application first.
        grace: seconds that handlers and streams may take together.
        pass_on: tells the server, once everything open was told; it may be called again.

    Cancellation:
        What is open is left as it is; the server is told. One who waits goes on with it.
    """
    first = drainings[0]
    while first.is_draining and (done := first.done) is not None:
        pass_on()
        await done.wait()
        if first.done is done:
            return
    done = first.done = asyncio.Event()
    end = asyncio.get_running_loop().time() + grace
    for draining in drainings:
        draining.is_draining = True
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await _all(draining.tell() for draining in drainings)
                await asyncio.sleep(0)  # what ends at once does so now
                pass_on()
                await _all(draining.wait() for draining in drainings)
        pass_on()
        await _give_up(drainings)
    except asyncio.CancelledError:
        first.done = None  # it is not done
        raise
    finally:
        pass_on()
        done.set()


async def _give_up(drainings: Sequence[Draining]) -> None:
    """Cancel what is left, and wait until it has cleaned up."""
    for draining in drainings:
        draining.end(is_last=True)
    try:
        async with asyncio.timeout(CLEANUP_SECONDS):
            await _all(draining.wait() for draining in drainings)
    except TimeoutError:
        logger.error(  # noqa: TRY400 - the traceback of the timeout tells nothing
            "%d streams and WebSockets had not ended %g seconds after they were told to",
            sum(draining.count for draining in drainings),
            CLEANUP_SECONDS,
        )


async def _all(coroutines: Iterable[Coroutine[None, None, None]]) -> None:
    """Wait for several at the same time."""
    async with asyncio.TaskGroup() as group:
        for coroutine in coroutines:
            group.create_task(coroutine)
