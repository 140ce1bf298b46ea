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
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import AsyncGeneratorType
from typing import TYPE_CHECKING, Any, cast

from ._stream import Stream
from .errors import ClientDisconnect

if TYPE_CHECKING:
    from starlette.types import Receive, Send

__all__ = ["Delivery"]

TURN_SECONDS = 0.002  # how long a generator may keep the event loop to itself
LAST_SECONDS = 1.0  # how long a client may take for the last chunk, when the grace is over
YIELDS_TOLERATED = 3  # how often a generator may yield instead of ending, before it is dropped

logger = logging.getLogger("bocadillo")


class Delivery:
    """Send one stream: what the sending task and its listener share.

    It is made by the sending task. `run` is for that task, `listen` for the listener.
    """

    __slots__ = (
        "cancellations",
        "checked_at",
        "cleanup_seconds",
        "failure",
        "generator",
        "is_closing",
        "is_complete",
        "is_ended",
        "is_gone",
        "last",
        "others_cancellations",
        "stall_seconds",
        "stream",
        "task",
        "timer",
    )

    def __init__(self, stream: Stream, cleanup_seconds: float, *, stall_seconds: float) -> None:
        self.stream = stream
        self.generator = cast("AsyncGeneratorType[str | bytes, None]", stream.function())
        self.cleanup_seconds = cleanup_seconds
        self.stall_seconds = stall_seconds
        self.task: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment] # there is one
        self.others_cancellations = self.task.cancelling()
        self.cancellations = 0  # ours
        self.failure: BaseException | None = None
        self.is_gone = False
        self.is_ended = False
        self.is_closing = False
        self.is_complete = False
        self.last = b"\n\n"
        self.checked_at = monotonic()
        self.timer = _call_later(stall_seconds, self.check_stall, None)

    async def run(self, send: "Send") -> BaseException | None:
        """Send the chunks, finish the generator, and return what is to be raised."""
        try:
            try:
                await self.send_chunks(send)
            finally:
                self.is_closing = True
                if self.generator.ag_frame is not None:
                    await self.close()
        except BaseException as error:  # noqa: BLE001 - raised when the listener has ended
            if not self.is_cancelled_by_us(error):
                self.failure = error
        self.timer.cancel()
        if self.failure is None and self.is_cancelled_by_others():
            self.failure = asyncio.CancelledError()  # the generator kept it to itself
        for _ in range(self.cancellations):
            self.task.uncancel()
        if self.is_ended and not (self.is_gone or self.is_complete or self.failure):
            await self.say_goodbye(send)
        return self.failure

    async def send_chunks(self, send: "Send") -> None:
        """Send what the generator yields; return early when the client has left."""
        async for chunk in self.generator:
            body = chunk.encode() if isinstance(chunk, str) else chunk
            if not isinstance(body, bytes):
                raise TypeError(
                    f"expected str or bytes from the stream {self.stream.label}, got {chunk!r}"
                )
            if self.is_gone:
                if self.cancellations:
                    self.warn_of_yield()
                return
            if body:  # to some servers an empty chunk is the end
                self.last = body
                try:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                except OSError:
                    self.is_gone = True
                    return
            if self.is_ended:
                return
            if monotonic() - self.checked_at > TURN_SECONDS:
                await asyncio.sleep(0)
                self.checked_at = monotonic()
        if not self.is_gone:
            self.is_complete = True
            with suppress(OSError):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def say_goodbye(self, send: "Send") -> None:
        """Complete the response of a stream that was told to end; never within an event."""
        goodbye = self.stream.goodbye
        with suppress(OSError):  # a TimeoutError is one
            async with asyncio.timeout(self.cleanup_seconds):
                if goodbye and self.last.endswith(b"\n\n"):
                    await send({"type": "http.response.body", "body": goodbye, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def close(self) -> None:
        """Finish a generator that is suspended at a `yield`."""
        if not self.cancellations:
            self.set_deadline()
        try:
            if self.is_gone and self.stream.raise_on_disconnect:
                await self.throw(ClientDisconnect("the client has left"))
            for _ in range(YIELDS_TOLERATED):
                if self.generator.ag_frame is None:
                    return
                if await self.throw(GeneratorExit()):
                    self.warn_of_yield()
        except asyncio.CancelledError as error:
            if not self.is_cancelled_by_us(error):
                raise

    async def throw(self, error: BaseException) -> bool:
        """Raise an error in the generator at its `yield`, and tell if it yields again."""
        try:
            await self.generator.athrow(error)
        except (StopAsyncIteration, type(error)):
            return False
        return True

    async def listen(self, receive: "Receive") -> None:
        """Wait until the client leaves."""
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
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
            self.timer.cancel()
            self.timer = _call_later(LAST_SECONDS, self.leave)
        elif (is_last or self.stream.goodbye) and not self.is_ended:
            self.is_ended = True
            if self.generator.ag_running:
                self.set_deadline()
                self.cancel()

    def check_stall(self, seen: float | None) -> None:
        """Count the client as gone if it has taken nothing since the check before this one.

        A send that returns later than `TURN_SECONDS` after a check moves `checked_at`.
        """
        is_sending = self.is_sending()
        if is_sending and seen == self.checked_at:
            logger.info(
                "the client of the stream %s took nothing for %g seconds: it counts as gone",
                self.stream.label,
                self.stall_seconds,
            )
            self.leave()
        else:
            seen = self.checked_at if is_sending else None
            self.timer = _call_later(self.stall_seconds, self.check_stall, seen)

    def is_sending(self) -> bool:
        return not self.generator.ag_running

    def set_deadline(self) -> None:
        self.timer.cancel()
        self.timer = _call_later(self.cleanup_seconds, self.cut)

    def cut(self) -> None:
        """Cancel a generator that takes too long to finish; again, if that does not help."""
        logger.error(
            "the stream %s was cut: it had not finished %g seconds after it was told to",
            self.stream.label,
            self.cleanup_seconds,
        )
        self.set_deadline()
        self.cancel()

    def cancel(self) -> None:
        self.cancellations += 1
        self.task.cancel()

    def is_cancelled_by_others(self) -> bool:
        return self.task.cancelling() > self.others_cancellations + self.cancellations

    def is_cancelled_by_us(self, error: BaseException) -> bool:
        return (
            isinstance(error, asyncio.CancelledError)
            and self.cancellations > 0
            and not self.is_cancelled_by_others()
        )

    def warn_of_yield(self) -> None:
        logger.warning(
            "the stream %s yielded when it was to finish: a `yield` in `finally`, or after a "
            "cancellation that was caught, sends nothing",
            self.stream.label,
        )


def _call_later(seconds: float, function: Callable[..., None], *args: Any) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, function, *args)
