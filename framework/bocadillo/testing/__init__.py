"""Tools to test an application: a client in the same process, and a real server."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import create_client
    from .live import LiveServer

__all__ = ["LiveServer", "create_client"]


if not TYPE_CHECKING:  # pragma: no branch - or any name would be right

    def __getattr__(name: str) -> Any:
        """Import each tool when it is asked for: they need different optional packages."""
        if name == "create_client":
            from .client import create_client  # noqa: PLC0415 - lazy on purpose

            return create_client
        if name == "LiveServer":
            from .live import LiveServer  # noqa: PLC0415 - lazy on purpose

            return LiveServer
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
