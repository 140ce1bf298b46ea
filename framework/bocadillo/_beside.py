"""A task beside another one, which started it, and waits for it before it ends.

It is what a task group does, for connections that are open for long: a group takes 0.6 KiB for
each of them, a twentieth of what an idle event stream takes as a whole.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

__all__ = ["start_beside", "stop_beside", "wait_beside"]

Task = asyncio.Task[None]


def start_beside(coroutine: Coroutine[Any, Any, None]) -> Task:
    """Start a task; who starts it must stop it before it ends itself."""
    # Never one of `asyncio.eager_task_factory`: who starts a task keeps it before it may end.
    # A name of its own would take 60 bytes.
    return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), name="beside")


async def wait_beside(task: Task) -> BaseException | None:
    """Wait until a task has ended, and return what is to be raised, if anything.

    Cancellation:
        It is passed on to the task; when that has ended, the cancellation is what is returned.
    """
    failure: BaseException | None = None
    is_slow = False
    while not task.done():
        try:
            # As a rule it ends in the next turn of the event loop; `wait` takes 3 µs more.
            await (asyncio.wait((task,)) if is_slow else asyncio.sleep(0))
            is_slow = True
        except asyncio.CancelledError as error:
            failure = error
            task.cancel()
    if failure is None and not task.cancelled():
        failure = task.exception()
    return failure


async def stop_beside(task: Task) -> BaseException | None:
    """Cancel a task; otherwise as `wait_beside`."""
    task.cancel()
    return await wait_beside(task)
