"""HTTP/1.1 for `bocadillo run`: uvicorn's, with limits on the head of a request.

    limit                          answer
    64 KiB of request line,        431 Request Header Fields Too Large
    headers and trailers
    100 headers                    431 Request Header Fields Too Large
    10 s for the whole head        408 Request Timeout; nothing when no byte of it came

Each of them ends the connection. A WebSocket's handshake begins as an HTTP request: it is limited
in the same way.
"""

import asyncio
from http import HTTPStatus
from itertools import chain
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["LimitedProtocol"]

BAD_REQUEST = HTTPStatus.BAD_REQUEST
TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
TOO_SLOW = HTTPStatus.REQUEST_TIMEOUT


class LimitedProtocol(HttpToolsProtocol):
    """Serve one connection, and refuse heads that are too large, too many-headed or too slow.

    Source: RFC 6585, section 5 (431) and RFC 9110, section 15.5.9 (408).
    """

    max_head_bytes: ClassVar = 64 * 1024
    max_headers: ClassVar = 100
    head_timeout_seconds: ClassVar = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._unparsed = 0  # bytes since the parser last told of a whole head or a piece of body
        self._fault = ""
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # that of sockets is all there is
        """Give the client some time for its first head."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and refuse what grows without coming to its end."""
        if self._is_refused:
            return
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > self.max_head_bytes:
            self._refuse(TOO_LARGE, self._size_message)
        elif self._head_timer is None and self.cycle is not None and self.cycle.response_complete:
            self._start_timer()

    def on_headers_complete(self) -> None:
        """Check the size of a head before the application sees it.

        Raises:
            ValueError: it is too large; the parser stops, and `send_400_response` is called.
        """
        self._unparsed = 0
        if len(self.headers) > self.max_headers:
            self._fault = f"expected at most {self.max_headers} headers, got {len(self.headers)}"
            raise ValueError(self._fault)
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers)))
        if size > self.max_head_bytes:
            self._fault = self._size_message
            raise ValueError(self._fault)
        self._stop_timer()
        self.scope["headers"] = self.headers.copy()  # trailers, which come later, are no headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of the body on."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Mark the end of the request."""
        self._unparsed = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser stopped at: its own errors, and those of this class."""
        if self._fault:
            self._refuse(TOO_LARGE, self._fault)
        else:
            self._refuse(BAD_REQUEST, msg)

    @property
    def _size_message(self) -> str:
        return f"expected at most {self.max_head_bytes} bytes in the head of a request, got more"

    def _start_timer(self) -> None:
        self._head_timer = self.loop.call_later(self.head_timeout_seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._unparsed:
            seconds = f"{self.head_timeout_seconds:g} seconds"
            self._refuse(TOO_SLOW, f"expected the head of a request within {seconds}")
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Say what is wrong, and end the connection; nothing more is read from it.

        A response that belongs to an earlier request is not disturbed: it is sent, and the
        connection closed after it. One that has begun, and whose own body is at fault, is cut.
        """
        self._is_refused = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:
                cycle.keep_alive = False
                return
            if cycle.response_started or self.pipeline:
                self.transport.close()
                return
        self.transport.write(self._format_refusal(status, message.encode()))
        self.transport.close()

    def _format_refusal(self, status: HTTPStatus, body: bytes) -> bytes:
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"x-content-type-options", b"nosniff"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
        lines += [name + b": " + value for name, value in headers]
        return b"\r\n".join([*lines, b"", body])
