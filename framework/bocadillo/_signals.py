"""Hearing that the process is told to stop, before the server does.

A server installs its signal handlers before it starts the application. While that runs, ours stand
before them: the application is told, and passes the signal on when everything open knows. A second
signal is passed on at once: people press Ctrl-C twice when they mean it.

    who handled the signal before             what happens
    ----------------------------------------  ---------------------------------------------------
    a server, with a function                 it is called when the application passes it on
    a server, through its event loop          it hears the signal at the same time
    nobody, or Python (KeyboardInterrupt)     nothing: this is no server's process
    anybody, and this is not the main thread  nothing: only there can signals be handled

Source: Python, `signal`, and `asyncio.loop.add_signal_handler`.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from ._beside import start_beside, stop_beside
from ._draining import Tell

__all__ = ["SIGNALS", "hearing_signals"]

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@asynccontextmanager
async def hearing_signals(drain: Callable[[Tell], Awaitable[None]]) -> AsyncIterator[None]:
    """Call `drain(pass_on)` in a task, when the process is told to stop inside the block.

    Args:
        drain: calls `pass_on` when the server is to hear of it; may do so several times.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[Tell] = loop.create_future()

    async def wait() -> None:
        await drain(await heard)

    def hear(pass_on: Tell) -> None:
        if heard.done():
            pass_on()
        else:
            heard.set_result(pass_on)

    waiter = start_beside(wait())
    try:
        with _handling(lambda pass_on: loop.call_soon_threadsafe(hear, pass_on)):
            yield
    finally:
        failure = await stop_beside(waiter)
        if failure is not None:
            raise failure


@contextmanager
def _handling(hear: Callable[[Tell], object]) -> Iterator[None]:
    """Stand before the handlers of the server, as long as the block lasts."""
    handlers = {number: Handler(number, hear) for number in SIGNALS}
    for handler in handlers.values():
        handler.install()
    try:
        yield
    finally:
        for handler in handlers.values():
            handler.remove()


class Handler:
    """Handle one signal, before the one who handled it until now."""

    def __init__(self, number: signal.Signals, hear: Callable[[Tell], object]) -> None:
        self._number = number
        self._hear = hear
        self._previous: Any = None
        self._was_heard = False
        self._was_passed_on = False

    def install(self) -> None:
        """Stand before a function; anything else is left as it is."""
        previous = signal.getsignal(self._number)
        if callable(previous) and previous is not signal.default_int_handler:
            try:
                signal.signal(self._number, self)
            except ValueError:
                return  # not the main thread
            self._previous = previous

    def remove(self) -> None:
        """Give the place back, unless somebody else stands before this one: then only pass on."""
        current: object = signal.getsignal(self._number)
        if self._previous is not None and current is self:
            signal.signal(self._number, self._previous)
        self._was_heard = True

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Tell the application, or, the second time, the server."""
        if self._was_heard:
            self._previous(number, frame)
            return
        self._was_heard = True
        self._hear(self._pass_on)

    def _pass_on(self) -> None:
        if not self._was_passed_on:
            self._was_passed_on = True
            self._previous(self._number, None)
