"""Hold a documented conversation with a real server, over the WebSockets of `websockets`."""

import asyncio
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response as Answer
from websockets.typing import Subprotocol

from livedocs.asgi import HOST, PORT
from livedocs.cookies import Jar, fill
from livedocs.files import to_text
from livedocs.model import Frame, Request, Response, Talk
from livedocs.sockets import ABNORMAL, offered_subprotocols
from livedocs.talking import Heard, converse

PATIENCE_SECONDS = 10.0  # a busy machine's
PONG_SECONDS = 1.0


def talk_for_real(talk: Talk, port: int, jar: Jar) -> list[Heard]:
    """Return the lines of a conversation with what a real server said.

    Args:
        talk: What is documented.
        port: Where the application is served.
        jar: The cookies of the responses so far; those of handshakes are added.
    """

    async def open_one(request: Request) -> RealSocket:
        socket = await open_socket(fill(request, jar), port)
        jar.keep(socket.handshake, target=request.target)
        return socket

    return asyncio.run(converse(talk, open_one, patience=PATIENCE_SECONDS))


class RealSocket:
    """A client's end of a real WebSocket, which may have been denied.

    Attributes:
        handshake: The answer to its handshake.
    """

    def __init__(self, handshake: Response, connection: ClientConnection | None = None) -> None:
        self.handshake = handshake
        self._connection = connection

    async def send(self, frame: Frame) -> None:
        """Send a message, and wait until the server has it: then clients speak in their order."""
        is_binary = frame.kind == "binary"
        with suppress(ConnectionClosed, TimeoutError):
            await self._open.send(bytes.fromhex(frame.text) if is_binary else frame.text)
            async with asyncio.timeout(PONG_SECONDS):
                await (await self._open.ping())

    async def receive(self) -> Frame:
        """Return what comes next; the last is `close`."""
        try:
            message = await self._open.recv()
        except ConnectionClosed as error:
            told = error.rcvd
            return Frame("close", told.reason, told.code) if told else Frame("close", "", ABNORMAL)
        return (
            Frame("text", message) if isinstance(message, str) else Frame("binary", message.hex())
        )

    async def leave(self, code: int, reason: str) -> None:
        """Leave, unless it has ended."""
        if self._connection is not None:
            await self._connection.close(code, reason)

    @property
    def _open(self) -> ClientConnection:
        assert self._connection is not None  # noqa: S101 # nothing is said when it was denied
        return self._connection


class _Connect(connect):
    """What follows no redirects, as browsers do."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_socket(request: Request, port: int) -> RealSocket:
    """Return the WebSocket of a handshake at `ws://localhost:8000`, served on another port."""
    shown = dict(request.headers)
    headers = [
        pair for pair in request.headers if pair[0] not in ("host", "sec-websocket-protocol")
    ]
    names = [Subprotocol(name) for name in offered_subprotocols(request)]
    try:
        connection = await _Connect(
            f"ws://{shown.get('host', f'{HOST}:{PORT}')}{request.target}",
            additional_headers=headers,
            subprotocols=names or None,
            user_agent_header=None,
            proxy=None,
            host="127.0.0.1",
            port=port,
        )
    except InvalidStatus as error:
        return RealSocket(_response(error.response))
    assert connection.response is not None  # noqa: S101 # it was accepted
    return RealSocket(_response(connection.response), connection)


def _response(answer: Answer) -> Response:
    headers = tuple((name.lower(), value) for name, value in answer.headers.raw_items())
    return Response(answer.status_code, headers, to_text(bytes(answer.body or b"")))
