"""The transport of the asynchronous client: calls of the application, in the test's event loop."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from math import inf
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import httpx2

from ._conversation import Conversation
from ._exchange import Exchange
from ._life import Life
from ._scopes import Place, make_lifespan_scope, make_scope, make_websocket_scope
from ._sockets import ClientWebSocket
from ._streams import StreamedResponse
from ._wire import BUFFER_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

__all__ = ["BUFFER", "SOCKET", "Transport"]

BUFFER = "bocadillo.buffer"
"""The extension of a request that tells how many bytes the application may be ahead."""

SOCKET = "bocadillo.websocket"
"""The extension of a request that asks for a WebSocket, and that of its response that holds it."""

LINGER_SECONDS = 0.5  # that the application has to end calls whose failure the test knows of


class Transport(httpx2.AsyncBaseTransport):
    """Call an application for each request, and keep it alive between.

    All calls run in one task group, and never end it: what they raise is kept for the test.

    Args:
        app: the application.
        raises: whether what it raises is raised in the test.
        root_path: where it is mounted.
        client: the address that the client has for it.
        seconds: how long its startup and its shutdown may take.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        raises: bool,
        root_path: str,
        client: tuple[str, int],
        seconds: float | None,
    ) -> None:
        self._app = app
        self._raises = raises
        self._place = Place(client, root_path)
        self._life = Life(seconds=seconds)
        self._state: dict[str, Any] = {}
        self._group: asyncio.TaskGroup | None = None
        self._ending = AsyncExitStack()
        self._open: set[Exchange | Conversation] = set()

    async def __aenter__(self) -> Self:
        _expect_asyncio()
        group = await asyncio.TaskGroup().__aenter__()
        self._ending.push_async_callback(group.__aexit__, None, None, None)  # whatever the test did
        self._life.start(group, self._app, make_lifespan_scope(self._state))
        self._ending.push_async_callback(self._cut)
        try:
            await self._life.start_up()
        except BaseException:
            await self._ending.aclose()
            raise
        self._group = group
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Leave what is open, shut the application down, and raise what the test was not told."""
        self._group = None
        left = list(self._open)
        for wire in left:
            wire.end()  # all of them first: one may wait for another
        try:
            results = [await _result(_finish(wire)) for wire in left]
            results.append(await _result(self._life.shut_down()))
        finally:
            await self._ending.aclose()
        errors = [error for error in results if error is not None]
        if len(errors) > 1:
            errors = [ExceptionGroup("several calls of the application failed", errors)]
        if errors and (exc is None or isinstance(exc, Exception)):
            raise errors[0]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the application, and return its response when that has begun."""
        if self._group is None:
            raise RuntimeError(
                "the client is not started: use it inside `async with AsyncClient(app) as client:`"
            )
        options = {
            "seconds": request.extensions["timeout"]["read"],
            "buffer": request.extensions.get(BUFFER, BUFFER_BYTES),
            "raises": self._raises,
        }
        if request.extensions.get(SOCKET):
            return await self._connect(request, self._group, **options)
        return await self._exchange(request, self._group, **options)

    async def _exchange(
        self, request: httpx2.Request, group: asyncio.TaskGroup, **options: Any
    ) -> httpx2.Response:
        label = f"{request.method} {request.url.path}"
        exchange = Exchange(label, has_body=request.method != "HEAD", **options)
        if isinstance(request.stream, httpx2.ByteStream):
            exchange.put(b"".join(request.stream))
        else:
            exchange.upload(group, cast("httpx2.AsyncByteStream", request.stream))
        self._start(exchange, group, make_scope(request, self._state, self._place))
        try:
            await exchange.respond()
        except BaseException:
            exchange.abandon()
            raise
        return StreamedResponse(exchange, request)

    async def _connect(
        self, request: httpx2.Request, group: asyncio.TaskGroup, **options: Any
    ) -> httpx2.Response:
        conversation = Conversation(f"WebSocket {request.url.path}", **options)
        self._start(conversation, group, make_websocket_scope(request, self._state, self._place))
        try:
            await conversation.connect()
            if conversation.denial is not None:
                await conversation.finish()
        except BaseException:
            conversation.abandon()
            raise
        if conversation.denial is not None:
            status, headers, body = conversation.denial
            return httpx2.Response(status, headers=headers, content=body, request=request)
        response = httpx2.Response(101, headers=_accepted(conversation), request=request)
        response.extensions[SOCKET] = ClientWebSocket(conversation, response)
        return response

    async def _cut(self) -> None:
        """Cancel what is not over, for this is not the orderly end."""
        for wire in (*self._open, self._life):
            await wire.cut()

    def _start(
        self, wire: Exchange | Conversation, group: asyncio.TaskGroup, scope: "Scope"
    ) -> None:
        self._open.add(wire)
        wire.start(group, self._app, scope)
        wire.when_over(lambda: None if wire.error else self._open.discard(wire))


def _expect_asyncio() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "expected an event loop of asyncio to test the application in. Is it one of trio? Then "
            'define a fixture `anyio_backend` that returns "asyncio".'
        ) from None


async def _finish(wire: Exchange | Conversation) -> None:
    """Wait for the end of a call whose client has left; not for long if the test knows of it."""
    if not wire.is_abandoned:
        await wire.finish()
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(min(wire.seconds or inf, LINGER_SECONDS)):
            await wire.until(lambda: wire.is_over)
    await wire.cut()


async def _result(coroutine: Coroutine[Any, Any, None]) -> Exception | None:
    """Return what a coroutine raises."""
    try:
        await coroutine
    except Exception as error:  # noqa: BLE001 - the caller raises it
        return error
    return None


def _accepted(conversation: Conversation) -> list[tuple[bytes, bytes]]:
    """Return the headers of the response that accepts a handshake."""
    message = conversation.accepted or {}
    headers = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade")]
    headers += [(bytes(name), bytes(value)) for name, value in message.get("headers") or ()]
    if subprotocol := message.get("subprotocol"):
        headers.append((b"sec-websocket-protocol", subprotocol.encode()))
    return headers
