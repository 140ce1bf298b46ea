"""The only door to threads: a browser, which has none, replaces it by a plain call."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio.to_thread

__all__ = ["run_in_thread"]

T = TypeVar("T")
Args = TypeVarTuple("Args")


async def run_in_thread(function: Callable[[*Args], T], *args: *Args) -> T:
    """Call a function that blocks, in a thread, and return what it returns.

    Cancellation:
        The function goes on to its end, as a thread cannot be stopped; its result is lost.
    """
    return await anyio.to_thread.run_sync(function, *args)
