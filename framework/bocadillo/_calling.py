"""Calling what fills in a response, and returns nothing: it would be lost."""

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from .views import locate

__all__ = ["call_handler", "refuse_hook_result"]


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


def refuse_hook_result(hook: object, result: object) -> NoReturn:
    """Refuse what a hook returned: whoever wrote it believes that the view is not called.

    Raises:
        TypeError: naming the hook and what it returned.
    """
    raise TypeError(
        f"hook `{getattr(hook, '__name__', hook)}` ({locate(hook)}) returned {result!r}: hooks "
        "return nothing. To answer instead of the view, raise `HTTPError` or `Redirect`."
    )
