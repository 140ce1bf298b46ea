"""The way of a WebSocket handshake: to the view or the mounted application, or denied.

Source: ASGI specification, WebSocket Connection Scope.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ._paths import strip_root
from .plans import Params, Plan
from .routing import Table

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["DENIAL", "make_websocket_answer"]


async def deny(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
    """Deny a handshake: before it is accepted, the server answers this with 403."""
    await send({"type": "websocket.close", "code": 1000, "reason": ""})


async def run_nothing(*args: object) -> None:
    """Stand where a plan has no view of HTTP: its `direct` answers."""


DENIAL = Plan(run_nothing, direct=deny)
"""The plan of the handshakes that no route matches."""


def make_websocket_answer(
    table: Table,
) -> Callable[["Scope", "Receive", "Send"], Awaitable[Awaitable[None]]]:
    """Make the function that answers all WebSocket handshakes: see `_answering.Answer`."""

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> Awaitable[None]:
        plan, params = table.match("GET", strip_root(scope["path"], scope.get("root_path", "")))
        return (plan.direct or deny)(scope, receive, send, params)

    return answer
