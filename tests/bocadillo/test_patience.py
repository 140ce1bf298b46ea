import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bocadillo._patience import begin, finish_within, poll, receive_within


async def give_at_once() -> str:
    return "message"


async def give_after_a_turn() -> str:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return "message"


async def wait_for_ever() -> str:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("receive", [give_at_once, give_after_a_turn])
@pytest.mark.parametrize("seconds", [10, None])
async def test_message_in_time_is_returned(receive: Any, seconds: float | None) -> None:
    assert await receive_within(seconds, receive) == "message"


async def test_message_that_is_there_needs_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(asyncio, "timeout")
    assert await receive_within(10, give_at_once) == "message"


async def test_what_is_there_at_once_has_no_rest_and_the_rest_can_be_awaited() -> None:
    assert begin(give_at_once()) == (await give_at_once(), None)
    _, rest = begin(give_after_a_turn())
    assert rest is not None
    assert await finish_within(1, rest) == await give_after_a_turn()


async def test_error_is_that_of_the_receiver() -> None:
    async def fail() -> None:
        raise OSError("at once")

    async def fail_later() -> None:
        await asyncio.sleep(0)
        raise OSError("later")

    with pytest.raises(OSError, match="at once"):
        await receive_within(10, fail)
    with pytest.raises(OSError, match="later"):
        await receive_within(10, fail_later)


async def test_message_that_is_late_is_an_error() -> None:
    with pytest.raises(TimeoutError):
        await receive_within(0.001, wait_for_ever)
    with pytest.raises(ValueError, match=r"^late$"):
        await receive_within(0.001, wait_for_ever, late=lambda: ValueError("late"))


async def test_cancellation_reaches_the_one_who_waits() -> None:
    events = []

    async def receive() -> None:
        try:
            events.append("waits")
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            events.append("cancelled")
            raise

    async def wait() -> None:
        await receive_within(10, receive)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
    assert events == ["waits", "cancelled"]
    assert task.cancelled()


async def test_receiver_may_tidy_up_before_it_ends() -> None:
    events = []

    async def receive() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            events.append("tidy")

    with pytest.raises(TimeoutError):
        await receive_within(0.001, receive)
    assert events == ["tidy"]


async def test_message_that_comes_with_the_cancellation_is_not_lost() -> None:
    async def receive() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "message"
        raise AssertionError

    assert await receive_within(0.001, receive) == "message"


class Simple:
    """Wait as an iterator without `throw` does: that of an extension module, perhaps."""

    def __init__(self) -> None:
        self.future: Any = asyncio.get_running_loop().create_future()

    def __await__(self) -> Any:
        return iter(self.steps())

    def steps(self) -> Iterator[Any]:
        class Steps:
            def __init__(self, future: Any) -> None:
                self.inner = future.__await__()

            def __iter__(self) -> Any:
                return self

            def __next__(self) -> Any:
                return next(self.inner)

        return Steps(self.future)


async def test_receiver_may_be_of_the_simplest_kind() -> None:
    waiting = Simple()
    asyncio.get_running_loop().call_soon(waiting.future.set_result, "message")
    assert await receive_within(10, lambda: waiting) == "message"
    with pytest.raises(TimeoutError):
        await receive_within(0.001, Simple)


async def test_poll_does_not_wait() -> None:
    assert await poll(give_at_once) == "message"
    assert await poll(wait_for_ever) is None
