"""ASGI middleware: applications that wrap the application from outside, for HTTP and WebSocket."""

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bocadillo.views import locate

from ._http import Middleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["check_middleware", "wrap_app"]


def check_middleware(cls: Any, kwargs: dict[str, Any]) -> None:
    """Check that something can be a middleware with these arguments.

    Raises:
        TypeError: it is not callable, or does not take the arguments.
        ValueError: it is of the style of ASGI 2, whose instances take the scope alone.
    """
    name = getattr(cls, "__name__", repr(cls))
    if not callable(cls):
        raise TypeError(
            f"expected a subclass of `Middleware` or an ASGI middleware class, got {cls!r}"
        )
    try:
        inspect.signature(cls).bind(None, **kwargs)
    except TypeError as error:
        raise TypeError(
            f"middleware `{name}` ({locate(cls)}) cannot be made: {error}. It is called with "
            "what it wraps, and with the keyword arguments of `add_middleware`."
        ) from None
    if not inspect.isclass(cls) or issubclass(cls, Middleware):
        return
    call = next((vars(base)["__call__"] for base in cls.__mro__ if "__call__" in vars(base)), None)
    if call is None:
        raise TypeError(
            f"middleware `{name}` ({locate(cls)}) cannot be called: expected a subclass of "
            "`Middleware`, or `async def __call__(self, scope, receive, send)`"
        )
    if inspect.isfunction(call) and len(inspect.signature(call).parameters) == 2:
        raise ValueError(
            f"middleware `{name}` ({locate(cls)}) is of the style of ASGI 2: expected "
            "`async def __call__(self, scope, receive, send)`"
        )


def wrap_app(app: "ASGIApp", added: Sequence[tuple[Any, dict[str, Any]]]) -> "ASGIApp":
    """Wrap the middleware of an application around it: the last one added is the outermost."""
    for cls, kwargs in added:
        app = cls(app, **kwargs)
    return app
