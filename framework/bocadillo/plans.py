"""Plans: how a request is given to a view, decided once, when the application starts.

what the view asks for              what the plan does
nothing                             view(req, res)
route parameters, as text           view(req, res, **params)
converted or query parameters       converts all of them, collecting errors, then the same
a body, or it has hooks             the same, with the body decoded and the hooks awaited
"""

from collections.abc import Awaitable, Callable, Iterable
from inspect import Parameter
from types import EllipsisType
from typing import Any, NamedTuple, TypeVar

from ._bodies import compile_body, is_body_type
from ._near_misses import find_near_miss
from ._queries import parse_query
from .converters import (
    Converter,
    ItemsError,
    ManyConverter,
    compile_converter,
    compile_many,
)
from .errors import HTTPError, ProviderError, RouteError
from .hooks import find_hooks
from .patterns import Pattern
from .requests import Request
from .responses import Response
from .views import Parameter as ViewParameter
from .views import View, ViewFunction

__all__ = ["Params", "Plan", "Run", "check_route", "compile_plan"]

T = TypeVar("T")

Params = dict[str, str]
Run = Callable[[Request, Response, Params], Awaitable[object]]
Direct = Callable[[Any, Any, Any, Params], Awaitable[None]]


class Plan:
    """What answers a request once it is matched.

    Attributes:
        run: `await plan.run(req, res, params)` fills the response in, and gives nothing.
        direct: when it is set, `await plan.direct(scope, receive, send, params)` sends the
            response instead: a mounted application does, and an answer that is always the same.
        place: the view and where it is defined, for messages.
    """

    __slots__ = ("direct", "place", "run")

    def __init__(self, run: Run, *, direct: Direct | None = None, place: str = "") -> None:
        self.run = run
        self.direct = direct
        self.place = place


class QueryParameter(NamedTuple):
    """A query parameter, with one converter or the other; with neither it stays text."""

    name: str
    convert: Converter | None
    convert_many: ManyConverter | None


class Body(NamedTuple):
    """The parameter that gets the body of the request; without one it may keep its default."""

    name: str
    decode: Callable[[bytes], Any]
    has_default: bool


class Needs:
    """What a view asks for, resolved by name."""

    def __init__(self) -> None:
        self.converters: dict[str, Converter] = {}
        self.queries: list[QueryParameter] = []
        self.body: Body | None = None


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
            f"`{name}`.{_did_you_mean(name, taken, kind='parameter')} Add it to the view, or "
            "write `{}` in the pattern to ignore it."
        )


def compile_plan(
    view: View, pattern: Pattern, *, label: str, max_body_size: int | EllipsisType | None = ...
) -> Plan:
    """Resolve by name everything a view asks for, and build its plan.

    Args:
        view: the view.
        pattern: the pattern of its route.
        label: how messages name the route.
        max_body_size: bytes that a body may have; `...` leaves it to the application.

    Raises:
        ProviderError: the view asks for something that nothing provides.
        RouteError: an annotation cannot be evaluated, its constraints do not fit, or two
            parameters ask for the body.
    """
    route_names = [name for name in pattern.names if name]
    needs = Needs()
    for parameter in view.parameters:
        _resolve(needs, parameter, view=view, label=label, route_names=route_names)
    place = f"view `{view.name}` ({view.location}, {label})"
    run = _specialize(view, needs, names=route_names)
    if max_body_size is not ...:
        run = _limit_body(run, max_body_size)
    return Plan(run, place=place)


def _limit_body(run: Run, max_body_size: int | None) -> Run:
    def limited(request: Request, response: Response, params: Params) -> Awaitable[object]:
        request.limit(max_body_size=max_body_size)
        return run(request, response, params)

    return limited


def _resolve(
    needs: Needs, parameter: ViewParameter, *, view: View, label: str, route_names: list[str]
) -> None:
    if parameter.name in route_names:
        convert = _compile(compile_converter, view, parameter=parameter)
        if convert:
            needs.converters[parameter.name] = convert
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
            + _did_you_mean(parameter.name, route_names, kind="route parameter")
        )


def _compile(compiler: Callable[[Any], T], view: View, *, parameter: ViewParameter) -> T:
    try:
        return compiler(parameter.annotation)
    except TypeError as error:
        raise RouteError(
            f"view `{view.name}` ({view.location}) annotates `{parameter.name}` with a constraint "
            f"that does not fit: {error}"
        ) from None


def _specialize(view: View, needs: Needs, *, names: list[str]) -> Run:
    """Choose the least that serves the view: what it does not use, a request does not pay."""
    function = view.function
    owner = getattr(function, "__self__", None) if view.owner is None else view.owner
    holders = (owner, function)
    before, after = find_hooks("before", *holders), find_hooks("after", *holders)
    if needs.body or before or after:
        return _make_async_run(view, needs, before=before, after=after)
    if len(needs.converters) == 1 and not needs.queries and _takes_one(view, names):
        return _make_single_run(function, *next(iter(needs.converters.items())))
    if needs.converters or needs.queries:
        convert = _make_convert(needs)

        def run(request: Request, response: Response, params: Params) -> Awaitable[object]:
            errors: dict[str, str] = {}
            values = convert(request, params, errors)
            if errors:
                raise HTTPError(400, errors)
            return function(request, response, **values)

        return run
    if names:
        return lambda request, response, params: function(request, response, **params)
    return lambda request, response, params: function(request, response)


def _takes_one(view: View, names: list[str]) -> bool:
    """Tell whether a view is called `view(req, res, value)`: with one parameter, by position.

    A decorated one has the signature of what it wraps, but may take `**kwargs` only.
    """
    kinds = [p.kind for p in view.signature.parameters.values()]
    is_plain = kinds == [Parameter.POSITIONAL_OR_KEYWORD] * 3
    is_bare = not hasattr(view.function, "__wrapped__")
    return is_plain and is_bare and list(view.signature.parameters)[2:] == names


def _make_single_run(function: ViewFunction, name: str, convert: Converter) -> Run:
    """Make the plan of the view with one parameter: half the cost of the general one."""

    def run(request: Request, response: Response, params: Params) -> Awaitable[object]:
        try:
            value = convert(params[name])
        except ValueError as error:
            raise HTTPError(400, {name: str(error)}) from None
        return function(request, response, value)

    return run


Convert = Callable[[Request, Params, dict[str, str]], dict[str, Any]]


def _make_convert(needs: Needs) -> Convert:
    """Make the function that converts route and query parameters, and collects their errors."""
    converters = list(needs.converters.items())
    queries = needs.queries

    def convert_all(request: Request, params: Params, errors: dict[str, str]) -> dict[str, Any]:
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


def _make_async_run(view: View, needs: Needs, *, before: list[Any], after: list[Any]) -> Run:
    function: Callable[..., Awaitable[object]] = view.function  # it may return what it must not
    convert, body = _make_convert(needs), needs.body
    # Hooks see what the view gets, defaults included.
    optional = [parameter.name for parameter in view.parameters if parameter.has_default]
    has_hooks = bool(before or after)
    defaults = {name: view.signature.parameters[name].default for name in optional if has_hooks}

    async def run(request: Request, response: Response, params: Params) -> object:
        errors: dict[str, str] = {}
        values = {**defaults, **convert(request, params, errors)}
        if body:
            await _read_body(request, body, values=values, errors=errors)
        if errors:
            raise HTTPError(400, errors)
        for hook in before:
            await hook(request, response, values)
        result = await function(request, response, **values)
        for hook in after:
            await hook(request, response, values)
        return result

    return run


async def _read_body(
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
