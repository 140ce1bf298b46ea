"""What can be called, one of each kind."""

from collections.abc import AsyncIterator, Iterator

__all__ = ["Clock", "async_generator", "coroutine", "generator", "plain"]


def plain() -> int:
    return 1


async def coroutine() -> int:
    return 1


def generator() -> Iterator[int]:
    yield 1


async def async_generator() -> AsyncIterator[int]:
    yield 1


class Clock:
    """An object that can be called, as a plain function or an async one can."""

    def __call__(self) -> int:
        return 1

    async def tick(self) -> int:
        return 1
