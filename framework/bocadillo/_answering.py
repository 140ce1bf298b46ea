"""The way of an HTTP request: match, run the plan, turn an error into a reply, transmit."""

import logging
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from ._transmission import transmit
from .error_handlers import ErrorHandlers
from .requests import Request
from .responses import Response
from .routing import Table

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["make_answer"]

logger = logging.getLogger("bocadillo")


def make_answer(app: "ASGIApp", table: Table, handlers: ErrorHandlers) -> "ASGIApp":
    """Make the function that answers all HTTP requests of an application."""
    match = table.match

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        method: str = scope["method"]
        path: str = scope["path"]
        if scope.get("root_path"):
            path = strip_root(path, scope["root_path"])
        plan, params = match(method, path)
        scope["app"] = app
        scope["path_params"] = params
        request = Request(scope, receive, send)
        response = Response()
        unhandled = None
        try:
            await plan.run(request, response, params)
        except Exception as error:
            response, unhandled = await handlers.answer(request, error)
            if isinstance(unhandled, ClientDisconnect):
                return
            if unhandled is not None:
                logger.exception("no answer to %s %r", method, path, exc_info=unhandled)
        await transmit(response, send, is_head=method == "HEAD")
        if unhandled is not None:
            raise unhandled

    return answer


def strip_root(path: str, root: str) -> str:
    """Return the path below the one the application is mounted at, if it is below it."""
    if path == root or path.startswith(f"{root.rstrip('/')}/"):
        return path[len(root.rstrip("/")) :]
    return path
