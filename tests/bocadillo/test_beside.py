"""A task beside another one ends before it does, whatever happens meanwhile."""

import asyncio
import sys

import pytest

from bocadillo._beside import start_beside, stop_beside, wait_beside


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


async def test_stopped_task_has_ended() -> None:
    task = start_beside(wait_for_ever())
    await asyncio.sleep(0)
    assert await stop_beside(task) is None
    assert task.cancelled()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks")
async def test_task_is_known_to_who_started_it_before_it_begins() -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined,unused-ignore] # since 3.12
    try:
        log: list[str] = []

        async def begin() -> None:
            log.append("begun")

        task = start_beside(begin())
        assert not log
        assert await wait_beside(task) is None
        assert log == ["begun"]
    finally:
        loop.set_task_factory(None)


async def test_task_that_has_ended_is_stopped_at_once() -> None:
    task = start_beside(asyncio.sleep(0))
    await asyncio.wait([task])
    assert await stop_beside(task) is None
    assert not task.cancelled()


async def test_task_may_take_its_time_to_end() -> None:
    log = []

    async def clean_up_slowly() -> None:
        try:
            await wait_for_ever()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            log.append("cleaned")

    task = start_beside(clean_up_slowly())
    await asyncio.sleep(0)
    assert await stop_beside(task) is None
    assert log == ["cleaned"]


async def test_awaited_task_is_not_cancelled() -> None:
    log = []

    async def work() -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        log.append("worked")

    assert await wait_beside(start_beside(work())) is None
    assert log == ["worked"]


async def test_error_of_the_task_is_returned() -> None:
    error = ValueError("mine")

    async def fail() -> None:
        raise error

    assert await wait_beside(start_beside(fail())) is error


@pytest.mark.parametrize("turns", [1, 5])
async def test_cancellation_from_outside_ends_the_task_and_is_returned(turns: int) -> None:
    inner = start_beside(wait_for_ever())
    found: list[BaseException | None] = []

    async def wait() -> None:
        found.append(await wait_beside(inner))

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        outer = group.create_task(wait())
        for _ in range(turns):
            await asyncio.sleep(0)
        outer.cancel()
    assert inner.cancelled()
    assert [type(error) for error in found] == [asyncio.CancelledError]
    assert outer.cancelling() == 1
