"""Freezing: check everything an application registered, and build what serves its requests."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ._answering import Parts, make_answer
from ._denying import make_websocket_answer
from ._limits import Limits
from ._mounts import call_mounted
from ._refusals import describe_options, refuse, refuse_missing
from ._security import compile_security
from .error_handlers import ErrorHandler, ErrorHandlers
from .middleware._asgi import wrap_app
from .middleware._http import Middleware, compile_dispatch, dispatch_plan
from .patterns import Pattern, Tail
from .plans import Params, Plan, compile_plan
from .requests import Request
from .responses import Response
from .routing import Leaf, Mount, Route, Table, allowed_methods

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from .config import Settings

__all__ = ["Registered", "Served", "freeze"]

Added = list[tuple[Any, dict[str, Any]]]


class Registered(NamedTuple):
    """What an application registered."""

    app: "ASGIApp"
    entries: Sequence[Route | Mount]
    handlers: ErrorHandlers
    http_middleware: list[tuple[type[Middleware], dict[str, Any]]]
    asgi_middleware: Added
    settings: "Settings"


class Served(NamedTuple):
    """What serves the connections of an application."""

    http: "ASGIApp"
    websocket: "ASGIApp"


def freeze(registered: Registered) -> Served:
    """Build what serves an application's connections.

    Raises:
        ProviderError: a view asks for something that nothing provides.
        RouteError: an annotation of a view cannot be used.
    """
    settings = registered.settings
    dispatch = compile_dispatch(registered.app, registered.http_middleware)
    is_seen = dispatch is not dispatch_plan or not registered.handlers.are_default
    table = compile_table(
        registered.entries,
        is_prepared=not is_seen,
        redirects_slash=settings.REDIRECT_TRAILING_SLASH,
    )
    parts = Parts(
        app=registered.app,
        table=table,
        dispatch=dispatch,
        handlers=registered.handlers,
        last=_choose_last(is_debug=settings.DEBUG),
        request_class=Request.with_limits(
            Limits(max_body_size=settings.MAX_BODY_SIZE, body_timeout=settings.BODY_TIMEOUT)
        ),
        security=compile_security(settings.SECURITY_HEADERS),
    )
    mounts = [entry for entry in registered.entries if isinstance(entry, Mount)]
    websockets = compile_table(mounts, is_prepared=True, redirects_slash=False)
    return _wrap(
        Served(make_answer(parts), make_websocket_answer(websockets)),
        registered.asgi_middleware,
    )


def _wrap(served: Served, middleware: Added) -> Served:
    """Wrap ASGI middleware around both ways, each instantiated once."""
    if not middleware:
        return served

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        inner = served.http if scope["type"] == "http" else served.websocket
        await inner(scope, receive, send)

    wrapped = wrap_app(answer, middleware)
    return Served(wrapped, wrapped)


def _choose_last(*, is_debug: bool) -> ErrorHandler | None:
    """Choose what answers the errors that nobody handles, if the handlers are not to."""
    if not is_debug:
        return None
    from ._debug import error_to_debug_page  # noqa: PLC0415 - it is for development

    return error_to_debug_page


def compile_table(
    entries: Sequence[Route | Mount], *, is_prepared: bool, redirects_slash: bool
) -> Table:
    """Compile the plans of all routes and mounts, and the table that finds them."""
    _warn_of_unreachable(entries)
    leaves = [
        (entry.pattern, _compile_leaf(rank, entry, is_prepared=is_prepared))
        for rank, entry in enumerate(entries)
    ]

    def has_slashed(path: str) -> bool:
        return table.has(f"{path}/")

    can_have = redirects_slash and any(_can_end_with_slash(pattern) for pattern, _ in leaves)
    missing = refuse_missing(has_slashed if can_have else None, is_prepared=is_prepared)
    table = Table(leaves, missing=missing)
    return table


def _compile_leaf(rank: int, entry: Route | Mount, *, is_prepared: bool) -> Leaf:
    if isinstance(entry, Mount):
        plan = Plan(_run_nothing, direct=call_mounted(entry.app), place=entry.label)
        return Leaf(rank, entry.pattern.names, plans={}, other=plan)
    allow = allowed_methods(entry.methods)
    compiled = {
        id(view): compile_plan(
            view, entry.pattern, label=entry.label, max_body_size=entry.max_body_size
        )
        for view in entry.views.values()
    }
    plans = {
        "OPTIONS": describe_options(allow, is_prepared=is_prepared),
        **{method: compiled[id(view)] for method, view in entry.views.items()},
    }
    if "GET" in plans:
        plans.setdefault("HEAD", plans["GET"])
    other = refuse(405, headers={"allow": allow}, is_prepared=is_prepared)
    return Leaf(rank, entry.pattern.names, plans=plans, other=other)


async def _run_nothing(request: Request, response: Response, params: Params) -> None:
    """Stand where a mount's plan has no view: its `direct` answers."""


def _can_end_with_slash(pattern: Pattern) -> bool:
    ends = pattern.text.endswith("/") and pattern.text != "/"
    return ends or isinstance(pattern.segments[-1], Tail)


def _warn_of_unreachable(entries: Sequence[Route | Mount]) -> None:
    """Warn of a route that an earlier one with the same pattern hides, whatever its methods."""
    seen: dict[str, Route | Mount] = {}
    for entry in entries:
        earlier = seen.setdefault(entry.pattern.regex.pattern, entry)
        if earlier is not entry:
            warnings.warn(
                f"{entry.label} is never reached: {earlier.label} has the same pattern, and a "
                "request whose method a route does not answer is a 405. Put the handlers into "
                "one view, a class with a method for each HTTP method.",
                RuntimeWarning,
                stacklevel=2,
            )
