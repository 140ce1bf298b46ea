"""The providers of the application: set up when it starts, cleaned up when it ends.

Where no server tells the application that it starts, they are set up once, at the first use.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from ._graph import Graph
from ._lifetimes import CLEANUP_SECONDS, Lifetimes
from ._provision import Values
from .errors import ProviderError
from .providers import Provider

__all__ = ["AppScope", "Users"]

logger = logging.getLogger("bocadillo")


class Users:
    """Count the requests that use what the application's providers provide.

    A server that has waited long enough cancels requests, and tells the application to end at the
    same time. What they use is there until they have cleaned up.
    """

    __slots__ = ("_count", "_idle")

    def __init__(self) -> None:
        self._count = 0
        self._idle: asyncio.Event | None = None

    def add(self) -> None:
        """Count one more."""
        self._count += 1

    def remove(self) -> None:
        """Count one less."""
        self._count -= 1
        if self._idle is not None and not self._count:
            self._idle.set()

    async def wait(self) -> BaseException | None:
        """Wait until there are none, but not for long; return the cancellation, if it comes."""
        if not self._count:
            return None
        self._idle = asyncio.Event()
        try:
            async with asyncio.timeout(CLEANUP_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            logger.error(  # noqa: TRY400 - the traceback of the timeout tells nothing
                "%d requests had not ended %g seconds after the application was to",
                self._count,
                CLEANUP_SECONDS,
            )
        except asyncio.CancelledError as error:
            return error
        finally:
            self._idle = None
        return None


class AppScope:
    """Hold what the providers of an application provide.

    Args:
        graph: knows the providers.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._wanted: dict[Provider, None] = {}
        self._lifetimes: list[Lifetimes] = []  # one for each time that something was set up
        self._lock = asyncio.Lock()
        self._children: list[AppScope] = []
        self._lives = 0
        self.values: Values = {}
        self.is_ready = True
        self.users = Users()

    @property
    def ordered(self) -> list[Provider]:
        """The providers that are used, in the order of set-up."""
        return self._order(self._wanted)

    def has(self, providers: Iterable[Provider]) -> bool:
        """Tell whether some providers are set up."""
        return self.is_ready or all(provider in self.values for provider in providers)

    def add(self, providers: Iterable[Provider]) -> None:
        """Have providers set up: those that some view, or another provider, uses."""
        for provider in providers:
            if provider not in self._wanted:
                self._wanted[provider] = None
                self.is_ready = False

    def inherit(self, parent: "AppScope") -> None:
        """Take the values of a scope that is set up, but for those that an override went into.

        What is set up beside them is cleaned up with that scope.
        """
        parent._children.append(self)  # noqa: SLF001 - of the same class
        self.users = parent.users
        for provider in self.ordered:
            sources = self._graph.sources(provider).values()
            if provider in parent.values and all(source in self.values for source in sources):
                self.values[provider] = parent.values[provider]
        self.is_ready = all(provider in self.values for provider in self.ordered)

    async def start(
        self,
        providers: Iterable[Provider] | None = None,
        *,
        closing: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Set everything up, in order, unless that is done.

        Args:
            providers: what is to be set up, with what it asks for, if not everything.
            closing: makes the context to clean up in, when a provider fails: see `Lifetimes`.

        Raises:
            ProviderError: a provider failed, which the message names; all that was set up before
                is cleaned up.

        Cancellation:
            All that was set up is cleaned up.
        """
        async with self._lock:
            if self.is_ready:
                return
            values: Values = dict(self.values)
            lifetimes = Lifetimes(closing)
            wanted = self._wanted if providers is None else providers
            try:
                for provider in self._order(wanted):
                    if provider not in values:
                        await self._enter(provider, values, lifetimes)
            except BaseException as error:  # noqa: BLE001 - raised again
                failure = await lifetimes.leave(error)
                raise failure or error  # noqa: B904 - its cause is what the provider raised
            self._lifetimes.append(lifetimes)
            self.values = values
            self.is_ready = self._wanted.keys() <= values.keys()

    async def __aenter__(self) -> Self:
        """Set everything up: see `start`.

        What requests have set up before the application started is set up anew: their event loop
        may have been another one, as in tests, and have ended.
        """
        if not self._lives:
            failure = await self._leave(None)
            if failure is not None:
                raise failure
        await self.start()
        self._lives += 1
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clean everything up, in reverse; what a provider raises does not stop the others."""
        self._lives -= 1
        failure = await self._leave(await self.users.wait() or exc)
        if failure is not None and failure is not exc:
            raise failure

    async def _leave(self, failure: BaseException | None) -> BaseException | None:
        """Clean up what inherits from this scope, the last first, then what is its own."""
        while self._children:
            failure = await self._children.pop()._leave(failure)  # noqa: SLF001 - of the same class
        while self._lifetimes:
            failure = await self._lifetimes.pop().leave(failure)
        self.values = {}
        self.is_ready = not self._wanted
        return failure

    def _order(self, providers: Iterable[Provider]) -> list[Provider]:
        return [p for p in self._graph.order(providers) if p.scope == "app"]

    async def _enter(self, provider: Provider, values: Values, lifetimes: Lifetimes) -> None:
        given = {name: values[s] for name, s in self._graph.sources(provider).items()}
        try:
            values[provider] = await lifetimes.enter(provider, given)
        except Exception as error:
            raise ProviderError(f"{provider.label} failed to start: {error!r}") from error
