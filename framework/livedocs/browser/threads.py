"""Do without threads, which the browser's Python cannot start."""

import asyncio
from collections.abc import Callable
from typing import Any

import anyio.to_thread


async def run_inline(function: Callable[..., Any], *args: object, **_options: object) -> Any:
    """Stand in for `anyio.to_thread.run_sync` where there are no threads: call it right here."""
    return function(*args)


async def call_inline(function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
    """Stand in for `asyncio.to_thread` likewise."""
    return function(*args, **options)


def replace_threads() -> None:
    """Make everything that would use a thread run inline; the worker has none."""
    # Starlette, too, looks it up there at each call.
    anyio.to_thread.run_sync = run_inline  # type: ignore[assignment] # a narrower signature
    asyncio.to_thread = call_inline
