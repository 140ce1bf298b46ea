"""Server-sent events over real sockets: each comes when it is made, until the client leaves."""

import asyncio
import shutil
import subprocess
import threading
import time
from collections.abc import AsyncGenerator, Iterator

import pytest

from bocadillo import App, LiveServer, Request, Response, configure, server_event
from tests.real.wire import Answer, Wire, connect, request

pytestmark = pytest.mark.real

NOTICE_SECONDS = 0.2  # what is promised


class Feed:
    """What the test tells the generators, and they the test."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.started = threading.Event()
        self.finished = threading.Event()
        self.provided = threading.Event()

    def make_app(self) -> App:
        app = App()
        configure(app, gzip=True, gzip_min_size=0)
        self.add_endless(app)

        @app.route("/steps")
        async def steps(req: Request, res: Response) -> None:
            @res.event_stream
            async def events() -> AsyncGenerator[str, None]:
                yield server_event("step", json={"n": 1}, id=1)
                while not self.go_on.is_set():  # noqa: ASYNC110 - another thread sets it
                    await asyncio.sleep(0.002)
                yield server_event("step", json={"n": 2}, id=2)

        @app.route("/pinged")
        async def pinged(req: Request, res: Response) -> None:
            @res.event_stream(ping=0.05)
            async def events() -> AsyncGenerator[str, None]:
                yield server_event(data="a")
                await asyncio.sleep(3600)

        @app.route("/text")
        async def text(req: Request, res: Response) -> None:
            res.text = "plain"

        return app

    def add_endless(self, app: App) -> None:
        @app.provider
        async def resource() -> AsyncGenerator[str, None]:
            yield "open"
            self.provided.set()

        @app.route("/endless")
        async def endless(req: Request, res: Response, resource: str) -> None:
            @res.event_stream
            async def events() -> AsyncGenerator[str, None]:
                assert not self.provided.is_set()
                try:
                    yield server_event(data=resource)
                    self.started.set()
                    await asyncio.sleep(3600)
                finally:
                    await asyncio.sleep(0.001)
                    self.finished.set()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture(params=["httptools", "h11"])
def server(request: pytest.FixtureRequest, feed: Feed) -> Iterator[LiveServer]:
    with LiveServer(feed.make_app(), http=request.param) as server:
        yield server


@pytest.fixture
def wire(server: LiveServer) -> Iterator[Wire]:
    with connect(server.url) as wire:
        yield wire


def ask(wire: Wire, target: str, method: str = "GET") -> Answer:
    wire.send(request(target, "accept-encoding: gzip", method=method))
    answer = wire.read(has_body=False)
    assert answer is not None
    return answer


def test_each_event_comes_when_it_is_made(wire: Wire, feed: Feed) -> None:
    answer = ask(wire, "/steps")
    assert answer.status == 200
    assert answer.get("content-type") == "text/event-stream"
    assert answer.get("cache-control") == "no-cache, no-transform"
    assert answer.get("x-accel-buffering") == "no"
    assert answer.get("content-encoding") is None
    assert wire.read_chunk() == b'id: 1\nevent: step\ndata: {"n":1}\n\n'
    feed.go_on.set()
    assert wire.read_chunk() == b'id: 2\nevent: step\ndata: {"n":2}\n\n'
    assert wire.read_chunk() == b""
    ask(wire, "/text")


def test_idle_stream_sends_heartbeats(wire: Wire) -> None:
    ask(wire, "/pinged")
    assert [wire.read_chunk() for _ in range(3)] == [b"data: a\n\n", b":\n", b":\n"]


def test_curl_shows_events_until_it_is_stopped(server: LiveServer, feed: Feed) -> None:
    curl = shutil.which("curl")
    assert curl is not None
    command = [curl, "--disable", "--noproxy", "*", "-sN", server.url("/endless")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"data: open\n"
        assert feed.started.wait(5)
        process.terminate()
        stopped = time.monotonic()
        assert feed.finished.wait(5)
        assert time.monotonic() - stopped < NOTICE_SECONDS
