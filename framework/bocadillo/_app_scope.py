"""The providers of the application: set up when it starts, cleaned up when it ends.

Where no server tells the application that it starts, they are set up once, at the first use.
"""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from ._graph import Graph
from ._lifetimes import Lifetimes
from ._provision import Values
from .errors import ProviderError
from .providers import Provider

__all__ = ["AppScope"]


class AppScope:
    """Hold what the providers of an application provide.

    Args:
        graph: knows the providers.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._wanted: dict[Provider, None] = {}
        self._lifetimes = Lifetimes()
        self._lock = asyncio.Lock()
        self._children: list[AppScope] = []
        self.values: Values = {}
        self.is_ready = True

    @property
    def ordered(self) -> list[Provider]:
        """The providers that are used, in the order of set-up."""
        return [p for p in self._graph.order(self._wanted) if p.scope == "app"]

    def add(self, providers: Iterable[Provider]) -> None:
        """Have providers set up: those that some view, or another provider, uses."""
        for provider in providers:
            self._wanted[provider] = None
            self.is_ready = False

    def inherit(self, parent: "AppScope") -> None:
        """Take the values of a scope that is set up, but for those that an override went into.

        What is set up beside them is cleaned up with that scope.
        """
        if not parent.values:
            return
        parent._children.append(self)  # noqa: SLF001 - of the same class
        for provider in self.ordered:
            sources = self._graph.sources(provider).values()
            if provider in parent.values and all(source in self.values for source in sources):
                self.values[provider] = parent.values[provider]
        self.is_ready = all(provider in self.values for provider in self.ordered)

    async def start(self) -> None:
        """Set everything up, in order, unless that is done.

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
            try:
                for provider in self.ordered:
                    if provider not in values:
                        await self._enter(provider, values)
            except BaseException as error:  # noqa: BLE001 - raised again
                raise await self._lifetimes.leave(error) or error from None
            self.values = values
            self.is_ready = True

    async def __aenter__(self) -> Self:
        """Set everything up: see `start`."""
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clean everything up, in reverse; what a provider raises does not stop the others."""
        failure = exc
        for scope in (*self._children, self):
            failure = await scope._lifetimes.leave(failure)  # noqa: SLF001 - of the same class
            scope.values = {}
            scope.is_ready = not scope._wanted  # noqa: SLF001 - of the same class
        self._children.clear()
        if failure is not None and failure is not exc:
            raise failure

    async def _enter(self, provider: Provider, values: Values) -> None:
        given = {name: values[s] for name, s in self._graph.sources(provider).items()}
        try:
            values[provider] = await self._lifetimes.enter(provider, given)
        except Exception as error:
            raise ProviderError(f"{provider.label} failed to start: {error!r}") from error
