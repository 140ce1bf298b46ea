"""Let the event loop turn."""

import asyncio
from collections.abc import Callable

__all__ = ["turns", "until"]


async def turns(count: int = 20) -> None:
    """Let others go on, for more turns than what is awaited takes."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Let others go on until something is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0)
