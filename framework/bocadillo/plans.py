"""Plans: how a request is given to a view, decided once, when the application starts.

    what the view asks for              what the plan does
    nothing                             view(req, res)
    route parameters, as text           view(req, res, **params)
    converted or query parameters       converts all of them, collecting errors, then the same
    a body, or it has hooks             the same, with the body decoded and the hooks awaited
    providers                           the same, with the providers set up before the hooks

Conversion comes first: what it refuses opens nothing. Providers that have something to clean up
are set up in the lifetimes of the request, and cleaned up when the view has ended, or when its
stream has.
"""

from collections.abc import Awaitable, Callable
from inspect import Parameter
from types import EllipsisType
from typing import Any

from msgspec import structs

from ._asking import Asked, ask
from ._needs import Params, make_convert
from ._providing import Providing
from ._provision import NOTHING, Provision
from ._runs import Run, make_async_run, make_provided_run
from .converters import Converter
from .errors import HTTPError
from .patterns import Pattern
from .requests import Request
from .responses import Response
from .views import View, ViewFunction

__all__ = ["Direct", "Params", "Plan", "Run", "compile_plan"]

Direct = Callable[[Any, Any, Any, Params], Awaitable[None]]
"""The call of a handler that asks for nothing to be prepared."""


class Plan:
    """What answers a request once it is matched.

    Attributes:
        run: `await plan.run(req, res, params)` fills the response in, and gives nothing.
        direct: when it is set, `await plan.direct(scope, receive, send, params)` sends the
            response instead: a mounted application does, and an answer that is always the same.
        place: the view and where it is defined, for messages.
        provision: what is set up for the view.
        takes_body: whether a parameter of the view is the body of the request.
    """

    __slots__ = ("direct", "place", "provision", "run", "takes_body")

    def __init__(
        self,
        run: Run,
        *,
        direct: Direct | None = None,
        place: str = "",
        provision: Provision = NOTHING,
        takes_body: bool = False,
    ) -> None:
        self.run = run
        self.direct = direct
        self.place = place
        self.provision = provision
        self.takes_body = takes_body


def compile_plan(
    view: View,
    pattern: Pattern,
    *,
    label: str,
    providing: Providing,
    max_body_size: int | EllipsisType | None = ...,
    cancel_on_disconnect: bool = False,
) -> Plan:
    """Resolve by name everything a view asks for, and build its plan.

    Args:
        view: the view.
        pattern: the pattern of its route.
        label: how messages name the route.
        providing: provides what is neither of the request nor of the route.
        max_body_size: bytes that a body may have; `...` leaves it to the application.
        cancel_on_disconnect: whether the view is cancelled when the client leaves.

    Raises:
        ProviderError: the view asks for something that nothing provides.
        RouteError: an annotation cannot be evaluated, its constraints do not fit, or two
            parameters ask for the body.
    """
    place = f"view `{view.name}` ({view.location}, {label})"
    asked = ask(view, pattern, label=label, providing=providing, place=place)
    if cancel_on_disconnect:
        from ._attending import attend  # noqa: PLC0415 - most views do not wait for long

        function = attend(view.function, place)
        asked = structs.replace(asked, view=View(function, view.signature, owner=view.owner))
    run = _specialize(asked, providing)
    if max_body_size is not ...:
        run = _limit_body(run, max_body_size)
    takes_body = asked.needs.body is not None
    return Plan(run, place=place, provision=asked.provision, takes_body=takes_body)


def _limit_body(run: Run, max_body_size: int | None) -> Run:
    def limited(request: Request, response: Response, params: Params) -> Awaitable[object]:
        request.limit(max_body_size=max_body_size)
        return run(request, response, params)

    return limited


def _specialize(asked: Asked, providing: Providing) -> Run:
    """Choose the least that serves the view: what it does not use, a request does not pay."""
    view, needs = asked.view, asked.needs
    function = view.function
    if asked.provision != NOTHING:
        return make_provided_run(asked, providing)
    if needs.body or asked.before or asked.after:
        return make_async_run(asked)
    if len(needs.converters) == 1 and not needs.queries and _takes_one(view, needs.names):
        return _make_single_run(function, *next(iter(needs.converters.items())))
    if needs.converters or needs.queries:
        convert = make_convert(needs)

        def run(request: Request, response: Response, params: Params) -> Awaitable[object]:
            errors: dict[str, str] = {}
            values = convert(request, params, errors)
            if errors:
                raise HTTPError(400, errors)
            return function(request, response, **values)

        return run
    if needs.names:
        return lambda request, response, params: function(request, response, **params)
    return lambda request, response, params: function(request, response)


def _takes_one(view: View, names: tuple[str, ...]) -> bool:
    """Tell whether a view is called `view(req, res, value)`: with one parameter, by position.

    A decorated one has the signature of what it wraps, but may take `**kwargs` only.
    """
    kinds = [p.kind for p in view.signature.parameters.values()]
    is_plain = kinds == [Parameter.POSITIONAL_OR_KEYWORD] * 3
    is_bare = not hasattr(view.function, "__wrapped__")
    return is_plain and is_bare and tuple(view.signature.parameters)[2:] == names


def _make_single_run(function: ViewFunction, name: str, convert: Converter) -> Run:
    """Make the plan of the view with one parameter: half the cost of the general one."""

    def run(request: Request, response: Response, params: Params) -> Awaitable[object]:
        try:
            value = convert(params[name])
        except ValueError as error:
            raise HTTPError(400, {name: str(error)}) from None
        return function(request, response, value)

    return run
