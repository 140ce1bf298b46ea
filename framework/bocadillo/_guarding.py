"""Guarding a cleanup: what cancels a request waits until what it opened is closed.

The request runs in a task of its own. While that cleans up, the task that waits for it keeps a
cancellation to itself, and passes it on afterwards; so a server that gives up, or a timeout around
the application, never leaves a transaction half-way. Each provider has a deadline of its own.

    the waiting task is cancelled while the request    what happens
    runs                                               the request is cancelled there
    cleans up                                          it is cancelled when that is done
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import anyio

__all__ = ["Guard"]


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

        async with asyncio.TaskGroup() as group:
            self._task = group.create_task(run())
            while not self._task.done():
                try:
                    # Once cancelled, a scope of anyio would cancel this wait again and again.
                    with anyio.CancelScope(shield=self._cancellation is not None):
                        await asyncio.wait([self._task])
                except asyncio.CancelledError as error:
                    self._cancellation = error
                    if not self._is_closing:
                        self._task.cancel()
        if self._cancellation is not None:
            raise self._cancellation
        if failures:
            raise failures[0]
