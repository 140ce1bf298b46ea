"""Bocadillo: a Python async web framework for fast, real-time web APIs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import hooks
from .applications import App
from .config import SettingsError, settings
from .errors import ClientDisconnect, ExpectedAsync, HTTPError, Redirect
from .middleware import Middleware
from .providers import discover_providers, provider, useprovider
from .requests import Request
from .responses import Response
from .routers import Router

if TYPE_CHECKING:
    from ._configure import configure
    from ._static import static
    from .sse import server_event
    from .templates import Templates
    from .testing import LiveServer, create_client
    from .websockets import WebSocket, WebSocketDisconnect

__all__ = [
    "App",
    "ClientDisconnect",
    "ExpectedAsync",
    "HTTPError",
    "LiveServer",
    "Middleware",
    "Redirect",
    "Request",
    "Response",
    "Router",
    "SettingsError",
    "Templates",
    "WebSocket",
    "WebSocketDisconnect",
    "__version__",
    "configure",
    "create_client",
    "discover_providers",
    "hooks",
    "provider",
    "server_event",
    "settings",
    "static",
    "useprovider",
]

__version__ = "1.0.0.dev0"
"""The version of Bocadillo."""

# What most applications do not need is imported when it is asked for.
LAZY = {
    "LiveServer": "testing",
    "Templates": "templates",
    "WebSocket": "websockets",
    "WebSocketDisconnect": "websockets",
    "configure": "_configure",
    "create_client": "testing",
    "server_event": "sse",
    "static": "_static",
}


if not TYPE_CHECKING:  # pragma: no branch - or any name would be right

    def __getattr__(name: str) -> Any:
        """Import a module when the first of its names is asked for."""
        if name not in LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{LAZY[name]}", __name__), name)
