"""Guarding a cleanup: what cancels a request waits until what it opened is closed.

The request runs in a task of its own. While that cleans up, the task that waits for it keeps a
cancellation to itself, and passes it on afterwards; so a server that gives up, or a timeout around
the application, never leaves a transaction half-way. Each provider has a deadline of its own.

    the waiting task is cancelled while the request    what happens
    runs                                               the request is cancelled there
    cleans up                                          it is cancelled when that is done

But for the guard, a request with providers is as one without: it sees the context variables of what
is around it, sets those that are seen there, and raises what it raises.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import Context, copy_context

import anyio

__all__ = ["Guard"]

UNSHIELDED = nullcontext()


class Guard:
    """Run a request in a task of its own, which is not cancelled while it cleans up."""

    __slots__ = ("_cancellation", "_is_closing", "_task")

    def __init__(self) -> None:
        self._cancellation: asyncio.CancelledError | None = None
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Keep the request from being cancelled inside the `with` block."""
        self._is_closing = True
        try:
            yield
        finally:
            self._is_closing = False
            if self._cancellation is not None and self._task is not None:
                self._task.cancel()

    async def run(self, function: Callable[[], Awaitable[None]]) -> None:
        """Run a function in a task, and wait until it has ended, whatever happens.

        Raises:
            BaseException: what the function raised.

        Cancellation:
            It reaches the function unless that is closing, and then when it has closed.
        """
        failures: list[BaseException] = []

        async def run() -> None:
            try:
                await function()
            except BaseException as error:  # noqa: BLE001 - raised by the task that waits
                failures.append(error)

        context = copy_context()
        async with asyncio.TaskGroup() as group:
            self._task = group.create_task(run(), context=context)
            while not self._task.done():
                try:
                    # Once cancelled, a scope of anyio would cancel this wait again and again.
                    with anyio.CancelScope(shield=True) if self._cancellation else UNSHIELDED:
                        await asyncio.wait([self._task])
                except asyncio.CancelledError as error:
                    self._cancellation = error
                    if not self._is_closing:
                        self._task.cancel()
        _take_over(context)
        failure = self._cancellation or (failures.pop() if failures else None)
        self._cancellation = None
        if failure is not None:
            try:
                raise failure
            finally:
                del failure  # its traceback refers to this frame, and so to the request


def _take_over(context: Context) -> None:
    """Set the variables that the request has set: what is around it sees them, as in one task."""
    for variable, value in context.items():
        if variable.get(None) is not value:
            variable.set(value)
