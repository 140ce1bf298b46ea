"""Startup and shutdown.

Source: ASGI specification, Lifespan Protocol 2.0.
"""

import inspect
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from .views import expect_arguments, locate

if TYPE_CHECKING:
    from starlette.types import Receive, Send

__all__ = ["EventHandler", "Lifespan"]

EventHandler = Callable[[], object]


class Lifespan:
    """Run the handlers of an application around its life."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[EventHandler]] = {"startup": [], "shutdown": []}

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
            raise ValueError(f"expected the event 'startup' or 'shutdown', got {event!r}")

    async def run(self, receive: "Receive", send: "Send", *, freeze: Callable[[], object]) -> None:
        """Follow the protocol: freeze, start, wait for the end, shut down.

        Cancellation:
            The handlers of shutdown do not run.
        """
        phase = "startup"
        try:
            await receive()
            freeze()
            await self._call("startup")
            await send({"type": "lifespan.startup.complete"})
            phase = "shutdown"
            await receive()
            await self._call("shutdown")
        except BaseException:
            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    async def _call(self, event: str) -> None:
        for handler in self._handlers[event]:
            result = handler()
            if inspect.isawaitable(result):
                await result
