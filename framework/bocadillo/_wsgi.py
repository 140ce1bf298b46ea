"""WSGI applications, mounted: the only module that knows a2wsgi, which runs them in threads."""

from typing import TYPE_CHECKING, Any, cast

try:
    from a2wsgi import WSGIMiddleware
except ImportError as error:
    raise ImportError(
        'mounting a WSGI application needs a2wsgi: pip install "bocadillo[wsgi]"'
    ) from error

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["wrap_wsgi"]


def wrap_wsgi(app: Any) -> "ASGIApp":
    """Return an ASGI application that calls a WSGI one, in a thread of a pool."""
    return cast("ASGIApp", WSGIMiddleware(app))
