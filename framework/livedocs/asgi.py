"""Talk ASGI to an application in this event loop: lifespan and HTTP. No sockets, no threads.

`receive` behaves as a server's: after the body it waits, and tells `http.disconnect` once the
response is complete. Source: ASGI 3.0, HTTP and lifespan sub-specifications.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from livedocs.events import CONTENT_TYPE, count_events, first_events
from livedocs.files import to_bytes, to_text
from livedocs.model import Headers, Request, Response

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]
Show = Callable[["Exchange", str], None]
HOST, PORT = "localhost", 8000
LEAVE_SECONDS = 1.0


class StartupError(RuntimeError):
    """The application said that its startup or its shutdown failed, and raised nothing."""


class Lifespan:
    """The lifespan of an application, as an async context manager around its requests.

    Raises:
        StartupError: The application refused to start or to stop; its message is the error's.
        Exception: What it raised when it refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._failure: Exception | None = None
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.create_task(self._run())
        await self._to_app.put({"type": "lifespan.startup"})
        await self._started.wait()
        if self._failure is not None:
            await self._end()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._end()

    async def _end(self) -> None:
        await self._to_app.put({"type": "lifespan.shutdown"})
        await self._stopped.wait()
        await self._group.__aexit__(None, None, None)
        if self._failure is not None:
            raise self._failure

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self.app(scope, self._to_app.get, self._send)
        except Exception as error:  # noqa: BLE001 # the application is not ours
            # A server takes an application that raises at once for one without a lifespan.
            if self._started.is_set():
                self._failure = error
        finally:
            self._started.set()
            self._stopped.set()

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind.endswith(".failed"):
            self._failure = StartupError(message.get("message") or f"the application sent {kind}")
        if kind.startswith("lifespan.startup."):
            self._started.set()
        elif kind.startswith("lifespan.shutdown."):
            self._stopped.set()


def http_scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    """Return the ASGI scope of a request to `http://localhost:8000`."""
    path, _, query = request.target.partition("?")
    # In UTF-8, as a terminal hands them to curl.
    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers]
    names = {name for name, _ in headers}
    if b"host" not in names:
        headers.insert(0, (b"host", f"{HOST}:{PORT}".encode()))
    if request.body and b"content-length" not in names:
        headers.append((b"content-length", b"%d" % len(to_bytes(request.body))))
    raw_path = path.encode()
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote_to_bytes(raw_path).decode(errors="replace"),
        "raw_path": raw_path,
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 49152),
        "server": (HOST, PORT),
        "state": state.copy(),
    }


class Exchange:
    """One request and what was sent in reply to it.

    Args:
        request: What is sent.
        events: After how many events of an event stream the client leaves; `None`: at its end.
        show: Gets the exchange and the text that came, while an event stream comes.
    """

    def __init__(
        self, request: Request, *, events: int | None = None, show: Show | None = None
    ) -> None:
        self.request = request
        self.has_left = False
        self._limit = asyncio.timeout(None)
        self._events = events
        self._show = show
        self._body: bytes | None = to_bytes(request.body)
        self._is_head = request.method == "HEAD"
        self._done = asyncio.Event()
        self._start: Message | None = None
        self._chunks: list[bytes] = []

    async def run(self, app: ASGIApp, state: dict[str, Any]) -> Exception | None:
        """Call the application; return what it raised when it had answered.

        Raises:
            Exception: What it raised before its response was complete.
            RuntimeError: It returned without a response, or with half of one; or it went on when
                the client had left.
        """
        asked = f"{self.request.method} {self.request.target}"
        late: Exception | None = None
        try:
            async with self._limit:
                await app(http_scope(self.request, state), self.receive, self.send)
        except Exception as error:
            if self._limit.expired() and isinstance(error, TimeoutError):
                raise RuntimeError(
                    f"the application had not ended {LEAVE_SECONDS:g} second after its client "
                    f"left: {asked}"
                ) from None
            if self.has_left or not self.is_complete:
                raise
            late = error
        if not (self.is_complete or self.has_left):
            has_begun = self._start is not None
            lacks = "before its response was complete" if has_begun else "without a response"
            raise RuntimeError(f"the application returned {lacks}: {asked}")
        return late

    async def receive(self) -> Message:
        """Give the body, then wait for the end of the response."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take the response's messages."""
        if message["type"] == "http.response.start":
            if self._start is not None:
                raise RuntimeError("the application started its response twice")
            self._start = message
        elif message["type"] == "http.response.body" and not self.has_left:
            self._chunks.append(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._done.set()
            elif self.is_event_stream:
                self._tell()

    def _tell(self) -> None:
        if self._show is not None:
            self._show(self, to_text(self._chunks[-1]))
        text = to_text(b"".join(self._chunks))
        if self._events is not None and count_events(text) >= self._events:
            self.leave()

    def leave(self) -> None:
        """Disconnect, as a client does that has seen enough; the application must end soon."""
        if not self._done.is_set():
            self.has_left = True
            self._done.set()
            self._limit.reschedule(asyncio.get_running_loop().time() + LEAVE_SECONDS)

    @property
    def is_event_stream(self) -> bool:
        """Tell whether what comes is a stream of server-sent events."""
        found = self.response
        return found is not None and (found.header("content-type") or "").startswith(CONTENT_TYPE)

    @property
    def is_complete(self) -> bool:
        """Tell whether the whole response was sent."""
        return self._start is not None and self._done.is_set()

    @property
    def response(self) -> Response | None:
        """Return the response so far; `None` before it started."""
        if self._start is None:
            return None
        body = b"" if self._is_head else b"".join(self._chunks)
        return Response(self._start["status"], read_headers(self._start), to_text(body))


def read_headers(message: Message) -> Headers:
    """Return the headers of a message from an application."""
    pairs = message.get("headers") or ()
    return tuple((bytes(k).decode("latin-1").lower(), bytes(v).decode("latin-1")) for k, v in pairs)


async def exchange(
    app: ASGIApp,
    request: Request,
    state: dict[str, Any],
    *,
    events: int | None = None,
    show: Show | None = None,
) -> Response:
    """Return the application's response; of an event stream, what came until the client left.

    As with a real server, an error that the application raises after it answered does not
    take the answer back; one in the middle of its answer, or when the client has left, does.

    Args:
        app: The application.
        request: What is sent.
        state: What the lifespan left for requests.
        events: See `Exchange`.
        show: See `Exchange`.

    Raises:
        Exception: See `Exchange.run`.
    """
    talk = Exchange(request, events=events, show=show)
    late = await talk.run(app, state)
    response = talk.response
    assert response is not None  # noqa: S101 # else it raised: who leaves has seen events
    if events is not None and talk.is_event_stream:  # the last chunk may hold more of them
        response = replace(response, body=first_events(response.body, events))
    return replace(response, error=late)
