"""The sending of a stream, whose client may leave at any moment.

Two tasks share a stream: the sending task, which called `send_stream` and in which all of the
generator runs, and a listener, which waits for `http.disconnect`. When the client has left:

    the sending task is      the listener         the generator
    -----------------------  -------------------  --------------------------------------------
    in the generator         cancels the task     gets CancelledError at its await
      raise_on_disconnect    only takes note      gets ClientDisconnect at its next yield
    in `send`, or pausing    cancels the task     is closed at its yield
      raise_on_disconnect    cancels the task     gets ClientDisconnect at its yield
    closing the generator    does nothing         finishes what it does

When the application is ending, so is the stream: it is told to `end`. The generator is stopped as
if the client had left, but the response is completed, after the stream's goodbye. One without a
goodbye is told once more, when the grace is over: it has been free to end by itself until then. A
client that does not take the last chunk then counts as gone.

The cancellation is that of asyncio, raised once, so that what the generator awaits in `finally`
works as usual; the sending task takes it back (`Task.uncancel`) when the generator is finished. A
deadline runs from the cancellation on: past it, the generator is cancelled again, until it gives
in. An `OSError` of `send`, and a client that takes nothing for long, count as a disconnect.

A generator that never waits gives the listener its turn by time, not at each chunk: a turn of the
event loop costs more than the chunk does.

Source: ASGI specification, HTTP Connection Scope (Disconnect).
"""

import asyncio
import logging
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, NoReturn

from ._beside import start_beside, stop_beside
from ._draining import Draining
from ._finishing import Finishing
from ._rounds import find_rounds
from ._stream import Stream

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

__all__ = ["Delivery"]

TURN_SECONDS = 0.002  # how long a generator may keep the event loop to itself
LAST_SECONDS = 1.0  # how long a client may take for the last chunk, when the grace is over

END = {"type": "http.response.body", "body": b"", "more_body": False}

logger = logging.getLogger("bocadillo")


