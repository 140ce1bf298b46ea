"""The life of an application: how it starts, drains and shuts down, with those mounted in it."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._app_scope import AppScope
from ._draining import Draining, Tell, drain
from .config import Settings, contexts
from .lifespan import Event, EventHandler, Lifespan, Running
from .routing import Entry, Mount
from .views import locate

if TYPE_CHECKING:
    from starlette.types import Receive, Send

__all__ = ["Living"]

E = TypeVar("E", bound=EventHandler)


class Living:
    """Let an application register what is called at the points of its life."""

    _entries: list[Entry]

    def __init__(self) -> None:
        super().__init__()
        self._lifespan = Lifespan()
        self._draining = Draining(self._call_drain)

    @property
    @abstractmethod
    def settings(self) -> Settings:
        """The settings of the application."""

    @abstractmethod
    def _build_scope(self) -> AppScope: ...

    @abstractmethod
    def _refuse_when_frozen(self, what: str) -> None: ...

    @overload
    def on(self, event: Event) -> Callable[[E], E]: ...
    @overload
    def on(self, event: Event, handler: E) -> E: ...
    def on(self, event: Event, handler: Any = None) -> Any:
        """Register a function, async or not, to be called at a point of the application's life.

        Args:
            event: `"startup"`, before the first request; `"drain"`, when the application is told
                to stop, and everything is still open; `"shutdown"`, when all has ended.
            handler: the function, unless this is used as a decorator.

        Raises:
            ValueError: there is no such event.
            TypeError: it takes arguments, or is a generator.
            RuntimeError: the application has started.
        """
        self._lifespan.check(event)

        def register(function: E) -> E:
            self._refuse_when_frozen(f"{event} handler ({locate(function)})")
            self._lifespan.add(event, function)
            return function

        return register if handler is None else register(handler)

    async def drain(self, grace: float | None = None) -> None:
        """End what is open, in good order, before the application stops.

        New streams and WebSockets are refused with 503. The handlers of `"drain"` are called;
        WebSockets are closed with 1012, streams that have a goodbye say it and end, and the others
        may end by themselves, until they are cancelled. What they clean up is awaited.

        It happens by itself when the process is told to stop, or the server tells the application
        to; call it where neither is so, as in tests. It is done once: whoever calls it while it
        is being done waits for it.

        Args:
            grace: seconds that handlers and streams may take, instead of the setting DRAIN_GRACE.

        Cancellation:
            What is open is left as it is.
        """
        await self._drain(lambda: None, grace)

    async def _run_life(
        self, receive: "Receive", send: "Send", *, build: Callable[[], AppScope]
    ) -> None:
        """Follow the protocol of ASGI: see `Lifespan.run`.

        At the end it is as if it had never drained: in tests, requests may come without a life.
        """
        self._draining.reset()
        try:
            await self._lifespan.run(
                receive, send, freeze=lambda: self._running(build()), drain=self._drain
            )
        finally:
            for draining in self._drainings():
                draining.reset()

    def _live(self) -> Running:
        """Start and end the application with the one that it is mounted in."""
        self._draining.reset()
        return self._lifespan.live(self._running(self._build_scope()))

    @asynccontextmanager
    async def _running(self, scope: AppScope) -> AsyncIterator[None]:
        """Keep up what the application's providers provide, and the applications mounted in it."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(scope)
            for mounted in self._mounted():
                await stack.enter_async_context(mounted._live())  # noqa: SLF001 - same class
            yield

    async def _drain(self, pass_on: Tell, grace: float | None = None) -> None:
        seconds: float = self.settings.DRAIN_GRACE if grace is None else grace
        await drain(self._drainings(), grace=seconds, pass_on=pass_on)

    def _drainings(self) -> list[Draining]:
        """Return what this application has open, and what those mounted in it have, each once."""
        of_mounted = (mounted._drainings() for mounted in self._mounted())  # noqa: SLF001 - same class
        return list(dict.fromkeys((self._draining, *chain.from_iterable(of_mounted))))

    async def _call_drain(self) -> None:
        with contexts.serving(self.settings):
            await self._lifespan.call_drain()

    def _mounted(self) -> list["Living"]:
        apps: Iterator[object] = (entry.app for entry in self._entries if isinstance(entry, Mount))
        return [app for app in apps if isinstance(app, Living)]
