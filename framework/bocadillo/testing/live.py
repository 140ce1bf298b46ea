"""A real server, in a thread, for tests that need sockets."""

import socket
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

try:
    import uvicorn
except ImportError as error:
    raise ImportError(
        '`LiveServer` needs uvicorn, which is not installed: pip install "bocadillo[standard]"'
    ) from error

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["LiveServer", "LiveURL"]

Drain = Callable[[float], Awaitable[None]]

GRACE_SECONDS = 0.1  # that streams have to end by themselves: tests are over, and in a hurry


class LiveURL(str):
    """The address of a server; called with a path, the address of that path."""

    __slots__ = ()

    def __call__(self, path: str = "") -> str:
        """Return the address of a path: `server.url("/todos")`."""
        return f"{self}/{path.removeprefix('/')}" if path else str(self)


class LiveServer:
    """Serve an application over real sockets: `with LiveServer(app) as server:`.

    The server runs in a thread of this process, so that any application will do, one defined
    inside a test included. It listens on a free port of this machine unless told otherwise,
    and is ready when the `with` block begins. When the block is left, the application is drained:
    streams and WebSockets that are still open end, and what they clean up is awaited.

    Args:
        app: the application.
        ready_timeout: seconds the application may take to start.
        stop_timeout: seconds requests may take to end when the block is left.
        **options: options of `uvicorn.Config`, such as `port=8000` or `http="h11"`.

    Raises:
        TimeoutError: the server was not ready, or did not stop, in time.
        Exception: what the application raised at startup, with its traceback.
    """

    def __init__(
        self, app: "ASGIApp", ready_timeout: float = 5, stop_timeout: float = 5, **options: Any
    ) -> None:
        self.ready_timeout = ready_timeout
        self.stop_timeout = stop_timeout
        self._failure: BaseException | None = None
        self._settled = threading.Event()
        self._host = options.pop("host", "127.0.0.1")
        self._port = options.pop("port", 0)
        defaults = {
            "log_config": None,
            "timeout_graceful_shutdown": stop_timeout,
            "interface": "asgi3",
        }
        self._config = uvicorn.Config(self._watched(app), **{**defaults, **options})
        self._server = _Server(self._config, self._settled, getattr(app, "drain", None))
        self._thread = threading.Thread(target=self._serve, name="live-server", daemon=True)

    @property
    def url(self) -> LiveURL:
        """The address of the server, such as `http://127.0.0.1:41234`; call it with a path."""
        scheme = "https" if self._config.is_ssl else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return LiveURL(f"{scheme}://{host}:{self._port}")

    def __enter__(self) -> Self:
        """Start the server, and wait until it accepts connections."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.create_server((self._host, self._port), family=family)
        self._port = self._socket.getsockname()[1]
        self._thread.start()
        is_settled = self._settled.wait(self.ready_timeout)
        if self._server.started:
            return self
        self._stop()
        if is_settled and self._failure is not None:
            raise self._failure
        raise TimeoutError(f"the server was not ready after {self.ready_timeout} seconds")

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server, and wait until it has."""
        self._stop()
        if self._thread.is_alive():
            raise TimeoutError(f"the server did not stop within {self.stop_timeout} seconds")

    def _stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(self.stop_timeout + 1)
        self._socket.close()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:
            pass  # how uvicorn says that the application did not start
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller's thread
            self._failure = error
        finally:
            self._settled.set()

    def _watched(self, app: "ASGIApp") -> "ASGIApp":
        """Return the application, with what it raises at startup kept for the caller."""

        async def watched(scope: "Scope", receive: "Receive", send: "Send") -> None:
            try:
                await app(scope, receive, send)
            except BaseException as error:
                if scope["type"] == "lifespan":
                    self._failure = error
                raise

        return watched


class _Server(uvicorn.Server):
    """Tell when the server accepts connections, and drain the application before it stops."""

    def __init__(
        self, config: uvicorn.Config, settled: threading.Event, drain: "Drain | None"
    ) -> None:
        super().__init__(config)
        self._settled = settled
        self._drain = drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            if self._drain is not None:
                await self._drain(GRACE_SECONDS)
        finally:
            await super().shutdown(sockets)
