"""The application: what it registers, and where requests come in."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from ._answering import Answer
from ._app_scope import AppScope
from ._declaring import ProviderHolder
from ._freezing import Registered, Served, freeze
from ._graph import Graph
from ._living import Living
from .config import Settings, contexts
from .error_handlers import ErrorHandlers
from .middleware._asgi import check_middleware
from .middleware._http import Middleware
from .providers import Provider, discover_convention, live_shared
from .routers import Router
from .routing import Entry
from .views import expect_arguments, expect_async, locate

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["App"]

H = TypeVar("H", bound=Callable[..., Awaitable[None]])
C = TypeVar("C", bound=Callable[..., Any])


class App(ProviderHolder, Living, Router):
    """Hold the routes of an application, and serve them.

    An application is an ASGI 3 application: any ASGI server runs it. It is frozen when it
    starts, or at its first request; what is registered later is refused.

    Args:
        name: a name for people; it does not change what is served.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        self.name = name
        self._settings = Settings()
        self._error_handlers = ErrorHandlers()
        self._overrides: dict[str, Provider] = {}
        self._http_middleware: list[tuple[type[Middleware], dict[str, Any]]] = []
        self._asgi_middleware: list[tuple[Any, dict[str, Any]]] = []
        self._served: Served | None = None
        self._http: Answer | None = None  # that of `_served`: reading it is on every request's way

    @property
    def settings(self) -> Settings:
        """The settings of the application: the defaults until `configure(app, ...)`."""
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        if self._served is not None:
            raise RuntimeError(
                "cannot configure the application: it has started. Call `configure` before the "
                "first request."
            )
        self._settings = settings

    def add_middleware(self, cls: C, **kwargs: Any) -> None:
        """Add a middleware: a subclass of `Middleware`, or a class of ASGI middleware.

        The last one added is the outermost of its kind. ASGI middleware, `cls(app, **kwargs)`,
        wraps the HTTP layer from outside, and sees WebSockets and mounted applications, too.

        Args:
            cls: the class; it is instantiated once, when the application starts.
            **kwargs: what it is instantiated with, beside what it wraps.

        Raises:
            TypeError: `cls` is no middleware, or does not take the arguments.
            ValueError: `cls` is of the style of ASGI 2.
            RuntimeError: the application has started.
        """
        check_middleware(cls, kwargs)
        self._refuse_when_frozen(f"middleware `{getattr(cls, '__name__', cls)}` ({locate(cls)})")
        if isinstance(cls, type) and issubclass(cls, Middleware):
            self._http_middleware.append((cls, kwargs))
        else:
            self._asgi_middleware.append((cls, kwargs))

    @contextmanager
    def override_providers(self, **providers: Any) -> Iterator[None]:
        """Let others stand in for providers inside a `with` block, in tests.

        Args:
            **providers: by name, a function or generator function, which may ask for what any
                provider may, or else a value.

        Raises:
            ProviderError: there is no provider of that name.
        """
        before = self._overrides, self._served, self._http
        self._overrides = {**self._overrides, **self._stand_in(providers)}
        self._served = self._http = None
        try:
            served = self._freeze()
            if before[1] is not None:
                served.providing.scope.inherit(before[1].providing.scope)
            yield
        finally:
            self._overrides, self._served, self._http = before

    def with_providers(self, **providers: Any) -> "ASGIApp":
        """Return an ASGI application: this one, while others stand in for its providers.

        This application itself keeps its own, whoever serves it at the same time. What the
        providers of the application provide is set up anew.

        Args:
            **providers: as in `override_providers`.

        Raises:
            ProviderError: there is no provider of that name.
        """
        overrides = {**self._overrides, **self._stand_in(providers)}
        build = cache(lambda: freeze(self._registered(overrides)))

        async def serve(scope: "Scope", receive: "Receive", send: "Send") -> None:
            await self._serve(scope, receive, send=send, freeze=build)

        serve.drain = self.drain  # type: ignore[attr-defined] # `LiveServer` asks for it
        return serve

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

    def add_error_handler(
        self, exc_cls: type[Exception], handler: Callable[..., Awaitable[None]]
    ) -> None:
        """Register a handler of errors, without a decorator: see `error_handler`."""
        if not (isinstance(exc_cls, type) and issubclass(exc_cls, Exception)):
            raise TypeError(f"expected a class of exceptions to handle, got {exc_cls!r}")
        self._refuse_when_frozen(f"error handler of `{exc_cls.__name__}` ({locate(handler)})")
        expect_async(handler, what="error handler")
        expect_arguments(handler, "req, res, exc", what="error handler", is_partial=True)
        self._error_handlers.add(exc_cls, handler)

    def prefixed(self, prefix: str) -> list[Entry]:
        """Refuse to be included: the error handlers and middleware would be lost.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"expected a Router to include, got {self!r}. An application is mounted: "
            f"`app.mount({prefix!r}, other)`"
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection, as the ASGI specification has it.

        Raises:
            ValueError: the connection is neither `http`, nor `websocket`, nor `lifespan`.
            Exception: an error of a view that no handler took, once it is answered.
        """
        if scope["type"] == "http" and not contexts.several:
            rest = await (self._http or self._freeze().http)(scope, receive, send)
        elif scope["type"] == "websocket" and not contexts.several:
            rest = await self._freeze().websocket(scope, receive, send)
        else:
            rest = self._serve(scope, receive, send=send, freeze=self._freeze)
        if rest is not None:
            await rest

    async def _serve(
        self, scope: "Scope", receive: "Receive", *, send: "Send", freeze: Callable[[], Served]
    ) -> None:
        kind, rest = scope["type"], None
        with contexts.serving(self._settings):
            if kind == "http":
                rest = await freeze().http(scope, receive, send)
            elif kind == "websocket":
                rest = await freeze().websocket(scope, receive, send)
            elif kind == "lifespan":
                rest = self._run_life(receive, send, build=lambda: freeze().providing.scope)
            else:
                raise ValueError(
                    f"expected the scope 'http', 'websocket' or 'lifespan', got {kind!r}"
                )
            if rest is not None:
                await rest

    def _freeze(self) -> Served:
        """Check everything and build the plans, once."""
        if self._served is None:
            self._served = freeze(self._registered(self._overrides))
            self._http = self._served.http
        return self._served

    def _build_scope(self) -> AppScope:
        return self._freeze().providing.scope

    def _registered(self, overrides: Mapping[str, Provider]) -> Registered:
        return Registered(
            app=self,
            entries=self._entries,
            providers=self._providers,
            overrides=overrides,
            handlers=self._error_handlers,
            http_middleware=self._http_middleware,
            asgi_middleware=self._asgi_middleware,
            draining=self._draining,
            settings=self._settings,
        )

    def _stand_in(self, providers: Mapping[str, Any]) -> dict[str, Provider]:
        discover_convention()
        return Graph({**live_shared(), **self._providers}).stand_in(providers)

    def _check(self, entry: Entry, what: str) -> None:
        self._refuse_when_frozen(what)
        super()._check(entry, what)

    def _refuse_when_frozen(self, what: str) -> None:
        if self._served is not None:
            raise RuntimeError(
                f"cannot register {what}: the application has started. Register everything "
                "before the first request."
            )
