"""Sending a response whose content comes from a file or a stream.

Source: ASGI specification, HTTP Connection Scope.
"""

import logging
from typing import TYPE_CHECKING

import msgspec

from ._draining import Draining
from ._files import File, send_file
from ._security import RawHeaders, SecurityHeaders
from ._transmission import START, send_whole
from .errors import ClientDisconnect, HTTPError
from .responses import WITHOUT_CONTENT, Response
from .streaming import Stream, send_stream

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["send_response"]

REFUSAL = msgspec.json.encode(HTTPError(503).as_json())
REFUSAL_HEADERS = (
    (b"retry-after", b"1"),
    (b"content-type", b"application/json"),
    (b"content-length", b"%d" % len(REFUSAL)),
)

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
    status, headers, body = response.encode(security)
    source = response.source
    try:
        if status in WITHOUT_CONTENT:
            await send_whole(send, status, headers, body=b"")
        elif isinstance(source, File):
            await send_file(
                source, status=status, headers=headers, scope=scope, receive=receive, send=send
            )
        elif isinstance(source, Stream) and scope["method"] != "HEAD":
            if draining.is_draining:
                await send_whole(send, 503, [*REFUSAL_HEADERS], body=REFUSAL)
            else:
                await _send_stream(
                    source,
                    status,
                    headers=headers,
                    receive=receive,
                    send=send,
                    draining=draining,
                )
        else:
            await send_whole(send, status, headers, body=b"" if scope["method"] == "HEAD" else body)
    except ClientDisconnect:
        return  # the stream noticed by itself
    except Exception:
        logger.exception("the response to %s %r broke off", scope["method"], scope["path"])
        raise


async def _send_stream(
    stream: Stream,
    status: int,
    *,
    headers: RawHeaders,
    receive: "Receive",
    send: "Send",
    draining: Draining,
) -> None:
    try:
        await send({"type": START, "status": status, "headers": headers})
    except OSError:
        return
    await send_stream(stream, receive, send, draining=draining)
