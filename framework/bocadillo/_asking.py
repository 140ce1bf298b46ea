"""Asking: all that a view and its hooks ask for, found when the application starts."""

from typing import Literal, NamedTuple

from msgspec import Struct

from ._extras import find_extras
from ._graph import Graph
from ._needs import Needs, find_needs
from ._providing import Providing
from ._provision import Provision
from .hooks import Hook, When, find_hooks
from .patterns import Pattern
from .providers import Provider, find_uses
from .views import View

__all__ = ["Asked", "BoundHook", "Reason", "ask"]

Reason = Literal["autouse", "useprovider", "parameter", "hook"]
"""Why a provider is set up for a view."""


class BoundHook(NamedTuple):
    """A hook, and the providers of what else it asks for."""

    hook: Hook
    extras: dict[str, Provider]


class Asked(Struct, frozen=True):
    """All that a view and its hooks ask for; the providers with the reason for each."""

    view: View
    needs: Needs
    before: list[BoundHook]
    after: list[BoundHook]
    wanted: list[tuple[Reason, Provider]]
    provision: Provision


def ask(view: View, pattern: Pattern, *, label: str, providing: Providing, place: str) -> Asked:
    """Find what a view asks for, its hooks, and what they ask for.

    Providers are set up in this order, each after those that it asks for: those that every view
    gets, those that decorate the view, those that it asks for, those that its hooks ask for.

    Raises:
        ProviderError: something is asked for that nothing provides.
        RouteError: see `find_needs`.
    """
    graph = providing.graph
    needs = find_needs(view, pattern, label=label, graph=graph)
    owner = getattr(view.function, "__self__", None) if view.owner is None else view.owner
    holders = (owner, view.function)
    before = _bind("before", holders, graph)
    after = _bind("after", holders, graph)
    found: dict[Reason, list[Provider]] = {
        "autouse": graph.autouse,
        "useprovider": [graph.refer(reference, by=place) for reference in find_uses(*holders)],
        "parameter": list(needs.providers.values()),
        "hook": [p for bound in (*before, *after) for p in bound.extras.values()],
    }
    wanted = [(reason, provider) for reason, group in found.items() for provider in group]
    provision = providing.compile(
        (provider for _, provider in wanted), by=place, inputs=view.inputs
    )
    return Asked(view, needs, before, after, wanted, provision)


def _bind(when: When, holders: tuple[object, ...], graph: Graph) -> list[BoundHook]:
    return [
        BoundHook(
            hook,
            find_extras(hook.call, graph, count=3 + len(hook.args), given=hook.kwargs, what="hook"),
        )
        for hook in find_hooks(when, *holders)
    ]
