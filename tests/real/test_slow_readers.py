"""Clients that take nothing: one of many keeps none of the others waiting, and costs little."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from bocadillo import App, LiveServer, Request, Response, WebSocket, server_event

from .frames import HANDSHAKE
from .wire import Wire, connect, request

pytestmark = pytest.mark.real

SUBSCRIBERS = 200
EVENTS = 20
LARGE = 500_000  # bytes that the one who does not read is to take at once


class Room:
    """Hand what is published to all subscribers, each of whom has a short queue."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str]] = set()
        self.dropped = 0

    @contextlib.contextmanager
    def joined(self) -> Iterator[asyncio.Queue[str]]:
        queue: asyncio.Queue[str] = asyncio.Queue(4)
        self.queues.add(queue)
        try:
            yield queue
        finally:
            self.queues.remove(queue)

    def publish(self, text: str) -> None:
        for queue in self.queues:
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                self.dropped += 1


def make_app(room: Room) -> App:
    app = App()

    @app.route("/events")
    async def events(req: Request, res: Response, size: int = 0) -> None:
        @res.event_stream
        async def feed() -> AsyncIterator[str]:
            with room.joined() as queue:
                while True:
                    yield server_event(data=(await queue.get()).ljust(size))

    @app.websocket_route("/socket")
    async def socket(ws: WebSocket, size: int = 0) -> None:
        with room.joined() as queue:
            while True:
                await ws.send((await queue.get()).ljust(size))

    @app.route("/publish")
    async def publish(req: Request, res: Response) -> None:
        room.publish(f"at {time.monotonic()} ")
        res.json = len(room.queues)

    return app


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture(params=["httptools", "h11"])
def server(request: pytest.FixtureRequest, room: Room) -> Iterator[LiveServer]:
    ws = "websockets-sansio" if request.param == "httptools" else "wsproto"
    with LiveServer(make_app(room), http=request.param, ws=ws) as server:
        yield server


class Subscriber(asyncio.Protocol):
    """Read whatever comes, and note how old the events in it are."""

    def __init__(self, ask: bytes) -> None:
        self.ask = ask
        self.ages: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.ask)

    def data_received(self, data: bytes) -> None:
        for part in data.split(b"at ")[1:]:
            self.ages.append(time.monotonic() - float(part.split()[0]))


def ask_for(path: str) -> bytes:
    is_socket = path.startswith("/socket")
    return request(path, *(HANDSHAKE if is_socket else ()))


@contextlib.asynccontextmanager
async def subscribed(server: LiveServer, path: str, count: int) -> AsyncIterator[list[Subscriber]]:
    """Open so many subscriptions, and close them."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    connect = asyncio.get_running_loop().create_connection
    found = [
        await connect(lambda: Subscriber(ask_for(path)), host, int(port)) for _ in range(count)
    ]
    try:
        yield [subscriber for _, subscriber in found]
    finally:
        for transport, _ in found:
            transport.abort()
        await asyncio.sleep(0)


async def publish(server: LiveServer, times: int) -> None:
    with connect(server.url) as wire:
        for _ in range(times):
            await asyncio.to_thread(publish_once, wire)
            await asyncio.sleep(0.04)  # so that they are not busy all the time


def publish_once(wire: Wire) -> int:
    wire.send(request("/publish"))
    answer = wire.read()
    assert answer is not None
    return int(answer.body)


async def wait_for_subscribers(room: Room, count: int) -> None:
    async with asyncio.timeout(10):
        while len(room.queues) < count:  # noqa: ASYNC110 - another thread fills it
            await asyncio.sleep(0.01)


async def measure(server: LiveServer, subscribers: list[Subscriber]) -> float:
    """Publish, and return the age of an event in the 99th of a hundred cases."""
    for subscriber in subscribers:
        subscriber.ages.clear()
    await publish(server, EVENTS)
    async with asyncio.timeout(10):
        while any(len(s.ages) < EVENTS for s in subscribers):  # noqa: ASYNC110 - of many
            await asyncio.sleep(0.01)
    found = sorted(age for subscriber in subscribers for age in subscriber.ages)
    return found[len(found) * 99 // 100]


@pytest.mark.parametrize("path", ["/events", "/socket"])
async def test_one_of_200_subscribers_that_stops_reading_delays_none_of_the_others(
    server: LiveServer, room: Room, path: str
) -> None:
    async with subscribed(server, path, SUBSCRIBERS - 1) as subscribers:
        await wait_for_subscribers(room, SUBSCRIBERS - 1)
        before = await measure(server, subscribers)
        with connect(server.url) as slow:
            slow.send(ask_for(f"{path}?size={LARGE}"))
            await wait_for_subscribers(room, SUBSCRIBERS)
            await publish(server, 20)  # more than what stands between the two holds
            assert room.dropped > 0
            after = await measure(server, subscribers)
    print(f"99 of 100 events were at most {before:.4f} s old, then {after:.4f} s")
    assert after < 3 * before + 2  # whoever waited for the slow one would wait for ever
