"""The sending of an event stream: a stream with a heartbeat while it is idle.

Proxies close a connection on which nothing has come for a while, and a server learns that a client
has vanished only by sending to it. So a comment is sent when nothing was sent for long:

    when it is looked at, the sending task is   what is done
    ------------------------------------------  -----------------------------------------------
    in the generator, idle for long             a task sends the comment; until it is sent, the
                                                sending task waits with what comes next
    in the generator, idle for less             it is looked at after the rest of the time
    in `send`                                   it is looked at again
    closing the generator                       nothing

Nothing is wrapped around the generator, so that nothing of this can end it. The comment is a line
without an empty one after it, and is not sent within a line: a generator may yield parts of events.

Source: WHATWG HTML, section 9.2.7 (Authoring notes).
"""

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from ._beside import start_beside
from ._delivery import Delivery
from ._stream import Stream

if TYPE_CHECKING:
    from starlette.types import Send

__all__ = ["EventDelivery"]

HEARTBEAT = {"type": "http.response.body", "body": b":\n", "more_body": True}


class EventDelivery(Delivery):
    """Send one event stream."""

    __slots__ = ("ping",)

    is_event = True

    def __init__(self, stream: Stream, send: "Send", **options: Any) -> None:
        super().__init__(stream, send, **options)
        self.ping = inf if stream.ping is None else stream.ping

    def first_check(self) -> float:
        """Return in how many seconds to look after the stream for the first time."""
        return min(self.ping, self.stall_seconds)

    def check(self) -> float | None:
        """Send a heartbeat if nothing was sent for long, as well."""
        seconds = super().check()
        if seconds is None:
            return None
        rest = self.checked_at + self.ping - monotonic()
        if rest <= 0:
            rest = self.ping
            if self.can_beat():
                self.beat = start_beside(self.send_heartbeat())
        return min(rest, seconds)

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
