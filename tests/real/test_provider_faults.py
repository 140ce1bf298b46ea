"""Providers under a real server: clients that leave, and servers that are told to end."""

import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import AsyncGeneratorType
from typing import Any

import pytest

from bocadillo import LiveServer

from . import provider_app
from .telling import Told
from .wire import Wire, connect, request

pytestmark = pytest.mark.real

NOTICE_SECONDS = 0.2  # what is promised
UP, DOWN = ["+a", "+b", "+c"], ["-c", "-b", "-a"]
APP_UP, APP_DOWN = ["+one", "+two", "+three"], ["-three", "-two", "-one"]


class Counted(Told):
    """What an application in another thread has told, and how many tasks there were at the last."""

    tasks = 0

    def tell(self, what: str, at: float | None = None) -> None:
        super().tell(what, at)
        self.tasks = len(asyncio.all_tasks())


@pytest.fixture(params=["httptools", "h11"])
def parser(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def told() -> Counted:
    return Counted()


@pytest.fixture
def server(parser: str, told: Counted) -> Iterator[LiveServer]:
    with LiveServer(provider_app.make_app(told.tell), http=parser) as server:
        yield server


def open_generators() -> list[Any]:
    """Return the generators of the application that have not ended."""
    gc.collect()
    return [
        found.__qualname__
        for found in gc.get_objects()
        if isinstance(found, AsyncGeneratorType)
        and found.ag_frame is not None
        and found.ag_code.co_filename == provider_app.__file__
        and "add_app_provider" not in found.__qualname__
    ]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


def test_client_that_leaves_a_stream_has_its_providers_cleaned_up_at_once(
    server: LiveServer, told: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(server.url) as wire:
        wire.send(request("/stream"))
        assert told.wait("waiting") is not None
    left = time.monotonic()
    assert told.wait("-a") is not None
    assert time.monotonic() - left < NOTICE_SECONDS
    assert told.words == [*APP_UP, *UP, "waiting", "closed", *DOWN]
    assert open_generators() == []
    assert errors(caplog) == []


def test_client_that_leaves_a_plain_view_has_its_providers_cleaned_up_when_that_ends(
    server: LiveServer, told: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(server.url) as wire:
        wire.send(request("/wait/0.1"))
        assert told.wait("waiting") is not None
    assert told.wait("-a") is not None
    assert told.words == [*APP_UP, *UP, "waiting", *DOWN]
    with connect(server.url) as wire:
        wire.send(request("/wait/0"))
        answer = wire.read()
    assert answer is not None
    assert answer.body == b"waited"
    assert open_generators() == []
    assert errors(caplog) == []


@pytest.mark.parametrize("path", ["/stream", "/wait/0.2"])
def test_hundred_clients_that_vanish_at_once_leave_nothing_open(
    server: LiveServer, told: Counted, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(connect(server.url)) for _ in range(100)]
        for wire in wires:
            wire.send(request(path))
        assert told.wait("waiting", count=100, seconds=20) is not None
    assert told.wait("-a", count=100, seconds=3) is not None
    for name in "abc":
        assert told.words.count(f"+{name}") == told.words.count(f"-{name}") == 100
    with connect(server.url) as wire:  # what is told last is told when the hundred are gone
        wire.send(request("/wait/0"))
        assert wire.read() is not None
    assert told.tasks <= 8
    assert open_generators() == []
    assert errors(caplog) == []


class Process:
    """An application served by uvicorn in a process of its own."""

    def __init__(self, fault: str, parser: str) -> None:
        command = [sys.executable, provider_app.__file__, fault, parser]
        path = str(Path(provider_app.__file__).parents[2] / "framework")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self.lines: list[str] = []

    def read_until(self, is_it: Callable[[str], bool]) -> str:
        """Read lines until one is what is waited for, or the process ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if is_it(line):
                return line
        return ""

    def start(self) -> str:
        """Wait until it serves, and return its address."""
        line = self.read_until(lambda line: "running on" in line)
        return next(word for word in line.split() if word.startswith("http://"))

    def end(self) -> int:
        """Tell it to end, read the rest, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.read_until(lambda line: False)
        return self.process.wait(10)

    @property
    def told(self) -> list[str]:
        return [line for line in self.lines if line and line[0] in "+-"]


@contextmanager
def run(fault: str, parser: str) -> Iterator[Process]:
    process = Process(fault, parser)
    watch = threading.Timer(20, process.process.kill)  # what is read from it then ends
    watch.start()
    try:
        yield process
    finally:
        watch.cancel()
        process.process.kill()
        process.process.wait(10)
        assert process.process.stdout is not None
        process.process.stdout.close()


@pytest.mark.parametrize("path", ["/wait/0.5", "/wait/60", "/stream"])
def test_server_that_ends_cleans_requests_up_before_the_application(path: str, parser: str) -> None:
    """A request that ends in time is answered; another is cancelled when that is over."""
    with run("", parser) as process, connect(process.start()) as wire:
        wire.send(request(path))
        process.read_until(lambda line: line == "waiting\n")
        begun = time.monotonic()
        assert process.end() == -signal.SIGTERM  # which uvicorn passes on when it has ended
        assert time.monotonic() - begun < 5
        assert process.told == [*APP_UP, *UP, *DOWN, *APP_DOWN]
        assert "ERROR:    Application shutdown failed. Exiting." not in process.lines
        assert read(wire) in ((None, 500) if path == "/wait/60" else (200,))
        assert not [line for line in process.lines if "never" in line or "not been" in line]


@pytest.mark.parametrize("path", ["/wait/60", "/stream"])
def test_server_that_is_told_to_end_twice_cleans_up_all_the_same(path: str, parser: str) -> None:
    """It then waits for nothing, and tells the application nothing: all tasks are cancelled."""
    with run("", parser) as process, connect(process.start()) as wire:
        wire.send(request(path))
        process.read_until(lambda line: line == "waiting\n")
        process.process.send_signal(signal.SIGINT)
        process.read_until(lambda line: "Waiting for" in line)
        process.process.send_signal(signal.SIGINT)
        process.read_until(lambda line: False)
        process.process.wait(10)
        assert process.told == [*APP_UP, *UP, *DOWN, *APP_DOWN]


def read(wire: Wire) -> int | None:
    try:
        answer = wire.read(has_body=False)
    except IndexError:
        return None
    return None if answer is None else answer.status


def test_provider_that_fails_at_startup_ends_the_server_and_is_named(parser: str) -> None:
    with run("three up", parser) as process:
        process.read_until(lambda line: False)
        assert process.process.wait(10) == 3
        assert process.told == ["+one", "+two", "-two", "-one"]
        named = [line for line in process.lines if line.startswith("bocadillo.errors.")]
        assert "provider `three`" in named[0]
        assert "OSError: three up" in process.lines


@pytest.mark.parametrize("fault", ["three down", "two down", "two hangs"])
def test_cleanup_that_goes_wrong_at_shutdown_lets_the_others_run(fault: str, parser: str) -> None:
    with run(fault, parser) as process:
        process.start()
        begun = time.monotonic()
        process.end()
        assert time.monotonic() - begun < 4
        assert process.told == [*APP_UP, *APP_DOWN]
        assert "ERROR:    Application shutdown failed. Exiting." in process.lines
