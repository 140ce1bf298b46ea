"""Deadlines: what takes too long is cancelled until it gives in."""

import asyncio

import pytest

from bocadillo._deadlines import Deadline


class Block:
    """A block under a deadline, which waits for ever as often as it is told to."""

    def __init__(self, *, layers: int = 1) -> None:
        self.layers = layers
        self.warnings = 0
        self.reached = asyncio.Event()

    def warn(self) -> None:
        self.warnings += 1

    async def run(self, *, swallows: bool = False, raises: bool = False) -> Deadline:
        with Deadline(0.01, self.warn) as deadline:
            await self.wait(self.layers, swallows=swallows, raises=raises)
        return deadline

    async def wait(self, layers: int, *, swallows: bool, raises: bool) -> None:
        if not layers:
            return
        try:
            self.reached.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if raises:
                raise KeyError from None
            if not swallows:
                raise
        finally:
            await self.wait(layers - 1, swallows=swallows, raises=raises)


def cancelling() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def test_block_that_ends_in_time_is_left_alone() -> None:
    deadline = await Block(layers=0).run()
    assert not deadline.is_over
    assert cancelling() == 0


@pytest.mark.parametrize("swallows", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
async def test_block_is_cancelled_until_it_gives_in(layers: int, swallows: bool) -> None:
    block = Block(layers=layers)
    deadline = await block.run(swallows=swallows)
    assert deadline.is_over
    assert block.warnings == layers - 1
    assert cancelling() == 0
    await asyncio.sleep(0)  # nothing of it is left


async def test_what_the_block_makes_of_its_cancellation_goes_on() -> None:
    with pytest.raises(KeyError):
        await Block().run(raises=True)
    assert cancelling() == 0


@pytest.mark.parametrize("is_late", [False, True])
async def test_cancellation_by_others_goes_on(is_late: bool) -> None:
    block = Block(layers=2 if is_late else 1)
    task = asyncio.create_task(block.run())  # noqa: TID251 - its end is what is tested
    await block.reached.wait()
    if is_late:  # the deadline has cancelled it before
        block.reached.clear()
        await block.reached.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_error_of_the_block_goes_on() -> None:
    with pytest.raises(KeyError), Deadline(60, pytest.fail) as deadline:
        raise KeyError
    assert not deadline.is_over
