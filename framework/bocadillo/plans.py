"""Plans: how a request is given to a view, decided once, when the application starts.

what the view asks for              what the plan does
nothing                             view(req, res)
route parameters, as text           view(req, res, **params)
converted or query parameters       converts all of them, collecting errors, then the same
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from ._queries import parse_query
from .converters import (
    Converter,
    ItemsError,
    ManyConverter,
    compile_converter,
    compile_many,
)
from .errors import HTTPError, ProviderError, RouteError
from .patterns import Pattern
from .requests import Request
from .responses import Response
from .views import Parameter, View

__all__ = ["Plan", "Run", "check_route", "compile_plan"]

T = TypeVar("T")

Params = dict[str, str]
Run = Callable[[Request, Response, Params], Awaitable[None]]


class Plan(NamedTuple):
    """What answers a request once it is matched: `await plan.run(req, res, params)`."""

    run: Run


class QueryParameter(NamedTuple):
    """A query parameter, with one converter or the other; with neither it stays text."""

    name: str
    convert: Converter | None
    convert_many: ManyConverter | None


def check_route(view: View, pattern: Pattern, *, label: str) -> None:
    """Refuse a route whose view does not take one of the parameters of its pattern.

    Raises:
        RouteError: naming the view, the route and the parameter.
    """
    taken = set(view.names)
    first_two = set(list(view.signature.parameters)[:2])
    for name in pattern.names:
        if not name or name in taken or (view.takes_any and name not in first_two):
            continue
        raise RouteError(
            f"view `{view.name}` ({view.location}, {label}) does not take the route parameter "
            f"`{name}`.{_near_miss(name, taken, kind='parameter')} Add it to the view, or write "
            "`{}` in the pattern to ignore it."
        )


def compile_plan(view: View, pattern: Pattern, *, label: str) -> Plan:
    """Resolve by name everything a view asks for, and build its plan.

    Raises:
        ProviderError: the view asks for something that nothing provides.
        RouteError: an annotation cannot be evaluated, or its constraints do not fit.
    """
    route_names = [name for name in pattern.names if name]
    queries = []
    converters: dict[str, Converter] = {}
    for parameter in view.parameters:
        if parameter.name in route_names:
            convert = _compile(compile_converter, view, parameter=parameter)
            if convert:
                converters[parameter.name] = convert
        elif parameter.has_default:
            many = _compile(compile_many, view, parameter=parameter)
            single = None if many else _compile(compile_converter, view, parameter=parameter)
            queries.append(QueryParameter(parameter.name, single, many))
        else:
            raise _unknown(view, parameter, label=label, route_names=route_names)
    return Plan(_specialize(view, list(converters.items()), queries=queries, names=route_names))


def _compile(compiler: Callable[[Any], T], view: View, *, parameter: Parameter) -> T:
    try:
        return compiler(parameter.annotation)
    except TypeError as error:
        raise RouteError(
            f"view `{view.name}` ({view.location}) annotates `{parameter.name}` with a constraint "
            f"that does not fit: {error}"
        ) from None


def _specialize(
    view: View,
    converters: list[tuple[str, Converter]],
    *,
    queries: list[QueryParameter],
    names: list[str],
) -> Run:
    """Choose the least that serves the view: what it does not use, a request does not pay."""
    function = view.function
    if converters or queries:

        def run(request: Request, response: Response, params: Params) -> Awaitable[None]:
            errors: dict[str, str] = {}
            values: dict[str, Any] = {**params}
            for name, convert in converters:
                try:
                    values[name] = convert(values[name])
                except ValueError as error:
                    errors[name] = str(error)
            if queries:
                _convert_query(queries, request.scope["query_string"], values=values, errors=errors)
            if errors:
                raise HTTPError(400, errors)
            return function(request, response, **values)

        return run
    if names:
        return lambda request, response, params: function(request, response, **params)
    return lambda request, response, params: function(request, response)


def _convert_query(
    queries: list[QueryParameter],
    query_string: bytes,
    *,
    values: dict[str, Any],
    errors: dict[str, str],
) -> None:
    if not query_string:
        return
    pairs = parse_query(query_string)
    given = dict(pairs)
    for name, convert, convert_many in queries:
        if name not in given:
            continue
        try:
            if convert_many:
                values[name] = convert_many([value for key, value in pairs if key == name])
            else:
                values[name] = convert(given[name]) if convert else given[name]
        except ItemsError as error:
            errors.update({f"{name}[{i}]": message for i, message in error.errors.items()})
        except ValueError as error:
            errors[name] = str(error)


def _unknown(
    view: View, parameter: Parameter, *, label: str, route_names: list[str]
) -> ProviderError:
    return ProviderError(
        f"view `{view.name}` ({view.location}, {label}) asks for `{parameter.name}`, which is "
        "neither a route parameter, nor a provider, nor a query parameter with a default."
        + _near_miss(parameter.name, route_names, kind="route parameter")
    )


def _near_miss(name: str, names: "set[str] | list[str]", *, kind: str) -> str:
    import difflib  # noqa: PLC0415 - it is only needed to word an error

    near = difflib.get_close_matches(name, sorted(names), n=1)
    return f" Did you mean the {kind} `{near[0]}`?" if near else ""
