"""Wait for a message, but not for ever, and at no cost when it is already there."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar, cast

import anyio

__all__ = ["poll", "receive_within"]

T = TypeVar("T")


async def receive_within(
    seconds: float | None,
    receive: Callable[[], Awaitable[T]],
    *,
    late: Callable[[], Exception] = TimeoutError,
) -> T:
    """Return what `receive()` gives, unless it lets wait for longer than so many seconds.

    Its first step is made by hand: most bodies arrive with their headers, so that it is the
    last one, and no timer is needed (0.25 µs; `asyncio.timeout` around it takes 3.5 µs).

    Raises:
        Exception: what `late()` gives, when the time is over.

    Cancellation:
        It reaches `receive()` where that waits.
    """
    steps = receive().__await__()
    try:
        waits_for = next(steps)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return] # what a generator returns is untyped
    try:
        async with asyncio.timeout(seconds):
            return await _Begun(steps, waits_for)
    except TimeoutError:
        raise late() from None


async def poll(receive: Callable[[], Awaitable[T]]) -> T | None:
    """Return what `receive()` gives at once, or `None` if it would have to wait."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        return await receive()
    return None


class _Begun(Awaitable[T]):
    """Await what has made its first step, and waits for something."""

    def __init__(self, steps: Generator[Any, Any, T], waits_for: Any) -> None:
        self.steps = steps
        self.waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, T]:
        waits_for = self.waits_for
        while True:
            try:
                yield waits_for
                break
            except BaseException as error:
                # What is thrown in here is for the one who waits, as with `yield from`.
                if not hasattr(self.steps, "throw"):
                    raise
                try:
                    waits_for = self.steps.throw(error)
                except StopIteration as done:
                    return cast("T", done.value)
        return (yield from self.steps)
