"""Setting a stream as the content of a response."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from .streaming import Stream, StreamFunction

__all__ = ["EVENTS", "EVENT_HEADERS", "PING_SECONDS", "PLAIN_TEXT", "StreamSetter"]

S = TypeVar("S", bound="StreamFunction")

PLAIN_TEXT = (b"content-type", b"text/plain; charset=utf-8")
EVENTS = (b"content-type", b"text/event-stream")
EVENT_HEADERS = (  # they go with that content type
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)

PING_SECONDS = 15.0  # what the standard suggests; proxies cut after 60, as a rule


class StreamSetter:
    """Set a stream as the content of a response."""

    __slots__ = ()

    @abstractmethod
    def _set_source(self, source: "Stream", content_type: tuple[bytes, bytes]) -> None: ...

    @overload
    def stream(self, function: S) -> S: ...
    @overload
    def stream(self, *, raise_on_disconnect: bool = ...) -> Callable[[S], S]: ...
    def stream(self, function: Any = None, *, raise_on_disconnect: bool = False) -> Any:
        """Send what an async generator function yields, text or bytes, as it comes.

        When the client leaves, the generator is closed at once, wherever it waits.

        Args:
            function: takes no arguments: `@res.stream` decorates it.
            raise_on_disconnect: whether the generator gets `ClientDisconnect` at its next
                `yield` instead, when the client has left.

        Raises:
            TypeError: it is not an async generator function without arguments.
        """
        from .streaming import make_stream  # noqa: PLC0415 - most applications send none

        def register(function: S) -> S:
            stream = make_stream(function, raise_on_disconnect=raise_on_disconnect)
            self._set_source(stream, PLAIN_TEXT)
            return function

        return register if function is None else register(function)

    @overload
    def event_stream(self, function: S) -> S: ...
    @overload
    def event_stream(
        self,
        *,
        ping: float | None = ...,
        goodbye: str | bytes | None = ...,
        raise_on_disconnect: bool = ...,
    ) -> Callable[[S], S]: ...
    def event_stream(
        self,
        function: Any = None,
        *,
        ping: float | None = PING_SECONDS,
        goodbye: str | bytes | None = None,
        raise_on_disconnect: bool = False,
    ) -> Any:
        """Send the events that an async generator function yields, as they come.

        It yields what `server_event` returns; text and bytes are sent as they are. When the client
        leaves, the generator is closed at once, wherever it waits.

        Args:
            function: takes no arguments: `@res.event_stream` decorates it.
            ping: after how many seconds without an event, or an eighth more, a comment is sent,
                so that no proxy takes the connection for dead; `None`: never.
            goodbye: the last event when the application is told to stop, such as
                `server_event("shutdown", retry=1000)`: the stream then ends at once, instead of
                being cancelled after the setting DRAIN_GRACE.
            raise_on_disconnect: whether the generator gets `ClientDisconnect` at its next
                `yield` instead, when the client has left.

        Raises:
            TypeError: it is not an async generator function without arguments, or `goodbye` is
                neither text nor bytes.
            ValueError: `ping` is not greater than 0.

        Source: WHATWG HTML, section 9.2 (Server-sent events); for the headers, RFC 9111, section
        5.2.2, and nginx, `ngx_http_proxy_module` (X-Accel-Buffering).
        """
        from .streaming import make_stream  # noqa: PLC0415 - most applications send none

        def register(function: S) -> S:
            stream = make_stream(
                function, raise_on_disconnect=raise_on_disconnect, ping=ping, goodbye=goodbye
            )
            self._set_source(stream, EVENTS)
            return function

        return register if function is None else register(function)
