"""Many clients in one process, as light as they can be: they would hide the server's own cost."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import cast

from tests.benchmarks.cases import HEADERS

__all__ = [
    "Client",
    "allow_connections",
    "client_frame",
    "connected",
    "on_the_other_core",
    "server_frame",
]

TOGETHER = 20  # connections that are opened at the same time
SECONDS = 20  # for anything to happen; uvicorn's own pings come after as long

SWITCH = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


def allow_connections() -> None:
    """Let this process have as many files open as the system lets it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def on_the_other_core() -> Iterator[None]:
    """Leave the core of the server alone meanwhile, if there is another."""
    before: set[int] = set()
    with contextlib.suppress(AttributeError, OSError):  # systems without affinities, one core
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {1})
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


class Client(asyncio.Protocol):
    """One connection: it asks for a path, and then keeps what comes.

    It is ready when a stream has sent its first event, or a WebSocket is accepted.
    """

    def __init__(self, path: str, *, is_socket: bool) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.status, self.sign = (b" 101 ", b"\r\n\r\n") if is_socket else (b" 200 ", b"data:")
        headers = [*HEADERS, *SWITCH] if is_socket else HEADERS
        lines = [f"{name}: {value}\r\n" for name, value in dict(headers).items()]
        self.request = f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()
        self.content = b""
        self.expected = 0
        self.tell: Callable[[], None] = lambda: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's is not a subclass
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.content += data
        if self.ready.done():
            if len(self.content) == self.expected:
                self.tell()
        elif self.sign in self.content:
            if self.status in self.content.partition(b"\r\n")[0]:
                self.content = self.content.partition(self.sign)[2]
                self.ready.set_result(None)
            else:
                self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"not served, but {self.content[:200]!r}"))


@asynccontextmanager
async def connected(
    port: int, path: str, *, is_socket: bool, count: int
) -> AsyncIterator[list[Client]]:
    """Open so many connections, one handful after the other; leave them without a word.

    Raises:
        ConnectionError: the server answers something else.
        TimeoutError: it does not answer.
    """
    loop = asyncio.get_running_loop()
    make_client = partial(Client, path, is_socket=is_socket)
    clients: list[Client] = []
    try:
        while len(clients) < count:
            begin = len(clients)
            async with asyncio.timeout(SECONDS):
                for _ in range(min(TOGETHER, count - begin)):
                    _, client = await loop.create_connection(make_client, "127.0.0.1", port)
                    clients.append(client)
                for client in clients[begin:]:
                    await client.ready
        yield clients
    finally:
        for client in clients:
            client.transport.abort()


def client_frame(text: str) -> bytes:
    """Return the frame in which a client sends a short text, masked with zeros.

    Source: RFC 6455, section 5.2.
    """
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()


def server_frame(text: str) -> bytes:
    """Return the frame in which a server sends a short text."""
    return bytes([0x81, len(text)]) + text.encode()
