"""Bocadillo: a Python async web framework for fast, real-time web APIs."""

from typing import TYPE_CHECKING, Any

from .applications import App
from .errors import ClientDisconnect, ExpectedAsync, HTTPError
from .requests import Request
from .responses import Response

if TYPE_CHECKING:
    from .testing import LiveServer, create_client

__all__ = [
    "App",
    "ClientDisconnect",
    "ExpectedAsync",
    "HTTPError",
    "LiveServer",
    "Request",
    "Response",
    "__version__",
    "create_client",
]

__version__ = "1.0.0.dev0"


def __getattr__(name: str) -> Any:
    """Import the test tools when they are asked for: applications do not need them."""
    if name in ("LiveServer", "create_client"):
        from . import testing  # noqa: PLC0415 - lazy on purpose

        return getattr(testing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
