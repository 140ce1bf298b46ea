"""The sending of an event stream: a stream with a heartbeat while it is idle.

Proxies close a connection on which nothing has come for a while, and a server learns that a client
has vanished only by sending to it. So a timer writes a comment when nothing was sent for long:

    when the timer fires, the sending task is   what is done
    ------------------------------------------  -----------------------------------------------
    in the generator, idle for long             a task sends the comment; until it is sent, the
                                                sending task waits with what comes next
    in the generator, idle for less             the timer is set for the rest
    in `send`, or closing the generator         the timer is set anew

Nothing is wrapped around the generator, so that nothing of this can end it. The comment is a line
without an empty one after it, and is not sent within a line: a generator may yield parts of events.

Source: WHATWG HTML, section 9.2.7 (Authoring notes).
"""

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import TYPE_CHECKING

from ._delivery import Delivery
from ._stream import Stream

if TYPE_CHECKING:
    from starlette.types import Message, Send

__all__ = ["EventDelivery"]

HEARTBEAT = {"type": "http.response.body", "body": b":\n", "more_body": True}


class EventDelivery(Delivery):
    """Send one event stream; `beat` is the task that sends a heartbeat, if one does."""

    __slots__ = ("beat", "group", "heart", "ping", "send")

    def __init__(
        self,
        stream: Stream,
        cleanup_seconds: float,
        *,
        stall_seconds: float,
        ping: float,
        group: asyncio.TaskGroup,
    ) -> None:
        super().__init__(stream, cleanup_seconds, stall_seconds=stall_seconds)
        self.ping = ping
        self.group = group
        self.beat: asyncio.Task[None] | None = None
        self.send: Send
        self.heart = self.set_heart(ping)

    async def run(self, send: "Send") -> BaseException | None:
        """Send the chunks as any stream does, and heartbeats between them."""
        self.send = send
        try:
            return await super().run(self.send_between)
        finally:
            self.heart.cancel()
            if self.beat is not None:
                self.beat.cancel()

    def send_between(self, message: "Message") -> Awaitable[None]:
        """Send a chunk when no heartbeat is being sent; a coroutine less per chunk if none is."""
        if self.beat is not None:
            return self.send_after(self.beat, message)
        return self.send(message)

    async def send_after(self, beat: asyncio.Task[None], message: "Message") -> None:
        await asyncio.wait([beat])
        await self.send(message)

    def check_idle(self) -> None:
        """Send a heartbeat if nothing was sent for long, and set the timer."""
        rest = self.checked_at + self.ping - monotonic()
        if rest <= 0:
            rest = self.ping
            if self.can_beat():
                self.beat = self.group.create_task(self.send_heartbeat())
        self.heart = self.set_heart(rest)

    def can_beat(self) -> bool:
        """Tell if the sending task waits in the generator, and the client can take a line."""
        return (
            not self.is_sending()
            and not self.is_gone
            and not self.is_ended
            and not self.is_closing
            and not self.is_cancelled_by_others()
            and self.last.endswith(b"\n")
        )

    def is_sending(self) -> bool:
        return self.beat is not None or super().is_sending()

    async def send_heartbeat(self) -> None:
        """Send a heartbeat; a client that cannot take it has left."""
        try:
            await self.send(HEARTBEAT.copy())
        except OSError:
            self.leave()
        except Exception as error:  # noqa: BLE001 - raised by the sending task
            self.leave(error)
        finally:
            self.beat = None
            self.checked_at = monotonic()

    def set_heart(self, seconds: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self.check_idle)
