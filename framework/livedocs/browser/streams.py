"""The event streams that a page listens to, and leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from livedocs.asgi import Exchange
from livedocs.compare import compare
from livedocs.events import count_events, first_events
from livedocs.model import Expected, Response

LIMIT = 200_000  # characters of one stream; then it is left


class Stream:
    """One response, which may turn out to be an event stream.

    Args:
        number: The page's number for the exchange.
        expected: What is documented; `None`: nothing.
        events: How many events of it are; `None`: it is no event stream.
        post: Sends a message to the page.
    """

    def __init__(
        self,
        number: int,
        expected: Expected | None,
        events: int | None,
        *,
        post: Callable[..., None],
    ) -> None:
        self.exchange: Exchange | None = None
        self._number = number
        self._expected = expected
        self._events = events
        self._post = post
        self._is_judged = expected is None or events is None

    def show(self, exchange: Exchange, text: str) -> None:
        """Send what came to the page, with a verdict once the documented events are there."""
        self.exchange = exchange
        response = exchange.response
        assert response is not None  # noqa: S101 # what is shown has begun
        fields: dict[str, Any] = {"exchange": self._number, "text": text}
        if not self._is_judged and count_events(response.body) >= (self._events or 0):
            self._is_judged = True
            differs = self._expected is not None and compare(self._expected, self.first(response))
            fields["verdict"] = "differs" if differs else "same"
        self._post("stream", **fields)
        if len(response.body) > LIMIT:
            exchange.leave()

    def first(self, response: Response) -> Response:
        """Return a response with as many events as are documented."""
        if self._events is None:
            return response
        return replace(response, body=first_events(response.body, self._events))

    @property
    def is_cut_short(self) -> bool:
        """Tell whether the reader left before the documented events had come."""
        return not self._is_judged and self.exchange is not None and self.exchange.has_left


class Streams:
    """The responses that are under way, by the page's numbers."""

    def __init__(self) -> None:
        self._open: dict[int, Stream] = {}

    @contextmanager
    def open(
        self,
        number: int,
        expected: Expected | None,
        events: int | None,
        *,
        post: Callable[..., None],
    ) -> Iterator[Stream]:
        """Keep a response while it is under way."""
        stream = self._open[number] = Stream(number, expected, events, post=post)
        try:
            yield stream
        finally:
            del self._open[number]

    def leave(self, number: int) -> None:
        """Disconnect from an event stream, if it still comes."""
        stream = self._open.get(number)
        if stream is not None and stream.exchange is not None:
            stream.exchange.leave()
