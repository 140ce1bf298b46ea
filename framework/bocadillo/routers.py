"""Routers: what registers routes and mounts, for an application or for a part of one."""

import builtins
from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar

from ._handlers import find_handlers
from ._mounts import adapt, mount_pattern
from ._near_misses import find_near_miss
from ._needs import check_route
from ._origins import parse_allowed
from .constants import ALL_HTTP_METHODS
from .patterns import parse_pattern
from .routing import Entry, Mount, Route, WebSocketRoute
from .views import inspect_view, locate

if TYPE_CHECKING:
    from ._handlers import AnyView
    from ._outbox import Overflow
    from ._socket_options import CloseCodes
    from .views import ViewFunction

__all__ = ["Methods", "Router"]

V = TypeVar("V", bound="AnyView")
S = TypeVar("S", bound="ViewFunction")

WEBSOCKET_INPUTS = ("ws",)

Methods = Iterable[str] | Callable[..., bool] | None
"""Names of HTTP methods in any case, or the builtin `all`; `None` stands for GET."""


class Router:
    """Collect routes and mounts, to be included in an application or in another router.

    An application is the router of its own routes: it registers them the same way.
    """

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._included_at = ""

    @property
    def routes(self) -> tuple[Entry, ...]:
        """The routes and mounts, in order of registration: the first that matches answers."""
        return tuple(self._entries)

    def route(
        self,
        pattern: str,
        methods: Methods = None,
        *,
        name: str | None = None,
        max_body_size: int | EllipsisType | None = ...,
        cancel_on_disconnect: bool = False,
    ) -> Callable[[V], V]:
        """Register an HTTP view: `async def view(req, res, **parameters)`.

        A class with methods named after HTTP methods is instantiated once, now; an object with
        such methods is a view, too. Their method `handle` takes what the others do not.

        Args:
            pattern: the path, such as `/todos/{pk}`.
            methods: names of methods in any case. Without it, GET (which brings HEAD), or all
                that a class or object defines; the builtin `all` stands for every method.
            name: the name of the route for `url_for`, that of the view unless given.
            max_body_size: bytes that a body may have, instead of the setting MAX_BODY_SIZE;
                `None` for no limit.
            cancel_on_disconnect: whether the view is cancelled when the client leaves, which costs
                a task for each request. Streams notice without it.

        Raises:
            ValueError: the pattern is malformed, or a method is unknown.
            TypeError: the pattern names an unknown converter, or the size is no number of bytes.
            ExpectedAsync: the view is not `async def`.
            RouteError: pattern and view do not fit.
            RuntimeError: it is too late: the application has started.
        """
        parsed = parse_pattern(pattern)
        names = _parse_methods(methods)
        _check_size(max_body_size)

        def register(view: V) -> V:
            found = find_handlers(view, names)
            place = f"view `{found.name}` ({found.location})"
            route = Route(
                parsed, found.views, name or found.name, place, max_body_size, cancel_on_disconnect
            )
            self._register(route, f"route `{route.label}` ({found.location})")
            return view

        return register

    def websocket_route(
        self,
        pattern: str,
        *,
        auto_accept: bool = True,
        value_type: Any = None,
        receive_type: Any = None,
        send_type: Any = None,
        caught_close_codes: "CloseCodes" = None,
        queue_size: int = 100,
        overflow: "Overflow" = "close",
        origins: Iterable[str] | None = None,
        name: str | None = None,
    ) -> Callable[[S], S]:
        """Register a WebSocket view: `async def view(ws, **parameters)`.

        Its parameters are those of HTTP views: what is wrong with them denies the handshake, as
        does an error that is raised before it is accepted. When the view has ended, the WebSocket
        is closed: with 1000, or with 1011 when it raised an error.

        Args:
            pattern: the path, such as `/rooms/{name}`.
            auto_accept: whether the handshake is accepted before the view is called.
            value_type: the type of the messages: see `WebSocket`.
            receive_type: that of the messages received, if it is another.
            send_type: that of the messages sent, if it is another.
            caught_close_codes: the close codes of the client that end `async for` without an
                error: 1000, 1001, 1005 and 1012 unless given, or the builtin `all`.
            queue_size: how many messages of `send_nowait` may wait for a client.
            overflow: what happens when more are to: `"close"`, with 1008, or `"drop_oldest"`.
            origins: the pages that may open it, beside those of the same host: origins such as
                `https://app.example.com`, or `*` for any. Without it, those of the settings
                WEBSOCKET_ORIGINS and CORS.
            name: the name of the route for `url_for`, that of the view unless given.

        Raises:
            ValueError: the pattern or an origin is malformed, or there is no such type or queue.
            TypeError: the pattern names an unknown converter, or another argument is no such
                thing.
            ExpectedAsync: the view is not `async def`.
            RouteError: pattern and view do not fit.
            RuntimeError: it is too late: the application has started.
        """
        parsed = parse_pattern(pattern)
        allowed = None if origins is None else parse_allowed(origins)
        from ._socket_options import compile_options  # noqa: PLC0415 - most have no WebSockets

        options: dict[str, Any] = {
            "value_type": value_type,
            "receive_type": receive_type,
            "send_type": send_type,
            "caught_close_codes": caught_close_codes,
            "queue_size": queue_size,
            "overflow": overflow,
        }
        compile_options(**options)  # to refuse them here
        options["auto_accept"] = auto_accept

        def register(view: S) -> S:
            found = inspect_view(view, inputs=WEBSOCKET_INPUTS)
            place = f"view `{found.name}` ({found.location})"
            route = WebSocketRoute(parsed, found, name or found.name, place, allowed, options)
            self._register(route, f"route `{route.label}` ({found.location})")
            return view

        return register

    def mount(self, prefix: str, app: Any, *, name: str | None = None) -> None:
        """Hand all requests below a prefix to an ASGI or WSGI application.

        It gets the prefix as `root_path`. A Bocadillo application starts and ends with the one it
        is mounted in; the startup and shutdown of others are not run.

        Args:
            prefix: such as `/admin`, with or without its slashes; it may have parameters.
            app: the application. A WSGI one needs a2wsgi.
            name: the name for `url_for`, which then takes the rest of the path as `path`.

        Raises:
            TypeError: `app` is neither an ASGI nor a WSGI application.
            RuntimeError: it is too late: the application has started.
        """
        pattern = mount_pattern(prefix)
        where = f"mount `{prefix}` ({locate(app)})"
        self._register(Mount(pattern, adapt(app), name or ""), where)

    def include_router(self, router: "Router", prefix: str = "") -> None:
        """Copy the routes and mounts of a router, with a prefix before their patterns.

        It copies all of them, or none if one cannot be included.

        Args:
            router: all that it will have must be registered before.
            prefix: such as `/api`; it may have parameters, which its views then can take.

        Raises:
            TypeError: `router` is no router; an application is mounted instead.
            ValueError: the prefix makes a pattern malformed.
            RouteError: a view does not take a parameter of the prefix.
            RuntimeError: it is too late: the application has started, or this router is included
                already.
        """
        if not isinstance(router, Router):
            raise TypeError(f"expected a Router to include, got {router!r}")
        if not isinstance(prefix, str):
            raise TypeError(f"expected the prefix of a router as str, got {prefix!r}")
        if router is self:
            raise ValueError("cannot include a router in itself")
        entries = router.prefixed(prefix)
        for entry in entries:
            self._check(entry, f"`{entry.label}`")
        self._entries += entries
        router._included_at = prefix or "/"  # noqa: SLF001 - a router, too

    def prefixed(self, prefix: str) -> list[Entry]:
        """Return the routes and mounts with a prefix before their patterns."""
        trimmed = prefix.strip("/")
        return [
            entry._replace(
                pattern=parse_pattern(_join(f"/{trimmed}" if trimmed else "", entry.pattern.text))
            )
            for entry in self._entries
        ]

    def url_for(self, name: str, /, **params: object) -> str:
        """Return the path of a named route, percent-encoded: `url_for("show", pk=7)`.

        The name is that of the view unless the route was given one; in a router's routes, too.

        Raises:
            ValueError: there is no such route, or the parameters are not its own.
        """
        named = [entry for entry in self._entries if entry.name and entry.name == name]
        if not named:
            near = find_near_miss(name, {entry.name for entry in self._entries if entry.name})
            cure = f" Did you mean {near!r}?" if near else ""
            raise ValueError(f"there is no route named {name!r}.{cure}")
        fitting = [entry for entry in named if set(entry.pattern.names) == params.keys()]
        return (fitting or named)[0].pattern.format(params)

    def _register(self, entry: Entry, what: str) -> None:
        self._check(entry, what)
        self._entries.append(entry)

    def _check(self, entry: Entry, what: str) -> None:
        """Refuse what cannot be registered: it would be missing where the others went, or fail."""
        if self._included_at:
            raise RuntimeError(
                f"cannot register {what}: its router is already included, at "
                f"{self._included_at!r}. Register all its routes before including it."
            )
        if not isinstance(entry, Mount):
            for view in entry.views.values():
                check_route(view, entry.pattern, label=entry.label)


def _join(prefix: str, pattern: str) -> str:
    if not prefix:
        return pattern
    return prefix + (pattern if pattern.startswith("/") else "/{:path}")


def _parse_methods(methods: Methods) -> tuple[str, ...] | None:
    if methods is None:
        return None
    if methods is builtins.all:
        return ALL_HTTP_METHODS
    if isinstance(methods, str) or not isinstance(methods, Iterable):
        raise TypeError(f"expected a list of methods, such as ['GET'], or `all`, got {methods!r}")
    names = tuple(dict.fromkeys(str(method).upper() for method in methods))
    for name in names:
        if name not in ALL_HTTP_METHODS:
            known = ", ".join(ALL_HTTP_METHODS)
            raise ValueError(f"unknown HTTP method {name!r}: expected one of {known}")
    if not names:
        raise ValueError("expected at least one method, got none")
    return names


def _check_size(size: object) -> None:
    if size is None or size is ... or (type(size) is int and size >= 0):
        return
    raise TypeError(
        f"expected a number of bytes, or None for no limit, as `max_body_size`, got {size!r}"
    )
