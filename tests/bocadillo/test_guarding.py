import asyncio
from collections.abc import Callable
from contextvars import ContextVar

import anyio
import pytest

from bocadillo._guarding import Guard

word: ContextVar[str] = ContextVar("word", default="unset")


class Request:
    """A request that runs, then cleans up, each until it is let go."""

    def __init__(self) -> None:
        self.guard = Guard()
        self.log: list[str] = []
        self.is_running = asyncio.Event()
        self.is_closing = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_close = asyncio.Event()

    async def run(self) -> None:
        try:
            self.is_running.set()
            await self.may_end.wait()
            self.log.append("ended")
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise
        finally:
            with self.guard.closing():
                self.is_closing.set()
                await self.may_close.wait()
                self.log.append("closed")
        await asyncio.sleep(0)
        self.log.append("sent")


async def test_function_runs_in_a_task_of_its_own_that_sees_the_context() -> None:
    seen: list[object] = []

    async def function() -> None:
        seen.extend([asyncio.current_task(), word.get()])

    word.set("set")
    await Guard().run(function)
    assert seen[0] is not asyncio.current_task()
    assert seen[1] == "set"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, TimeoutError])
async def test_what_the_function_raises_is_raised_and_not_a_group(
    error: type[BaseException],
) -> None:
    async def fail() -> None:
        raise error("mine")

    with pytest.raises(error, match="mine"):
        await Guard().run(fail)


async def test_function_is_cancelled_where_it_runs() -> None:
    request = Request()
    task = asyncio.get_running_loop().create_task(request.guard.run(request.run))
    await request.is_running.wait()
    task.cancel()
    await request.is_closing.wait()
    request.may_close.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert request.log == ["cancelled", "closed"]


@pytest.mark.parametrize("times", [1, 3])
async def test_cancellation_waits_until_the_cleanup_is_done(times: int) -> None:
    request = Request()
    request.may_end.set()
    task = asyncio.get_running_loop().create_task(request.guard.run(request.run))
    await request.is_closing.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert request.log == ["ended"]
    request.may_close.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert request.log == ["ended", "closed"]


async def test_scope_that_cancels_again_and_again_waits_as_well() -> None:
    request = Request()
    request.may_end.set()

    async def let_go() -> None:
        await request.is_closing.wait()
        scope.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        request.may_close.set()

    async with asyncio.TaskGroup() as group:
        with anyio.CancelScope() as scope:
            group.create_task(let_go())
            await request.guard.run(request.run)
    assert scope.cancelled_caught
    assert request.log == ["ended", "closed"]


async def test_timeout_around_the_function_is_a_timeout() -> None:
    request = Request()
    request.may_close.set()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await request.guard.run(request.run)
    assert request.log == ["cancelled", "closed"]


async def test_cancellation_goes_on_whatever_the_function_raises_then() -> None:
    is_running = asyncio.Event()

    async def stubborn() -> None:
        try:
            is_running.set()
            await asyncio.Event().wait()
        finally:
            raise ValueError

    task = asyncio.get_running_loop().create_task(Guard().run(stubborn))
    await is_running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_closing_without_a_task_guards_nothing() -> None:
    with Guard().closing():
        pass


async def test_variables_that_the_function_sets_are_set_around_it_as_in_one_task() -> None:
    async def function() -> None:
        word.set("set within")

    word.set("set before")
    await Guard().run(function)
    assert word.get() == "set within"


async def test_nothing_is_left_running() -> None:
    before = asyncio.all_tasks()
    functions: list[Callable[[], object]] = []

    async def function() -> None:
        functions.append(function)

    await Guard().run(function)
    assert asyncio.all_tasks() == before
    assert functions == [function]
