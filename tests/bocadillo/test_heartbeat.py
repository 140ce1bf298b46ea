"""Event streams: heartbeats while they are idle, and every fault while one is being sent."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest

from bocadillo.errors import ClientDisconnect
from bocadillo.streaming import make_stream
from tests.bocadillo import stream_client

BEAT = b":\n"
PING = 0.01
Act = Callable[["Client"], Awaitable[None]]


class Client(stream_client.Client):
    """A client that counts heartbeats, and lets something happen at one while it is sent."""

    def __init__(self, act: Act | None = None) -> None:
        super().__init__()
        self.act = act
        self.beating = asyncio.Event()
        self.beaten = asyncio.Event()
        self.is_sending = False

    async def send(self, message: Any) -> None:
        assert not self.is_sending
        self.is_sending = True
        try:
            body = message["body"]
            if body == BEAT:
                self.beating.set()
                if self.act is not None:
                    await self.act(self)
            self.sent.append(body)
            if body == BEAT:
                self.beaten.set()
        finally:
            self.is_sending = False


class Watched:
    """A generator that waits for something between two events."""

    def __init__(self, waits_for: asyncio.Event, **options: Any) -> None:
        self.waits_for = waits_for
        self.seen: list[str] = []
        self.stream = make_stream(self.events, **{"ping": PING, **options})

    async def events(self) -> AsyncGenerator[str, None]:
        try:
            yield "data: a\n\n"
            await self.waits_for.wait()
            yield "data: b\n\n"
        except BaseException as error:
            self.seen.append(type(error).__name__)
            raise
        finally:
            self.seen.append("finished")


async def test_idle_stream_sends_heartbeats_between_events() -> None:
    client = Client()
    watched = Watched(client.beaten)
    await client.serve(watched.stream)
    assert client.sent == [b"data: a\n\n", BEAT, b"data: b\n\n", b""]
    assert watched.seen == ["finished"]


async def test_heartbeats_go_on_while_the_generator_waits() -> None:
    async def wait_for_third(client: Client) -> None:
        if client.sent.count(BEAT) == 2:
            third.set()

    third = asyncio.Event()
    client = Client(wait_for_third)
    await client.serve(Watched(third).stream)
    assert client.sent[:4] == [b"data: a\n\n", BEAT, BEAT, BEAT]
    assert client.sent[-2:] == [b"data: b\n\n", b""]


async def test_busy_stream_has_no_heartbeat() -> None:
    async def events() -> AsyncGenerator[str, None]:
        for _ in range(10):
            await asyncio.sleep(0.012)
            yield "data: a\n\n"

    client = Client()
    await client.serve(make_stream(events, ping=1))
    assert client.sent == [b"data: a\n\n"] * 10 + [b""]


async def test_timer_counts_from_the_last_event() -> None:
    """It fires 30 ms after the start, and finds an event 20 ms old."""
    beaten_at: list[float] = []
    loop = asyncio.get_running_loop()

    async def note(client: Client) -> None:
        beaten_at.append(loop.time())

    client = Client(note)
    event_at = 0.0

    async def events() -> AsyncGenerator[str, None]:
        nonlocal event_at
        await asyncio.sleep(0.04)
        event_at = loop.time()
        yield "data: a\n\n"
        await client.beaten.wait()

    await client.serve(make_stream(events, ping=0.06))
    assert client.sent == [b"data: a\n\n", BEAT, b""]
    assert beaten_at[0] - event_at >= 0.05


async def test_event_waits_until_the_heartbeat_is_sent() -> None:
    async def let_generator_go_on(client: Client) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    client = Client(let_generator_go_on)
    await client.serve(Watched(client.beating).stream)
    assert client.sent == [b"data: a\n\n", BEAT, b"data: b\n\n", b""]


async def test_end_of_the_response_waits_until_the_heartbeat_is_sent() -> None:
    async def let_generator_go_on(client: Client) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def events() -> AsyncGenerator[str, None]:
        yield "data: a\n\n"
        await client.beating.wait()

    client = Client(let_generator_go_on)
    await client.serve(make_stream(events, ping=PING))
    assert client.sent == [b"data: a\n\n", BEAT, b""]


async def test_heartbeat_is_never_sent_within_a_line() -> None:
    loop = asyncio.get_running_loop()

    async def parts() -> AsyncGenerator[bytes, None]:
        yield b"data: a"
        await asyncio.sleep(4 * PING)
        yield b"b\n"
        await client.beaten.wait()
        yield b"\n"

    client = Client()
    started = loop.time()
    await client.serve(make_stream(parts, ping=PING))
    assert loop.time() - started >= 4 * PING
    assert client.sent == [b"data: a", b"b\n", BEAT, b"\n", b""]


async def leave(client: Client) -> None:
    client.gone.set()
    await asyncio.Event().wait()


async def cancel(client: Client) -> None:
    assert client.task is not None
    client.task.cancel()
    await asyncio.Event().wait()


async def break_off(client: Client) -> None:
    raise OSError("gone")


async def go_wrong(client: Client) -> None:
    raise ZeroDivisionError("mine")


@pytest.mark.parametrize("is_waiting", [True, False], ids=["in the generator", "in send"])
@pytest.mark.parametrize(
    ("act", "raised"),
    [
        (leave, None),
        (break_off, None),
        (cancel, asyncio.CancelledError),
        (go_wrong, ZeroDivisionError),
    ],
)
async def test_fault_while_a_heartbeat_is_sent_finishes_the_generator(
    act: Act, raised: type[BaseException] | None, is_waiting: bool
) -> None:
    async def act_when_the_event_waits(client: Client) -> None:
        for _ in range(0 if is_waiting else 5):
            await asyncio.sleep(0)
        await act(client)

    client = Client(act_when_the_event_waits)
    watched = Watched(asyncio.Event() if is_waiting else client.beating)
    if raised is None:
        await client.serve(watched.stream)
    else:
        with pytest.raises(raised):
            await client.serve(watched.stream)
    assert client.sent == [b"data: a\n\n"]
    assert watched.seen == ["CancelledError" if is_waiting else "GeneratorExit", "finished"]


@pytest.mark.parametrize("is_waiting", [True, False], ids=["in the generator", "in send"])
@pytest.mark.parametrize("act", [leave, break_off])
async def test_generator_that_asked_for_it_is_told_of_a_fault_of_a_heartbeat(
    act: Act, is_waiting: bool
) -> None:
    async def act_when_the_event_waits(client: Client) -> None:
        if is_waiting:  # it then goes on, to its next yield
            asyncio.get_running_loop().call_later(2 * PING, goes_on.set)
        else:
            goes_on.set()
            for _ in range(5):
                await asyncio.sleep(0)
        await act(client)

    goes_on = asyncio.Event()
    client = Client(act_when_the_event_waits)
    watched = Watched(goes_on, raise_on_disconnect=True)
    await client.serve(watched.stream)
    assert client.sent == [b"data: a\n\n"]
    assert watched.seen == [ClientDisconnect.__name__, "finished"]


async def test_error_of_the_generator_does_not_wait_for_a_heartbeat() -> None:
    async def wait_for_ever(client: Client) -> None:
        await asyncio.Event().wait()

    client = Client(wait_for_ever)

    async def events() -> AsyncGenerator[str, None]:
        yield "data: a\n\n"
        await client.beating.wait()
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        await client.serve(make_stream(events, ping=PING))
    assert client.sent == [b"data: a\n\n"]


async def test_client_that_takes_no_heartbeat_for_long_counts_as_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def wait_for_ever(client: Client) -> None:
        await asyncio.Event().wait()

    caplog.set_level(logging.INFO)
    client = Client(wait_for_ever)
    watched = Watched(asyncio.Event())
    await client.serve(watched.stream, stall_seconds=0.03)
    assert watched.seen == ["CancelledError", "finished"]
    assert "took nothing for 0.03 seconds: it counts as gone" in caplog.text


async def test_client_that_takes_heartbeats_is_not_gone() -> None:
    async def take_ten(client: Client) -> None:
        if client.sent.count(BEAT) == 10:
            enough.set()

    enough = asyncio.Event()
    client = Client(take_ten)
    await client.serve(Watched(enough).stream, stall_seconds=0.02)
    assert client.sent[-1] == b""


async def test_no_heartbeat_is_sent_while_the_generator_is_closed() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[str, None]:
        try:
            yield "data: a\n\n"
        finally:
            await asyncio.sleep(4 * PING)
            closed.set()

    client = Client()
    plain_send = client.send

    async def send(message: Any) -> None:
        await plain_send(message)
        raise OSError("gone")

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(events, ping=PING))
    assert closed.is_set()
    assert client.sent == [b"data: a\n\n"]
