"""Background tasks: what is left to do when the response is sent."""

import inspect
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ._extras import find_extras
from ._providing import Providing
from ._provision import Values
from ._threads import run_in_thread
from .requests import Request
from .responses import Response

__all__ = ["BackgroundTask", "run_background"]

logger = logging.getLogger("bocadillo")

BackgroundTask = Callable[[], Any]


async def run_background(
    tasks: Sequence[BackgroundTask],
    request: Request,
    response: Response,
    *,
    providing: Providing,
) -> None:
    """Run tasks one after the other; what one raises is logged, and does not stop the next.

    A plain function runs in a thread, so that it cannot hold up other requests. What a task asks
    for beyond its arguments is provided to it, in lifetimes of its own.

    Args:
        tasks: functions, async or not, that take nothing but what providers provide.
        request: the request they belong to.
        response: its response, which is sent.
        providing: provides to the tasks.

    Cancellation:
        The task that runs is cancelled; those after it do not run.
    """
    for task in tasks:
        name = getattr(_function(task), "__qualname__", repr(task))
        try:
            extras = find_extras(task, providing.graph, count=0, what="background task")
            inputs: Values = {"req": request, "res": response}
            provision = providing.compile(extras.values(), by=f"background task `{name}`")
            call = partial(_run, task)
            await providing.call(call, extras, provision=provision, inputs=inputs)
        except Exception:
            what = f"{request.method} {request.scope['path']!r}"
            logger.exception("background task `%s` of %s failed", name, what)


async def _run(task: BackgroundTask, **provided: Any) -> None:
    call = partial(task, **provided) if provided else task
    result = call() if _is_async(call) else await run_in_thread(call)
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
