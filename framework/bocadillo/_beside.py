"""A task beside another one, which started it, and waits for it before it ends.

It is what a task group does, for connections that are open for long: a group takes 0.6 KiB for
each of them, a twentieth of what an idle event stream takes as a whole.
"""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

__all__ = ["start_beside", "stop_beside", "wait_beside"]

Task = asyncio.Task[None]

CAN_BE_EAGER = sys.version_info >= (3, 12)


def start_beside(coroutine: Coroutine[Any, Any, None], *, is_eager: bool = False) -> Task:
    """Start a task; who starts it must stop it before it ends itself.

    Args:
        coroutine: what the task runs.
        is_eager: whether it makes its first step at once, where Python can: it may have ended when
            this returns. It never does otherwise, whatever the task factory of the event loop.
    """
    options: dict[str, Any] = {"eager_start": True} if is_eager and CAN_BE_EAGER else {}
    # A name of its own would take 60 bytes.
    return asyncio.Task(coroutine, loop=asyncio.get_running_loop(), name="beside", **options)


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
