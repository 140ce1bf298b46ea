"""What becomes of all that is open when the application is ending."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bocadillo import (
    App,
    Request,
    Response,
    WebSocket,
    WebSocketDisconnect,
    configure,
    server_event,
)
from bocadillo import _delivery as delivery_module
from bocadillo import _draining as draining_module
from bocadillo._draining import Draining, drain
from tests.bocadillo.calls import make_scope
from tests.bocadillo.turning import turns, until
from tests.bocadillo.wires import CONNECT, Wire, converse, make_ws_scope

Log = list[Any]


class Thing:
    """Something open that ends as it is told to, or not."""

    def __init__(self, draining: Draining, *, ends_at: int | None) -> None:
        self.draining = draining
        self.ends_at = ends_at
        self.calls: list[bool] = []
        draining.add(self)

    def end(self, *, is_last: bool) -> None:
        self.calls.append(is_last)
        if self.ends_at == len(self.calls):
            self.draining.remove(self)


def make(log: Log | None = None, name: str = "handlers") -> Draining:
    async def call_handlers() -> None:
        if log is not None:
            log.append(name)

    return Draining(call_handlers)


async def test_server_is_told_when_everything_open_was() -> None:
    log: Log = []
    draining = make(log)
    thing = Thing(draining, ends_at=1)
    assert draining.count == 1
    await drain([draining], grace=5, pass_on=lambda: log.append(("server", *thing.calls)))
    assert log[:2] == ["handlers", ("server", False)]
    assert thing.calls == [False]
    assert draining.is_draining
    assert draining.count == 0


async def test_what_does_not_end_by_itself_is_told_a_last_time_after_the_grace() -> None:
    draining = make()
    thing, other = Thing(draining, ends_at=2), Thing(draining, ends_at=1)
    await drain([draining], grace=0.01, pass_on=lambda: None)
    assert (thing.calls, other.calls) == ([False, True], [False])


async def test_what_ends_by_itself_is_waited_for() -> None:
    draining = make()
    thing = Thing(draining, ends_at=None)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        done = group.create_task(drain([draining], grace=60, pass_on=lambda: None))
        await until(lambda: thing.calls)
        assert not done.done()
        draining.remove(thing)


async def test_what_never_ends_is_given_up_and_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(draining_module, "CLEANUP_SECONDS", 0.01)
    draining, mounted = make(), make()
    Thing(draining, ends_at=None)
    Thing(mounted, ends_at=None)
    await drain([draining, mounted], grace=0, pass_on=lambda: None)
    assert [record.getMessage() for record in caplog.records] == [
        "2 streams and WebSockets had not ended 0.01 seconds after they were told to"
    ]


async def test_handlers_of_all_applications_run_at_the_same_time_and_within_the_grace() -> None:
    log: Log = []
    met = asyncio.Barrier(2)

    async def meet() -> None:
        await met.wait()
        log.append("met")

    async def hang() -> None:
        await asyncio.Event().wait()

    await drain([Draining(meet), Draining(meet)], grace=5, pass_on=lambda: None)
    assert log == ["met", "met"]
    stuck = Draining(hang)
    thing = Thing(stuck, ends_at=1)
    await drain([stuck], grace=0.01, pass_on=lambda: log.append("server"))
    assert thing.calls == [True]
    assert "server" in log


async def test_several_may_wait_for_what_is_open() -> None:
    draining = make()
    thing = Thing(draining, ends_at=1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = [group.create_task(draining.wait()) for _ in range(2)]
        await turns()
        assert [task.done() for task in waiting] == [False, False]
        thing.end(is_last=True)


async def test_one_who_waits_for_a_drain_that_is_cancelled_goes_on_with_it() -> None:
    draining = make()
    thing = Thing(draining, ends_at=3)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(drain([draining], grace=60, pass_on=lambda: None))
        await until(lambda: thing.calls)
        second = group.create_task(drain([draining], grace=0.01, pass_on=lambda: None))
        await asyncio.sleep(0)
        first.cancel()
        await second
    assert thing.calls == [False, False, True]
    await drain([draining], grace=60, pass_on=lambda: None)
    assert thing.calls == [False, False, True]


async def test_it_is_done_once_whoever_asks_and_again_after_a_start() -> None:
    log: Log = []
    draining = make(log)
    thing = Thing(draining, ends_at=None)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(drain([draining], grace=60, pass_on=lambda: log.append("first")))
        await asyncio.sleep(0)
        second = group.create_task(drain([draining], grace=0, pass_on=lambda: log.append("second")))
        await until(lambda: "second" in log)
        assert not first.done()
        assert not second.done()
        draining.remove(thing)
    assert log.count("handlers") == 1
    draining.reset()
    await drain([draining], grace=0, pass_on=lambda: None)
    assert log.count("handlers") == 2


async def test_cancellation_tells_the_server() -> None:
    log: Log = []
    draining = make()
    Thing(draining, ends_at=None)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        draining_task = group.create_task(
            drain([draining], grace=60, pass_on=lambda: log.append("told"))
        )
        await until(lambda: log)
        draining_task.cancel()
    assert log == ["told", "told"]


# What follows is the same with an application.


class Peer:
    """A server with one client that streams: what was sent, and when the client leaves."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.gone = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.has_begun = asyncio.Event()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message.get("body"):
            self.has_begun.set()
        await self.gate.wait()
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def is_complete(self) -> bool:
        return self.sent[-1].get("more_body") is False


