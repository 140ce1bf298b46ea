"""Needs: what a view asks for beyond the request and the response, resolved by name.

the parameter                                   is given
is one of the pattern                           that part of the path, converted
names a provider, or is annotated with one      what that provides
is annotated with a record, such as a Struct    the body, decoded
has a default                                   the query parameter of its name, converted
none of these                                   nothing: the application does not start
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar, get_origin

from msgspec import Struct

from ._bodies import compile_body, is_body_type
from ._connection import Connection
from ._graph import Graph
from ._near_misses import find_near_miss
from ._queries import parse_query
from .converters import Converter, ItemsError, ManyConverter, compile_converter, compile_many
from .errors import HTTPError, ProviderError, RouteError
from .patterns import Pattern
from .providers import Provider
from .requests import Request
from .views import Parameter, View

__all__ = ["Convert", "Needs", "Params", "check_route", "find_needs", "make_convert", "read_body"]

T = TypeVar("T")

Params = dict[str, str]
"""The text of route parameters, by their names."""
Convert = Callable[[Connection, Params, dict[str, str]], dict[str, Any]]


class QueryParameter(NamedTuple):
    """A query parameter, with one converter or the other; with neither it stays text."""

    name: str
    convert: Converter | None
    convert_many: ManyConverter | None


class Body(Struct, frozen=True):
    """The parameter that gets the body of the request; without one it may keep its default."""

    name: str
    decode: Callable[[bytes], Any]
    has_default: bool


class Needs:
    """What a view asks for, resolved by name; `names` are the parameters of its pattern."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.converters: dict[str, Converter] = {}
        self.queries: list[QueryParameter] = []
        self.body: Body | None = None
        self.providers: dict[str, Provider] = {}


def check_route(view: View, pattern: Pattern, *, label: str) -> None:
    """Refuse a route whose view does not take one of the parameters of its pattern.

    Raises:
        RouteError: naming the view, the route and the parameter.
    """
    if not pattern.names:
        return
    taken = set(view.names)
    positional = set(list(view.signature.parameters)[: len(view.inputs)])
    for name in pattern.names:
        if not name or name in taken or (view.takes_any and name not in positional):
            continue
        raise RouteError(
            f"view `{view.name}` ({view.location}, {label}) does not take the route parameter "
            f"`{name}`.{_did_you_mean(name, taken, kind='parameter')} Add it to the view, or "
            "write `{}` in the pattern to ignore it."
        )


def find_needs(view: View, pattern: Pattern, *, label: str, graph: Graph) -> Needs:
    """Resolve by name everything a view asks for.

    Args:
        view: the view.
        pattern: the pattern of its route.
        label: how messages name the route.
        graph: knows the providers.

    Raises:
        ProviderError: the view asks for something that nothing provides.
        RouteError: an annotation cannot be evaluated, its constraints do not fit, or two
            parameters ask for the body.
    """
    needs = Needs(tuple(name for name in pattern.names if name))
    for parameter in view.parameters:
        _resolve(needs, parameter, view=view, label=label, graph=graph)
    return needs


def _resolve(needs: Needs, parameter: Parameter, *, view: View, label: str, graph: Graph) -> None:
    provider = graph.find(parameter)
    if parameter.name in needs.names:
        if provider:
            raise ProviderError(
                f"view `{view.name}` ({view.location}, {label}) asks for `{parameter.name}`, which "
                f"is a parameter of its route, and {provider.label}: rename one of them."
            )
        convert = _compile(compile_converter, view, parameter=parameter)
        if convert:
            needs.converters[parameter.name] = convert
    elif provider:
        needs.providers[parameter.name] = provider
    elif is_body_type(parameter.annotation):
        if needs.body:
            raise RouteError(
                f"view `{view.name}` ({view.location}, {label}) asks for the body twice, as "
                f"`{needs.body.name}` and `{parameter.name}`: put both into one type."
            )
        decode = _compile(compile_body, view, parameter=parameter)
        needs.body = Body(parameter.name, decode, parameter.has_default)
    elif parameter.has_default:
        many = _compile(compile_many, view, parameter=parameter)
        single = None if many else _compile(compile_converter, view, parameter=parameter)
        needs.queries.append(QueryParameter(parameter.name, single, many))
    else:
        raise ProviderError(
            f"view `{view.name}` ({view.location}, {label}) asks for `{parameter.name}`, which is "
            "neither a route parameter, nor a provider, nor a query parameter with a default."
            + (
                _did_you_mean(parameter.name, needs.names, kind="route parameter")
                or graph.did_you_mean(parameter.name)
                or _suggest_reading(parameter)
            )
        )


def _suggest_reading(parameter: Parameter) -> str:
    """Tell how to get the JSON body as what is no record, which other frameworks pass as well."""
    annotation = parameter.annotation
    if (get_origin(annotation) or annotation) not in (dict, list, set, frozenset, tuple):
        return ""
    shown = annotation.__name__ if isinstance(annotation, type) else annotation
    return f" If it is to be the body: annotate a record, or call `await req.json({shown})`."


def _compile(compiler: Callable[[Any], T], view: View, *, parameter: Parameter) -> T:
    try:
        return compiler(parameter.annotation)
    except (TypeError, ValueError) as error:  # a bound beyond 64 bits is the latter
        raise RouteError(
            f"view `{view.name}` ({view.location}) annotates `{parameter.name}` with a constraint "
            f"that does not fit: {error}"
        ) from None


def make_convert(needs: Needs) -> Convert:
    """Make the function that converts route and query parameters, and collects their errors."""
    converters = list(needs.converters.items())
    queries = needs.queries

    def convert_all(request: Connection, params: Params, errors: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {**params}
        for name, convert in converters:
            try:
                values[name] = convert(values[name])
            except ValueError as error:
                errors[name] = str(error)
        if queries and (query := request.scope["query_string"]):
            _convert_query(queries, query, values=values, errors=errors)
        return values

    return convert_all


async def read_body(
    request: Request, body: Body, *, values: dict[str, Any], errors: dict[str, str]
) -> None:
    """Decode the body; what is wrong with it joins what is wrong with the other parameters."""
    if body.has_default and not await request.body():
        return
    request.expect_json()
    content = await request.body()
    try:
        values[body.name] = body.decode(content)
    except HTTPError as error:
        if not errors:
            raise
        detail = error.detail
        errors.update(detail if isinstance(detail, dict) else {body.name: str(detail)})


def _convert_query(
    queries: list[QueryParameter],
    query_string: bytes,
    *,
    values: dict[str, Any],
    errors: dict[str, str],
) -> None:
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


def _did_you_mean(name: str, names: Iterable[str], *, kind: str) -> str:
    near = find_near_miss(name, names)
    return f" Did you mean the {kind} `{near}`?" if near else ""
