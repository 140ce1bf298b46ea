"""Deadlines: what takes too long is cancelled, and again until it gives in.

`asyncio.timeout` cancels once. A cleanup of several layers, each of which waits for the same dead
connection, needs as many cancellations as it has layers.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

__all__ = ["Deadline"]


class Deadline:
    """Cancel the current task when it stays in a `with` block for too long.

    The cancellation ends with the block, unless another one has joined it.

    Args:
        seconds: how long the block may take, and how long it may take to give in.
        warn: is called when the block was cancelled, and has not given in.
        is_waiting: whether the block may take any time until `cut` is called.

    Attributes:
        is_over: whether the block was cancelled.
    """

    __slots__ = ("_cancelling", "_cuts", "_is_waiting", "_seconds", "_task", "_timer", "_warn")

    def __init__(
        self, seconds: float, warn: Callable[[], None], *, is_waiting: bool = False
    ) -> None:
        self._seconds = seconds
        self._warn = warn
        self._is_waiting = is_waiting
        self._timer: asyncio.TimerHandle | None = None
        self._cuts = 0

    @property
    def is_over(self) -> bool:
        return self._cuts > 0

    def __enter__(self) -> Self:
        """Let the time begin."""
        self._task: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment] # there is one
        self._cancelling = self._task.cancelling()
        if not self._is_waiting:
            self._set_timer()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Take the cancellations back, and swallow what they raised."""
        if self._timer is not None:
            self._timer.cancel()
        for _ in range(self._cuts):
            self._task.uncancel()
        is_alone = self.is_over and self._task.cancelling() <= self._cancelling
        return is_alone and isinstance(exc, asyncio.CancelledError)

    def cut(self) -> None:
        """Cancel the block, now and whenever the time is over again."""
        if self._cuts:
            self._warn()
        self._cuts += 1
        self._task.cancel()
        self._set_timer()

    def _set_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.cut)
