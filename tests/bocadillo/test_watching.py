"""What becomes of a view when its client has left, whatever the view is doing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from bocadillo import _watching
from bocadillo._sockets import Socket
from bocadillo._watching import Watch
from bocadillo.websockets import WebSocketDisconnect
from tests.bocadillo.wires import CONNECT, Wire, leaves, says

Client = Callable[[Wire], Awaitable[None]]
View = Callable[[Socket], Awaitable[None]]

HELLO = {"type": "websocket.send", "text": "hello"}


async def serve(view: View, client: Client, *messages: dict[str, object]) -> BaseException | None:
    """Run a view as an application does, while the client does something; return the outcome."""
    wire = Wire(CONNECT, *messages)
    task = asyncio.current_task()
    assert task is not None
    before = task.cancelling()
    outcome: BaseException | None = None
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        socket = Socket(wire.receive, wire.send)
        await socket.accept({"type": "websocket.accept"})
        watch = Watch(socket, "the view")
        socket.begin_to_listen()
        group.create_task(client(wire))  # type: ignore[arg-type] # it is a coroutine
        try:
            await view(socket)
        except BaseException as error:  # noqa: BLE001 - it is what is tested
            outcome = error
        outcome = watch.settle(outcome)
        await socket.stop_listening()
        assert socket.watcher is None
    assert task.cancelling() == before
    return outcome


async def leave(wire: Wire) -> None:
    """Leave as soon as the view waits."""
    await asyncio.sleep(0)
    wire.put(leaves(1001, "bye"))


async def stay(wire: Wire) -> None:
    """Do nothing."""


async def read(socket: Socket) -> str:
    message = socket.take() if socket.unread else await socket.wait()
    return str(message["text"])


def is_told(outcome: BaseException | None) -> bool:
    return isinstance(outcome, WebSocketDisconnect) and (outcome.code, outcome.reason) == (
        1001,
        "bye",
    )


async def test_view_that_waits_for_something_else_is_cancelled_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_watching, "LINGER_SECONDS", 3600)
    log: list[str] = []

    async def view(socket: Socket) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        finally:
            await asyncio.sleep(0.01)
            log.append("cleaned")

    assert is_told(await serve(view, leave))
    assert log == ["cancelled", "cleaned"]


async def test_view_that_receives_is_told_and_ends_as_it_likes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_watching, "LINGER_SECONDS", 0.001)

    async def view(socket: Socket) -> None:
        with pytest.raises(WebSocketDisconnect):
            await read(socket)
        await asyncio.sleep(0.05)  # longer than it may take to come back

    assert await serve(view, leave) is None


async def test_view_receives_what_was_said_before_though_each_takes_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_watching, "LINGER_SECONDS", 0.2)
    found = []

    async def view(socket: Socket) -> None:
        while True:
            found.append(await read(socket))
            await asyncio.sleep(0.06)  # all of it is longer than the view may take to come back

    messages = [says(str(i)) for i in range(4)]
    assert is_told(await serve(view, leave, *messages))
    assert found == ["0", "1", "2", "3"]


async def test_view_that_does_not_come_back_to_what_was_said_is_cancelled() -> None:
    found = []

    async def view(socket: Socket) -> None:
        found.append(await read(socket))
        await asyncio.sleep(3600)

    assert is_told(await serve(view, leave, says("a"), says("b")))
    assert found == ["a"]


async def test_view_that_waits_in_send_is_told_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watching, "LINGER_SECONDS", 0.01)
    seen = []

    async def client(wire: Wire) -> None:
        wire.gate.clear()
        await leave(wire)

    async def view(socket: Socket) -> None:
        await asyncio.sleep(0)
        try:
            await socket.transmit(HELLO)
        except WebSocketDisconnect as error:
            seen.append(error.code)
            await asyncio.sleep(0.05)  # it is not cancelled any more

    assert await serve(view, client) is None
    assert seen == [1001]


async def test_view_that_waits_for_its_turn_to_send_is_told_there() -> None:
    async def client(wire: Wire) -> None:
        wire.gate.clear()
        await leave(wire)

    async def view(socket: Socket) -> None:
        async with asyncio.TaskGroup() as group:
            await asyncio.sleep(0)
            other = group.create_task(socket.transmit(HELLO))
            await asyncio.sleep(0)
            with pytest.raises(WebSocketDisconnect):
                await socket.transmit(HELLO)
            other.cancel()

    assert await serve(view, client) is None


async def test_view_is_cancelled_though_another_of_its_tasks_was_told() -> None:
    async def receive_all(socket: Socket) -> None:
        with suppress(WebSocketDisconnect):
            await read(socket)

    async def view(socket: Socket) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(receive_all(socket))
            group.create_task(asyncio.sleep(3600))

    assert is_told(await serve(view, leave))


async def test_view_that_keeps_its_cancellation_to_itself_has_ended_all_the_same() -> None:
    async def view(socket: Socket) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)

    assert is_told(await serve(view, leave))


async def test_view_that_was_cancelled_is_told_once_more_when_it_sends() -> None:
    seen = []

    async def view(socket: Socket) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            try:
                await socket.transmit(HELLO)
            except WebSocketDisconnect as error:
                seen.append(error.code)

    assert is_told(await serve(view, leave))
    assert seen == [1001]


async def test_view_that_does_not_end_is_cut(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_watching, "CLEANUP_SECONDS", 0.02)
    cuts = []

    async def view(socket: Socket) -> None:
        for i in range(3):
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cuts.append(i)

    with caplog.at_level(logging.ERROR, "bocadillo"):
        assert is_told(await serve(view, leave))
    assert cuts == [0, 1, 2]
    assert (
        caplog.messages
        == ["the view was cut: it had not ended 0.02 seconds after its client left"] * 2
    )


async def test_watch_that_is_over_cancels_nothing() -> None:
    wire = Wire()
    socket = Socket(wire.receive, wire.send)
    watch = Watch(socket, "the view")
    assert watch.settle(None) is None
    watch.leave(None)
    assert not watch.has_cancelled
    await asyncio.sleep(0)


async def test_cleanup_is_not_cancelled_when_the_client_leaves_for_another_reason_as_well() -> None:
    log = []

    async def view(socket: Socket) -> None:
        watch = socket.watcher
        assert watch is not None
        try:
            watch.leave(None)
            await asyncio.Event().wait()
        finally:
            watch.leave(None)  # as when the application is ending
            await asyncio.sleep(0)
            log.append("cleaned")

    assert isinstance(await serve(view, stay), WebSocketDisconnect)
    assert log == ["cleaned"]


async def test_error_of_a_view_stays_what_it_is() -> None:
    async def fail(socket: Socket) -> None:
        raise ValueError("mine")

    async def fail_to_clean_up(socket: Socket) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            raise ValueError("mine")

    for view, client in ((fail, stay), (fail_to_clean_up, leave)):
        outcome = await serve(view, client)
        assert isinstance(outcome, ValueError)


async def test_error_of_the_server_is_raised_where_the_view_is() -> None:
    async def break_down(wire: Wire) -> None:
        await asyncio.sleep(0)
        wire.put(ValueError("the server's"))

    async def wait(socket: Socket) -> None:
        await asyncio.sleep(3600)

    outcome = await serve(wait, break_down)
    assert isinstance(outcome, ValueError)


async def test_view_that_closed_it_is_not_cancelled_when_the_client_answers() -> None:
    closed = asyncio.Event()

    async def client(wire: Wire) -> None:
        await closed.wait()
        wire.put(leaves(1000))

    async def view(socket: Socket) -> None:
        await socket.close(1000, "")
        closed.set()
        await asyncio.sleep(0.05)

    assert await serve(view, client) is None


async def cancelled(view: View, *, is_open: bool = True) -> BaseException | None:
    """Cancel a view from outside, and return what it is settled with."""
    outcomes: list[BaseException | None] = []

    async def run() -> None:
        wire = Wire(CONNECT)
        socket = Socket(wire.receive, wire.send)
        await socket.accept({"type": "websocket.accept"})
        if not is_open:
            wire.gate.clear()
        watch = Watch(socket, "the view")
        error: BaseException | None = None
        try:
            await view(socket)
        except BaseException as raised:  # noqa: BLE001 - it is what is tested
            error = raised
        outcomes.append(watch.settle(error))

    task = asyncio.create_task(run())  # noqa: TID251 - it is cancelled
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    return outcomes[0]


async def test_cancellation_by_others_goes_on() -> None:
    async def wait(socket: Socket) -> None:
        await asyncio.sleep(3600)

    async def keep_it(socket: Socket) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)

    async def send(socket: Socket) -> None:
        await socket.transmit(HELLO)

    for view in (wait, keep_it, send):
        outcome = await cancelled(view, is_open=view is not send)
        assert isinstance(outcome, asyncio.CancelledError)
