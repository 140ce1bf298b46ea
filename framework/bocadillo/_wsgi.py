"""WSGI applications, mounted: the only module that knows a2wsgi, which runs them in threads."""

from typing import TYPE_CHECKING, Any

try:
    from a2wsgi import WSGIMiddleware
except ImportError as error:
    raise ImportError(
        'mounting a WSGI application needs a2wsgi: pip install "bocadillo[wsgi]"'
    ) from error

from ._paths import with_ascii_query

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["wrap_wsgi"]


def wrap_wsgi(app: Any) -> "ASGIApp":
    """Return an ASGI application that calls a WSGI one, in a thread of a pool.

    WSGI writes `X-User` and `x_user` alike: a header with an underscore could pass for one that a
    proxy has set, and is left out.
    """
    wrapped: Any = WSGIMiddleware(app)

    async def serve(scope: "Scope", receive: "Receive", send: "Send") -> None:
        headers = [pair for pair in scope["headers"] if b"_" not in pair[0]]
        await wrapped({**with_ascii_query(scope), "headers": headers}, receive, send)

    return serve
