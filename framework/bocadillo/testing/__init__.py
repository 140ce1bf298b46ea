"""Tools to test an application: clients in the same process, and a real server."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._async_client import AsyncClient
    from ._events import ReceivedEvent
    from ._sockets import ClientWebSocket, WebSocketDenied
    from ._streams import StreamedResponse
    from .client import create_client
    from .live import LiveServer

__all__ = [
    "AsyncClient",
    "ClientWebSocket",
    "LiveServer",
    "ReceivedEvent",
    "StreamedResponse",
    "WebSocketDenied",
    "create_client",
]

# Each is imported when it is asked for: they need different optional packages.
LAZY = {
    "AsyncClient": "_async_client",
    "ClientWebSocket": "_sockets",
    "LiveServer": "live",
    "ReceivedEvent": "_events",
    "StreamedResponse": "_streams",
    "WebSocketDenied": "_sockets",
    "create_client": "client",
}


if not TYPE_CHECKING:  # pragma: no branch - or any name would be right

    def __getattr__(name: str) -> Any:
        """Import the module of a tool when the tool is asked for."""
        if name not in LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{LAZY[name]}", __name__), name)