@asynccontextmanager
async def streaming(app: App, path: str = "/") -> AsyncIterator[Peer]:
    """Keep a stream open inside the block, and wait until it has ended."""
    peer = Peer()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(app(make_scope("GET", path), peer.receive, peer.send))
        await peer.has_begun.wait()
        yield peer


def make_feed(log: Log, *chunks: str, **options: Any) -> App:
    """Make an application with an event stream that sends something, then waits."""
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.event_stream(**options)  # type: ignore[untyped-decorator] # options of any kind
        async def feed() -> AsyncIterator[str]:
            try:
                for chunk in chunks or [server_event(data="a")]:
                    yield chunk
                await asyncio.Event().wait()
            except BaseException as error:
                log.append(type(error).__name__)
                raise
            finally:
                await asyncio.sleep(0)
                log.append("cleaned")

    return app


GOODBYE = server_event("shutdown", retry=1000)


@pytest.mark.parametrize("ping", [15.0, None])
@pytest.mark.parametrize("goodbye", [GOODBYE, GOODBYE.encode()])
async def test_stream_says_goodbye_and_ends_at_once(goodbye: Any, ping: float | None) -> None:
    log: Log = []
    app = make_feed(log, goodbye=goodbye, ping=ping)
    async with streaming(app) as peer:
        await app.drain(60)
    assert peer.body == b"data: a\n\n" + GOODBYE.encode()
    assert peer.is_complete
    assert log == ["CancelledError", "cleaned"]


async def test_goodbye_is_never_said_within_an_event() -> None:
    log: Log = []
    app = make_feed(log, "data: a\n", goodbye=GOODBYE)
    async with streaming(app) as peer:
        await app.drain(60)
    assert peer.body == b"data: a\n"
    assert peer.is_complete


async def test_stream_without_a_goodbye_is_cancelled_after_the_grace() -> None:
    log: Log = []
    app = configure(make_feed(log), drain_grace=0.01)
    async with streaming(app) as peer:
        await app.drain()
    assert peer.body == b"data: a\n\n"
    assert peer.is_complete
    assert log == ["CancelledError", "cleaned"]


async def test_stream_may_end_by_itself_within_the_grace() -> None:
    app = App()
    ending, log = asyncio.Event(), []

    @app.on("drain")
    async def tell() -> None:
        ending.set()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            yield "a"
            await ending.wait()
            yield "bye"
            log.append("ended")

    async with streaming(app) as peer:
        await app.drain(60)
        assert log == ["ended"]
    assert peer.body == b"abye"
    assert peer.is_complete


async def test_generator_that_catches_the_cancellation_may_yield_once_more() -> None:
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            try:
                yield "a"
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                yield "bye"
                yield "never"

    async with streaming(app) as peer:
        await app.drain(0)
    assert peer.body == b"abye"
    assert peer.is_complete


async def test_busy_generator_is_stopped_after_the_chunk_that_is_being_sent() -> None:
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            while True:
                yield "a"

    async with streaming(app) as peer:
        await app.drain(0)
    assert peer.is_complete


async def test_stream_that_is_told_while_others_have_their_turn_ends_before_it_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery_module, "TURN_SECONDS", -1)
    app = make_feed([], goodbye=GOODBYE)
    async with streaming(app) as peer:
        app._draining.end(is_last=False)  # the chunk is sent: the stream pauses
    assert peer.body == b"data: a\n\n" + GOODBYE.encode()


