"""Sending a finished response: the only place where the framework sends over HTTP.

Source: ASGI specification, HTTP Connection Scope.
"""

from typing import TYPE_CHECKING

from .responses import Response

if TYPE_CHECKING:
    from starlette.types import Send

__all__ = ["transmit"]


async def transmit(response: Response, send: "Send", *, is_head: bool) -> None:
    """Send a response, without its body when it answers HEAD.

    A client that is gone is not an error: there is nobody left to answer.

    Cancellation:
        The response may have been sent in part; the server closes the connection.
    """
    status, headers, body = response.encode()
    try:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if is_head else body})
    except OSError:
        return
