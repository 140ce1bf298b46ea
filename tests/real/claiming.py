"""A server that seems to speak a later version of the specification than it does."""

from typing import Any

__all__ = ["Claiming"]


class Claiming:
    """Middleware by which the server seems to speak version 2.4 of the specification."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "asgi": {**scope["asgi"], "spec_version": "2.4"}}
        await self.app(scope, receive, send)
