"""Applications of few lines, for the tests of the test kit."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["START", "after_lifespan", "body"]

START = {"type": "http.response.start", "status": 200, "headers": []}


def body(content: bytes = b"", *, more_body: bool = False) -> dict[str, Any]:
    """Return the message of a part of a response's body."""
    return {"type": "http.response.body", "body": content, "more_body": more_body}


def after_lifespan(serve: Callable[[Scope, Receive, Send], Awaitable[None]]) -> ASGIApp:
    """Make an application that starts and ends properly, and serves everything else so."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await serve(scope, receive, send)
            return
        for phase in ("startup", "shutdown"):
            assert await receive() == {"type": f"lifespan.{phase}"}
            await send({"type": f"lifespan.{phase}.complete"})

    return app
