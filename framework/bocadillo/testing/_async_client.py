"""A client that calls an application in the event loop of the test."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from bocadillo.applications import App

try:
    import httpx2
except ImportError as error:
    raise ImportError(
        '`AsyncClient` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    ) from error

from ._sockets import ClientWebSocket, WebSocketDenied
from ._streams import StreamedResponse
from ._substitutes import with_providers
from ._transport import BUFFER, SOCKET, Transport
from ._wire import BUFFER_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["AsyncClient"]

HANDSHAKE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
}
SCHEMES = {"ws": "http", "wss": "https"}


class AsyncClient(httpx2.AsyncClient):
    """Call an application from an async test: `async with AsyncClient(app) as client:`.

    The application runs in the event loop of the test, without sockets or threads: it has started
    when the block begins, and has shut down when it ends, and nothing of it is left. Requests,
    cookies, redirects and responses are those of httpx2's `AsyncClient`; `stream` and `websocket`
    are live, and a stream that never ends is as good as any.

    What the application raises is raised in the test, even when it was answered with a 500. What
    is not ready in time is a `TimeoutError` that says what was waited for.

    Args:
        app: the application.
        providers: what stands in for providers of the application, by name, for this client alone:
            functions, generator functions or values, as in `app.override_providers`.
        raise_app_exceptions: whether what the application raises is raised in the test.
        timeout: how many seconds the test waits for the application each time; `None`: for ever.
        base_url: what paths are relative to.
        root_path: where the application is mounted.
        client: the address that the client has for the application.
        follow_redirects: whether redirects are followed, as by `create_client`.
        headers: what every request has.
        **options: other options of httpx2's `AsyncClient`, such as `cookies` and `auth`.

    Raises:
        TypeError: providers are given, and the application is none of Bocadillo.
        ProviderError: there is no provider of such a name.
        TimeoutError: the application does not start or shut down in time.
        Exception: what it raised at startup or shutdown.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        providers: Mapping[str, Any] | None = None,
        raise_app_exceptions: bool = True,
        timeout: float | None = 5,
        base_url: str = "http://testserver",
        root_path: str = "",
        client: tuple[str, int] = ("testclient", 50000),
        follow_redirects: bool = True,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        self.app = app
        transport = Transport(
            with_providers(app, providers),
            raises=raise_app_exceptions,
            root_path=root_path,
            client=client,
            seconds=timeout,
        )
        super().__init__(
            transport=transport,
            base_url=base_url,
            follow_redirects=follow_redirects,
            timeout=timeout,
            headers={"user-agent": "testclient", **(headers or {})},
            **options,
        )

    async def drain(self, grace: float | None = None) -> None:
        """Let the application end its streams and WebSockets, as when the server is told to stop.

        Args:
            grace: how many seconds they may take; `None`: those of the settings.

        Raises:
            TypeError: the application is none of Bocadillo.
        """
        if not isinstance(self.app, App):
            raise TypeError(
                f"expected a Bocadillo application to drain, got {self.app!r}: pass the `App` "
                "itself to the client, not what wraps or mounts it"
            )
        await self.app.drain(grace)

    @asynccontextmanager
    async def stream(
        self, method: str, url: httpx2.URL | str, *, buffer: int = BUFFER_BYTES, **options: Any
    ) -> AsyncIterator[StreamedResponse]:
        """Send a request, and read the response while the application is sending it.

        The end of the block leaves, unless the response has come to its end, and waits until the
        application has cleaned up.

        Args:
            method: such as `"GET"`.
            url: such as `"/feed"`.
            buffer: how many bytes the application may send before the test takes them; with 0,
                its `send` waits until each chunk is taken.
            **options: those of `request`: `params`, `headers`, `json`, `timeout`…

        Raises:
            TimeoutError: the response did not begin in time, or the application did not end.
            Exception: what the application raised.
        """
        extensions = {**(options.pop("extensions", None) or {}), BUFFER: buffer}
        async with super().stream(method, url, extensions=extensions, **options) as response:
            stream = cast("StreamedResponse", response)
            async with stream.exchange.finishing():
                yield stream

    @asynccontextmanager
    async def websocket(  # type: ignore[override] # httpx2's speaks over the network
        self,
        url: httpx2.URL | str,
        *,
        subprotocols: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        buffer: int = BUFFER_BYTES,
        **options: Any,
    ) -> AsyncIterator[ClientWebSocket]:
        """Open a WebSocket.

        The end of the block closes it with 1000, unless it is closed, and waits until the
        application has cleaned up.

        Args:
            url: such as `"/chat"`.
            subprotocols: those that the client can speak, the best first.
            headers: what the handshake has, such as an `origin`.
            buffer: as in `stream`.
            **options: those of `request`: `params`, `timeout`…

        Raises:
            WebSocketDenied: the application denies it; the error has the response.
            TimeoutError: it is neither accepted nor denied in time, or the application did not end.
            Exception: what the application raised.
        """
        url = httpx2.URL(url)
        if url.scheme in SCHEMES:
            url = url.copy_with(scheme=SCHEMES[url.scheme])
        asked = {"sec-websocket-protocol": ", ".join(subprotocols)} if subprotocols else {}
        request = self.build_request(
            "GET",
            url,
            headers={**HANDSHAKE, **asked, **(headers or {})},
            extensions={BUFFER: buffer, SOCKET: True},
            **options,
        )
        response = await self.send(request, stream=True, follow_redirects=False)
        ws = response.extensions.get(SOCKET)
        if ws is None:
            raise WebSocketDenied(response)
        async with ws.conversation.finishing():
            yield ws