async def test_client_that_takes_nothing_counts_as_gone_after_the_grace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log: Log = []
    monkeypatch.setattr(delivery_module, "LAST_SECONDS", 0.01)
    app = make_feed(log, goodbye=GOODBYE)

    @app.on("drain")
    def close_gate() -> None:
        log.append(peer.gate.is_set())

    peer = Peer()
    peer.gate.clear()
    starts = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            return
        starts.set()
        await peer.send(message)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(app(make_scope("GET", "/"), peer.receive, send))
        await starts.wait()
        await app.drain(0.01)
    assert peer.sent == []
    assert log == [False, "GeneratorExit", "cleaned"]


async def test_stream_whose_client_takes_no_goodbye_ends_without_it() -> None:
    log: Log = []
    app = make_feed(log, goodbye=GOODBYE)

    async def send(message: Any) -> None:
        if b"shutdown" in message.get("body", b""):
            raise OSError
        await peer.send(message)

    peer = Peer()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(app(make_scope("GET", "/"), peer.receive, send))
        await peer.has_begun.wait()
        await app.drain(60)
    assert peer.body == b"data: a\n\n"


async def test_error_of_the_server_at_the_goodbye_is_raised_and_nothing_is_left() -> None:
    app = make_feed([], goodbye=GOODBYE)
    before = asyncio.all_tasks()

    async def send(message: Any) -> None:
        if b"shutdown" in message.get("body", b""):
            raise ZeroDivisionError("the server is wrong")
        await peer.send(message)

    async def serve() -> None:
        with pytest.raises(ZeroDivisionError, match="the server is wrong"):
            await app(make_scope("GET", "/"), peer.receive, send)

    peer = Peer()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(serve())
        await peer.has_begun.wait()
        await app.drain(60)
    assert asyncio.all_tasks() == before


async def test_stream_that_is_ending_anyway_is_left_alone() -> None:
    log: Log = []
    app = make_feed(log, goodbye=GOODBYE)
    async with streaming(app) as peer:
        peer.gone.set()
        await until(lambda: "CancelledError" in log)
        await app.drain(60)
    assert not peer.is_complete
    assert log == ["CancelledError", "cleaned"]


async def test_cleanup_of_a_request_that_the_server_cancelled_is_not_cancelled_again() -> None:
    log: Log = []
    app = make_feed(log, goodbye=GOODBYE)
    peer = Peer()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(app(make_scope("GET", "/"), peer.receive, peer.send))
        await peer.has_begun.wait()
        task.cancel()
        await until(lambda: "CancelledError" in log)
        await app.drain(60)
        await asyncio.wait([task])
    assert log == ["CancelledError", "cleaned"]


async def test_new_streams_and_websockets_are_refused_and_other_requests_answered() -> None:
    log: Log = []
    app = make_feed(log)

    @app.route("/plain")
    async def plain(req: Any, res: Any) -> None:
        res.text = "plain"

    @app.websocket_route("/ws")
    async def never(ws: WebSocket) -> None:
        raise NotImplementedError

    await app.drain()
    for path, status in (("/", 503), ("/plain", 200)):
        peer = Peer()
        await app(make_scope("GET", path), peer.receive, peer.send)
        assert peer.sent[0]["status"] == status
    assert log == []
    wire = await converse(app, "/ws")
    assert wire.sent[0]["status"] == 503
    assert (b"retry-after", b"1") in wire.sent[0]["headers"]
    wire = await converse(app, "/ws", extensions={})
    assert wire.types == ["close"]


@asynccontextmanager
async def talking(app: App, ready: Callable[[], Awaitable[Any]]) -> AsyncIterator[Wire]:
    """Keep a WebSocket open inside the block, and wait until its view has ended."""
    wire = Wire(CONNECT)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(app(make_ws_scope("/"), wire.receive, wire.send))
        await ready()
        yield wire


async def echo(ws: WebSocket) -> str:
    async for _ in ws:
        raise NotImplementedError
    return "ended"


async def receive(ws: WebSocket) -> str:
    with pytest.raises(WebSocketDisconnect) as caught:
        await ws.receive()
    return f"told {caught.value.code}"


async def sleep(ws: WebSocket) -> str:
    with pytest.raises(asyncio.CancelledError):
        await asyncio.Event().wait()
    return "cancelled"


async def push(ws: WebSocket) -> str:
    with pytest.raises(WebSocketDisconnect) as caught:  # noqa: PT012 - a loop is what pushes
        while True:
            await ws.send("more")
    return f"told {caught.value.code}"


