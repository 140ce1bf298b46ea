"""One request and its response, as both sides see them.

Source: ASGI specification, HTTP Connection Scope.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

import httpx2

from ._wire import Wire

if TYPE_CHECKING:
    from starlette.types import Message

__all__ = ["Exchange"]

NOT_MODIFIED = 304
INTERNAL_ERROR = (500, [(b"content-type", b"text/plain; charset=utf-8")], b"Internal Server Error")


class Exchange(Wire):
    """Carry a request to the application, and its response back.

    Args:
        label: how messages name it, such as `GET /feed`.
        has_body: whether the client takes the body of the response: not after `HEAD`.
        **options: those of `Wire`.

    Attributes:
        status: the status of the response, once there is one.
        headers: its headers.
        is_complete: whether the response is.
    """

    def __init__(self, label: str, *, has_body: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_complete = False
        self._has_body = has_body
        self._due: int | None = None  # what is left of the length that the response has told
        self._incoming: deque[Message] = deque()
        self._chunks: deque[bytes] = deque()
        self._uploading: asyncio.Task[None] | None = None

    def put(self, body: bytes, *, more_body: bool = False) -> None:
        """Hand a part of the request's body over to the application."""
        self._incoming.append({"type": "http.request", "body": body, "more_body": more_body})
        self.change()

    def upload(self, group: asyncio.TaskGroup, body: AsyncIterable[bytes]) -> None:
        """Hand the request's body over part by part, each when the one before was taken."""
        self._uploading = group.create_task(self._upload(body), name=f"{self.label}: upload")

    async def receive(self) -> "Message":
        await self.until(lambda: self._incoming or self.has_left or self.is_complete)
        if self.has_left or self.is_complete:
            return {"type": "http.disconnect"}
        message = self._incoming.popleft()
        self.change()
        return message

    async def send(self, message: "Message") -> None:
        self.refuse_if_left()
        kind = message["type"]
        if kind == "http.response.start" and self.status is None:
            self.status = message["status"]
            self.headers = [
                (bytes(name), bytes(value)) for name, value in message.get("headers", ())
            ]
            self._due = self._find_length()
            self.change()
        elif kind == "http.response.body" and self.status is not None and not self.is_complete:
            await self._send_body(message.get("body", b""), message.get("more_body", False))
        else:
            expected = "'http.response.start'" if self.status is None else "'http.response.body'"
            if self.is_complete:
                expected = "nothing, for the response is complete"
            raise RuntimeError(f"{self.label}: expected {expected}, the application sent {kind!r}")

    async def respond(self) -> None:
        """Wait until the response has begun.

        Raises:
            TimeoutError: it does not begin in time.
            RuntimeError: the application returned without one.
            Exception: what the application raised.
        """
        await self.wait(
            lambda: self.status is not None or self.is_over or self.has_left, "no response came"
        )
        if self.status is None:
            has_failed = self.error is not None
            self.raise_error()
            if not has_failed:
                raise RuntimeError(f"{self.label}: the application returned without a response")
            self.status, self.headers, body = INTERNAL_ERROR
            self._chunks.append(body)
            self.is_complete = True

    async def take(self) -> bytes | None:
        """Return the next part of the response's body, or `None` at its end.

        Raises:
            ReadError: the client has left.
            RemoteProtocolError: the application returned amid the response.
            Exception: what the application raised.
        """
        await self.until(lambda: self._chunks or self.is_complete or self.is_over or self.has_left)
        if self.has_left:
            self.raise_error()
            raise httpx2.ReadError(f"{self.label}: this client has left, so it reads nothing more")
        if self._chunks:
            chunk = self._chunks.popleft()
            self.take_note(len(chunk))
            return chunk
        if self.is_complete:
            return None
        self.raise_error()
        raise httpx2.RemoteProtocolError(
            f"{self.label}: the application returned before its response was complete"
        )

    def end(self) -> None:
        if self._chunks or not self.is_complete:
            self.leave()

    def leave(self) -> None:
        super().leave()
        self._stop_upload()

    def _find_length(self) -> int | None:
        """Return how long the body must be, if the headers tell."""
        for name, value in self.headers:
            if name.lower() == b"content-length" and self._has_body and self.status != NOT_MODIFIED:
                return int(value)
        return None

    async def _send_body(self, body: bytes, more_body: bool) -> None:
        if self._due is not None:
            self._due -= len(body)
            if self._due < 0 or (self._due > 0 and not more_body):
                problem = "longer" if self._due < 0 else "shorter"
                raise RuntimeError(
                    f"{self.label}: the body is {problem} than the `content-length` of the response"
                )
        if not self._has_body:
            body = b""
        if body:
            self._chunks.append(bytes(body))
        self.is_complete = not more_body
        await self.flow(len(body))

    async def _upload(self, body: AsyncIterable[bytes]) -> None:
        try:
            async for chunk in body:
                self.put(chunk, more_body=True)
                await self.until(lambda: not self._incoming)
            self.put(b"")
        except Exception as error:  # noqa: BLE001 - it is raised in the test
            self.failure = error
            self.leave()

    def _stop_upload(self) -> None:
        if self._uploading is not None and self._uploading is not asyncio.current_task():
            self._uploading.cancel()

    def _end(self, *args: object) -> None:
        super()._end()
        self._stop_upload()
