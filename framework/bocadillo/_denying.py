"""The way of a WebSocket handshake: to the application mounted there, or denied.

Source: ASGI specification, WebSocket Connection Scope.
"""

from typing import TYPE_CHECKING

from ._paths import strip_root
from .routing import Table

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["make_websocket_answer"]


def make_websocket_answer(table: Table) -> "ASGIApp":
    """Make the function that answers all WebSocket handshakes of an application."""

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        plan, params = table.match("GET", strip_root(scope["path"], scope.get("root_path", "")))
        if params and plan.direct:  # a mounted application's: a refusal has none
            await plan.direct(scope, receive, send, params)
        else:  # before the handshake is accepted, the server answers this with 403
            await send({"type": "websocket.close", "code": 1000, "reason": ""})

    return answer
