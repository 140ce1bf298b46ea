"""Faults: what can go wrong at any await of a request, and what must be left when it did."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio

from bocadillo import App
from tests.bocadillo.calls import make_scope
from tests.bocadillo.wires import CONNECT, leaves, make_ws_scope, says

__all__ = ["FAULTS", "Conversation", "Request", "Steps", "Tally", "nothing_is_left", "serve"]

TURNS_TO_ARRIVE = 6  # of the event loop: what cancels wakes a task, which cancels one in turn


class Tally:
    """What was set up and cleaned up, each by which task.

    Args:
        by_any: whether one task may clean up what another one has set up.
        in_order: whether the last one must be cleaned up first.
    """

    def __init__(self, *, by_any: bool = False, in_order: bool = True) -> None:
        self.by_any = by_any
        self.in_order = in_order
        self.open: list[tuple[str, object]] = []
        self.history: list[str] = []

    def up(self, name: str) -> None:
        self.open.append((name, not self.by_any and asyncio.current_task()))
        self.history.append(f"+{name}")

    def down(self, name: str) -> None:
        """Note that a provider was cleaned up; it must be the last one, in the task it began in."""
        assert self.open, f"{name} was cleaned up too often: {self.history}"
        task = not self.by_any and asyncio.current_task()
        at = -1 if self.in_order else self.open.index((name, task))
        assert self.open.pop(at) == (name, task), (name, self.history)
        self.history.append(f"-{name}")


class Steps:
    """Count the awaits of a request, and let something happen at one of them."""

    def __init__(self) -> None:
        self.request: Request | None = None
        self.let()

    def let(self, happen: Callable[["Request"], None] | None = None, *, at: int = 0) -> None:
        """Count from the beginning, and let something happen at one of the awaits."""
        self.at = at
        self.happen = happen
        self.count = 0

    async def step(self) -> None:
        self.count += 1
        if self.count == self.at and self.request is not None and self.happen is not None:
            self.request.sent_before = len(self.request.sent)
            self.happen(self.request)
            look_later(self.request)
        for _ in range(8 if self.count == self.at else 1):
            await asyncio.sleep(0)


def look_later(request: "Request", turns: int = TURNS_TO_ARRIVE) -> None:
    """Note what is sent by the time at which a fault has reached those whom it meets."""
    request.sent_on_arrival = len(request.sent)
    if turns:
        asyncio.get_running_loop().call_soon(look_later, request, turns - 1)


class Request:
    """A request, as a server sees it.

    Args:
        app: the application.
        steps: the awaits; each `send` is one of them.
        path: of the request.
        broken_at: the number of the message whose sending fails.
    """

    def __init__(self, app: App, steps: Steps, path: str = "/", broken_at: int = 0) -> None:
        self.app = app
        self.steps = steps
        self.path = path
        self.broken_at = broken_at
        self.attempts = 0
        self.sent: list[Any] = []
        self.sent_before: int | None = None
        self.sent_on_arrival: int | None = None
        self.gone = asyncio.Event()
        self.task: asyncio.Task[Any] | None = None
        self.scope = anyio.CancelScope()
        self.deadline = asyncio.timeout(None)
        self.sibling = asyncio.Event()
        steps.request = self

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.attempts += 1
        if self.attempts == self.broken_at:
            raise OSError("gone")
        await self.steps.step()
        self.sent.append(message)

    async def run(self) -> None:
        self.task = asyncio.current_task()
        await self.app(make_scope("GET", self.path), self.receive, self.send)


class Conversation(Request):
    """A WebSocket, as a server sees it; each `receive` is one of the awaits, too.

    Args:
        app: the application.
        steps: the awaits.
        path: of the handshake.
        broken_at: the number of the message whose sending fails.
        says: what the client says; it then waits to be told something.
    """

    def __init__(
        self, app: App, steps: Steps, path: str = "/", broken_at: int = 0, *, says: tuple[str, ...]
    ) -> None:
        super().__init__(app, steps, path, broken_at)
        self.incoming = [CONNECT, *map(_says, says)]
        self.sent_until_told: int | None = None

    async def receive(self) -> Any:
        await self.steps.step()
        if self.incoming:
            return self.incoming.pop(0)
        await self.gone.wait()
        self.sent_until_told = len(self.sent)
        return leaves(1001)

    async def run(self) -> None:
        self.task = asyncio.current_task()
        await self.app(make_ws_scope(self.path), self.receive, self.send)


def _says(text: str) -> dict[str, Any]:
    return says(text)


async def plainly(request: Request) -> None:
    await request.run()


async def in_scope(request: Request) -> None:
    with request.scope:
        await request.run()
    if request.scope.cancelled_caught:
        raise asyncio.CancelledError


async def in_time(request: Request) -> None:
    try:
        async with request.deadline:
            await request.run()
    except TimeoutError:
        raise asyncio.CancelledError from None


async def in_group(request: Request) -> None:
    """Share a task group with a task that fails."""

    async def fail() -> None:
        await request.sibling.wait()
        raise ZeroDivisionError

    try:
        async with asyncio.TaskGroup() as group:
            sibling = group.create_task(fail())
            await request.run()
            sibling.cancel()
    except* ZeroDivisionError:
        raise asyncio.CancelledError from None


def disconnect(request: Request) -> None:
    request.gone.set()


def cancel(request: Request) -> None:
    assert request.task is not None
    request.task.cancel()


def cancel_twice(request: Request) -> None:
    """Cancel at once, and again when whatever has begun to clean up is at it."""
    cancel(request)
    loop = asyncio.get_running_loop()
    loop.call_soon(loop.call_soon, loop.call_soon, cancel, request)


def cancel_both(request: Request) -> None:
    request.scope.cancel()
    cancel(request)


Around = Callable[[Request], Coroutine[Any, Any, None]]

FAULTS: dict[str, tuple[Callable[[Request], None], Around]] = {
    "disconnect": (disconnect, plainly),
    "cancel": (cancel, plainly),
    "cancel twice": (cancel_twice, plainly),
    "scope of anyio": (lambda request: request.scope.cancel(), in_scope),
    "scope of anyio, and cancel": (cancel_both, in_scope),
    "timeout": (lambda request: request.deadline.reschedule(0), in_time),
    "group": (lambda request: request.sibling.set(), in_group),
}


async def serve(request: Request, around: Around = plainly) -> BaseException | None:
    """Answer a request in a task of its own, and return what was raised."""
    async with asyncio.timeout(10):
        task = asyncio.create_task(around(request))  # noqa: TID251 - its end is what is tested
        await asyncio.wait([task])
    with suppress(asyncio.CancelledError):
        return task.exception()
    return asyncio.CancelledError()


class Records(logging.Handler):
    """Keep what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def nothing_is_left(*, errors: int = 0) -> Iterator[list[Any]]:
    """Fail if a task, an open generator, an error nobody retrieved or an ERROR log is left.

    What finishes forgotten generators is switched off, and each one is looked at.
    """
    loop = asyncio.get_running_loop()
    before, hooks, tasks = (
        loop.get_exception_handler(),
        sys.get_asyncgen_hooks(),
        asyncio.all_tasks(),
    )
    generators: list[Any] = []
    forgotten: list[Any] = []
    handler = Records(logging.ERROR)
    sys.set_asyncgen_hooks(generators.append, forgotten.append)
    loop.set_exception_handler(lambda _, context: forgotten.append(context))
    logging.getLogger().addHandler(handler)
    try:
        yield handler.records
        assert [task for task in asyncio.all_tasks() if task not in tasks] == []
        assert [generator for generator in generators if generator.ag_frame is not None] == []
        generators.clear()
        gc.collect()
        assert forgotten == []
        assert len(handler.records) == errors, [r.getMessage() for r in handler.records]
    finally:
        logging.getLogger().removeHandler(handler)
        loop.set_exception_handler(before)
        sys.set_asyncgen_hooks(*hooks)
