"""Streams over real sockets: how they end; `test_real_time` has more about how they are left."""

import threading
import time
from collections.abc import AsyncGenerator, Iterator

import anyio
import anyio.lowlevel
import pytest

from bocadillo import App, LiveServer, Request, Response
from bocadillo.errors import ClientDisconnect

from .wire import Wire, request

pytestmark = pytest.mark.real

NOTICE_SECONDS = 0.2  # what is promised


class Log:
    """What the generators did, told by the server's thread."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.finished = threading.Event()
        self.seen: list[str] = []

    def finish(self, *words: str) -> None:
        self.seen.extend(words)
        self.finished.set()


def make_app(log: Log) -> App:
    app = App()
    add_endless(app, log)
    add_finite(app)
    return app


def add_endless(app: App, log: Log) -> None:
    @app.route("/waiting")
    async def waiting(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            try:
                yield "first"
                log.started.set()
                await anyio.sleep(3600)
            finally:
                await anyio.sleep(0.001)
                log.finish("cleaned")

    @app.route("/told")
    async def told(req: Request, res: Response) -> None:
        @res.stream(raise_on_disconnect=True)
        async def chunks() -> AsyncGenerator[str, None]:
            try:
                while True:
                    yield "x"
                    log.started.set()
                    await anyio.sleep(0.01)
            except ClientDisconnect:
                log.finish("told")


def add_finite(app: App) -> None:
    @app.route("/short")
    async def short(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "one, "
            await anyio.lowlevel.checkpoint()
            yield "two"

    @app.route("/failing")
    async def failing(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "one"
            raise ZeroDivisionError("secret")


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(params=["httptools", "h11"])
def parser(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(parser: str, log: Log) -> Iterator[LiveServer]:
    with LiveServer(make_app(log), http=parser) as server:
        yield server


class Connection(Wire):
    """Speak HTTP/1.1 over one socket."""

    def ask(self, target: str) -> None:
        self.send(request(target))

    def read_head(self) -> tuple[int, dict[str, str]]:
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return status, headers


@pytest.fixture
def connection(server: LiveServer) -> Iterator[Connection]:
    connection = Connection(server.url)
    yield connection
    connection.close()


def test_generator_that_wants_to_know_is_told_at_once_that_its_client_left(
    connection: Connection, log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    connection.ask("/told")
    assert connection.read_head()[0] == 200
    assert connection.read_chunk()
    assert log.started.wait(5)
    connection.close()
    left = time.monotonic()
    assert log.finished.wait(5)
    assert time.monotonic() - left < NOTICE_SECONDS
    assert log.seen == ["told"]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_hundred_clients_that_vanish_at_once_leave_no_generator(
    server: LiveServer, log: Log
) -> None:
    connections = [Connection(server.url) for _ in range(100)]
    for connection in connections:
        connection.ask("/waiting")
    for connection in connections:
        assert connection.read_head()[0] == 200
        assert connection.read_chunk() == b"first"
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + 3
    while len(log.seen) < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert log.seen == ["cleaned"] * 100


def test_stream_is_whole_and_the_connection_goes_on(connection: Connection) -> None:
    for _ in range(3):
        connection.ask("/short")
        assert connection.read_head()[1]["transfer-encoding"] == "chunked"
        chunks = [connection.read_chunk(), connection.read_chunk(), connection.read_chunk()]
        assert chunks == [b"one, ", b"two", b""]


def test_stream_that_fails_is_cut_off(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.ask("/failing")
    assert connection.read_head()[0] == 200
    assert connection.read_chunk() == b"one"
    assert connection.reader.read() == b""
    ours = [record for record in caplog.records if record.name == "bocadillo"]
    assert [record.levelname for record in ours] == ["ERROR"]
