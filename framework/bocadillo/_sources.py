"""Sending a response whose content comes from a file or a stream.

Source: ASGI specification, HTTP Connection Scope.
"""

import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from ._background import run_background
from ._draining import Draining
from ._files import File, send_file
from ._parts import Parts
from ._refusals import prepare_error
from ._security import SecurityHeaders
from ._transmission import START, send_whole
from .errors import ClientDisconnect, HTTPError
from .requests import Request
from .responses import WITHOUT_CONTENT, Response
from .streaming import Stream, send_stream

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["finish_response", "send_response"]

refuse_stream = prepare_error(HTTPError(503, headers={"retry-after": "1"}))

logger = logging.getLogger("bocadillo")


async def send_response(
    response: Response,
    scope: "Scope",
    receive: "Receive",
    *,
    send: "Send",
    security: SecurityHeaders,
    draining: Draining,
) -> None:
    """Send a response, be it known as a whole, a file or a stream; without a body to HEAD.

    Args:
        response: what to send.
        scope: the request's.
        receive: tells when the client leaves, while a stream or a file is sent.
        send: the server's.
        security: the headers that a content type calls for.
        draining: knows what is open; while the application is ending, a stream is a 503.

    Raises:
        Exception: what a stream raised; the response has begun, so the server must cut it off.

    Cancellation:
        The stream is finalized; the server closes the connection.
    """
    try:
        await _send(response, scope, receive, send=send, security=security, draining=draining)
    except Exception as error:
        if not _explain(error, scope):
            raise


async def finish_response(
    request: Request, response: Response, *, send: "Send", parts: Parts, failure: Exception | None
) -> None:
    """Send such a response, and do what is left of its request: one coroutine for both.

    Args:
        request: what is answered.
        response: what to send.
        send: the server's.
        parts: those of the application.
        failure: what is to be raised when all is done.
    """
    try:
        try:
            await _send(
                response,
                request.scope,
                request.receive,
                send=send,
                security=parts.security,
                draining=parts.draining,
            )
        except Exception as error:
            if not _explain(error, request.scope):
                raise
        if response.tasks is not None:
            await run_background(response.tasks, request, response, providing=parts.providing)
    finally:
        if request._form is not None:  # noqa: SLF001 - only then is there something to close
            await request.close()
    if failure is not None:
        raise failure


def _explain(error: Exception, scope: "Scope") -> bool:
    """Log why a response broke off; tell if that is no error: a stream may notice by itself."""
    if isinstance(error, ClientDisconnect):
        return True
    logger.error("the response to %s %r broke off", scope["method"], scope["path"], exc_info=error)
    return False


def _send(
    response: Response,
    scope: "Scope",
    receive: "Receive",
    *,
    send: "Send",
    security: SecurityHeaders,
    draining: Draining,
) -> Awaitable[None]:
    """Choose what sends a response; without a coroutine of its own, see `_delivery`."""
    status, headers, body = response.encode(security)
    source = response.source
    if status in WITHOUT_CONTENT:
        return send_whole(send, status, headers, body=b"")
    if isinstance(source, File):
        return send_file(
            source, status=status, headers=headers, scope=scope, receive=receive, send=send
        )
    if not isinstance(source, Stream) or scope["method"] == "HEAD":
        return send_whole(send, status, headers, body=b"" if scope["method"] == "HEAD" else body)
    if draining.is_draining:
        return refuse_stream(scope, receive, send, {})
    start = {"type": START, "status": status, "headers": headers}
    return send_stream(source, receive, send, start=start, draining=draining)
