"""A WebSocket as the server sees it: its states, and its one writer.

state        ends with                                        the server may be sent
CONNECTING   `accept`, a denial, the client leaving           accept, close, a denial
OPEN         `close`, the client leaving, a send that fails   send, close
CLOSED       nothing                                          nothing

Sends wait in line, so that those of several tasks never overlap; a close waits in the same line.

Source: ASGI specification, WebSocket Connection Scope; RFC 6455.
"""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from starlette.websockets import WebSocketDisconnect

from ._inbox import ABNORMAL, Inbox, State

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

__all__ = ["Socket", "can_deny"]

CONNECTING, OPEN, CLOSED = State

CLOSE_SECONDS = 5.0  # how long a client may take nothing before it is left without a close frame

# What servers raise when it has ended just now: uvicorn that is stopping answers handshakes itself,
# and websockets then asserts that the answer is the only one. A TimeoutError is an OSError.
ENDED = (OSError, RuntimeError, AssertionError)

TURN_SECONDS = 0.01  # how long views that only send may keep the event loop to themselves


class Socket(Inbox):
    """Accept, send, receive and close, each only when it may be done.

    Attributes:
        is_sending: whether something is being sent.
        was_accepted: whether the handshake was.
        writer: the task that sends what nobody waits for: see `_outbox`.
    """

    __slots__ = ("_has_connected", "_line", "_send", "is_sending", "was_accepted", "writer")

    turned_at: ClassVar[float] = 0.0  # when any of them gave the event loop its last turn

    def __init__(self, receive: "Receive", send: "Send") -> None:
        super().__init__(receive)
        self._send = send
        self.is_sending = False
        self.was_accepted = False
        self.writer: asyncio.Task[None] | None = None
        self._has_connected = False
        self._line: list[asyncio.Future[None]] = []

    async def connect(self) -> None:
        """Wait for the handshake, unless it was there already.

        Raises:
            WebSocketDisconnect: the client has left already.
        """
        if not self._has_connected:
            message = await self._receive()
            self._has_connected = True
            if message["type"] != "websocket.connect":
                self.lose(message)
                raise self.disconnect()

    async def accept(self, message: "Message") -> None:
        """Accept the handshake.

        Raises:
            WebSocketDisconnect: the client has left.
            RuntimeError: it was accepted before.
        """
        await self.connect()
        if self.state is OPEN:
            raise RuntimeError(
                "the WebSocket was accepted before: with `auto_accept=True`, the default, that is "
                "done before the view is called"
            )
        if self.state is CLOSED:
            raise self.disconnect()
        self.state = OPEN
        self.was_accepted = True
        await self.transmit(message)

    async def transmit(self, message: "Message") -> None:
        """Send a message when those before it are sent.

        Raises:
            WebSocketDisconnect: the client has left, or the WebSocket was closed.
            RuntimeError: it was not accepted yet.
        """
        if self.state is not OPEN:
            raise self.refuse("sending")
        if self.is_sending or self.writer is not None:
            await self._wait_for_turn()
        self.is_sending = True
        try:
            if self.state is not OPEN:  # while this waited
                raise self.disconnect()
            await self._send(message)
        except OSError:
            self.end(ABNORMAL, "")
            await asyncio.sleep(0)  # the listener may know how it ended
            raise self.disconnect() from None
        except RuntimeError:  # what some servers raise when it ended just now
            await asyncio.sleep(0)
            if self.state is OPEN:
                raise
            raise self.disconnect() from None
        except asyncio.CancelledError:
            raise self._explain() from None
        finally:
            self.is_sending = False
            if self._line:
                self._let_next()
        if monotonic() - Socket.turned_at > TURN_SECONDS:
            await self._let_others_go_on()

    async def _let_others_go_on(self) -> None:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            raise self._explain() from None
        Socket.turned_at = monotonic()

    async def close(self, code: int, reason: str) -> None:
        """Close an open WebSocket, or refuse one that was not accepted; else do nothing."""
        with suppress(WebSocketDisconnect):
            await self.connect()
        if self.is_sending or self.writer is not None:  # what others are sending goes first
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._wait_for_turn()
            except TimeoutError:
                if self.state is not CLOSED:
                    self._end_here(code, reason)
                return
        self.is_sending = True
        try:
            if self.state is not CLOSED:
                self._end_here(code, reason)
                with suppress(*ENDED):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await self._send(
                            {"type": "websocket.close", "code": code, "reason": reason}
                        )
        finally:
            self._let_next()

    def _end_here(self, code: int, reason: str) -> None:
        self.end(code, reason)
        self.is_closed_here = True
        self.unread.clear()

    async def deny(self, status: int, headers: list[tuple[bytes, bytes]], *, body: bytes) -> None:
        """Refuse the handshake with an HTTP response; the server must know that extension."""
        self.end(ABNORMAL, "")
        self.is_closed_here = True
        kind = "websocket.http.response"
        with suppress(*ENDED):
            await self._send({"type": f"{kind}.start", "status": status, "headers": headers})
            await self._send({"type": f"{kind}.body", "body": body, "more_body": False})

    async def _wait_for_turn(self) -> None:
        """Wait until all is sent that was to be sent before, whoever waits for it or not."""
        writer = self.writer
        if not (writer is None or writer.done() or writer is asyncio.current_task()):
            try:
                await asyncio.wait((writer,))
            except asyncio.CancelledError:
                raise self._explain() from None
        if self.is_sending:
            await self._wait_in_line()

    async def _wait_in_line(self) -> None:
        """Wait until it is this sender's turn: the first to come is the first to send."""
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was this one's turn
                self._let_next()
            raise self._explain() from None

    def _let_next(self) -> None:
        """Let the next one in line send; until it does, it counts as sending."""
        self.is_sending = False
        while self._line and not self.is_sending:
            turn = self._line.pop(0)
            if not turn.cancelled():
                turn.set_result(None)
                self.is_sending = True


def can_deny(scope: "Scope") -> bool:
    """Tell if the server can refuse a handshake with another status than 403."""
    return "websocket.http.response" in (scope.get("extensions") or {})
