"""A response that is read while it is being sent."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Self

import httpx2

from ._events import EventParser, ReceivedEvent

if TYPE_CHECKING:
    from ._exchange import Exchange

__all__ = ["StreamedResponse"]


class StreamedResponse(httpx2.Response):
    """Read a response while the application is sending it.

    It is a response of httpx2, with `status_code`, `headers`, `aiter_bytes`, `aiter_text`,
    `aiter_lines`, `aread` and all the rest, and what a test of a stream needs besides:

    - `async for chunk in stream` gives the bytes as the application sent them, chunk by chunk;
    - `event` and `events` give server-sent events;
    - `pause` and `resume` make of it a client that is slow; `disconnect`, one that leaves.

    A wait that is cancelled, by `asyncio.timeout` for one, loses nothing: the next goes on.

    Attributes:
        exchange: what carries request and response; for the client.
    """

    def __init__(self, exchange: "Exchange", request: httpx2.Request) -> None:
        self._body = _Body(exchange)
        super().__init__(
            exchange.status or 0,
            headers=exchange.headers,
            stream=self._body,
            request=request,
            extensions={"http_version": b"HTTP/1.1"},
        )
        self.exchange = exchange
        self._parser = EventParser()
        self._is_checked = False
        self._events: deque[ReceivedEvent] = deque()

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body, chunk by chunk; the loop may end early, and another go on."""
        return _Chunks(self.exchange)

    async def aread(self) -> bytes:
        """Read the whole body, which must end in time."""
        self._body.is_to_end = True
        return await super().aread()

    async def event(self) -> ReceivedEvent:
        """Wait for the next server-sent event.

        Raises:
            EOFError: the stream has ended.
            TimeoutError: no event came in time.
            ValueError: the response is no event stream.
            Exception: what the application raised.

        Cancellation:
            No event is lost.
        """
        event = await self._next_event()
        if event is None:
            raise EOFError(f"{self.exchange.label}: the stream has ended: there are no more events")
        return event

    def events(self) -> AsyncIterator[ReceivedEvent]:
        """Read the server-sent events, until the stream ends.

        The loop may end early, and another, or `event`, go on. What is raised is as in `event`.
        """
        return _Events(self._next_event)

    @property
    def last_event_id(self) -> str:
        """The last id that the stream has said: what a client that comes back sends."""
        return self._parser.id

    @property
    def retry(self) -> int | None:
        """After how many milliseconds a client comes back, if the stream has said so."""
        return self._parser.retry

    def disconnect(self) -> None:
        """Leave now: the application sees at once that its client is gone.

        `await stream.aclose()` leaves, and waits until the application has cleaned up; so does the
        end of the `async with` block.
        """
        self.exchange.leave()

    def pause(self) -> None:
        """Take nothing more: the application's next `send` waits until `resume`."""
        self.exchange.pause()

    def resume(self) -> None:
        """Go on taking what the application sends."""
        self.exchange.resume()

    async def _next_event(self) -> ReceivedEvent | None:
        self._expect_events()
        async with self.exchange.patience("no event came"):
            while not self._events:
                chunk = await self.exchange.take()
                if chunk is None:
                    return None
                self._events.extend(self._parser.feed(chunk))
        return self._events.popleft()

    def _expect_events(self) -> None:
        if self._is_checked:
            return
        kind = self.headers.get("content-type", "")
        coding = self.headers.get("content-encoding")
        if kind.partition(";")[0].strip().lower() != "text/event-stream":
            raise ValueError(
                f"{self.exchange.label}: expected the content type text/event-stream, got {kind!r} "
                f"with the status {self.status_code}"
            )
        if coding is not None:
            raise ValueError(
                f"{self.exchange.label}: expected an event stream as it is, got one encoded as "
                f'{coding!r}: ask for it with headers={{"accept-encoding": "identity"}}'
            )
        self._is_checked = True


class _Chunks:
    """Iterate over what comes; nothing is left open when a loop ends early."""

    def __init__(self, exchange: "Exchange", *, is_to_end: bool = False) -> None:
        self._exchange = exchange
        self._what = "nothing more of the response came"
        self._deadline: float | None = None
        if is_to_end and exchange.seconds is not None:
            self._what = "the response, which `client.stream` reads as it comes, did not end"
            self._deadline = asyncio.get_running_loop().time() + exchange.seconds

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        async with self._exchange.patience(self._what, deadline=self._deadline):
            chunk = await self._exchange.take()
        if chunk is None:
            raise StopAsyncIteration
        return chunk


class _Events:
    """Iterate over events; nothing is left open when a loop ends early."""

    def __init__(self, read: Callable[[], Awaitable[ReceivedEvent | None]]) -> None:
        self._read = read

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReceivedEvent:
        event = await self._read()
        if event is None:
            raise StopAsyncIteration
        return event


class _Body(httpx2.AsyncByteStream):
    """The body, for what httpx2 does with responses."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self.is_to_end = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Chunks(self._exchange, is_to_end=self.is_to_end)

    async def aclose(self) -> None:
        await self._exchange.leave_and_finish()
