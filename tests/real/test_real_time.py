"""The table of real time, row by row: what becomes of streams over raw sockets.

The rows of WebSockets are in `test_real_time_sockets`. What is promised is 0.2 s; what was measured
is printed (`pytest -rP`), and what is asserted leaves room for busy machines.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bocadillo import App, LiveServer

from .claiming import Claiming
from .leaving import see_stream_left
from .real_time_app import make_app
from .telling import Told
from .wire import Wire, connect, request

pytestmark = pytest.mark.real

NOTICE_SECONDS = 1.5


class Nothing:
    """Middleware that changes nothing: pure ASGI, with functions of its own around the server's."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def forward() -> Any:
            return await receive()

        async def back(message: Any) -> None:
            await send(message)

        await self.app(scope, forward, back)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def app(told: Told) -> App:
    return make_app(told.tell)


@pytest.fixture(params=["httptools", "h11"])
def serve(request: pytest.FixtureRequest) -> Callable[[Any], LiveServer]:
    return lambda app: LiveServer(app, http=request.param)


@pytest.fixture
def server(serve: Callable[[Any], LiveServer], app: App) -> Iterator[LiveServer]:
    with serve(app) as server:
        yield server


def check_left(url: str, told: Told, path: str) -> None:
    """Leave a stream, and check that it was noticed in time, and cleaned up once, in order."""
    seconds = see_stream_left(url, told, path)
    assert seconds is not None
    print(f"noticed after {seconds:.4f} s")
    assert seconds < NOTICE_SECONDS
    assert told.wait("provider") is not None
    assert told.words == ["ready", "cleaned", "provider"]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_row_1_client_leaves_while_the_generator_sleeps(
    server: LiveServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    check_left(server.url, told, "/sleeping")
    assert errors(caplog) == []


def test_row_2_client_leaves_while_the_generator_is_busy_yielding(
    server: LiveServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    check_left(server.url, told, "/busy")
    assert errors(caplog) == []


def test_row_4_client_leaves_a_plain_view_that_waits(
    server: LiveServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(server.url) as wire:
        wire.send(request("/waiting"))
        assert told.wait("ready") is not None
    left = time.monotonic()
    at = told.wait("cleaned")
    assert at is not None
    print(f"noticed after {max(at - left, 0):.4f} s")
    assert at - left < NOTICE_SECONDS
    assert told.wait("provider") is not None
    assert errors(caplog) == []


@pytest.mark.parametrize("path", ["/sleeping", "/busy"])
def test_row_7_head_of_a_stream_leaves_the_connection_in_order(
    server: LiveServer, told: Told, path: str
) -> None:
    with connect(server.url) as wire:
        for _ in range(2):
            wire.send(request(path, method="HEAD"))
            answer = wire.read(has_body=False)
            assert answer is not None
            assert answer.status == 200
            wire.send(request("/plain"))
            after = wire.read()
            assert after is not None
            assert (after.status, after.body) == (200, b"plain")
    assert told.wait("provider", count=2) is not None
    assert told.words == ["provider", "provider"]


def test_row_10_client_that_stops_reading_a_stream_makes_the_generator_wait(
    server: LiveServer, told: Told
) -> None:
    """Only what the buffers of both kernels and of the transport hold is made."""
    with connect(server.url) as wire:
        wire.send(request("/counting"))
        assert told.wait("sent") is not None
        made = see_it_stop(lambda: len(told.lines))
        assert made * 65536 < 20_000_000
        assert read_of(wire)
        assert told.wait("sent", count=made + 1) is not None  # it goes on when that reads again


def see_it_stop(count: Callable[[], int]) -> int:
    """Wait until a count grows no more, and return it."""
    seen, deadline = -1, time.monotonic() + 5
    while seen != count() and time.monotonic() < deadline:
        seen = count()
        time.sleep(0.2)
    assert seen == count() > 0
    return seen


def read_of(wire: Wire) -> int:
    """Read a few megabytes of a body."""
    assert wire.read(has_body=False) is not None
    return sum(len(wire.read_chunk()) for _ in range(200))


@pytest.mark.parametrize("path", ["/sleeping", "/busy"])
def test_row_11_no_op_middleware_in_front_changes_nothing(
    serve: Callable[[Any], LiveServer], app: App, told: Told, path: str
) -> None:
    with serve(Nothing(app)) as server:
        check_left(server.url, told, path)


def test_row_11_plain_view_behind_middleware_that_asks_is_told_that_its_client_left(
    serve: Callable[[Any], LiveServer], app: App, told: Told
) -> None:
    with serve(Nothing(app)) as server:
        with connect(server.url) as wire:
            wire.send(request("/polling"))
            assert told.wait("ready") is not None
        assert told.wait("cleaned") is not None


@pytest.mark.parametrize("path", ["/sleeping", "/busy"])
def test_row_12_server_that_claims_version_2_4_has_its_clients_watched_all_the_same(
    serve: Callable[[Any], LiveServer], app: App, told: Told, path: str
) -> None:
    with serve(Claiming(app)) as server:
        check_left(server.url, told, path)
