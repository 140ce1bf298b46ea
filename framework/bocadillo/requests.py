"""The request, as a view reads it."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import msgspec
from starlette import requests as starlette_requests

from .errors import ClientDisconnect, HTTPError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["DEFAULT_MAX_BODY_SIZE", "Request"]

T = TypeVar("T")

DEFAULT_MAX_BODY_SIZE = 10 * 1024 * 1024

UNSET: Final[Any] = object()
parse_location = re.compile(r"(.*) - at (`key` in )?`\$\.?(.*)`", re.DOTALL).fullmatch
DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Request(starlette_requests.Request):
    """Read what the client sent.

    It is Starlette's request (`method`, `url`, `headers`, `query_params`, `cookies`, `client`,
    `body()`, `form()`, `state`, …) with a body that is limited in size, and with JSON that is
    checked. `async for chunk in req` reads the body piece by piece.
    """

    # Class-level defaults: a request that is not touched costs three attributes.
    _stream_consumed = False
    _is_disconnected = False
    _form = None
    _content: bytes | None = None
    _json: Any = UNSET
    _max_body_size: int | None = DEFAULT_MAX_BODY_SIZE

    def __init__(
        self,
        scope: "Scope",
        receive: "Receive" = starlette_requests.empty_receive,
        send: "Send" = starlette_requests.empty_send,
    ) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send

    async def body(self) -> bytes:
        """Read the whole body; reading it again gives the same bytes.

        Raises:
            HTTPError: 413 when the body exceeds the limit, 415 when it is compressed.
            ClientDisconnect: the client left before the body was complete.

        Cancellation:
            What was read so far is lost: the body cannot be read again.
        """
        if self._content is None:
            chunks: list[bytes] = []
            self._open_body()
            received = 0
            while not self._stream_consumed:
                chunk = await self._read_chunk(received)
                received += len(chunk)
                chunks.append(chunk)
            self._content = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return self._content

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Read the body piece by piece; an empty piece marks the end.

        Raises:
            HTTPError: 413 when the body exceeds the limit, 415 when it is compressed.
            ClientDisconnect: the client left before the body was complete.
            RuntimeError: the body was read by pieces before.
        """
        if self._content is not None:
            yield self._content
        else:
            self._open_body()
            received = 0
            while not self._stream_consumed:
                chunk = await self._read_chunk(received)
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
            type_: any type msgspec decodes: a `Struct`, a dataclass, `list[int]`, a union…

        Raises:
            HTTPError: 400 when the body is malformed, or does not fit the type (the detail
                names the field); 415 when the content type is not JSON.
        """
        self._check_json_content_type()
        if type_ is not UNSET:
            return _decode(await self.body(), type_)
        if self._json is UNSET:
            try:
                self._json = msgspec.json.decode(await self.body())
            except DECODE_ERRORS:
                raise HTTPError(400, "JSON is malformed.") from None
        return self._json

    def _check_json_content_type(self) -> None:
        """Refuse what a page of another site can send: it needs no permission from us."""
        for name, value in self.scope["headers"]:
            if name == b"content-type":
                media_type = value.partition(b";")[0].strip().lower()
                if media_type == b"application/json" or media_type.endswith(b"+json"):
                    return
                shown = value.decode("latin-1")
                raise HTTPError(415, f"Expected content type `application/json`, got `{shown}`")
        raise HTTPError(415, "Expected content type `application/json`, got none")

    def _open_body(self) -> None:
        """Refuse a body which its headers already show to be too large, or compressed."""
        if self._stream_consumed:
            raise RuntimeError("the body of this request was already read by pieces")
        for name, value in self.scope["headers"]:
            if name == b"content-length" and value.isdigit():
                self._check_size(int(value[:19]))
            elif name == b"content-encoding" and value.lower() != b"identity":
                raise HTTPError(415, "Compressed request bodies are not accepted.")

    async def _read_chunk(self, received: int) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_disconnected = True
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            self._stream_consumed = True
        self._check_size(received + len(chunk))
        return chunk

    def _check_size(self, size: int) -> None:
        limit = self._max_body_size
        if limit is not None and size > limit:
            raise HTTPError(413, f"The body is larger than {limit} bytes.")


@lru_cache(maxsize=256)
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def _decode(body: bytes, type_: Any) -> Any:
    try:
        return _decoder(type_).decode(body)
    except msgspec.ValidationError as error:
        raise HTTPError(400, _locate(str(error))) from None
    except DECODE_ERRORS:
        raise HTTPError(400, "JSON is malformed.") from None


def _locate(message: str) -> dict[str, str]:
    """Split what msgspec says: "Expected `int` - at `$.a[0]`" is an error of the field `a[0]`."""
    found = parse_location(message)
    if found is None:
        return {"body": message}
    problem, is_key, path = found.groups()
    return {path or "body": f"{problem} for a key" if is_key else problem}
