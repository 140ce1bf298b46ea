"""The request, as a view reads it."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from starlette import requests as starlette_requests
from starlette.datastructures import FormData

from ._bodies import JSON, check_content_type, compile_body, decode_json
from ._connection import Connection
from ._limits import DEFAULT_MAX_BODY_SIZE, Limits
from ._patience import begin, finish_within, poll, receive_within
from .errors import ClientDisconnect, HTTPError

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from ._forms import FormReading, UploadFile

__all__ = ["DEFAULT_MAX_BODY_SIZE", "Limits", "Request", "UploadFile"]

T = TypeVar("T")

UNSET: Final[Any] = object()
FRAMING = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})
HTTP_1 = frozenset({"1.0", "1.1"})

compile_cached = lru_cache(maxsize=256)(compile_body)


if not TYPE_CHECKING:  # pragma: no branch - or any name would be right

    def __getattr__(name: str) -> Any:
        """Import `UploadFile` when it is asked for: most applications read no forms."""
        if name == "UploadFile":
            from ._forms import UploadFile  # noqa: PLC0415 - most requests are no forms

            return UploadFile
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Request(Connection, starlette_requests.Request):
    """Read what the client sent.

    It is Starlette's request (`method`, `url`, `headers`, `query_params`, `cookies`, `client`,
    `state`, …) with a body that is limited in size and time, with JSON that is checked, and with
    forms that are. `async for chunk in req` reads the body piece by piece.
    """

    # Class-level defaults: a request that is not touched costs three attributes.
    _stream_consumed = False
    _is_disconnected = False
    _form: FormData | None = None
    _content: bytes | None = None
    _json: Any = UNSET
    _limits = Limits()
    _is_held_back = False
    _beyond: "Receive | None" = None

    def __init__(
        self,
        scope: "Scope",
        receive: "Receive" = starlette_requests.empty_receive,
        send: "Send" = starlette_requests.empty_send,
    ) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send

    @classmethod
    def with_limits(cls, limits: Limits) -> "type[Request]":
        """Return the class of requests with other limits; an application makes it once."""
        return cls if limits == cls._limits else type(cls.__name__, (cls,), {"_limits": limits})

    def limit(self, *, max_body_size: int | None) -> None:
        """Give the body of this request another limit, in bytes, before it is read."""
        self._limits = self._limits._replace(max_body_size=max_body_size)

    async def body(self) -> bytes:
        """Read the whole body; reading it again gives the same bytes.

        Raises:
            HTTPError: 413 when the body exceeds the limit, 408 when it does not go on in time,
                415 when it is compressed.
            ClientDisconnect: the client left before the body was complete.

        Cancellation:
            What was read so far is lost: the body cannot be read again.
        """
        if self._content is None:
            self._open_body()
            message, rest = begin(self._receive())  # `receive_within`, but 0.1 µs faster
            if rest is not None:
                seconds = self._limits.body_timeout
                message = await finish_within(seconds, rest, late=self._refuse_late)
            content = self._take(message, 0)
            if not self._stream_consumed:  # rarely: most bodies arrive in one message
                content = await self._read_rest(content)
            self._content = content
        return self._content

    async def _read_rest(self, first: bytes) -> bytes:
        chunks, received, seconds = [first], len(first), self._limits.body_timeout
        while not self._stream_consumed:
            message = await receive_within(seconds, self._receive, late=self._refuse_late)
            chunks.append(self._take(message, received))
            received += len(chunks[-1])
        return b"".join(chunks)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Read the body piece by piece; an empty piece marks the end.

        Raises:
            HTTPError: as `body()` does; so with `ClientDisconnect`.
            RuntimeError: the body was read by pieces before.
        """
        if self._content is not None:
            yield self._content
        else:
            self._open_body()
            received, seconds = 0, self._limits.body_timeout
            while not self._stream_consumed:
                message = await receive_within(seconds, self._receive, late=self._refuse_late)
                chunk = self._take(message, received)
                received += len(chunk)
                if chunk:
                    yield chunk
        yield b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece, each of at least one byte."""
        async for chunk in self.stream():
            if chunk:
                yield chunk

    @overload
    async def json(self) -> Any: ...
    @overload
    async def json(self, type_: type[T]) -> T: ...
    @overload
    async def json(self, type_: Any) -> Any: ...
    async def json(self, type_: Any = UNSET) -> Any:
        """Decode the body as JSON; with a type, validate it and return a value of that type.

        Args:
            type_: any type msgspec decodes: a `Struct`, a dataclass, `list[int]`, a union…; or a
                pydantic model, or a container of models.

        Raises:
            HTTPError: 400 when the body is malformed, or does not fit the type (the detail
                names the field); 415 when the content type is not JSON; and those of `body()`.
        """
        if JSON not in self.scope["headers"]:  # seen so, it costs half of what reading it does
            self.expect_json()
        if type_ is not UNSET:
            return compile_cached(type_)(await self.body())
        if self._json is UNSET:
            self._json = decode_json(await self.body())
        return self._json

    def expect_json(self) -> None:
        """Refuse what a page of another site can send: it needs no permission from us.

        Raises:
            HTTPError: 415, the content type is not JSON.
        """
        check_content_type(self.scope["headers"])

    def form(
        self,
        *,
        max_files: float | None = None,
        max_fields: float | None = None,
        max_part_size: int | None = None,
    ) -> "FormReading":
        """Read the body as a form: `await req.form()`, or `async with req.form() as form:`.

        Reading it again gives the same form. Its values are text, or an `UploadFile`: these are
        closed at the end of the `async with` block, else at that of the request.

        Args:
            max_files: files the form may have; without it, as with the others, the application's
                limit holds.
            max_fields: fields that are not files.
            max_part_size: bytes of one field.

        Raises:
            HTTPError: 400 when the form is malformed, 413 when it exceeds a limit, 415 when the
                content type is not that of a form; and those of `body()`.
        """
        given = [("max_files", max_files), ("max_fields", max_fields)]
        given.append(("max_field_size", max_part_size))
        changes: dict[str, Any] = {name: limit for name, limit in given if limit is not None}
        from ._forms import FormReading  # noqa: PLC0415 - most requests are no forms

        return FormReading(partial(self._read_form, self._limits._replace(**changes)))

    async def _read_form(self, limits: Limits) -> FormData:
        if self._form is None:
            async with aclosing(self.stream()) as chunks:
                from ._forms import read_form  # noqa: PLC0415 - most requests are no forms

                content_type = self.headers.get("content-type")
                try:
                    self._form = await read_form(content_type, chunks, limits=limits)
                except HTTPError as error:
                    raise self._refuse(error.status_code, error.detail) from None
        return self._form

    async def close(self) -> None:
        """Close the files of the form, if one was read."""
        if self._form is not None:
            from ._forms import close_files  # noqa: PLC0415 - most requests are no forms

            close_files(self._form)

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event a client got before it lost its event stream, or `None`.

        Raises:
            HTTPError: 400, it holds the character NUL, which no id can.

        Source: WHATWG HTML, section 9.2.4 (the `Last-Event-ID` header).
        """
        for name, value in self.scope["headers"]:
            if name == b"last-event-id":
                if b"\0" in value:
                    raise HTTPError(400, "The header `Last-Event-ID` holds the character NUL.")
                return str(value, "utf-8", "replace")
        return None

    async def is_disconnected(self) -> bool:
        """Tell if the client has left; while more of its body is to come, it counts as there."""
        if not self._is_disconnected and not self._is_held_back:
            message = await poll(self._beyond or self._receive)
            self._is_disconnected = bool(message and message["type"] == "http.disconnect")
            if message and not self._is_disconnected and self._beyond is None:
                self._hold_back(message)
        return self._is_disconnected

    def _hold_back(self, message: "Message") -> None:
        """Keep a piece of the body for the one who reads it; after the last, ask beyond it."""
        receive, held_back = self._receive, [message]

        async def receive_held_back() -> "Message":
            if self._receive is receive_held_back:  # nothing else stands in for it by now
                self._receive = receive
            self._is_held_back, self._beyond = False, None
            return held_back.pop() if held_back else await receive()

        self._receive = receive_held_back
        self._is_held_back = bool(message.get("more_body", False))
        self._beyond = None if self._is_held_back else receive

    def _open_body(self) -> None:
        """Refuse a body whose headers already show that it is too large, compressed, ambiguous."""
        if self._stream_consumed:
            raise RuntimeError("the body of this request was already read by pieces")
        for name, value in self.scope["headers"]:
            if name not in FRAMING:  # 0.2 µs less than to compare each of a dozen with the three
                continue
            if name == b"content-length" and value.isdigit():
                limit = self._limits.max_body_size
                if limit is not None and int(value[:19]) > limit:
                    raise self._refuse_large(limit)
            elif name == b"transfer-encoding" and b"content-length" in dict(self.scope["headers"]):
                raise self._refuse(400, "The body has two lengths.")  # RFC 9112, section 6.3
            elif name == b"content-encoding" and value.lower() != b"identity":
                accepted = {"accept-encoding": "identity"}
                raise HTTPError(415, "Compressed request bodies are not accepted.", accepted)

    def _take(self, message: "Message", received: int) -> bytes:
        if message["type"] == "http.disconnect":
            self._is_disconnected = True
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            self._stream_consumed = True
        limit = self._limits.max_body_size
        if limit is not None and received + len(chunk) > limit:
            raise self._refuse_large(limit)
        return chunk

    def _refuse_large(self, limit: int) -> HTTPError:
        return self._refuse(413, f"The body is larger than {limit} bytes.")

    def _refuse_late(self) -> HTTPError:
        seconds = self._limits.body_timeout
        return self._refuse(408, f"The body did not go on for {seconds:g} seconds.")

    def _refuse(self, status: int, detail: Any) -> HTTPError:
        """Make the error; when more of the body may come, the server shall not wait for it.

        Source: RFC 9110, 15.5.9 and 15.5.14. HTTP/2 knows no such header.
        """
        is_over = self._stream_consumed or self.scope.get("http_version", "1.1") not in HTTP_1
        return HTTPError(status, detail, headers=None if is_over else {"connection": "close"})
