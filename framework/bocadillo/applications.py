"""The application: what it registers, and where requests come in."""

import builtins
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._answering import make_answer
from .constants import ALL_HTTP_METHODS
from .error_handlers import ErrorHandler, ErrorHandlers
from .lifespan import EventHandler, Lifespan
from .patterns import parse_pattern
from .plans import check_route, compile_plan
from .routing import Route, Table
from .views import ViewFunction, expect_arguments, expect_async, inspect_view, locate

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["App"]

V = TypeVar("V", bound=ViewFunction)
H = TypeVar("H", bound=Callable[..., Awaitable[None]])
E = TypeVar("E", bound=EventHandler)

Methods = Iterable[str] | Callable[..., bool] | None


class App:
    """Hold the routes of an application, and serve them.

    An application is an ASGI 3 application: any ASGI server runs it. It is frozen when it
    starts, or at its first request; what is registered later is refused.

    Args:
        name: a name for people; it does not change what is served.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self._routes: list[Route] = []
        self._error_handlers = ErrorHandlers()
        self._lifespan = Lifespan()
        self._http: ASGIApp | None = None

    def route(
        self, pattern: str, methods: Methods = None, *, name: str | None = None
    ) -> Callable[[V], V]:
        """Register an HTTP view: `async def view(req, res, **parameters)`.

        Args:
            pattern: the path, such as `/todos/{pk}`.
            methods: names of methods in any case. Without it, GET (which brings HEAD); the
                builtin `all` stands for every method.
            name: the name of the route, that of the view unless given.

        Raises:
            ValueError: the pattern is malformed, or a method is unknown.
            TypeError: the pattern names an unknown converter.
            ExpectedAsync: the view is not `async def`.
            RouteError: pattern and view do not fit.
            RuntimeError: the application has started.
        """
        parsed = parse_pattern(pattern)
        names = _parse_methods(methods)

        def register(function: V) -> V:
            view = inspect_view(function)
            route = Route(parsed, view, names, name or view.name)
            self._refuse_when_frozen(f"route `{route.label}`", function)
            check_route(view, parsed, label=route.label)
            self._routes.append(route)
            return function

        return register

    def error_handler(self, exc_cls: type[Exception]) -> Callable[[H], H]:
        """Register a handler of errors: `async def handler(req, res, exc)`.

        Raises:
            TypeError: `exc_cls` is not a class of exceptions, or the handler takes something else.
            ExpectedAsync: the handler is not `async def`.
            RuntimeError: the application has started.
        """

        def register(handler: H) -> H:
            self.add_error_handler(exc_cls, handler)
            return handler

        return register

    def add_error_handler(self, exc_cls: type[Exception], handler: ErrorHandler) -> None:
        """Register a handler of errors, without a decorator: see `error_handler`."""
        if not (isinstance(exc_cls, type) and issubclass(exc_cls, Exception)):
            raise TypeError(f"expected a class of exceptions to handle, got {exc_cls!r}")
        self._refuse_when_frozen(f"error handler of `{exc_cls.__name__}`", handler)
        expect_async(handler, what="error handler")
        expect_arguments(handler, "req, res, exc", what="error handler")
        self._error_handlers.add(exc_cls, handler)

    @overload
    def on(self, event: str) -> Callable[[E], E]: ...
    @overload
    def on(self, event: str, handler: E) -> E: ...
    def on(self, event: str, handler: Any = None) -> Any:
        """Register a function, async or not, to be called on `"startup"` or `"shutdown"`.

        Raises:
            ValueError: there is no such event.
            TypeError: it takes arguments, or is a generator.
            RuntimeError: the application has started.
        """
        self._lifespan.check(event)

        def register(function: E) -> E:
            self._refuse_when_frozen(f"{event} handler", function)
            self._lifespan.add(event, function)
            return function

        return register if handler is None else register(handler)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection, as the ASGI specification has it.

        Raises:
            ValueError: the connection is neither `http`, nor `websocket`, nor `lifespan`.
            Exception: an error of a view that no handler took, once it is answered.
        """
        kind = scope["type"]
        if kind == "http":
            answer = self._http or self._freeze()
            await answer(scope, receive, send)
        elif kind == "websocket":
            self._freeze()
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        elif kind == "lifespan":
            await self._lifespan.run(receive, send, freeze=self._freeze)
        else:
            raise ValueError(f"expected the scope 'http', 'websocket' or 'lifespan', got {kind!r}")

    def _freeze(self) -> "ASGIApp":
        """Check everything and build the plans, once."""
        if self._http is None:
            routes = [
                (route, compile_plan(route.view, route.pattern, label=route.label))
                for route in self._routes
            ]
            self._http = make_answer(self, Table(routes), self._error_handlers)
        return self._http

    def _refuse_when_frozen(self, what: str, function: object) -> None:
        if self._http is not None:
            raise RuntimeError(
                f"cannot register {what} ({locate(function)}): the application has started. "
                "Register everything before the first request."
            )


def _parse_methods(methods: Methods) -> tuple[str, ...]:
    if methods is None:
        return ("GET",)
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
