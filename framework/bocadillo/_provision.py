"""Provisions: what is set up for a view, a hook, a handler or a task, and in which order.

a provider             in a provision is
of the application     a value that is there already
of a request           a step: called with the values of the steps before it
lazy                   an awaitable, whose steps are those that it asks for, and itself
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import Any, NamedTuple

from msgspec import Struct

from ._graph import Graph, Source
from ._lifetimes import Lifetimes
from .errors import ProviderError
from .providers import Provider

__all__ = ["NOTHING", "Provision", "Values", "compile_provision", "set_up"]

Values = dict[Source, Any]
"""The values by where they come from: those of providers, and those of `req`, `res` and `ws`."""


class Step(NamedTuple):
    """One provider to call; `arguments` are the names of its parameters and their sources."""

    provider: Provider
    function: Callable[..., Any]
    is_async: bool
    arguments: tuple[tuple[str, Source], ...]


class Provision(Struct, frozen=True):
    """What is set up, compiled.

    Attributes:
        steps: what is called for a request, in order.
        lazy: the steps of each lazy provider, itself the last.
        app: the providers of the application whose values are used.
        has_generators: whether something may have to be cleaned up.
        needs_guard: whether cleaning up may wait, and be cancelled there.
    """

    steps: tuple[Step, ...] = ()
    lazy: tuple[tuple[Step, ...], ...] = ()
    app: tuple[Provider, ...] = ()
    has_generators: bool = False
    needs_guard: bool = False

    @property
    def is_scoped(self) -> bool:
        """Whether it needs lifetimes: to clean up, or to set up later."""
        return self.has_generators or bool(self.lazy)


NOTHING = Provision()


def compile_provision(
    graph: Graph, wanted: Iterable[Provider], *, inputs: tuple[str, ...], by: str
) -> Provision:
    """Compile what is set up for those who want some providers.

    Args:
        graph: knows the providers.
        wanted: the providers.
        inputs: what providers may ask for beside each other, of `req`, `res` and `ws`.
        by: how messages name who wants them.

    Raises:
        ProviderError: something that they ask for cannot be provided.
    """
    ordered = graph.order(wanted)
    lazy: dict[Provider, tuple[Step, ...]] = {}
    used = dict.fromkeys(ordered)
    waiting = [provider for provider in ordered if provider.is_lazy]
    while waiting:
        provider = waiting.pop(0)
        inner = graph.order(graph.dependencies(provider))
        used |= dict.fromkeys(inner)
        lazy[provider] = _make_steps(graph, [*(p for p in inner if not p.is_lazy), provider])
        waiting += [p for p in inner if p.is_lazy and p not in lazy and p not in waiting]
    for provider in used:
        _check_inputs(graph, provider, inputs=inputs, by=by)
    return Provision(
        steps=_make_steps(graph, [provider for provider in ordered if not provider.is_lazy]),
        lazy=tuple(lazy.values()),
        app=tuple(provider for provider in used if provider.scope == "app"),
        has_generators=any(p.is_generator for p in used if p.scope == "request"),
        needs_guard=any(p.kind == "async generator" for p in used if p.scope == "request"),
    )


async def set_up(provision: Provision, values: Values, lifetimes: Lifetimes) -> None:
    """Take the steps of a provision; `values` gets what they provide.

    Raises:
        Exception: what a provider raised; what was set up before waits in `lifetimes`.
    """
    locks: dict[Provider, asyncio.Lock] = defaultdict(asyncio.Lock)
    for steps in provision.lazy:
        values[steps[-1].provider] = _Lazy(steps, values, lifetimes=lifetimes, locks=locks)
    await _take(provision.steps, values, lifetimes)


async def _take(steps: Iterable[Step], values: Values, lifetimes: Lifetimes) -> None:
    for provider, _, _, arguments in steps:
        if provider not in values:
            given = {name: values[source] for name, source in arguments}
            values[provider] = await lifetimes.enter(provider, given)


class _Lazy(Awaitable[Any]):
    """The value of a lazy provider: set up when it is first awaited, once."""

    def __init__(
        self,
        steps: tuple[Step, ...],
        values: Values,
        *,
        lifetimes: Lifetimes,
        locks: dict[Provider, asyncio.Lock],
    ) -> None:
        self._steps = steps
        self._values = values
        self._lifetimes = lifetimes
        self._locks = locks  # of the request: two may need the same provider at the same time
        self._found: list[Any] = []
        self._failure: Exception | None = None

    def __await__(self) -> Generator[Any, None, Any]:
        return self._get().__await__()

    async def _get(self) -> Any:
        async with self._locks[self._steps[-1].provider]:
            if self._failure is not None:
                raise self._failure
            if not self._found:
                try:
                    self._found.append(await self._compute())
                except Exception as error:
                    self._failure = error
                    raise
        return self._found[0]

    async def _compute(self) -> Any:
        *before, own = self._steps
        if self._lifetimes.is_over:
            raise ProviderError(
                f"{own.provider.label} was first awaited when its request was over: await it in "
                "the view, or let the background task ask for it"
            )
        for step in before:
            async with self._locks[step.provider]:
                await _take((step,), self._values, self._lifetimes)
        given = {name: self._values[source] for name, source in own.arguments}
        return await self._lifetimes.enter(own.provider, given)


def _make_steps(graph: Graph, providers: Iterable[Provider]) -> tuple[Step, ...]:
    return tuple(
        Step(
            provider,
            provider.function,
            provider.kind == "async function",
            tuple(graph.sources(provider).items()),
        )
        for provider in providers
        if provider.scope == "request"
    )


def _check_inputs(graph: Graph, provider: Provider, *, inputs: tuple[str, ...], by: str) -> None:
    for source in graph.sources(provider).values():
        if isinstance(source, str) and source not in inputs:
            raise ProviderError(
                f"{by} uses {provider.label}, which asks for `{source}`: there is only "
                + " and ".join(f"`{name}`" for name in inputs)
            )
