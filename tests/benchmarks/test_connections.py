"""The light clients, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.benchmarks import connections
from tests.benchmarks.connections import (
    allow_connections,
    client_frame,
    connected,
    on_the_other_core,
    server_frame,
)

EVENTS = b"HTTP/1.1 200 OK\r\n\r\nevent: greeting\ndata: 1\n\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


class Answering(asyncio.Protocol):
    """Answer the first thing that a client says, in parts; with none, hang up."""

    def __init__(self, parts: tuple[bytes, ...], asked: list[bytes]) -> None:
        self.parts, self.asked = parts, asked

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.asked.append(data)
        self.transport.writelines(self.parts)
        if not self.parts:
            self.transport.close()


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve what answers each client with these parts; yield its port, and what it was asked."""
    asked: list[bytes] = []
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: Answering(parts, asked), "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], asked
        await asyncio.sleep(0)  # the clients have left: let the server see it


async def test_socket_is_ready_when_it_is_accepted() -> None:
    async with (
        answering(SWITCHED + server_frame("early")) as (port, asked),
        connected(port, "/room", is_socket=True, count=25) as clients,
    ):
        assert [client.content for client in clients] == [server_frame("early")] * 25
    assert asked[0].startswith(b"GET /room HTTP/1.1\r\nhost: ")
    assert asked[0].count(b"\r\nconnection: Upgrade\r\n") == 1
    assert b"keep-alive" not in asked[0]


async def test_stream_is_ready_at_its_first_event() -> None:
    async with (
        answering(EVENTS) as (port, asked),
        connected(port, "/news", is_socket=False, count=1) as clients,
    ):
        assert clients[0].content == b" 1\n\n"
    assert b"upgrade: websocket" not in asked[0]


@pytest.mark.parametrize("parts", [(b"HTTP/1.1 500 Oh\r\n\r\n",), ()])
async def test_other_answer_is_told(parts: tuple[bytes, ...]) -> None:
    async with answering(*parts) as (port, _asked):
        with pytest.raises(ConnectionError, match="not served, but b'"):
            async with connected(port, "/room", is_socket=True, count=1):
                pass


async def test_silence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS", 0.05)
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n:\n") as (port, _asked):
        with pytest.raises(TimeoutError):
            async with connected(port, "/news", is_socket=False, count=1):
                pass


async def test_client_tells_when_all_has_come() -> None:
    async with (
        answering(SWITCHED) as (port, _asked),
        connected(port, "/room", is_socket=True, count=1) as [client],
    ):
        told = asyncio.Event()
        client.expected, client.tell = 4, told.set
        client.data_received(b"ab")
        assert not told.is_set()
        client.data_received(b"cd")
        assert told.is_set()


def test_frames_are_those_of_the_protocol() -> None:
    assert client_frame("hi") == b"\x81\x82\0\0\0\0hi"
    assert server_frame("hi") == b"\x81\x02hi"


def test_process_is_as_it_was_afterwards() -> None:
    resource = pytest.importorskip("resource", reason="only Unix limits its processes so")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_connections()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert most == (before[1], before[1])
    with on_the_other_core():
        pass
