"""What a function asks for beyond the arguments it is called with: values of providers.

Hooks, error handlers and background tasks are called with arguments of their own; what else they
ask for is resolved by name, as it is for views.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ._graph import Graph
from .errors import ProviderError
from .providers import Provider
from .views import LENIENT, locate, read_parameters

__all__ = ["find_extras"]

Kind = inspect.Parameter
POSITIONAL = (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD)
NAMED = (Kind.POSITIONAL_OR_KEYWORD, Kind.KEYWORD_ONLY)


def find_extras(
    function: Callable[..., Any],
    graph: Graph,
    *,
    count: int,
    given: Iterable[str] = (),
    what: str,
) -> dict[str, Provider]:
    """Return the providers that a function asks for, by the names of its parameters.

    Args:
        function: what will be called.
        graph: knows the providers.
        count: how many arguments it gets by position.
        given: the names of those that it gets by name.
        what: how messages name the function's role: `hook`.

    Raises:
        ProviderError: it asks for something that nothing provides.
        RouteError: an annotation cannot be evaluated.
    """
    try:
        parameters = list(inspect.signature(function, **LENIENT).parameters.values())
    except ValueError:  # a few functions written in C do not tell
        return {}
    by_position = [p.name for p in parameters if p.kind in POSITIONAL][:count]
    bound = function.keywords if isinstance(function, partial) else ()
    taken = {*by_position, *given, *bound}
    extras = [p for p in parameters if p.name not in taken and p.kind in NAMED]
    name = getattr(function, "__name__", repr(function))
    found: dict[str, Provider] = {}
    for parameter in read_parameters(function, extras, what=f"{what} `{name}`"):
        provider = graph.find(parameter)
        if provider is not None:
            found[parameter.name] = provider
        elif not parameter.has_default:
            raise ProviderError(
                f"{what} `{name}` ({locate(function)}) asks for `{parameter.name}`, which is not "
                f"given to it, and which is no provider.{graph.did_you_mean(parameter.name)}"
            )
    return found
