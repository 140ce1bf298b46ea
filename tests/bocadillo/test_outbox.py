"""What is sent without waiting: in order, never more than the queue holds, and with a policy."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from bocadillo import App, Router, WebSocket, WebSocketDisconnect, _outbox
from bocadillo._messages import encode_text
from bocadillo._outbox import Outbox, check_outbox
from bocadillo._sockets import Socket
from tests.bocadillo.turning import turns
from tests.bocadillo.wires import CONNECT, Wire, converse, leaves, make_ws_scope, says

Log = list[Any]


@asynccontextmanager
async def talking(app: App, *messages: dict[str, Any]) -> AsyncIterator[Wire]:
    """Keep a WebSocket open inside the block, and wait until all of it has ended."""
    wire = Wire(CONNECT, *messages)
    before = asyncio.all_tasks()
    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            group.create_task(app(make_ws_scope("/"), wire.receive, wire.send))
            yield wire
        assert asyncio.all_tasks() == before


class Room:
    """An application with the WebSockets that are open in it."""

    def __init__(self, **options: Any) -> None:
        self.app = App()
        self.clients: list[WebSocket] = []
        self.entered = asyncio.Event()
        self.log: Log = []

        @self.app.websocket_route("/", **options)
        async def view(ws: WebSocket) -> None:
            self.clients.append(ws)
            self.entered.set()
            try:
                async for message in ws:
                    self.log.append(message)
                self.log.append("left")
            except WebSocketDisconnect as error:
                self.log.append(error.code)
                raise
            finally:
                self.clients.remove(ws)


async def test_messages_are_sent_in_order_and_nobody_waits() -> None:
    room = Room()
    async with talking(room.app) as wire:
        await room.entered.wait()
        (ws,) = room.clients
        for i in range(5):
            ws.send_nowait(str(i))
        await turns()
        await ws.send("5")
        ws.send_nowait("6")
        await turns()
        wire.put(leaves())
    assert wire.texts == list("0123456")
    assert room.log == ["left"]


async def test_who_sends_or_closes_waits_for_what_was_to_be_sent_before() -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        ws.send_nowait("a")
        ws.send_nowait("b")
        await ws.send("c")
        ws.send_nowait("d")
        ws.send_nowait("e")
        await ws.close(4000)

    wire = await converse(app, "/")
    assert wire.texts == list("abcde")
    assert wire.closed == (4000, "")


async def test_drain_sends_what_waits_before_it_closes() -> None:
    room = Room()

    @room.app.on("drain")
    def say() -> None:
        for ws in room.clients:
            ws.send_nowait("bye")

    async with talking(room.app) as wire:
        await room.entered.wait()
        await room.app.drain(60)
    assert wire.texts == ["bye"]
    assert wire.closed == (1012, "")
    assert room.log == ["left"]


async def test_sender_that_waits_for_others_is_told_when_the_client_leaves() -> None:
    app, log = App(), list[Any]()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        wire.gate.clear()
        ws.send_nowait("stuck")
        await turns()
        wire.put(leaves(1001))
        with pytest.raises(WebSocketDisconnect) as caught:
            await ws.send("next")
        log.append(caught.value.code)

    wire = Wire(CONNECT)
    async with asyncio.timeout(5):
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert log == [1001]


async def test_values_are_encoded_as_by_send() -> None:
    class Tick(msgspec.Struct):
        at: int

    room = Room(send_type=Tick)
    async with talking(room.app) as wire:
        await room.entered.wait()
        room.clients[0].send_nowait(Tick(1))
        with pytest.raises(TypeError):
            room.clients[0].send_nowait(object())
        await turns()
        wire.put(leaves())
    assert wire.texts == ['{"at":1}']


async def test_events_are_sent_as_they_are() -> None:
    room = Room(send_type="event")
    async with talking(room.app) as wire:
        await room.entered.wait()
        room.clients[0].send_nowait({"type": "websocket.send", "text": "a"})
        await turns()
        wire.put(leaves())
    assert wire.texts == ["a"]


async def test_client_that_reads_slowly_is_closed_when_its_queue_is_full(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room(queue_size=3)
    async with talking(room.app) as wire:
        await room.entered.wait()
        (ws,) = room.clients
        ws.send_nowait("first")
        await turns()
        wire.gate.clear()
        ws.send_nowait("stuck")
        await turns()
        for i in range(4):
            ws.send_nowait(str(i))
        ws.send_nowait("forgotten")
        await turns()
        wire.gate.set()
    assert wire.texts == ["first"]
    assert wire.closed == (1008, "You read too slowly.")
    assert room.log == [1008]
    assert caplog.records == []


async def test_client_that_takes_no_close_frame_is_left_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_outbox, "FLUSH_SECONDS", 0.01)
    room = Room(queue_size=1)
    async with talking(room.app) as wire:
        await room.entered.wait()
        (ws,) = room.clients
        wire.gate.clear()
        for i in range(3):
            ws.send_nowait(str(i))
            await turns()
    assert wire.types == ["accept"]
    assert room.log == [1008]


async def test_oldest_messages_are_dropped_and_counted_where_that_is_wanted() -> None:
    room = Room(queue_size=2, overflow="drop_oldest")
    async with talking(room.app) as wire:
        await room.entered.wait()
        (ws,) = room.clients
        assert ws.dropped == 0
        wire.gate.clear()
        ws.send_nowait("first")
        await turns()
        for i in range(5):
            ws.send_nowait(str(i))
        assert ws.dropped == 3
        wire.gate.set()
        await turns()
        wire.put(leaves())
    assert wire.texts == ["first", "3", "4"]


async def test_what_waits_is_sent_before_the_view_that_has_ended_closes() -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        for i in range(3):
            ws.send_nowait(str(i))

    wire = await converse(app, "/")
    assert wire.texts == ["0", "1", "2"]
    assert wire.closed == (1000, "")


async def test_view_that_has_ended_waits_for_a_slow_client_but_not_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bocadillo import _sockets

    monkeypatch.setattr(_outbox, "FLUSH_SECONDS", 0.01)
    monkeypatch.setattr(_sockets, "CLOSE_SECONDS", 0.01)
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        wire.gate.clear()
        ws.send_nowait("stuck")

    wire = Wire(CONNECT)
    async with asyncio.timeout(5):
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert wire.types == ["accept"]


async def test_what_is_sent_when_the_view_has_ended_comes_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_outbox, "FLUSH_SECONDS", 0.01)
    wire = Wire(CONNECT)
    socket = Socket(wire.receive, wire.send)
    await socket.accept({"type": "websocket.accept"})
    outbox = Outbox(socket, 10, "close")
    wire.gate.clear()
    outbox.put(encode_text("stuck"))
    async with asyncio.TaskGroup() as group:
        finishing = group.create_task(outbox.finish(is_wanted=True))
        while not finishing.done():
            await asyncio.sleep(0)
            outbox.put(encode_text("late"))
    before = asyncio.all_tasks()
    outbox.put(encode_text("late"))
    assert asyncio.all_tasks() == before
    wire.gate.set()
    await turns()
    assert wire.texts == []


async def test_what_waits_is_not_sent_when_the_view_fails() -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        wire.gate.clear()
        for i in range(3):
            ws.send_nowait(str(i))
        await turns()
        asyncio.get_running_loop().call_later(0.02, wire.gate.set)
        raise ZeroDivisionError

    wire = Wire(CONNECT)
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(5):
            await app(make_ws_scope("/"), wire.receive, wire.send)
    assert wire.texts == []
    assert wire.closed == (1011, "")


async def test_client_that_has_left_is_no_error() -> None:
    room = Room()
    async with talking(room.app) as wire:
        await room.entered.wait()
        (ws,) = room.clients
        wire.gate.clear()
        for i in range(3):
            ws.send_nowait(str(i))
        await turns()
        wire.put(leaves())
    ws.send_nowait("late")
    assert wire.texts == []
    assert room.log == ["left"]


async def test_view_may_send_to_a_client_that_has_just_left() -> None:
    app, log = App(), list[Any]()

    def fail(message: Any) -> None:
        if message["type"] == "websocket.send":
            raise OSError

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnect):
            await ws.receive()
        ws.send_nowait("late")
        log.append("sent")

    wire = await converse(app, "/", leaves())
    assert wire.texts == []

    other_app = App()

    @other_app.websocket_route("/")
    async def other(ws: WebSocket) -> None:
        ws.send_nowait("lost")
        ws.send_nowait("never tried")
        await turns()
        log.append(ws._socket.code)

    wire.on_send = fail
    wire.put(CONNECT)
    async with asyncio.timeout(5):
        await other_app(make_ws_scope("/"), wire.receive, wire.send)
    assert log == ["sent", 1006]


async def test_server_that_breaks_is_a_failure_of_the_view(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room()

    def fail(message: Any) -> None:
        if message.get("text") == "bad":
            raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught, caplog.at_level(logging.ERROR):  # noqa: PT012 - a whole talk fails
        async with talking(room.app) as wire:
            await room.entered.wait()
            wire.on_send = fail
            room.clients[0].send_nowait("bad")
            room.clients[0].send_nowait("never")
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)
    assert wire.texts == []


async def test_server_that_breaks_when_the_view_has_ended_is_a_failure_as_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        wire.on_send = fail
        ws.send_nowait("bad")

    def fail(message: Any) -> None:
        raise ZeroDivisionError

    wire = Wire(CONNECT)
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(5):
            await app(make_ws_scope("/"), wire.receive, wire.send)
    assert "failed" in caplog.text


async def test_it_must_be_accepted_before() -> None:
    app = App()

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        with pytest.raises(RuntimeError, match="sending needs a WebSocket that is accepted"):
            ws.send_nowait("early")
        await ws.accept()
        ws.send_nowait("in time")

    wire = await converse(app, "/")
    assert wire.texts == ["in time"]


async def test_one_that_is_made_by_hand_is_closed_without_a_view() -> None:
    wire = Wire(CONNECT, says("a"))
    ws = WebSocket(make_ws_scope("/"), wire.receive, wire.send, queue_size=1)
    async with asyncio.timeout(5):
        await ws.accept()
        wire.gate.clear()
        for i in range(3):
            ws.send_nowait(str(i))
            await turns()
        wire.gate.set()
        await turns()
    assert wire.closed == (1008, "You read too slowly.")


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "10", None])
def test_queue_has_a_length(size: Any) -> None:
    with pytest.raises(
        ValueError, match=r"expected a number of messages from 1 on as `queue_size`"
    ):
        App().websocket_route("/", queue_size=size)


def test_default_length_is_the_same_wherever_it_stands() -> None:
    for function in (Router.websocket_route, WebSocket.__init__):
        parameter = inspect.signature(function).parameters["queue_size"]
        assert parameter.default == _outbox.DEFAULT_SIZE


def test_policy_is_one_that_there_is() -> None:
    check_outbox(1, "close")
    check_outbox(1, "drop_oldest")
    message = "expected 'close' or 'drop_oldest' as `overflow`, got 'drop'"
    with pytest.raises(ValueError, match=message):
        App().websocket_route("/", overflow="drop")  # type: ignore[arg-type] # the mistake