class Delivery(Finishing):
    """Send one stream: what the sending task and its listener share.

    `run` is for the sending task, `listen` for the listener. While the generator waits, the frame
    of `run` is all there is of the sending task: each further one is a quarter of a KiB for each
    stream that is open.
    """

    __slots__ = (
        "beat",
        "checked_at",
        "draining",
        "failure",
        "is_complete",
        "is_ended",
        "last",
        "listener",
        "send",
        "stall_seconds",
        "stalled_at",
        "stalled_since",
    )

    is_event: ClassVar[bool] = False

    def __init__(
        self,
        stream: Stream,
        send: "Send",
        *,
        draining: Draining | None,
        cleanup_seconds: float,
        stall_seconds: float,
    ) -> None:
        super().__init__(stream, cleanup_seconds)
        self.send = send
        self.draining = draining
        self.stall_seconds = stall_seconds
        self.listener: asyncio.Task[None]
        self.beat: asyncio.Task[None] | None = None  # sends a heartbeat; nothing else is sent then
        self.failure: BaseException | None = None
        self.is_ended = False
        self.is_complete = False
        self.last = b"\n\n"
        self.checked_at = self.stalled_at = self.stalled_since = 0.0

    async def run(self, receive: "Receive", start: "Message | None") -> None:  # noqa: C901 - no call per chunk
        """Send the stream, and finish the generator."""
        if start is not None and not await self.start(start):
            return
        del start  # or it is kept as long as the stream
        failure: BaseException | None = None
        self.begin(receive)
        send = self.send
        try:
            try:
                async for chunk in self.generator:
                    body = chunk.encode() if isinstance(chunk, str) else chunk
                    if not isinstance(body, bytes):
                        self.refuse(chunk)
                    if self.is_gone:
                        self.warn_of_yield()
                        break
                    if body:  # to some servers an empty chunk is the end
                        if self.beat is not None:
                            await asyncio.wait((self.beat,))
                        try:
                            await send(
                                {"type": "http.response.body", "body": body, "more_body": True}
                            )
                        except OSError:
                            self.is_gone = True
                            break
                        if self.is_event:
                            self.last = body[-2:]
                        del chunk, body  # a long one, until the next: that may take long, too
                    if monotonic() - self.checked_at > TURN_SECONDS:
                        await asyncio.sleep(0)
                        self.checked_at = monotonic()
                    if self.is_ended:  # while that was sent, or others had their turn
                        break
                else:
                    await self.complete()
            finally:
                self.is_closing = True
                if self.generator.ag_frame is not None:
                    await self.close()
        except BaseException as error:  # noqa: BLE001 - raised when the listener has ended
            failure = error
        failure = await self.finish(failure)
        if failure is not None:
            try:
                raise failure
            finally:
                del failure  # its traceback refers to this frame, and so to the generator

    async def start(self, start: "Message") -> bool:
        """Start the response, and tell if the client was there."""
        try:
            await self.send(start)
        except OSError:
            return False
        return True

    def begin(self, receive: "Receive") -> None:
        """Set up what ends with `finish`."""
        self.begin_in(asyncio.current_task())  # type: ignore[arg-type] # there is one
        self.checked_at = monotonic()
        self.listener = start_beside(self.listen(receive))
        find_rounds().add(self, self.first_check())
        if self.draining is not None:
            self.draining.add(self)

    async def finish(self, failure: BaseException | None) -> BaseException | None:
        """End all but the generator, which has ended, and return what is to be raised."""
        if failure is None or self.is_cancelled_by_us(failure):
            failure = self.failure
        self.stop_timers()
        if failure is None and self.is_cancelled_by_others():
            failure = asyncio.CancelledError()  # the generator kept it to itself
        for _ in range(self.cancellations):
            self.task.uncancel()
        if self.is_ended and not (self.is_gone or self.is_complete or failure):
            try:
                await self.say_goodbye()
            except BaseException as error:  # noqa: BLE001 - it is returned
                failure = error
        for task in (self.beat, self.listener):
            if task is not None:
                failure = await stop_beside(task) or failure
        del self.listener, task  # its traceback refers to this
        if self.draining is not None:
            self.draining.remove(self)
        return failure

    def refuse(self, chunk: object) -> NoReturn:
        raise TypeError(f"expected str or bytes from the stream {self.stream.label}, got {chunk!r}")

    async def complete(self) -> None:
        """Complete the response when the generator has ended by itself."""
        if not self.is_gone:
            self.is_complete = True
            with suppress(OSError):
                await self.send_last(END)

    async def say_goodbye(self) -> None:
        """Complete the response of a stream that was told to end; never within an event."""
        goodbye = self.stream.goodbye
        with suppress(OSError):  # a TimeoutError is one
            async with asyncio.timeout(self.cleanup_seconds):
                if goodbye and self.last.endswith(b"\n\n"):
                    await self.send_last({**END, "body": goodbye, "more_body": True})
                await self.send_last(END)

    async def send_last(self, message: "Message") -> None:
        """Send what does not come from the generator, after a heartbeat that is being sent."""
        if self.beat is not None:
            await asyncio.wait((self.beat,))
        await self.send({**message})

    async def listen(self, receive: "Receive") -> None:
        """Wait until the client leaves."""
        try:
            while (await receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it waits there
                await asyncio.sleep(0)  # not every server does: some repeat an empty body
        except OSError:
            self.leave()
        except Exception as error:  # noqa: BLE001 - raised by the sending task
            self.leave(error)
        else:
            self.leave()

    def leave(self, failure: Exception | None = None) -> None:
        """Take note that the client has left, and stop the sending task where it waits."""
        if self.is_gone or self.is_closing:
            return
        self.is_gone = True
        self.failure = failure
        if not (self.stream.raise_on_disconnect and self.generator.ag_running):
            self.set_deadline()
            self.cancel()

    def end(self, *, is_last: bool) -> None:
        """End the stream, as the application is ending; without a goodbye, at the last call."""
        if self.is_gone or self.is_closing or self.is_cancelled_by_others():
            return
        if is_last and self.is_sending():
            self.is_ended = True
            self.set_timer(LAST_SECONDS, self.leave)
        elif is_last or self.stream.goodbye:
            self.is_ended = True
            if self.generator.ag_running and not self.cancellations:
                self.set_deadline()
                self.cancel()

    def first_check(self) -> float:
        """Return in how many seconds to look after the stream for the first time."""
        return self.stall_seconds

    def check(self) -> float | None:
        """Count a client that takes nothing for long as gone; tell when to look again.

        A send that returns later than `TURN_SECONDS` after a check moves `checked_at`.
        """
        now = monotonic()
        if not self.is_sending():
            self.stalled_since = now
        elif self.stalled_at != self.checked_at:
            self.stalled_at, self.stalled_since = self.checked_at, now
        rest = self.stalled_since + self.stall_seconds - now
        if rest > 0:
            return rest
        logger.info(
            "the client of the stream %s took nothing for %g seconds: it counts as gone",
            self.stream.label,
            self.stall_seconds,
        )
        self.leave()
        return None

    def is_sending(self) -> bool:
        return not self.generator.ag_running
