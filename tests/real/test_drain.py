"""SIGTERM while streams, WebSockets and requests are open: rows 5 and 6 of real time."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from . import wire
from .frames import HANDSHAKE

pytestmark = pytest.mark.real

APP = "tests.real.drain_app:app"
ROOT = Path(__file__).parents[2]
CLOSED_1012 = b"\x88\x02" + (1012).to_bytes(2)
GOODBYE = b"event: shutdown\nretry: 500\ndata: \n\n"
UVICORN = ("uvicorn", APP, "--port", "{port}", "--log-level", "warning")
SERVERS = {
    "uvicorn httptools": (*UVICORN, "--http", "httptools"),
    "uvicorn h11 wsproto": (*UVICORN, "--http", "h11", "--ws", "wsproto"),
    "uvicorn asyncio": (*UVICORN, "--loop", "asyncio", "--ws", "websockets"),
    "uvicorn --reload": (*UVICORN, "--reload", "--reload-dir", "tests/real"),
    "uvicorn --workers 2": (*UVICORN, "--workers", "2"),
    "hypercorn": ("hypercorn", APP, "--bind", "127.0.0.1:{port}", "--workers", "0"),
    "granian": ("granian", "--interface", "asgi", APP, "--port", "{port}", "--no-log"),
}
BAD = ("Traceback", "never retrieved", "was never awaited", "Task was destroyed", "ERROR")


class Server:
    """A server in a process of its own: the lines it has written, as (process, what)."""

    def __init__(self, command: Sequence[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *(part.format(port=self.port) for part in command)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.stopped_at = 0.0
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines += self.process.stdout

    def stop(self) -> None:
        """Send SIGTERM."""
        self.stopped_at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> float:
        """Wait for its end, and return the moment."""
        self.process.wait(30)
        self.reader.join(10)
        return time.monotonic()

    def told(self) -> dict[str, list[str]]:
        """Return what the application told, by process."""
        found: dict[str, list[str]] = {}
        for line in self.lines:
            process, _, what = line.strip().partition(" ")
            if process.isdigit():
                found.setdefault(process, []).append(what)
        return found


@contextmanager
def running(command: Sequence[str]) -> Iterator[Server]:
    server = Server(command)
    try:
        yield server
    finally:
        if server.process.poll() is None or "--reload" in command:
            with suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(10)
        server.reader.join(10)
        assert server.process.stdout is not None
        server.process.stdout.close()


class Client:
    """One connection, and what came over it until it ended."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.data = b""

    async def until(self, end: bytes) -> None:
        while end not in self.data:
            more = await self.reader.read(65536)
            assert more, self.data
            self.data += more

    async def rest(self) -> bytes:
        try:
            while more := await self.reader.read(65536):
                self.data += more
        except ConnectionResetError:
            pass
        finally:
            self.writer.close()
        return self.data


async def request(server: Server, path: str, *, begins: bytes = b"\r\n\r\n") -> Client:
    """Open a connection, and wait until its answer has begun; a WebSocket if the path is one."""
    is_websocket = path in ("/ws", "/push")
    client = Client(*await asyncio.open_connection("127.0.0.1", server.port))
    client.writer.write(wire.request(path, *(HANDSHAKE if is_websocket else ())))
    if begins:
        await client.until(begins)
    return client


async def until_it_serves(server: Server) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                client = await request(server, "/", begins=b"here")
            except (OSError, AssertionError):
                await asyncio.sleep(0.05)
                continue
            client.writer.close()
            return


async def open_all(server: Server, paths: Sequence[str]) -> list[Client]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(request(server, path)) for path in paths]
    return [task.result() for task in tasks]


async def drain_under(
    server: Server, counts: dict[str, int], requests: int
) -> dict[str, list[bytes]]:
    """Open connections, stop the server, and return all that came over each."""
    await until_it_serves(server)
    paths = [path for path, count in counts.items() for _ in range(count)]
    clients: list[Client] = []
    for i in range(0, len(paths), 100):
        clients += await open_all(server, paths[i : i + 100])
    waiting = [await request(server, "/wait", begins=b"") for _ in range(requests)]
    async with asyncio.timeout(10):
        while sum("waiting" in line for line in server.lines) < requests:  # noqa: ASYNC110 - a thread's
            await asyncio.sleep(0.01)
    server.stop()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        rests = [group.create_task(client.rest()) for client in [*clients, *waiting]]
    got: dict[str, list[bytes]] = {}
    for path, rest in zip([*paths, *["/wait"] * requests], rests, strict=True):
        got.setdefault(path, []).append(rest.result())
    return got


def check(got: dict[str, list[bytes]]) -> None:
    """Every client was told, in its own protocol, that it is over."""
    for data in got.get("/events", []):
        assert GOODBYE in data
        assert data.endswith(b"0\r\n\r\n")
    for data in got.get("/ticks", []):
        assert data.endswith(b"0\r\n\r\n")
    for path in ("/ws", "/push"):
        for data in got.get(path, []):
            assert CLOSED_1012 in data
    for data in got.get("/wait", []):
        assert data.endswith(b"answered")


COUNTS = {"/events": 10, "/ticks": 5, "/ws": 10, "/push": 10}


@pytest.mark.parametrize("name", SERVERS)
async def test_rows_5_and_6_all_that_is_open_ends_in_good_order(name: str) -> None:
    with running(SERVERS[name]) as server:
        got = await drain_under(server, COUNTS, 3)
        server.wait()
    check(got)
    told = server.told()
    count = Counter(line for lines in told.values() for line in lines)
    assert count["stream cleaned"] == COUNTS["/events"]
    assert count["ticks cleaned"] == COUNTS["/ticks"]
    assert count["view cleaned"] == COUNTS["/ws"] + COUNTS["/push"]
    assert count["-session"] == sum(COUNTS.values()) + 3
    workers = [lines for lines in told.values() if "+pool" in lines]
    assert len(workers) == (2 if "--workers 2" in name else 1)
    for lines in workers:
        assert lines.index("drain") < len(lines) - 1
        assert lines[-1] == "-pool", "everything was cleaned up before"
    assert not [line for line in server.lines if any(bad in line for bad in BAD)]


@pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="Hypercorn 0.18 waits in `Server.wait_closed`, which waits for all clients since 3.12",
)
async def test_workers_that_hear_no_signal_clean_up_all_the_same() -> None:
    """Hypercorn tells its worker processes by other means, and cancels them after a grace."""
    command = ("hypercorn", APP, "--bind", "127.0.0.1:{port}", "--graceful-timeout", "1")
    with running(command) as server:
        await drain_under(server, {"/events": 5, "/ws": 5}, 1)
        server.wait()
    (lines,) = (lines for lines in server.told().values() if "+pool" in lines)
    count = Counter(lines)
    assert count["stream cleaned"] == 5
    assert count["view cleaned"] == 5
    assert count["-session"] == 11
    assert lines[-1] == "-pool"


@pytest.mark.parametrize("parser", ["httptools", "h11"])
async def test_thousand_streams_and_thousand_websockets_end_in_time(parser: str) -> None:
    command = (*UVICORN, "--http", parser, "--backlog", "4096")
    with running(command) as server:
        got = await drain_under(server, {"/events": 1000, "/ws": 1000}, 10)
        ended = server.wait()
    check(got)
    assert ended - server.stopped_at < 5
    count = Counter(line for lines in server.told().values() for line in lines)
    assert (count["stream cleaned"], count["view cleaned"]) == (1000, 1000)
    assert count["-session"] == 2010
    assert not [line for line in server.lines if any(bad in line for bad in BAD)]
