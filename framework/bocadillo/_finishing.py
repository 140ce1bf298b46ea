"""The end of a stream's generator, in the task that ran it, whatever it does about that.

    the generator                        what happens
    -----------------------------------  ------------------------------------------------------
    is at a `yield`                      is closed there, or gets ClientDisconnect
    waits for something                  is cancelled there, once
    takes longer than it may             is cancelled again, until it gives in, and named
    yields again                         is told again, a few times, and named; then dropped

Our cancellations are told from those of others by counting (`Task.cancelling`): only ours are taken
back.
"""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Callable
from types import AsyncGeneratorType
from typing import Any, cast

from ._rounds import Place
from ._stream import Stream
from .errors import ClientDisconnect

__all__ = ["Finishing"]

YIELDS_TOLERATED = 3  # how often a generator may yield instead of ending, before it is dropped

logger = logging.getLogger("bocadillo")


class Finishing:
    """Hold a generator until it is finished; `begin_in` is called in the task that runs it.

    Attributes:
        is_gone: whether the client has left.
        is_closing: whether the generator is told to finish, or has ended.
        place: where the stream waits for being looked after, unless `timer` is set.
        cancellations: how often the task was cancelled by this.
    """

    __slots__ = (
        "cancellations",
        "cleanup_seconds",
        "generator",
        "is_closing",
        "is_gone",
        "others_cancellations",
        "place",
        "stream",
        "task",
        "timer",
    )

    def __init__(self, stream: Stream, cleanup_seconds: float) -> None:
        self.stream = stream
        self.generator = cast("AsyncGeneratorType[str | bytes, None]", stream.function())
        self.cleanup_seconds = cleanup_seconds
        self.task: asyncio.Task[Any]
        self.others_cancellations = 0
        self.cancellations = 0
        self.is_gone = False
        self.is_closing = False
        self.place: Place | None = None
        self.timer: asyncio.TimerHandle | None = None

    @abstractmethod
    def check(self) -> float | None:
        """Look after the stream: see `_rounds`."""

    def begin_in(self, task: asyncio.Task[Any]) -> None:
        """Take note of the task that runs the generator."""
        self.task = task
        self.others_cancellations = task.cancelling()

    async def close(self) -> None:
        """Finish a generator that is suspended at a `yield`."""
        if not self.cancellations:
            self.set_deadline()
        try:
            if self.is_gone and self.stream.raise_on_disconnect:
                await self.throw(ClientDisconnect("the client has left"))
            for _ in range(YIELDS_TOLERATED):
                if self.generator.ag_frame is None:
                    return
                if await self.throw(GeneratorExit()):
                    self.warn_of_yield()
        except asyncio.CancelledError as error:
            if not self.is_cancelled_by_us(error):
                raise

    async def throw(self, error: BaseException) -> bool:
        """Raise an error in the generator at its `yield`, and tell if it yields again."""
        try:
            await self.generator.athrow(error)
        except (StopAsyncIteration, type(error)):
            return False
        return True

    def stop_timers(self) -> None:
        if self.place is not None:
            self.place.leave(self)
        if self.timer is not None:
            self.timer.cancel()

    def set_deadline(self) -> None:
        self.set_timer(self.cleanup_seconds, self.cut)

    def set_timer(self, seconds: float, function: Callable[[], None]) -> None:
        """Do nothing any more but this."""
        self.stop_timers()
        self.timer = asyncio.get_running_loop().call_later(seconds, function)

    def cut(self) -> None:
        """Cancel a generator that takes too long to finish; again, if that does not help."""
        logger.error(
            "the stream %s was cut: it had not finished %g seconds after it was told to",
            self.stream.label,
            self.cleanup_seconds,
        )
        self.set_deadline()
        self.cancel()

    def cancel(self) -> None:
        self.cancellations += 1
        self.task.cancel()

    def is_cancelled_by_others(self) -> bool:
        return self.task.cancelling() > self.others_cancellations + self.cancellations

    def is_cancelled_by_us(self, error: BaseException) -> bool:
        return (
            isinstance(error, asyncio.CancelledError)
            and self.cancellations > 0
            and not self.is_cancelled_by_others()
        )

    def warn_of_yield(self) -> None:
        """Warn of a generator that was told to end, and goes on; it may ask for that."""
        if not self.cancellations and not self.is_closing:
            return
        logger.warning(
            "the stream %s yielded when it was to finish: a `yield` in `finally`, or after a "
            "cancellation that was caught, sends nothing",
            self.stream.label,
        )
