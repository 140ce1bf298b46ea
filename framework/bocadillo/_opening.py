"""How a WebSocket begins and ends: accepted or refused, and closed."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from starlette import websockets as starlette_websockets
from starlette.websockets import WebSocketState

from ._connection import Connection
from ._headers import check_name, check_value
from ._inbox import State
from ._messages import check_close
from ._sockets import Socket, can_deny

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

__all__ = ["Opening"]

STATES = {
    State.CONNECTING: WebSocketState.CONNECTING,
    State.OPEN: WebSocketState.CONNECTED,
    State.CLOSED: WebSocketState.DISCONNECTED,
}


class Opening(Connection, starlette_websockets.WebSocket):
    """Accept, refuse and close a WebSocket."""

    def __init__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._socket = Socket(receive, send)

    @property
    def client_state(self) -> WebSocketState:  # type: ignore[override] # it is derived here
        """Whether the client is connected, as Starlette's WebSockets tell it."""
        return STATES[self._socket.state]

    @property
    def application_state(self) -> WebSocketState:  # type: ignore[override] # so is this
        """Whether the application is: here, both always are in the same state."""
        return STATES[self._socket.state]

    async def accept(
        self,
        subprotocol: str | None = None,
        headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] | None = None,
    ) -> None:
        """Accept the handshake.

        Args:
            subprotocol: one of those that the client offers in `scope["subprotocols"]`.
            headers: further headers of the response.

        Raises:
            WebSocketDisconnect: the client has left.
            RuntimeError: it is accepted already.
            ValueError: the client does not offer the subprotocol, or a header is malformed.
        """
        offered = self.scope.get("subprotocols", [])
        if subprotocol is not None and subprotocol not in offered:
            raise ValueError(
                f"expected a subprotocol that the client offers, of {offered!r}, got "
                f"{subprotocol!r}: browsers refuse any other"
            )
        await self._socket.accept(
            {
                "type": "websocket.accept",
                "subprotocol": subprotocol,
                "headers": _encode_headers(headers or {}),
            }
        )

    async def reject(self) -> None:
        """Refuse the handshake: it is answered 403. Raise an `HTTPError` for another status.

        Raises:
            RuntimeError: it is accepted already.
        """
        if self._socket.state is State.OPEN:
            raise RuntimeError(
                "the WebSocket cannot be rejected: it is accepted. Register its route with "
                "`auto_accept=False`, or close it."
            )
        await self._socket.close(1000, "")

    async def send_denial_response(self, response: "Response") -> None:
        """Refuse the handshake with one of Starlette's responses; 403 if the server cannot.

        Raises:
            RuntimeError: it is accepted already.
        """
        if self._socket.state is State.CONNECTING and can_deny(self.scope):
            await self._socket.connect()
            self._socket.state = State.CLOSED
            await response(self.scope, self._receive, self._send)
        else:
            await self.reject()

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it, when what other tasks are sending is sent; if it is closed, do nothing.

        Before it is accepted, the handshake is answered 403.

        Args:
            code: such as 1000, or from 4000 to 4999 for one of your own.
            reason: at most 123 bytes in UTF-8.

        Raises:
            ValueError: the code cannot be sent, or the reason is too long.
        """
        check_close(code, reason)
        await self._socket.close(code, reason or "")

    async def ensure_closed(self, code: int = 1000) -> None:
        """Close it if it is open: the same as `close`, which can be called twice, too."""
        await self.close(code)


def _encode_headers(
    headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]],
) -> list[tuple[bytes, bytes]]:
    if isinstance(headers, Mapping):
        pairs: Iterable[tuple[str, str]] = headers.items()
    else:
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return [
        (check_name(name).lower().encode(), check_value(name, value).encode("latin-1"))
        for name, value in pairs
    ]
