"""Background tasks: what is left to do when the response is sent."""

import inspect
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ._threads import run_in_thread

__all__ = ["BackgroundTask", "run_background"]

logger = logging.getLogger("bocadillo")

BackgroundTask = Callable[[], Any]


async def run_background(tasks: Sequence[BackgroundTask], *, label: str) -> None:
    """Run tasks one after the other; what one raises is logged, and does not stop the next.

    A plain function runs in a thread, so that it cannot hold up other requests.

    Args:
        tasks: functions, async or not, that take nothing.
        label: the request they belong to, for the log.

    Cancellation:
        The task that runs is cancelled; those after it do not run.
    """
    for task in tasks:
        try:
            await _run(task)
        except Exception:
            name = getattr(_function(task), "__qualname__", repr(task))
            logger.exception("background task `%s` of %s failed", name, label)


async def _run(task: BackgroundTask) -> None:
    result = task() if _is_async(task) else await run_in_thread(task)
    if inspect.isawaitable(result):  # what a lambda returns may be, too
        await result
    elif inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise TypeError("a generator does nothing in the background: take the `yield` out")


def _function(task: BackgroundTask) -> Any:
    return task.func if isinstance(task, partial) else task


def _is_async(task: BackgroundTask) -> bool:
    function = _function(task)
    call = inspect.getattr_static(type(function), "__call__", None)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
