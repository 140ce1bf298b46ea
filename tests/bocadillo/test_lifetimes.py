import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from bocadillo._lifetimes import Lifetimes, call_provider
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider
from bocadillo.views import locate


class Log(list[str]):
    """What providers did, in order; it makes providers that tell."""

    def plain(self, name: str, *, cleanup: BaseException | None = None) -> Provider:
        def generator() -> Iterator[str]:
            self.append(f"+{name}")
            try:
                yield name
            except BaseException as error:
                self.append(f"{name}: {error!r}")
                raise
            finally:
                self.append(f"-{name}")
                if cleanup:
                    raise cleanup

        return Provider(generator, name=name)

    def asynchronous(self, name: str, *, cleanup: BaseException | None = None) -> Provider:
        async def generator() -> AsyncIterator[str]:
            self.append(f"+{name}")
            try:
                yield name
            except BaseException as error:
                self.append(f"{name}: {error!r}")
                raise
            finally:
                self.append(f"-{name}")
                if cleanup:
                    raise cleanup

        return Provider(generator, name=name)


async def enter_all(lifetimes: Lifetimes, *providers: Provider) -> list[Any]:
    return [await lifetimes.enter(provider, {}) for provider in providers]


async def test_function_is_called_async_or_not() -> None:
    def double(number: int) -> int:
        return number * 2

    async def triple(number: int) -> int:
        return number * 3

    for function, expected in ((double, 4), (triple, 6)):
        declared = Provider(function)
        assert await call_provider(declared, {"number": 2}) == expected
        assert await Lifetimes().enter(declared, {"number": 2}) == expected


async def test_generators_are_set_up_in_order_and_cleaned_up_in_reverse_once() -> None:
    log, lifetimes = Log(), Lifetimes()
    values = await enter_all(lifetimes, log.plain("a"), log.asynchronous("b"), log.plain("c"))
    assert values == ["a", "b", "c"]
    overs = [lifetimes.is_over]
    for _ in range(2):
        assert await lifetimes.leave() is None
        assert log == ["+a", "+b", "+c", "-c", "-b", "-a"]
        overs.append(lifetimes.is_over)
    assert overs == [False, True, True]


async def test_error_is_raised_at_the_yield_of_each_and_goes_on() -> None:
    log, lifetimes = Log(), Lifetimes()
    await enter_all(lifetimes, log.plain("a"), log.asynchronous("b"))
    error = ValueError("x")
    assert await lifetimes.leave(error) is error
    assert log[2:] == ["b: ValueError('x')", "-b", "a: ValueError('x')", "-a"]


@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError(), KeyboardInterrupt()])
async def test_provider_that_ends_quietly_does_not_undo_the_error(error: BaseException) -> None:
    def plain() -> Iterator[int]:
        try:
            yield 1
        except BaseException:  # noqa: BLE001 - as a user may
            return

    async def asynchronous() -> AsyncIterator[int]:
        try:
            yield 1
        except BaseException:  # noqa: BLE001 - as a user may
            return

    lifetimes = Lifetimes()
    await enter_all(lifetimes, Provider(plain), Provider(asynchronous))
    assert await lifetimes.leave(error) is error


async def test_error_of_a_cleanup_goes_on_and_skips_no_other() -> None:
    log, lifetimes = Log(), Lifetimes()
    failure = OSError("c")
    await enter_all(
        lifetimes, log.plain("a"), log.asynchronous("b"), log.asynchronous("c", cleanup=failure)
    )
    assert await lifetimes.leave() is failure
    assert log[3:] == ["-c", "b: OSError('c')", "-b", "a: OSError('c')", "-a"]


async def test_error_of_a_cleanup_takes_the_place_of_the_one_before_and_remembers_it() -> None:
    log, lifetimes = Log(), Lifetimes()
    first, second, third = ValueError("first"), OSError("second"), KeyError("third")
    await enter_all(lifetimes, log.asynchronous("a", cleanup=third), log.plain("b", cleanup=second))
    assert await lifetimes.leave(first) is third
    assert third.__context__ is second
    assert second.__context__ is first
    assert "a: OSError('second')" in log


async def test_error_that_was_made_elsewhere_remembers_the_one_it_takes_the_place_of() -> None:
    failure = OSError()

    def generator() -> Iterator[int]:
        with suppress(ValueError):
            yield 1
        raise failure

    lifetimes = Lifetimes()
    await enter_all(lifetimes, Provider(generator))
    error = ValueError()
    assert await lifetimes.leave(error) is failure
    assert failure.__context__ is error


