"""Freezing: check everything an application registered, and build what serves its requests."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ._answering import Answer, make_answer
from ._app_scope import AppScope
from ._calling import call_handler
from ._denying import make_websocket_answer
from ._draining import Draining
from ._extras import find_extras
from ._graph import Graph
from ._limits import Limits
from ._parts import Parts
from ._providing import Providing
from ._provision import Values
from ._refusals import describe_options, refuse_method, refuse_missing
from ._security import compile_security
from ._socket_table import compile_mount, compile_websockets
from .error_handlers import ErrorHandler, ErrorHandlers
from .middleware._asgi import wrap_app
from .middleware._http import Middleware, compile_dispatch, dispatch_plan
from .patterns import Pattern
from .plans import Plan, compile_plan
from .providers import Provider, discover_convention, live_shared
from .requests import Request
from .responses import Response
from .routing import Entry, Leaf, Mount, Route, Table, WebSocketRoute, allowed_methods
from .views import View

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from .config import Settings

__all__ = ["Registered", "Served", "freeze", "make_providing"]

Added = list[tuple[Any, dict[str, Any]]]


class Registered(Struct, frozen=True):
    """What an application registered."""

    app: "ASGIApp"
    entries: Sequence[Entry]
    providers: Mapping[str, Provider]
    overrides: Mapping[str, Provider]
    handlers: ErrorHandlers
    http_middleware: list[tuple[type[Middleware], dict[str, Any]]]
    asgi_middleware: Added
    draining: Draining
    settings: "Settings"


class Served(Struct, frozen=True):
    """What serves the connections of an application, and what lives as long as it."""

    http: Answer
    websocket: Answer
    providing: Providing


def freeze(registered: Registered) -> Served:
    """Build what serves an application's connections.

    Raises:
        ProviderError: a view asks for something that nothing provides.
        RouteError: an annotation of a view cannot be used.
    """
    settings = registered.settings
    providing = make_providing(registered)
    handlers = registered.handlers.bound(partial(_bind_handler, providing))
    dispatch = compile_dispatch(registered.app, registered.http_middleware)
    is_seen = dispatch is not dispatch_plan or not handlers.are_default
    parts = Parts(
        app=registered.app,
        dispatch=dispatch,
        handlers=handlers,
        last=_choose_last(is_debug=settings.DEBUG),
        request_class=Request.with_limits(
            Limits(max_body_size=settings.MAX_BODY_SIZE, body_timeout=settings.BODY_TIMEOUT)
        ),
        security=compile_security(settings.SECURITY_HEADERS),
        providing=providing,
        draining=registered.draining,
    )
    _warn_of_unreachable([e for e in registered.entries if not isinstance(e, WebSocketRoute)])
    table = compile_table(
        registered.entries,
        parts,
        is_prepared=not is_seen,
        redirects_slash=settings.REDIRECT_TRAILING_SLASH,
    )
    websockets = compile_websockets(registered.entries, parts, settings)
    return _wrap(
        Served(make_answer(parts, table), make_websocket_answer(websockets), providing),
        registered.asgi_middleware,
    )


def make_providing(registered: Registered) -> Providing:
    """Check all providers, whoever may use them, and make what provides."""
    discover_convention()
    graph = Graph({**live_shared(), **registered.providers}, registered.overrides)
    graph.order(graph.providers.values())
    providing = Providing(graph, AppScope(graph))
    autouse = [provider for provider in graph.autouse if provider.scope == "app"]
    providing.compile(autouse, by="the application")
    return providing


def _bind_handler(providing: Providing, handler: ErrorHandler) -> ErrorHandler:
    """Give an error handler what it asks for beyond the error, in lifetimes of its own."""
    extras = find_extras(handler, providing.graph, count=3, what="error handler")
    if not extras:
        return handler
    by = f"error handler `{getattr(handler, '__name__', handler)}`"
    provision = providing.compile(extras.values(), by=by)

    async def bound(request: Request, response: Response, error: Exception) -> None:
        inputs: Values = {"req": request, "res": response}
        call = partial(call_handler, handler, request, response, error)
        await providing.call(call, extras, provision=provision, inputs=inputs)

    return bound


def _wrap(served: Served, middleware: Added) -> Served:
    """Wrap ASGI middleware around both ways, each instantiated once."""
    if not middleware:
        return served

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        inner = served.http if scope["type"] == "http" else served.websocket
        rest = await inner(scope, receive, send)
        if rest is not None:
            await rest

    wrapped = wrap_app(answer, middleware)

    async def serve(scope: "Scope", receive: "Receive", send: "Send") -> None:
        await wrapped(scope, receive, send)  # what a middleware returns is nothing to await

    return Served(serve, serve, served.providing)


def _choose_last(*, is_debug: bool) -> ErrorHandler | None:
    """Choose what answers the errors that nobody handles, if the handlers are not to."""
    if not is_debug:
        return None
    from ._debug import error_to_debug_page  # noqa: PLC0415 - it is for development

    return error_to_debug_page


def compile_table(
    entries: Sequence[Entry], parts: Parts, *, is_prepared: bool, redirects_slash: bool
) -> Table:
    """Compile the plans of all HTTP routes and mounts, and the table that finds them."""
    own = [entry for entry in entries if not isinstance(entry, WebSocketRoute)]
    leaves = [
        (entry.pattern, _compile_leaf(rank, entry, parts=parts, is_prepared=is_prepared))
        for rank, entry in enumerate(own)
    ]

    def has_slashed(path: str) -> bool:
        return table.has(f"{path}/")

    can_have = redirects_slash and any(_can_end_with_slash(pattern) for pattern, _ in leaves)
    missing = refuse_missing(has_slashed if can_have else None, is_prepared=is_prepared)
    table = Table(leaves, missing=missing)
    return table


def _compile_leaf(rank: int, entry: Route | Mount, *, parts: Parts, is_prepared: bool) -> Leaf:
    if isinstance(entry, Mount):
        return Leaf(rank, entry.pattern.names, plans={}, other=compile_mount(entry))
    allow = allowed_methods(entry.methods)
    compiled = {id(view): _compile(view, entry, parts) for view in entry.views.values()}
    plans = {
        "OPTIONS": describe_options(allow, is_prepared=is_prepared),
        **{method: compiled[id(view)] for method, view in entry.views.items()},
    }
    if "GET" in plans:
        plans.setdefault("HEAD", plans["GET"])
    other = refuse_method(allow, is_prepared=is_prepared)
    return Leaf(rank, entry.pattern.names, plans=plans, other=other)


def _compile(view: View, route: Route, parts: Parts) -> Plan:
    plan = compile_plan(
        view,
        route.pattern,
        label=route.label,
        providing=parts.providing,
        max_body_size=route.max_body_size,
        cancel_on_disconnect=route.cancel_on_disconnect,
    )
    methods = {method for method, handler in route.views.items() if handler is view}
    if plan.takes_body and methods <= {"GET", "HEAD"}:
        warnings.warn(
            f"{plan.place} asks for the body of the request, but answers GET alone, which has "
            "none. Register it for another method: methods=['POST'].",
            RuntimeWarning,
            stacklevel=2,
        )
    if plan.provision.is_scoped:
        from ._scoped import make_scoped  # noqa: PLC0415 - without it, files are not loaded

        plan.direct = make_scoped(plan, parts)
    return plan


def _can_end_with_slash(pattern: Pattern) -> bool:
    ends = pattern.text.endswith("/") and pattern.text != "/"
    return ends or pattern.takes_rest


def _warn_of_unreachable(entries: Sequence[Entry]) -> None:
    """Warn of what an earlier route or mount hides, whatever its methods."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        shape = entry.pattern.shape
        above = (seen.get(f"{path}/{{:path}}") for path in _cut_at_slashes(shape))
        takers = (taker for taker in (seen.get("{}"), *above) if taker is not None)
        taker: Entry | None = next(takers, None)
        earlier: Entry = taker or seen.setdefault(shape, entry)
        if earlier is entry:
            continue
        if taker:
            why = f"{earlier.label} comes first, and takes all paths below. Register it later."
        else:
            why = (
                f"{earlier.label} has the same pattern, and a request whose method a route does "
                "not answer is a 405. Put the handlers into one view, a class with a method for "
                "each HTTP method."
            )
        message = f"{entry.label} is never reached: {why}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)


def _cut_at_slashes(path: str) -> Iterator[str]:
    """Yield what stands before each slash of a path: `""` and `"/a"` of `"/a/b"`."""
    for found in re.finditer("/", path):
        yield path[: found.start()]
