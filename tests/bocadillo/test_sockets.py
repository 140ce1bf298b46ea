"""The states of a WebSocket, and the line in which its senders wait."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bocadillo import _sockets
from bocadillo._inbox import State
from bocadillo._sockets import Socket, can_deny
from bocadillo.websockets import WebSocketDisconnect
from tests.bocadillo.turning import turns
from tests.bocadillo.wires import CONNECT, Wire, leaves

ACCEPT = {"type": "websocket.accept"}


def text(content: str) -> dict[str, Any]:
    return {"type": "websocket.send", "text": content}


async def make_open(wire: Wire) -> Socket:
    wire.put(CONNECT)
    socket = Socket(wire.receive, wire.send)
    await socket.accept(ACCEPT)
    return socket


def raise_error(error: BaseException) -> Callable[[Any], None]:
    def on_send(message: Any) -> None:
        raise error

    return on_send


async def test_states_follow_each_other() -> None:
    wire = Wire(CONNECT)
    socket = Socket(wire.receive, wire.send)
    seen = [socket.state]
    await socket.connect()
    await socket.connect()
    await socket.accept(ACCEPT)
    seen.append(socket.state)
    await socket.transmit(text("a"))
    await socket.close(4000, "bye")
    seen.append(socket.state)
    await socket.close(1000, "")
    assert seen == [State.CONNECTING, State.OPEN, State.CLOSED]
    assert wire.sent == [
        ACCEPT,
        text("a"),
        {"type": "websocket.close", "code": 4000, "reason": "bye"},
    ]


async def test_close_before_it_is_accepted_refuses_it() -> None:
    wire = Wire(CONNECT)
    socket = Socket(wire.receive, wire.send)
    await socket.close(1000, "")
    assert wire.types == ["close"]
    with pytest.raises(WebSocketDisconnect):
        await socket.accept(ACCEPT)


async def test_denial_is_an_http_response() -> None:
    wire = Wire(CONNECT)
    socket = Socket(wire.receive, wire.send)
    await socket.deny(401, [(b"a", b"b")], body=b"no")
    kind = "websocket.http.response"
    assert wire.sent == [
        {"type": f"{kind}.start", "status": 401, "headers": [(b"a", b"b")]},
        {"type": f"{kind}.body", "body": b"no", "more_body": False},
    ]
    assert socket.state is State.CLOSED


async def test_client_that_left_before_the_handshake_is_not_answered() -> None:
    wire = Wire(leaves(1006))
    socket = Socket(wire.receive, wire.send)
    with pytest.raises(WebSocketDisconnect) as caught:
        await socket.accept(ACCEPT)
    assert caught.value.code == 1006
    await socket.close(1000, "")
    assert wire.sent == []


async def test_closing_for_a_client_that_left_before_the_handshake_does_nothing() -> None:
    wire = Wire(leaves(1006))
    await Socket(wire.receive, wire.send).close(1000, "")
    assert wire.sent == []


async def test_what_may_not_be_sent_is_refused() -> None:
    wire = Wire()
    socket = Socket(wire.receive, wire.send)
    with pytest.raises(RuntimeError, match="sending needs a WebSocket that is accepted"):
        await socket.transmit(text("early"))
    socket = await make_open(wire)
    with pytest.raises(RuntimeError) as caught:
        await socket.accept(ACCEPT)
    assert str(caught.value) == (
        "the WebSocket was accepted before: with `auto_accept=True`, the default, that is done "
        "before the view is called"
    )
    await socket.close(4001, "why")
    with pytest.raises(WebSocketDisconnect) as disconnect:
        await socket.transmit(text("late"))
    assert (disconnect.value.code, disconnect.value.reason) == (4001, "why")
    assert wire.types == ["accept", "close"]


async def test_sends_of_several_tasks_do_not_overlap_and_keep_their_order() -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.gate.clear()
    async with asyncio.TaskGroup() as group:
        for i in range(20):
            group.create_task(socket.transmit(text(str(i))))
        await turns()
        group.create_task(socket.close(1000, ""))
        await turns()
        assert wire.texts == []
        wire.gate.set()
    assert wire.texts == [str(i) for i in range(20)]
    assert wire.closed == (1000, "")


async def test_sends_behind_a_close_are_told_that_it_is_closed() -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.gate.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(socket.transmit(text("first")))
        await turns()
        group.create_task(socket.close(4000, "bye"))
        group.create_task(socket.close(4001, "too late"))
        await turns()

        async def send_late() -> int:
            with pytest.raises(WebSocketDisconnect) as caught:
                await socket.transmit(text("late"))
            return caught.value.code

        late = group.create_task(send_late())
        await turns()
        wire.gate.set()
    assert first.done()
    assert late.result() == 4000
    assert wire.texts == ["first"]
    assert wire.types == ["accept", "send", "close"]


@pytest.mark.parametrize("cancelled", [[0], [1], [1, 2], [0, 1], [0, 1, 2]])
@pytest.mark.parametrize("is_at_once", [False, True])
async def test_sender_that_is_cancelled_lets_the_others_send(
    cancelled: list[int], is_at_once: bool
) -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.gate.clear()
    async with asyncio.TaskGroup() as group:
        senders = [group.create_task(socket.transmit(text(str(i)))) for i in range(4)]
        await turns()
        for i in cancelled:
            senders[i].cancel()
        if not is_at_once:
            await turns()
        wire.gate.set()
    assert wire.texts == [str(i) for i in range(4) if i not in cancelled]
    assert not socket.is_sending


async def test_sender_that_is_cancelled_when_its_turn_has_come_lets_the_next_send() -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.gate.clear()
    async with asyncio.TaskGroup() as group:

        async def send_first() -> None:
            await socket.transmit(text("0"))
            second.cancel()

        group.create_task(send_first())
        await turns()
        second = group.create_task(socket.transmit(text("1")))
        group.create_task(socket.transmit(text("2")))
        await turns()
        wire.gate.set()
    assert wire.texts == ["0", "2"]
    assert not socket.is_sending


async def test_send_to_a_peer_that_is_gone_says_so() -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.on_send = raise_error(OSError())
    with pytest.raises(WebSocketDisconnect) as caught:
        await socket.transmit(text("a"))
    assert caught.value.code == 1006
    wire.on_send = raise_error(AssertionError("nothing is sent afterwards"))
    with pytest.raises(WebSocketDisconnect):
        await socket.transmit(text("b"))
    await socket.close(1000, "")


@pytest.mark.parametrize("error", [OSError(), RuntimeError("after sending 'websocket.close'")])
async def test_listener_tells_how_it_ended_when_a_send_fails(error: Exception) -> None:
    wire = Wire()
    socket = await make_open(wire)
    async with asyncio.timeout(5):
        socket.begin_to_listen()
        await turns()
        wire.on_send = raise_error(error)
        wire.put(leaves(1001, "bye"))
        with pytest.raises(WebSocketDisconnect) as caught:
            await socket.transmit(text("a"))
    assert (caught.value.code, caught.value.reason) == (1001, "bye")


async def test_error_of_another_kind_is_no_disconnect() -> None:
    wire = Wire()
    socket = await make_open(wire)
    for error in (RuntimeError("mine"), ValueError("mine")):
        wire.on_send = raise_error(error)
        with pytest.raises(type(error), match="mine"):
            await socket.transmit(text("a"))
    assert socket.state is State.OPEN
    assert not socket.is_sending


@pytest.mark.parametrize("error", [OSError(), RuntimeError(), AssertionError()])
async def test_close_that_the_server_takes_no_more_is_a_close(error: Exception) -> None:
    wire = Wire()
    socket = await make_open(wire)
    wire.on_send = raise_error(error)
    await socket.close(1000, "")
    assert (socket.state, socket.code) == (State.CLOSED, 1000)


@pytest.mark.parametrize("is_lost", [False, True])
async def test_close_does_not_wait_for_ever_behind_a_message_that_the_client_does_not_take(
    monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    monkeypatch.setattr(_sockets, "CLOSE_SECONDS", 0.01)
    wire = Wire(CONNECT)
    socket = Socket(wire.receive, wire.send)
    await socket.accept(ACCEPT)
    wire.gate.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        sending = group.create_task(socket.transmit(text("stuck")))
        await asyncio.sleep(0)
        if is_lost:
            asyncio.get_running_loop().call_soon(socket.lose, {"code": 1001})
        await socket.close(1000, "")
        assert (socket.state, socket.is_closed_here) == (State.CLOSED, not is_lost)
        sending.cancel()
    assert wire.types == ["accept"]


@pytest.mark.parametrize("error", [OSError(), AssertionError()])
async def test_denial_that_the_server_takes_no_more_does_nothing(error: Exception) -> None:
    wire = Wire(CONNECT)
    wire.on_send = raise_error(error)
    await Socket(wire.receive, wire.send).deny(401, [], body=b"")
    assert wire.sent == []


async def test_sender_that_never_waits_lets_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sockets, "TURN_SECONDS", -1)
    wire = Wire()
    socket = await make_open(wire)
    count = 0
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        done = group.create_task(asyncio.sleep(0))
        while not done.done():
            await socket.transmit(text("a"))
            count += 1
    assert count < 5


def test_extension_of_the_server_is_looked_up() -> None:
    assert can_deny({"extensions": {"websocket.http.response": {}}})
    assert not can_deny({"extensions": None})
    assert not can_deny({})
