"""Perform a documented conversation over WebSockets, line by line, and note what came.

The clients are the engine's own (`sockets`) or real ones (`real_sockets`): it makes no difference.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livedocs.model import SWITCHING, Frame, Request, Response, Talk, Turn

PATIENCE_SECONDS = 2.0
HANDSHAKES = ("accepted", "denied")


class Connection(Protocol):
    """A client's end of a WebSocket.

    Attributes:
        handshake: The answer to its handshake: 101, or a denial.
    """

    handshake: Response

    async def send(self, frame: Frame) -> None:
        """Send a message; after the end it is lost."""

    async def receive(self) -> Frame:
        """Return what comes next; the last is `close`."""
        ...

    async def leave(self, code: int, reason: str) -> None:
        """Leave, unless it has ended."""


Connect = Callable[[Request], Awaitable[Connection]]
Show = Callable[[Turn, Frame], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of a conversation that took place.

    Attributes:
        turn: The documented line.
        frame: What came in its place; `None`: nothing within the time.
    """

    turn: Turn
    frame: Frame | None = None


async def converse(
    talk: Talk,
    connect: Connect,
    *,
    show: Show = lambda _turn, _frame: None,
    patience: float = PATIENCE_SECONDS,
) -> list[Heard]:
    """Say what a conversation says, and return its lines with what came.

    The lines of a client that was denied or sent away too early are left out. At the end, those
    who are still there leave.

    Args:
        talk: What is documented.
        connect: Makes the connection of a client.
        show: Gets each line as it is said.
        patience: For how many seconds what must come is waited for.

    Raises:
        Exception: What a connection raises, as when the application goes on after its client left.
    """
    heard: list[Heard] = []
    there: dict[str, Connection] = {}
    for number, turn in enumerate(talk.turns):
        if turn.request is not None:
            if turn.client in there:  # it should have ended before, and did not
                await there.pop(turn.client).leave(1000, "")
            connection = there[turn.client] = await connect(turn.request)
            frame = handshake_of(connection)
            show(turn, frame)
            if frame.kind == "accepted" or _says_denied(talk.turns[number + 1 :], turn.client):
                heard.append(Heard(turn, turn.frame))
            else:
                del there[turn.client]
                heard.append(Heard(turn, frame))
        elif turn.client in there:
            came = await _take(turn, there[turn.client], patience)
            if came is not None and turn.frame.kind not in HANDSHAKES:
                show(turn, came)
            if came is not None and came.is_last:
                await there.pop(turn.client).leave(came.code, came.text)
            heard.append(Heard(turn, came))
    for connection in there.values():
        await connection.leave(1000, "")
    return heard


async def _take(turn: Turn, connection: Connection, patience: float) -> Frame | None:
    """Say a line, or wait for it; return what was said."""
    if turn.way == ">":
        if turn.frame.kind != "close":
            await connection.send(turn.frame)
        return turn.frame
    if turn.frame.kind in HANDSHAKES:
        return handshake_of(connection)
    try:
        async with asyncio.timeout(patience):
            return await connection.receive()
    except TimeoutError:
        return None


def handshake_of(connection: Connection) -> Frame:
    """Return how a handshake was answered."""
    response = connection.handshake
    if response.status == SWITCHING:
        return Frame("accepted", response.header("sec-websocket-protocol") or "")
    return Frame("denied", response.body.rstrip("\n"), response.status)


def _says_denied(turns: Sequence[Turn], client: str) -> bool:
    """Tell whether a client's next line says that its handshake is denied."""
    following = next((turn for turn in turns if turn.client == client), None)
    return following is not None and following.frame.kind == "denied"
