"""Compression of responses.

Source: RFC 9110, sections 8.4 (Content-Encoding), 8.8.3 (ETag), 12.5.5 (Vary) and 7.7
(no-transform).
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from bocadillo._threads import run_in_thread

from ._codings import CODINGS, Encoder, choose_coding, load_coding
from ._vary import add_vary

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CompressionMiddleware"]

# The rest is compressed by its format, or read as it is sent (event streams).
is_compressible = re.compile(
    r"text/(?!event-stream)[^;]*|[^;]+\+(?:json|xml|text)"
    r"|application/(?:json|javascript|x-javascript|xml|x-ndjson|json-seq|wasm|yaml|rtf|graphql"
    r"|x-www-form-urlencoded|vnd\.ms-fontobject)"
    r"|font/(?:otf|ttf|collection)|image/(?:bmp|x-icon|vnd\.microsoft\.icon)"
).fullmatch

WITHOUT_BODY = frozenset({204, 205, 304})
THREAD_BYTES = 128 * 1024  # below, a thread costs more than it frees the loop for


class CompressionMiddleware:
    """Compress the responses of an application, as far as each client can read them.

    A streamed response stays a stream: what a chunk holds reaches the client at once. Event
    streams, responses that are encoded already or would not get smaller (images, archives),
    those that are small, partial (206) or without a body, and those marked `no-transform` are
    sent as they are.

    A page that shows a secret beside text that the visitor's requests can choose gives the
    secret away by its compressed length (the BREACH attack). Such a view sets
    `res.headers["cache-control"] = "no-transform"`, and stays uncompressed.

    Args:
        app: the application to wrap.
        codings: the content codings to offer, the preferred one first.
        minimum_size: the bytes from which a response is compressed; a stream always is.

    Raises:
        ImportError: the package of a coding is not installed.
    """

    def __init__(
        self, app: "ASGIApp", *, codings: Sequence[str] = CODINGS, minimum_size: int = 1024
    ) -> None:
        self.app = app
        self.codings = tuple(codings)
        self.minimum_size = minimum_size
        self._make_encoder = {coding: load_coding(coding) for coding in self.codings}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepted = ",".join(Headers(scope=scope).getlist("accept-encoding"))
        coding = choose_coding(accepted, self.codings)
        if coding is None or scope["method"] == "HEAD":
            sender = _Sender(send, minimum_size=self.minimum_size)
        else:
            sender = _Sender(
                send,
                minimum_size=self.minimum_size,
                coding=coding,
                make_encoder=self._make_encoder[coding],
            )
        await self.app(scope, receive, sender.send)


class _Sender:
    """Send one response, compressed or not.

    | state       | encoder | held  | a body message is       |
    |-------------|---------|-------|-------------------------|
    | as it is    | no      | no    | passed on               |
    | whole body? | yes     | start | looked at: is it all?   |
    | streaming   | yes     | no    | compressed, and flushed |

    The start of a response of known length is held until its body comes, which is at once. All
    else is decided when it starts, so that a slow stream does not hold its headers back.
    """

    def __init__(
        self,
        send: "Send",
        *,
        minimum_size: int,
        coding: str = "",
        make_encoder: Callable[[], Encoder] | None = None,
    ) -> None:
        self._send = send
        self._minimum_size = minimum_size
        self._coding = coding
        self._make_encoder = make_encoder
        self._encoder: Encoder | None = None
        self._held: Message | None = None

    async def send(self, message: "Message") -> None:
        """Send a message of the application."""
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body" and self._encoder is not None:
            await self._send_body(message, self._encoder)
        else:
            await self._pass_on(message)

    async def _start(self, message: "Message") -> None:
        # A copy: the application may send the same list of headers again.
        headers = MutableHeaders(raw=list(message.get("headers", ())))
        message = {**message, "headers": headers.raw}
        varies = _can_be_compressed(message["status"], headers)
        if varies or message["status"] == 304:
            add_vary(headers, "Accept-Encoding")
        length = headers.get("content-length")
        is_small = length is not None and int(length) < self._minimum_size
        if self._make_encoder is None or not varies or is_small:
            await self._send(message)
            return
        self._encoder = self._make_encoder()
        if length is None:
            self._mark(headers)
            await self._send(message)
        else:
            self._held = message

    async def _send_body(self, message: "Message", encoder: Encoder) -> None:
        body = message.get("body", b"")
        is_last = not message.get("more_body", False)
        data = await _encode(encoder, body, is_last=is_last) if body or is_last else b""
        if self._held is not None:
            start, self._held = self._held, None
            headers = MutableHeaders(raw=start["headers"])
            self._mark(headers)
            if is_last:
                headers["content-length"] = str(len(data))
            await self._send(start)
        await self._send({**message, "body": data})

    def _mark(self, headers: MutableHeaders) -> None:
        """Say what the content is now: not byte by byte what the application made."""
        headers["content-encoding"] = self._coding
        for name in ("content-length", "accept-ranges"):
            del headers[name]
        etag = headers.get("etag", "")
        if etag.startswith('"'):
            headers["etag"] = f"W/{etag}"

    async def _pass_on(self, message: "Message") -> None:
        if self._held is not None:
            # The server reads the body from a file itself (the ASGI extension "path send").
            start, self._held, self._encoder = self._held, None, None
            await self._send(start)
        await self._send(message)


async def _encode(encoder: Encoder, body: bytes, *, is_last: bool) -> bytes:
    if len(body) < THREAD_BYTES:
        return encoder.encode(body, is_last=is_last)
    return await run_in_thread(partial(encoder.encode, body, is_last=is_last))


def _can_be_compressed(status: int, headers: MutableHeaders) -> bool:
    if status in WITHOUT_BODY or status == 206 or "content-encoding" in headers:
        return False
    if "no-transform" in headers.get("cache-control", "").lower():
        return False
    content_type = headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    return is_compressible(content_type) is not None