@pytest.mark.parametrize(
    ("talk", "outcome"),
    [(echo, "ended"), (receive, "told 1012"), (sleep, "cancelled"), (push, "told 1012")],
)
async def test_websocket_is_closed_and_its_view_ends_as_if_the_client_had_left(
    talk: Callable[[WebSocket], Awaitable[str]], outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    app, log, started = App(), list[Any](), asyncio.Event()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        started.set()
        try:
            log.append(await talk(ws))
        finally:
            await asyncio.sleep(0)
            log.append("cleaned")

    async with talking(app, started.wait) as wire:
        await app.drain(60)
        assert log == [outcome, "cleaned"]
    assert wire.closed == (1012, "")
    assert caplog.records == []


async def test_handlers_of_drain_may_still_send() -> None:
    app, sockets, started = App(), set[WebSocket](), asyncio.Event()

    @app.on("drain")
    async def tell() -> None:
        for ws in sockets:
            await ws.send("bye")

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        sockets.add(ws)
        started.set()
        await echo(ws)

    async with talking(app, started.wait) as wire:
        await app.drain(60)
    assert wire.texts == ["bye"]
    assert wire.closed == (1012, "")


async def test_handshake_that_waits_to_be_accepted_is_refused() -> None:
    app, started = App(), asyncio.Event()

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        started.set()
        await asyncio.Event().wait()

    async with talking(app, started.wait) as wire:
        await app.drain(60)
    assert wire.types == ["close"]


async def test_websocket_whose_client_takes_nothing_is_given_up_after_the_grace() -> None:
    app, started = App(), asyncio.Event()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        wire.gate.clear()
        started.set()
        await ws.send("stuck")

    wire = Wire(CONNECT)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(app(make_ws_scope("/"), wire.receive, wire.send))
        await started.wait()
        await app.drain(0.01)
        await asyncio.wait([task])
    assert wire.types == ["accept"]


async def test_view_that_takes_its_time_to_clean_up_is_waited_for() -> None:
    app, log, started = App(), list[Any](), asyncio.Event()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            log.append("cleaning")
            await asyncio.sleep(0.05)
            log.append("cleaned")

    async with talking(app, started.wait) as wire:
        await app.drain(0)
        assert log == ["cleaning", "cleaned"]
    assert wire.closed == (1012, "")


async def test_view_that_the_server_cancelled_is_not_cancelled_again() -> None:
    app, log, started = App(), [], asyncio.Event()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            log.append("cleaning")
            await asyncio.sleep(0.2)
            log.append("cleaned")

    wire = Wire(CONNECT)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(app(make_ws_scope("/"), wire.receive, wire.send))
        await started.wait()
        task.cancel()
        await until(lambda: log)
        await app.drain(60)
        await asyncio.wait([task])
    assert log == ["cleaning", "cleaned"]


async def test_mounted_applications_drain_with_the_outer_one() -> None:
    log: Log = []
    app, inner = App(), make_feed(log, goodbye=GOODBYE)
    app.mount("/inner", inner)
    app.on("drain", lambda: log.append("outer"))
    inner.on("drain", lambda: log.append("inner"))
    async with streaming(app, "/inner/") as peer:
        await app.drain(60)
    assert peer.body.endswith(GOODBYE.encode())
    assert sorted(log[:2]) == ["inner", "outer"]


async def test_application_that_is_mounted_twice_drains_once() -> None:
    log: Log = []
    app, inner = App(), make_feed(log, goodbye=GOODBYE)
    app.mount("/a", inner)
    app.mount("/b", inner)
    inner.on("drain", lambda: log.append("told"))
    async with streaming(app, "/a/"), asyncio.timeout(5):
        await app.drain(60)
    assert log.count("told") == 1


async def test_handler_that_fails_is_logged_and_the_others_are_called(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, log = App(), []

    def fail() -> None:
        raise ZeroDivisionError

    app.on("drain", fail)
    app.on("drain", lambda: log.append("called"))
    with caplog.at_level(logging.ERROR):
        await app.drain()
    assert log == ["called"]
    (record,) = caplog.records
    assert record.getMessage().startswith("the drain handler `fail` (")
    assert record.exc_info


async def test_goodbye_is_text_or_bytes() -> None:
    app = make_feed([], goodbye=1)
    peer = Peer()
    with pytest.raises(
        TypeError, match=r"expected str or bytes for `goodbye`, such as `server_e.* got 1"
    ):
        await app(make_scope("GET", "/"), peer.receive, peer.send)
