"""WebSockets over real sockets: what becomes of a view whose client leaves, and who closes how."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import anyio
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bocadillo import App, LiveServer, WebSocket, WebSocketDisconnect

pytestmark = [
    pytest.mark.real,
    # uvicorn's older implementation is deprecated, and so is what it is made of.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The `websockets` implementation is deprecated"),
]

NOTICE_SECONDS = 0.2  # what is promised

SERVERS = [("httptools", "websockets-sansio"), ("h11", "wsproto"), ("h11", "websockets")]


class Log:
    """What the views did, told by the server's thread."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.finished = threading.Event()
        self.seen: list[Any] = []
        self.opened = 0

    def finish(self, *words: Any) -> None:
        self.seen.extend(words)
        self.finished.set()


def make_app(log: Log) -> App:
    app = App()
    add_endless(app, log)
    add_finite(app)
    return app


def add_endless(app: App, log: Log) -> None:
    @app.provider
    async def noted() -> AsyncIterator[str]:
        log.opened += 1
        try:
            yield "noted"
        finally:
            await anyio.sleep(0.001)
            log.finish("provider")

    @app.websocket_route("/sleeping")
    async def sleeping(ws: WebSocket, noted: str) -> None:
        try:
            log.started.set()
            await anyio.sleep(3600)
        finally:
            await anyio.sleep(0.001)
            log.seen.append("view")

    @app.websocket_route("/ticking")
    async def ticking(ws: WebSocket, noted: str) -> None:
        try:
            while True:
                await ws.send("x")
                log.started.set()
                await anyio.sleep(0.01)
        finally:
            log.seen.append("view")

    @app.websocket_route("/receiving")
    async def receiving(ws: WebSocket, noted: str) -> None:
        try:
            log.started.set()
            await ws.receive()
        except WebSocketDisconnect:
            log.seen.append("view")
            raise

    @app.websocket_route("/collecting")
    async def collecting(ws: WebSocket) -> None:
        found = []
        async for message in ws:
            await anyio.sleep(0.01)
            found.append(message)
        log.finish(*found)


def add_finite(app: App) -> None:
    @app.websocket_route("/echo")
    async def echo(ws: WebSocket) -> None:
        async for message in ws:
            await ws.send(message)
            if message == "bye":
                return

    @app.websocket_route("/tasks")
    async def tasks(ws: WebSocket) -> None:
        async def count(name: str) -> None:
            for i in range(50):
                await ws.send(f"{name}{i}")

        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(count(name))

    @app.websocket_route("/json", value_type="json")
    async def as_json(ws: WebSocket) -> None:
        async for message in ws:
            await ws.send(message)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(params=SERVERS, ids="-".join)
def server(request: pytest.FixtureRequest, log: Log) -> Iterator[LiveServer]:
    http, ws = request.param
    with LiveServer(make_app(log), http=http, ws=ws, ws_max_size=100_000) as server:
        yield server


def open_ws(server: LiveServer, path: str, **options: Any) -> ClientConnection:
    url = str(server.url(path)).replace("http", "ws", 1)
    connection: ClientConnection = connect(url, **{"close_timeout": 0.5, **options})
    return connection


def read_all(connection: ClientConnection) -> None:
    """Read until it is closed, whatever comes."""
    with suppress(ConnectionClosed):
        for _ in connection:
            pass


def vanish(connection: ClientConnection) -> None:
    """Leave without a close frame."""
    connection.socket.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("is_polite", [True, False])
def test_view_that_receives_is_told_and_cleaned_up_when_its_client_leaves(
    server: LiveServer, log: Log, is_polite: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with open_ws(server, "/receiving") as connection:
        threading.Thread(target=read_all, args=[connection]).start()
        assert log.started.wait(5)
        if is_polite:
            threading.Thread(target=connection.close).start()
        else:
            vanish(connection)
        begun = time.monotonic()
        assert log.finished.wait(5)
        taken = time.monotonic() - begun
    assert log.seen == ["view", "provider"]
    assert taken < NOTICE_SECONDS
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def test_all_that_a_client_said_before_it_left_is_received(server: LiveServer, log: Log) -> None:
    with open_ws(server, "/collecting") as connection:
        for i in range(40):
            connection.send(str(i))
    assert log.finished.wait(5)
    assert log.seen == [str(i) for i in range(40)]


def test_messages_come_back_and_the_view_closes_with_1000(server: LiveServer) -> None:
    with open_ws(server, "/echo") as connection:
        for message in ("a", "é" * 1000, "", "bye"):
            connection.send(message)
            assert connection.recv() == message
        assert closed(connection) == (1000, "")


def test_messages_of_several_tasks_arrive_whole_and_in_order(server: LiveServer) -> None:
    with open_ws(server, "/tasks") as connection:
        found = [str(message) for message in connection]  # until it is closed with 1000
    for name in "abc":
        assert [text for text in found if text[0] == name] == [f"{name}{i}" for i in range(50)]


def closed(connection: ClientConnection) -> tuple[int, str]:
    """Return how the server closes."""
    with pytest.raises(ConnectionClosed) as caught:
        connection.recv(5)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


@pytest.mark.parametrize(
    ("path", "message", "expected"),
    [
        ("/echo", b"bytes", (1003, "Expected text, got bytes")),
        ("/json", b"1", (1003, "Expected text, got bytes")),
        ("/json", "{", (1007, "JSON is malformed.")),
        ("/echo", "x" * 200_000, (1009, None)),
    ],
)
def test_close_code_tells_why(
    server: LiveServer, path: str, message: Any, expected: tuple[int, str | None]
) -> None:
    with open_ws(server, path, max_size=None) as connection:
        connection.send(message)
        code, reason = closed(connection)
    assert code == expected[0]
    assert expected[1] in (reason, None)


@pytest.mark.parametrize(
    ("origin", "is_allowed"), [("same", True), ("https://evil.example", False), ("null", False)]
)
def test_pages_of_other_sites_are_denied(server: LiveServer, origin: Any, is_allowed: bool) -> None:
    origin = str(server.url) if origin == "same" else origin
    if is_allowed:
        with open_ws(server, "/echo", origin=origin) as connection:
            connection.send("bye")
            assert connection.recv() == "bye"
    else:
        with pytest.raises(InvalidStatus) as caught:
            open_ws(server, "/echo", origin=origin)
        assert caught.value.response.status_code == 403


def test_views_are_cleaned_up_before_the_server_stops(log: Log) -> None:
    with LiveServer(make_app(log)) as server:
        connection = open_ws(server, "/sleeping")
        assert log.started.wait(5)
        threading.Thread(target=read_all, args=[connection]).start()
    assert log.seen == ["view", "provider"]
    assert connection.close_code == 1012


def open_raw(server: LiveServer, path: str) -> socket.socket:
    """Ask for a WebSocket, and read nothing."""
    request = (
        f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    host, _, port = str(server.url).removeprefix("http://").partition(":")
    client = socket.create_connection((host, int(port)))
    client.sendall(request.encode())
    return client


def holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("path", ["/sleeping", "/ticking"])
def test_a_hundred_clients_that_vanish_at_once_leave_nothing_behind(
    server: LiveServer, log: Log, path: str
) -> None:
    clients = [open_raw(server, path) for _ in range(100)]
    assert holds_within(5, lambda: log.opened == 100)
    for client in clients:
        client.close()
    assert holds_within(3, lambda: log.seen.count("provider") == 100)
