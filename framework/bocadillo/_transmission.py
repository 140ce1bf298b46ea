"""Sending a response that is known as a whole.

Source: ASGI specification, HTTP Connection Scope.
"""

from typing import TYPE_CHECKING

from ._security import RawHeaders

if TYPE_CHECKING:
    from starlette.types import Send

__all__ = ["BODY", "START", "send_whole"]

START = "http.response.start"
BODY = "http.response.body"


async def send_whole(send: "Send", status: int, headers: RawHeaders, *, body: bytes) -> None:
    """Send a response that is known as a whole.

    A client that is gone is not an error: there is nobody left to answer.

    Cancellation:
        The response may have been sent in part; the server closes the connection.
    """
    try:
        await send({"type": START, "status": status, "headers": headers})
        await send({"type": BODY, "body": body})
    except OSError:
        return
