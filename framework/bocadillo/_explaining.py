"""Explaining: which providers are set up for each view, as data: for `bocadillo routes`.

It finds what the application would find when it starts, and sets nothing up.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ._asking import Reason, ask
from ._freezing import Registered, make_providing
from ._graph import Graph
from .providers import Provider
from .routing import Mount, Route, WebSocketRoute
from .views import View

__all__ = ["Planned", "ViewPlan", "explain"]


class Planned(NamedTuple):
    """A provider in the plan of a view.

    Attributes:
        provider: the provider.
        depth: 0 when the view is the reason, 1 when a provider of depth 0 asks for it, …
        reason: why it is set up for the view; `None` when another provider asks for it.
        is_deferred: whether it waits until a lazy provider, or its own value, is awaited.
        is_repeated: whether it stands earlier in the plan, and is set up there.
    """

    provider: Provider
    depth: int
    reason: Reason | None
    is_deferred: bool
    is_repeated: bool


class ViewPlan(NamedTuple):
    """The plan of a view: its providers, each after those that it asks for.

    Attributes:
        route: the route of the view.
        methods: those that the view answers.
        view: the view.
        providers: in the order of set-up.
    """

    route: Route | WebSocketRoute
    methods: tuple[str, ...]
    view: View
    providers: tuple[Planned, ...]


def explain(registered: Registered) -> list[ViewPlan]:
    """Return the plans of all views, in the order of their routes.

    Raises:
        ProviderError: a view asks for something that nothing provides.
        RouteError: an annotation of a view cannot be used.
    """
    providing = make_providing(registered)
    plans: list[ViewPlan] = []
    for route in registered.entries:
        if isinstance(route, Mount):
            continue
        for view in {id(view): view for view in route.views.values()}.values():
            place = f"view `{view.name}` ({view.location}, {route.label})"
            asked = ask(view, route.pattern, label=route.label, providing=providing, place=place)
            methods = tuple(method for method, other in route.views.items() if other is view)
            walk = _Walk(providing.graph)
            providers = [p for reason, own in asked.wanted for p in walk.visit(own, reason=reason)]
            plans.append(ViewPlan(route, methods, view, tuple(providers)))
    return plans


class _Walk:
    """Walk from the providers that a view has to those that they ask for, in order of set-up."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._seen: set[Provider] = set()
        self._deferred: set[Provider] = set()

    def visit(
        self,
        provider: Provider,
        *,
        reason: Reason | None = None,
        depth: int = 0,
        is_deferred: bool = False,
    ) -> Iterator[Planned]:
        """Yield all that a provider asks for, then itself."""
        is_deferred = (is_deferred or provider.is_lazy) and provider.scope == "request"
        is_repeated = provider in self._seen or (is_deferred and provider in self._deferred)
        if not is_repeated:
            (self._deferred if is_deferred else self._seen).add(provider)
            for dependency in self._graph.dependencies(provider):
                yield from self.visit(dependency, depth=depth + 1, is_deferred=is_deferred)
        yield Planned(provider, depth, reason, is_deferred, is_repeated)
