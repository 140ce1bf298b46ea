"""Everything that clients send wrongly, over sockets: each line of what must hold has its rows."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bocadillo import App, LiveServer
from bocadillo.cli._serving import DEFAULTS
from tests.whole_app import make_site, make_whole_app

from .bad_input import INPUT
from .bad_output import BROWSERS, OUTPUT
from .rows import Row
from .wire import Answer, connect, request

pytestmark = pytest.mark.real

SERVERS: dict[str, dict[str, Any]] = {
    "httptools": {"http": "httptools"},
    "h11": {"http": "h11"},
    "bocadillo run": {key: value for key, value in DEFAULTS.items() if key != "interface"},
}


class Served:
    def __init__(self, server: LiveServer, smuggled: list[str]) -> None:
        self.url = server.url
        self.smuggled = smuggled


@pytest.fixture(params=SERVERS, scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    site = make_site(tmp_path_factory.mktemp("bad"))
    smuggled: list[str] = []
    app = make_whole_app(site, smuggled, is_noting=request.param != "bocadillo run")
    with LiveServer(app, **SERVERS[request.param]) as server:
        yield Served(server, smuggled)


@pytest.fixture(scope="module")
def limited() -> Iterator[LiveServer]:
    """Serve as `bocadillo run` does: uvicorn alone, with httptools, takes a head of any size."""
    with LiveServer(App(), **SERVERS["bocadillo run"]) as server:
        yield server


def rows(groups: dict[str, list[Row]]) -> list[Any]:
    return [
        pytest.param(row, id=f"{line}: {row.name}".encode("unicode_escape").decode())
        for line, group in groups.items()
        for row in group
    ]


def complain_of(answer: Answer) -> list[str]:
    """Return what must not be in any answer, whatever was asked."""
    told = [f"{name}: {value}" for name, value in answer.headers]
    complaints = [line for line in told if any(char < " " or char == "\x7f" for char in line)]
    content_type = answer.get("content-type") or ""
    if content_type.startswith("text/") and answer.get("x-content-type-options") != "nosniff":
        complaints.append("text without nosniff")
    if content_type.startswith("text/html") and answer.get("x-frame-options") != "DENY":
        complaints.append("a page that can be framed")
    if answer.get("content-length") and answer.get("transfer-encoding"):
        complaints.append("two framings")
    return complaints


@pytest.mark.parametrize("row", [*rows(INPUT), *rows(OUTPUT), *rows(BROWSERS)])
def test_what_is_not_as_it_should_be(
    served: Served, row: Row, caplog: pytest.LogCaptureFixture
) -> None:
    served.smuggled.clear()
    with connect(served.url) as wire:
        wire.send(row.sent)
        answer = wire.read(has_body=not row.sent.startswith(b"HEAD"))
        wire.send(request("/names/in-order", "connection: close"))
        after = wire.read()

    assert answer is not None
    assert answer.status in row.statuses, answer
    assert [check for check in row.checks if answer.status < 500 and not check(answer)] == [], (
        answer
    )
    if not is_of_server(answer):
        assert complain_of(answer) == []
    # Nothing that was sent with it is a request of its own: the connection is closed, or the next
    # answer is that to the next request.
    assert after is None or after.body == b"in-order" or after.status == 400, after
    assert served.smuggled == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "head",
    [
        request("/" + "x" * 70_000),
        request("/?" + "x" * 70_000),
        request("/", "x: " + "x" * 70_000),
        request("/", "x" * 70_000 + ": x"),
        request("/", *["x: " + "x" * 1000] * 70),
        request("/").removesuffix(b"\r\n") + b"x" * 1_000_000,
        b"GET /" + b"x" * 1_000_000,
    ],
    ids=lambda head: f"{head[:30]!r} and {len(head)} bytes",
)
def test_huge_head_ends_the_connection(limited: LiveServer, head: bytes) -> None:
    with connect(limited.url) as wire:
        wire.send(head)
        answer = wire.read()
        after = wire.read() if answer else None
    # The server may close while the rest is still sent, and its answer be lost.
    assert answer is None or answer.status in (400, 431)
    assert after is None


def test_server_of_the_command_line_does_not_tell_its_name(limited: LiveServer) -> None:
    with connect(limited.url) as wire:
        wire.send(request("/"))
        answer = wire.read()
    assert answer is not None
    assert answer.get("server") is None


def is_of_server(answer: Answer) -> bool:
    return answer.body == b"Invalid HTTP request received."
