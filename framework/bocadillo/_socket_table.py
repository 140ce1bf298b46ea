"""The table that finds the view, or the mounted application, that a WebSocket is for."""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ._denying import DENIAL, run_nothing
from ._mounts import call_mounted
from ._origins import parse_allowed
from ._parts import Parts
from .config import SettingsError
from .plans import Plan
from .routing import Entry, Leaf, Mount, Route, Table, WebSocketRoute

if TYPE_CHECKING:
    from .config import Settings

__all__ = ["compile_mount", "compile_websockets", "find_origins"]


def compile_websockets(entries: Sequence[Entry], parts: Parts, settings: "Settings") -> Table:
    """Compile the plans of all WebSocket routes and mounts, and the table that finds them.

    Raises:
        SettingsError: an origin of the setting WEBSOCKET_ORIGINS is malformed.
        ProviderError: a view asks for something that nothing provides.
        RouteError: an annotation of a view cannot be used.
    """
    own = [entry for entry in entries if not isinstance(entry, Route)]
    _warn_of_unreachable(own)
    origins = find_origins(settings)
    leaves = []
    for rank, entry in enumerate(own):
        if isinstance(entry, Mount):
            plan = compile_mount(entry)
        else:
            from ._conversing import compile_websocket  # noqa: PLC0415 - most have none

            plan = compile_websocket(entry, parts, origins=origins)
        leaves.append((entry.pattern, Leaf(rank, entry.pattern.names, plans={}, other=plan)))
    return Table(leaves, missing=DENIAL)


def compile_mount(mount: Mount) -> Plan:
    """Make the plan of what is for a mounted application."""
    return Plan(run_nothing, direct=call_mounted(mount.app), place=mount.label)


def find_origins(settings: "Settings") -> frozenset[str]:
    """Return the origins whose pages may open WebSockets: those that the settings name.

    What `CORS` allows to any site, `*`, it allows without cookies only; a browser opens a
    WebSocket with them, and so that does not count.

    Raises:
        SettingsError: an origin of WEBSOCKET_ORIGINS is malformed.
    """
    cors = settings.CORS if isinstance(settings.CORS, Mapping) else {}
    named = {origin for origin in cors.get("allow_origins", ()) if "://" in origin}
    if settings.WEBSOCKET_ORIGINS is None:
        return frozenset(named)
    try:
        return parse_allowed(settings.WEBSOCKET_ORIGINS) | named
    except (TypeError, ValueError) as error:
        raise SettingsError(f"setting `WEBSOCKET_ORIGINS`: {error}") from None


def _warn_of_unreachable(entries: Sequence[Mount | WebSocketRoute]) -> None:
    """Warn of a route that an earlier route or mount with the same pattern hides."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        earlier = seen.setdefault(entry.pattern.shape, entry)
        if earlier is not entry and isinstance(entry, WebSocketRoute):
            warnings.warn(
                f"{entry.label} is never reached: {earlier.label} has the same pattern, and comes "
                "first",
                RuntimeWarning,
                stacklevel=2,
            )
