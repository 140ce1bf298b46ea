"""Who asks the server for the next message, and what becomes of those who wait."""

import asyncio
import random

import pytest

from bocadillo._inbox import BUFFERED_MESSAGES, Inbox, State
from bocadillo.websockets import WebSocketDisconnect
from tests.bocadillo.turning import turns, until
from tests.bocadillo.wires import Wire, leaves, says


def make_inbox(wire: Wire) -> Inbox:
    inbox = Inbox(wire.receive)
    inbox.state = State.OPEN
    return inbox


async def read(inbox: Inbox) -> str:
    message = inbox.take() if inbox.unread else await inbox.wait()
    return str(message["text"])


async def fail_to_read(inbox: Inbox) -> int:
    with pytest.raises(WebSocketDisconnect) as caught:
        await read(inbox)
    return caught.value.code


async def test_reader_asks_for_itself_while_the_listener_rests() -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(read(inbox))
        await turns()
        inbox.begin_to_listen()
        await turns()
        wire.put(says("a"))
        assert await reader == "a"
        await inbox.stop_listening()
    assert not inbox.unread


async def test_listener_reads_ahead_until_its_queue_is_full_and_goes_on_when_it_is_not() -> None:
    wire = Wire(*(says(str(i)) for i in range(50)))
    inbox = make_inbox(wire)
    async with asyncio.timeout(5):
        inbox.begin_to_listen()
        await turns(60)
        assert wire.received == len(inbox.unread) == BUFFERED_MESSAGES
        found = [await read(inbox) for _ in range(BUFFERED_MESSAGES // 2 - 1)]
        await turns()
        assert wire.received == BUFFERED_MESSAGES
        found += [await read(inbox)]
        await turns()
        assert wire.received == BUFFERED_MESSAGES + BUFFERED_MESSAGES // 2
        while len(found) < 50:
            found.append(await read(inbox))
            await asyncio.sleep(0)
        await inbox.stop_listening()
    assert found == [str(i) for i in range(50)]


async def test_message_the_listener_waited_for_goes_to_the_reader_and_no_message_is_lost() -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    found = []
    async with asyncio.TaskGroup() as group:
        inbox.begin_to_listen()
        await turns()
        for i in range(5):
            reader = group.create_task(read(inbox))
            await turns()
            wire.put(says(str(i)))
            found.append(await reader)
            await turns(i)  # the listener may go on, or not
        await inbox.stop_listening()
    assert found == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("has_listener", [False, True])
async def test_several_readers_get_a_message_each(has_listener: bool) -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        if has_listener:
            inbox.begin_to_listen()
        await turns()
        readers = [group.create_task(read(inbox)) for _ in range(3)]
        await turns()
        wire.put(says("a"), says("b"), says("c"))
        assert sorted([await reader for reader in readers]) == ["a", "b", "c"]
        await inbox.stop_listening()


@pytest.mark.parametrize("has_listener", [False, True])
async def test_reader_that_gives_up_takes_no_message_along(has_listener: bool) -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        if has_listener:
            inbox.begin_to_listen()
        await turns()
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await read(inbox)
        first, second = (group.create_task(read(inbox)) for _ in range(2))
        await turns()
        first.cancel()
        wire.put(says("a"))
        assert await second == "a"
        await inbox.stop_listening()
    assert inbox._readers == []


async def test_listener_goes_on_when_the_reader_it_has_served_was_cancelled() -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        inbox.begin_to_listen()
        await turns()
        reader = group.create_task(read(inbox))
        await turns()
        wire.put(says("a"), leaves(1001, "bye"))
        await until(lambda: inbox.unread)
        reader.cancel()
        await until(lambda: inbox.state is State.CLOSED)
    assert (inbox.state, inbox.code, inbox.reason) == (State.CLOSED, 1001, "bye")
    assert await read(inbox) == "a"


@pytest.mark.parametrize("has_listener", [False, True])
async def test_all_who_wait_are_told_when_the_client_leaves(has_listener: bool) -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        if has_listener:
            inbox.begin_to_listen()
            await turns()
        readers = [group.create_task(fail_to_read(inbox)) for _ in range(3)]
        await turns()
        wire.put(leaves(1001))
    assert [reader.result() for reader in readers] == [1001] * 3


async def test_what_was_said_before_the_client_left_is_received_first() -> None:
    inbox = make_inbox(Wire(says("a"), says("b"), leaves(4000, "bye")))
    await inbox.listen()
    assert inbox.state is State.CLOSED
    assert [await read(inbox), await read(inbox)] == ["a", "b"]
    with pytest.raises(WebSocketDisconnect) as caught:
        await read(inbox)
    assert (caught.value.code, caught.value.reason) == (4000, "bye")


@pytest.mark.parametrize(
    ("message", "code"),
    [(leaves(1001), 1001), ({"type": "websocket.disconnect"}, 1005), (OSError(), 1006)],
)
@pytest.mark.parametrize("has_listener", [False, True])
async def test_how_it_ended_is_known(message: object, code: int, has_listener: bool) -> None:
    wire = Wire()
    wire.put(message)  # type: ignore[arg-type] # a message, or an error
    inbox = make_inbox(wire)
    if has_listener:
        await inbox.listen()
    with pytest.raises(WebSocketDisconnect) as caught:
        await read(inbox)
    assert (caught.value.code, caught.value.reason) == (code, "")


async def test_error_of_the_server_is_that_of_who_receives() -> None:
    wire = Wire()
    wire.put(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        await read(make_inbox(wire))


async def test_error_of_the_server_ends_the_listener_quietly_without_a_watcher() -> None:
    wire = Wire()
    wire.put(ValueError("broken"))
    inbox = make_inbox(wire)
    await inbox.listen()
    assert (inbox.state, inbox.code) == (State.CLOSED, 1006)


async def test_what_comes_after_a_close_of_ones_own_is_nothing() -> None:
    for message in (says("late"), leaves(1005)):
        inbox = make_inbox(Wire(message))
        inbox.end(1000, "mine")
        inbox.is_closed_here = True
        await inbox.listen()
        assert (inbox.code, inbox.reason, len(inbox.unread)) == (1000, "mine", 0)


async def test_reader_gets_nothing_that_comes_after_a_close_of_ones_own() -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(fail_to_read(inbox))
        await turns()
        inbox.is_closed_here = True
        inbox.end(4000, "mine")
        wire.put(says("late"))
    assert reader.result() == 4000


async def test_receiving_before_accepting_is_refused() -> None:
    with pytest.raises(RuntimeError) as caught:
        await Inbox(Wire().receive).wait()
    assert str(caught.value) == (
        "receiving needs a WebSocket that is accepted: call `await ws.accept()` before"
    )


async def test_reader_that_is_cancelled_as_it_ends_is_cancelled() -> None:
    inbox = make_inbox(Wire())
    async with asyncio.TaskGroup() as group:
        first = group.create_task(read(inbox))
        await turns()
        second = group.create_task(read(inbox))
        await turns()
        second.cancel()
        first.cancel()
        inbox.end(1000, "")
    assert first.cancelled()
    assert second.cancelled()


class Watcher:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def leave(self, failure: Exception | None) -> None:
        self.seen.append(("leave", failure))

    def tell(self) -> None:
        self.seen.append("tell")

    def take_back(self) -> bool:
        raise NotImplementedError


async def test_watcher_knows_that_the_client_left_and_who_was_told() -> None:
    inbox = make_inbox(Wire(leaves()))
    inbox.watcher = watcher = Watcher()
    with pytest.raises(WebSocketDisconnect):
        await read(inbox)
    assert watcher.seen == [("leave", None), "tell"]


async def test_watcher_knows_the_error_of_the_server() -> None:
    wire = Wire()
    error = ValueError("broken")
    wire.put(error)
    inbox = make_inbox(wire)
    inbox.watcher = watcher = Watcher()
    await inbox.listen()
    assert watcher.seen == [("leave", error)]


async def test_listener_that_was_started_too_late_leaves_the_message_to_the_reader() -> None:
    wire = Wire()
    inbox = make_inbox(wire)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        inbox.begin_to_listen()  # the reader begins between this and the listener's first step
        reader = group.create_task(read(inbox))
        await turns()
        wire.put(says("a"))
        assert await reader == "a"
        await turns()
        wire.put(says("b"))
        assert await read(inbox) == "b"
        await inbox.stop_listening()


@pytest.mark.parametrize("seed", range(200))
async def test_all_messages_come_in_order_whoever_waits_for_what_when(seed: int) -> None:
    rng = random.Random(seed)
    wire = Wire()
    inbox = make_inbox(wire)

    async def say() -> None:
        for i in range(30):
            await turns(rng.choice((0, 0, 1, 2, 3, 5)))
            wire.put(says(str(i)))
        wire.put(leaves(1000))

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        inbox.begin_to_listen()
        group.create_task(say())
        found = []
        for _ in range(30):
            await turns(rng.choice((0, 0, 1, 2, 3, 8)))
            found.append(await read(inbox))
        assert await fail_to_read(inbox) == 1000
        await inbox.stop_listening()
    assert found == [str(i) for i in range(30)]
