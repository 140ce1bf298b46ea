"""The scopes of ASGI, made of a client's requests.

Source: ASGI specification, versions 2.5 of HTTP and WebSocket, and 2.0 of the lifespan.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import httpx2
    from starlette.types import Scope

__all__ = ["Place", "make_lifespan_scope", "make_scope", "make_websocket_scope"]

PORTS = {"http": 80, "https": 443}
SCHEMES = {"http": "ws", "https": "wss"}


class Place(NamedTuple):
    """Tell where client and application are.

    Attributes:
        client: the address that the client has for the application.
        root_path: where the application is mounted.
    """

    client: tuple[str, int]
    root_path: str


def make_scope(request: "httpx2.Request", state: dict[str, Any], place: Place) -> "Scope":
    """Make the scope of a request.

    Args:
        request: the client's.
        state: that of the lifespan; the application gets a copy.
        place: where both are.
    """
    url, root_path = request.url, place.root_path
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": root_path + url.path,
        "raw_path": root_path.encode() + url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": root_path,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": place.client,
        "server": (url.host, url.port or PORTS.get(url.scheme)),
        "state": state.copy(),
        "extensions": {},
    }


def make_websocket_scope(request: "httpx2.Request", state: dict[str, Any], place: Place) -> "Scope":
    """Make the scope of a handshake; the arguments are those of `make_scope`."""
    scope = make_scope(request, state, place)
    del scope["method"]
    asked = request.headers.get("sec-websocket-protocol", "")
    return {
        **scope,
        "type": "websocket",
        "scheme": SCHEMES.get(scope["scheme"], scope["scheme"]),
        "subprotocols": [name.strip() for name in asked.split(",") if name.strip()],
        "extensions": {"websocket.http.response": {}},
    }


def make_lifespan_scope(state: dict[str, Any]) -> "Scope":
    """Make the scope of an application's life."""
    return {
        "type": "lifespan",
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "state": state,
    }