@pytest.mark.parametrize("is_async", [True, False])
async def test_cancellation_goes_on_though_a_cleanup_fails_which_is_logged(
    is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    log, lifetimes = Log(), Lifetimes()
    make = log.asynchronous if is_async else log.plain
    failing = make("b", cleanup=OSError("lost"))
    await enter_all(lifetimes, make("a"), failing)
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await asyncio.sleep(0)
    assert await lifetimes.leave(raised.value) is raised.value
    task.uncancel()
    assert log[2:] == ["b: CancelledError()", "-b", "a: CancelledError()", "-a"]
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bocadillo", logging.ERROR)
    assert record.getMessage() == f"{failing.label} failed to clean up"
    assert record.exc_info
    assert isinstance(record.exc_info[1], OSError)


async def test_what_a_provider_makes_of_a_cancellation_of_its_own_goes_on() -> None:
    log, lifetimes = Log(), Lifetimes()
    failing = log.asynchronous("b", cleanup=TimeoutError())
    await enter_all(lifetimes, log.plain("a"), failing)
    assert isinstance(await lifetimes.leave(asyncio.CancelledError()), TimeoutError)
    assert log[2:] == ["b: CancelledError()", "-b", "a: TimeoutError()", "-a"]


async def test_interruption_of_a_cleanup_goes_on() -> None:
    log, lifetimes = Log(), Lifetimes()
    interruption = KeyboardInterrupt()
    await enter_all(lifetimes, log.plain("a", cleanup=interruption))
    assert await lifetimes.leave(asyncio.CancelledError()) is interruption


async def test_set_up_that_fails_leaves_those_before_it_to_be_cleaned_up() -> None:
    def fail() -> Iterator[float]:
        yield 1 / 0

    log, lifetimes = Log(), Lifetimes()
    with pytest.raises(ZeroDivisionError):
        await enter_all(lifetimes, log.plain("a"), Provider(fail))
    await lifetimes.leave()
    assert log == ["+a", "-a"]


async def nothing() -> AsyncIterator[int]:
    if log := list[int]():
        yield log[0]


def plain_nothing() -> Iterator[int]:
    yield from ()


@pytest.mark.parametrize("function", [nothing, plain_nothing])
async def test_generator_that_yields_nothing_is_refused(function: Any) -> None:
    with pytest.raises(ProviderError) as caught:
        await Lifetimes().enter(Provider(function), {})
    name = function.__name__
    assert str(caught.value) == (
        f"provider `{name}` ({locate(function)}) yields nothing: expected one `yield` with its "
        "value"
    )


async def twice() -> AsyncIterator[int]:
    with suppress(ValueError):
        yield 1
    try:
        yield 2
    finally:
        finished.append("twice")


def plain_twice() -> Iterator[int]:
    with suppress(ValueError):
        yield 1
    try:
        yield 2
    finally:
        finished.append("plain_twice")


finished: list[str] = []


@pytest.mark.parametrize("function", [twice, plain_twice])
async def test_generator_that_yields_twice_is_closed_and_refused_unless_there_is_an_error(
    function: Any,
) -> None:
    finished.clear()
    lifetimes = Lifetimes()
    await lifetimes.enter(Provider(function), {})
    failure = await lifetimes.leave()
    assert isinstance(failure, ProviderError)
    name = function.__name__
    assert str(failure) == (
        f"provider `{name}` ({locate(function)}) yields twice: expected one `yield`"
    )
    error, lifetimes = ValueError(), Lifetimes()
    await lifetimes.enter(Provider(function), {})
    assert await lifetimes.leave(error) is error
    assert finished == [name, name]


async def test_cleanup_that_takes_too_long_is_cut_and_the_others_are_not() -> None:
    async def hang() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cut")

    log, lifetimes = Log(), Lifetimes(cleanup_seconds=0.01)
    hanging = Provider(hang)
    await enter_all(lifetimes, log.plain("a"), hanging)
    error = ValueError()
    failure = await lifetimes.leave(error)
    assert isinstance(failure, ProviderError)
    assert str(failure) == (f"{hanging.label} was cut: its cleanup took longer than 0.01 seconds")
    assert failure.__cause__ is error
    assert log[1:] == ["cut", f"a: {failure!r}", "-a"]


async def test_cleanup_may_raise_a_timeout_of_its_own() -> None:
    log, lifetimes = Log(), Lifetimes()
    timeout = TimeoutError("of the database")
    await enter_all(lifetimes, log.asynchronous("a", cleanup=timeout))
    assert await lifetimes.leave() is timeout


async def test_cleanups_run_in_the_context_they_are_given_if_there_are_any() -> None:
    log = Log()

    @contextmanager
    def closing() -> Iterator[None]:
        log.append("closing")
        yield
        log.append("closed")

    assert await Lifetimes(closing).leave() is None
    lifetimes = Lifetimes(closing)
    await enter_all(lifetimes, log.plain("a"), log.plain("b"))
    await lifetimes.leave()
    assert log == ["+a", "+b", "closing", "-b", "-a", "closed"]


async def test_what_is_set_up_by_a_cleanup_is_cleaned_up_next() -> None:
    log, lifetimes = Log(), Lifetimes()

    async def late() -> AsyncIterator[int]:
        yield 1
        await lifetimes.enter(log.plain("audit"), {})

    await enter_all(lifetimes, log.plain("a"), Provider(late))
    assert await lifetimes.leave() is None
    assert log == ["+a", "+audit", "-audit", "-a"]


async def test_what_is_set_up_when_all_is_over_is_cleaned_up_at_once_and_refused() -> None:
    log, lifetimes = Log(), Lifetimes()
    await lifetimes.leave()
    late = log.plain("a")
    with pytest.raises(ProviderError) as caught:
        await lifetimes.enter(late, {})
    assert str(caught.value) == f"{late.label} was set up when its request was over"
    assert log == ["+a", f"a: {caught.value!r}", "-a"]


async def test_error_that_python_lets_no_async_generator_raise_goes_on_as_it_is() -> None:
    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    lifetimes, error = Lifetimes(), StopAsyncIteration()
    await lifetimes.enter(Provider(asynchronous), {})
    assert await lifetimes.leave(error) is error


async def test_cleanup_that_does_not_give_in_is_told_and_cut_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def stubborn() -> AsyncIterator[int]:
        yield 1
        for _ in range(3):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    lifetimes, stubborn_one = Lifetimes(cleanup_seconds=0.01), Provider(stubborn)
    await lifetimes.enter(stubborn_one, {})
    assert isinstance(await lifetimes.leave(), ProviderError)
    told = f"{stubborn_one.label} goes on cleaning up, though it was cut"
    assert caplog.messages == [told, told]
