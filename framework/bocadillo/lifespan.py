"""Startup and shutdown.

Source: ASGI specification, Lifespan Protocol 2.0.
"""

import inspect
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Literal

from ._draining import Tell
from ._signals import hearing_signals
from .views import expect_arguments, locate

if TYPE_CHECKING:
    from starlette.types import Receive, Send

__all__ = ["Event", "EventHandler", "Lifespan", "Running"]

Event = Literal["startup", "drain", "shutdown"]
"""What handlers can be registered for."""
EventHandler = Callable[[], object]
"""A function without arguments, async or not."""
Running = AbstractAsyncContextManager[object]
"""What is entered at startup and left at shutdown."""

logger = logging.getLogger("bocadillo")


class Lifespan:
    """Run the handlers of an application around its life."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[EventHandler]] = {"startup": [], "drain": [], "shutdown": []}

    def add(self, event: str, handler: EventHandler) -> None:
        """Call `handler` on an event, after those added before.

        Raises:
            ValueError: there is no such event.
            TypeError: it takes arguments, or is a generator, which nothing would run.
        """
        self.check(event)
        expect_arguments(handler, "", what=f"{event} handler")
        if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
            raise TypeError(
                f"{event} handler `{handler.__name__}` ({locate(handler)}) is a generator: write "
                "one handler for 'startup', and one for 'shutdown'"
            )
        self._handlers[event].append(handler)

    def check(self, event: str) -> None:
        """Refuse an event that does not exist."""
        if event not in self._handlers:
            raise ValueError(f"expected the event 'startup', 'drain' or 'shutdown', got {event!r}")

    async def call_drain(self) -> None:
        """Call the handlers of "drain"; log what they raise, as the application ends anyway."""
        for handler in self._handlers["drain"]:
            try:
                await _call(handler)
            except Exception:
                name = getattr(handler, "__name__", handler)
                logger.exception("the drain handler `%s` (%s) failed", name, locate(handler))

    @asynccontextmanager
    async def live(self, running: Running) -> AsyncIterator[None]:
        """Start and end an application that is mounted in another, with that.

        Args:
            running: keeps up what the application's providers provide.
        """
        async with running:
            for handler in self._handlers["startup"]:
                await _call(handler)
            try:
                yield
            finally:
                await self._shut_down()

    async def run(
        self,
        receive: "Receive",
        send: "Send",
        *,
        freeze: Callable[[], Running],
        drain: Callable[[Tell], Awaitable[None]],
    ) -> None:
        """Follow the protocol: freeze, start, wait for the end, drain, shut down.

        The providers of the application live longer than the handlers of startup and shutdown
        run: these may use what those have opened.

        Args:
            receive: the server's.
            send: the server's.
            freeze: checks the application, and returns what keeps it up.
            drain: ends what is open, when the process is told to stop, or else the application;
                it calls what it is given when the server is to hear of it.

        Raises:
            Exception: what a handler or a provider raised. Those of startup stop at the first
                error; those of shutdown are all called, and what several raised is an
                `ExceptionGroup`.

        Cancellation:
            The handlers of shutdown do not run; what providers opened is closed.
        """
        phase = "startup"
        try:
            await receive()
            async with freeze():
                for handler in self._handlers["startup"]:
                    await _call(handler)
                async with hearing_signals(drain):
                    await send({"type": "lifespan.startup.complete"})
                    phase = "shutdown"
                    await receive()
                    await drain(_tell_nobody)
                await self._shut_down()
        except BaseException:
            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    async def _shut_down(self) -> None:
        """Call every handler, so that what fails to close leaves nothing else open."""
        errors: list[Exception] = []
        for handler in self._handlers["shutdown"]:
            try:
                await _call(handler)
            except Exception as error:  # noqa: BLE001 - it is raised below
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ExceptionGroup("handlers of shutdown failed", errors)


def _tell_nobody() -> None:
    """Stand where a server would be told that the application is ending: it told so itself."""


async def _call(handler: EventHandler) -> None:
    result = handler()
    if inspect.isawaitable(result):
        await result
