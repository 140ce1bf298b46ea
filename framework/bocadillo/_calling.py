"""Calling what fills in a response: what it returns would be lost."""

from collections.abc import Awaitable, Callable
from typing import Any

from .views import locate

__all__ = ["call_handler"]


async def call_handler(
    handler: Callable[..., Awaitable[object]], *args: Any, **extras: Any
) -> None:
    """Call an error handler, and refuse what it returns: it would be lost.

    Raises:
        TypeError: naming the handler and what it returned.
        Exception: what the handler raised.
    """
    result = await handler(*args, **extras)
    if result is not None:
        name = getattr(handler, "__name__", handler)
        raise TypeError(
            f"error handler `{name}` ({locate(handler)}) returned {result!r}: error handlers "
            "return nothing. Set `res.json` and `res.status_code`, for example."
        )
