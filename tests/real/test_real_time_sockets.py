"""The table of real time, row by row: what becomes of WebSockets, frame by frame.

The other rows are in `test_real_time`.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bocadillo import App, LiveServer

from .frames import Frame, Frames, open_frames
from .leaving import see_socket_left
from .real_time_app import make_app
from .telling import Told
from .test_real_time import NOTICE_SECONDS, Nothing, see_it_stop

pytestmark = [
    pytest.mark.real,
    # uvicorn's older implementation is deprecated, and so is what it is made of.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The `websockets` implementation is deprecated"),
]

# The older implementation cannot answer a close frame while something waits to be sent.
LEGACY_DEFECT = "data transfer failed"

SERVERS = [("httptools", "websockets-sansio"), ("h11", "wsproto"), ("h11", "websockets")]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def app(told: Told) -> App:
    return make_app(told.tell)


@pytest.fixture(params=SERVERS, ids="-".join)
def serve(request: pytest.FixtureRequest) -> Callable[[Any], LiveServer]:
    http, ws = request.param
    return lambda app: LiveServer(app, http=http, ws=ws)


@pytest.fixture
def server(serve: Callable[[Any], LiveServer], app: App) -> Iterator[LiveServer]:
    with serve(app) as server:
        yield server


def check_left(url: str, told: Told, path: str, *, is_polite: bool) -> None:
    seconds = see_socket_left(url, told, path, is_polite=is_polite)
    assert seconds is not None
    print(f"noticed after {seconds:.4f} s")
    assert seconds < NOTICE_SECONDS
    assert told.wait("provider") is not None
    assert list(dict.fromkeys(told.words)) == ["ready", "cleaned", "provider"]
    assert [told.words.count(word) for word in ("cleaned", "provider")] == [1, 1]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    return [message for message in found if message != LEGACY_DEFECT]


@pytest.mark.parametrize("is_polite", [True, False], ids=["close frame", "vanishes"])
@pytest.mark.parametrize("path", ["/ws/sleeping", "/ws/ticking", "/ws/busy"])
def test_row_3_client_leaves_a_view_that_only_sends_or_sleeps(
    server: LiveServer, told: Told, path: str, is_polite: bool, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    check_left(server.url, told, path, is_polite=is_polite)
    assert errors(caplog) == []


def test_row_8_view_that_raises_closes_with_1011_and_no_detail(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    with open_frames(server.url, "/ws/raising") as frames:
        frame = frames.hear_close()
        assert frame is not None
        assert (frame.code, frame.reason) == (1011, "")
        assert frames.hear() is None
    ours = [record.getMessage() for record in caplog.records if record.name == "bocadillo"]
    assert ours == ["the WebSocket '/ws/raising' failed"]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/ws/refusing", 401, '"detail":"Who are you?"'),
        ("/ws/rejecting", 403, ""),
        ("/ws/failing", 500, '{"error":"500 Internal Server Error","status":500}'),
        ("/ws/number/x", 400, '"n":"Expected `int`, got `x`"'),
        ("/ws/missing", 403, ""),
    ],
)
def test_row_9_refusal_before_accepting_has_the_status_that_was_raised(
    server: LiveServer, path: str, status: int, body: str
) -> None:
    answer = ask(server, path)
    assert answer.status == status
    assert body in answer.body.decode()
    assert b"secret" not in answer.body


def test_row_9_page_of_another_site_is_refused(server: LiveServer) -> None:
    assert ask(server, "/ws/raising", "origin: https://evil.example").status == 403


def ask(server: LiveServer, path: str, *headers: str) -> Any:
    frames = Frames(server.url)
    try:
        return frames.ask(path, *headers)
    finally:
        frames.close()


def test_row_10_client_that_stops_reading_makes_the_view_wait(
    server: LiveServer, told: Told
) -> None:
    with open_frames(server.url, "/ws/busy") as frames:
        sent = see_it_stop(lambda: told.words.count("ready"))
        assert sent * 65536 < 20_000_000
        for _ in range(200):
            assert isinstance(frames.hear(), Frame)
        assert told.wait("ready", count=sent + 1) is not None  # it goes on when that reads again
    assert told.wait("provider") is not None


@pytest.mark.parametrize("path", ["/ws/sleeping", "/ws/ticking"])
def test_row_11_no_op_middleware_in_front_changes_nothing(
    serve: Callable[[Any], LiveServer], app: App, told: Told, path: str
) -> None:
    with serve(Nothing(app)) as server:
        check_left(server.url, told, path, is_polite=True)
