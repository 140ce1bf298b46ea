"""Applications whose clients leave, as the documentation of each framework suggests.

`make_app(tell, is_wrapped)` of a module makes one, wrapped or not in a middleware of the usual kind
that does nothing:

| path | what it does |
|---|---|
| `/sleeping` | an event stream: one event, then an hour of nothing |
| `/busy` | a stream that yields without end, and waits for a turn of the event loop in between |
| `/greedy` | a stream that yields without end, and waits for nothing |
| `/waiting` | a plain view that takes an hour, and would be told that its client left |
| `/polling` | a plain view that asks again and again if its client left; not where it cannot |
| `/plain` | answers `plain` |
| `/ws/sleeping` | accepts, then does nothing for an hour |
| `/ws/ticking` | accepts, then sends a hundred times a second |
| `/ws/flooding` | accepts, then sends as fast as it can |
| `/ws/raising` | accepts, then raises an error whose text is `secret` |
| `/ws/refusing` | raises the framework's error for 401 before it accepts |

`ready` is told when only the client's leaving can change anything, `noticed` in `finally`, and
`cleaned` after an await there; `shutdown` by what the framework calls when it ends.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeVar

__all__ = [
    "CHUNK",
    "SECRET",
    "Tell",
    "clean",
    "flood",
    "poll",
    "sleep",
    "stay_busy",
    "tick",
    "wait",
]

Tell = Callable[[str], None]
T = TypeVar("T")

CHUNK = b"x" * 1024
MESSAGE = "x" * 65536
SECRET = "secret"
AN_HOUR = 3600


async def clean(tell: Tell) -> None:
    """Do what a `finally` does that gives something back."""
    tell("noticed")
    await asyncio.sleep(0)
    tell("cleaned")


async def sleep(tell: Tell, first: T) -> AsyncGenerator[T, None]:
    """Yield once, and never again."""
    try:
        yield first
        tell("ready")
        await asyncio.sleep(AN_HOUR)
    finally:
        await clean(tell)


async def stay_busy(tell: Tell, *, is_greedy: bool = False) -> AsyncGenerator[bytes, None]:
    """Yield without end."""
    try:
        yield CHUNK
        tell("ready")
        while True:
            if not is_greedy:
                await asyncio.sleep(0)
            yield CHUNK
    finally:
        await clean(tell)


async def wait(tell: Tell) -> None:
    """Wait in a view."""
    try:
        tell("ready")
        await asyncio.sleep(AN_HOUR)
    finally:
        await clean(tell)


async def poll(tell: Tell, is_gone: Callable[[], Awaitable[Any]]) -> None:
    """Ask a hundred times a second if the client has left."""
    tell("ready")
    while not await is_gone():  # noqa: ASYNC110 - this is how one asks
        await asyncio.sleep(0.01)
    await clean(tell)


async def tick(tell: Tell, send: Callable[[str], Awaitable[Any]]) -> None:
    """Send a hundred times a second."""
    try:
        await send("tick")
        tell("ready")
        while True:
            await send("tick")
            await asyncio.sleep(0.01)
    finally:
        await clean(tell)


async def flood(tell: Tell, send: Callable[[str], Awaitable[Any]]) -> None:
    """Send as fast as can be."""
    try:
        tell("ready")
        while True:
            await send(MESSAGE)
    finally:
        await clean(tell)
