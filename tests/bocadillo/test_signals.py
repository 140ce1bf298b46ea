"""Signals, sent to this very process: what stands in a server's place must get them in the end."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bocadillo._signals import SIGNALS, hearing_signals
from tests.bocadillo.turning import until

Log = list[Any]
Tell = Callable[[], None]


@pytest.fixture
def log() -> Log:
    return []


@pytest.fixture(autouse=True)
def _server(log: Log) -> Iterator[None]:
    """Handle signals as a server does."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, lambda number, frame: log.append(signal.Signals(number).name))
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_application_is_told_first_and_passes_the_signal_on(log: Log) -> None:
    go_on = asyncio.Event()

    async def drain(pass_on: Tell) -> None:
        log.append("drain")
        await go_on.wait()
        pass_on()
        pass_on()
        log.append("drained")

    async with hearing_signals(drain):
        signal.raise_signal(signal.SIGTERM)
        await until(lambda: log)
        assert log == ["drain"]
        go_on.set()
        await until(lambda: "drained" in log)
    assert log == ["drain", "SIGTERM", "drained"]


@pytest.mark.parametrize("second", SIGNALS)
async def test_second_signal_is_passed_on_at_once(log: Log, second: signal.Signals) -> None:
    async def drain(pass_on: Tell) -> None:
        log.append("drain")
        await asyncio.Event().wait()

    async with hearing_signals(drain):
        signal.raise_signal(signal.SIGINT)
        await until(lambda: log)
        signal.raise_signal(second)
        await until(lambda: len(log) == 2)
    assert log == ["drain", second.name]


async def test_handlers_are_given_back(log: Log) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]

    async def drain(pass_on: Tell) -> None:
        raise NotImplementedError

    async with hearing_signals(drain):
        assert not set(map(signal.getsignal, SIGNALS)) & set(before)
    assert [signal.getsignal(number) for number in SIGNALS] == before
    signal.raise_signal(signal.SIGTERM)
    assert log == ["SIGTERM"]


async def test_who_came_later_and_stays_longer_still_reaches_the_server(log: Log) -> None:
    async def drain(pass_on: Tell) -> None:
        pass_on()

    first, second = hearing_signals(drain), hearing_signals(drain)
    await first.__aenter__()
    await second.__aenter__()
    await first.__aexit__(None, None, None)
    signal.raise_signal(signal.SIGTERM)
    await until(lambda: log)
    await second.__aexit__(None, None, None)
    assert log == ["SIGTERM"]


@pytest.mark.parametrize(
    "handler", [signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler], ids=str
)
async def test_process_that_is_no_server_is_left_alone(handler: Any) -> None:
    async def drain(pass_on: Tell) -> None:
        raise NotImplementedError

    for number in SIGNALS:
        signal.signal(number, handler)
    async with hearing_signals(drain):
        assert [signal.getsignal(number) for number in SIGNALS] == [handler, handler]
    assert [signal.getsignal(number) for number in SIGNALS] == [handler, handler]


def test_thread_that_is_not_the_main_one_is_left_alone() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    seen: list[Any] = []

    async def drain(pass_on: Tell) -> None:
        raise NotImplementedError

    async def look() -> None:
        async with hearing_signals(drain):
            seen.extend(signal.getsignal(number) for number in SIGNALS)

    thread = threading.Thread(target=lambda: asyncio.run(look()))
    thread.start()
    thread.join()
    assert seen == before


async def test_server_that_listens_through_its_loop_hears_it_at_the_same_time(log: Log) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, log.append, "loop")
    try:

        async def drain(pass_on: Tell) -> None:
            log.append("drain")
            pass_on()

        async with hearing_signals(drain):
            signal.raise_signal(signal.SIGTERM)
            await until(lambda: len(log) == 2)
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    assert sorted(log) == ["drain", "loop"]


async def test_error_in_the_block_is_raised_as_it_is() -> None:
    async def drain(pass_on: Tell) -> None:
        raise NotImplementedError

    with pytest.raises(ZeroDivisionError):
        async with hearing_signals(drain):
            raise ZeroDivisionError
