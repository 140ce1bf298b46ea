"""Providers: functions that provide views, and each other, with what they ask for by name.

A provider is what pytest calls a fixture. The application checks all of them when it starts, and
sets up what a view needs: for each request, or once for its life.
"""

import inspect
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import Any, Literal, TypeVar, overload

from ._kinds import FunctionKind, find_kind
from .errors import ProviderError
from .views import LENIENT, Parameter, locate, read_parameters

__all__ = [
    "INPUTS",
    "Provider",
    "Scope",
    "declare",
    "discover_convention",
    "discover_providers",
    "find_declared",
    "find_uses",
    "live_shared",
    "provider",
    "stand_in",
    "useprovider",
]

F = TypeVar("F", bound=Callable[..., Any])

Scope = Literal["request", "app"]
"""How long what is provided lives: as long as a request, or as the application."""

Kind = inspect.Parameter
VARIADIC = (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)

ATTRIBUTE = "__bocadillo_provider__"
USES = "__bocadillo_uses__"
CONVENTION = "providerconf"

INPUTS = ("req", "res", "ws")
"""What a provider may ask for beside other providers."""


class Provider:
    """A provider, as it was declared.

    Attributes:
        function: what is called.
        name: what views and other providers ask for.
        scope: how long its value lives: for a request, or as long as the application.
        is_lazy: whether it is set up only when its value is awaited.
        is_autouse: whether it is set up for every view.
        kind: what sort of function it is.
        earlier: the provider of the same name that it replaced, if any.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        scope: Scope = "request",
        is_lazy: bool = False,
        is_autouse: bool = False,
    ) -> None:
        self.function = function
        self.kind: FunctionKind = find_kind(function)
        self.name = name or str(getattr(function, "__name__", ""))
        self.scope = scope
        self.is_lazy = is_lazy
        self.is_autouse = is_autouse
        self.earlier: Provider | None = None
        self._check()

    @property
    def is_generator(self) -> bool:
        """Whether something is to be done when it is no longer needed."""
        return self.kind in ("generator", "async generator")

    @property
    def label(self) -> str:
        """How messages name it: `` provider `database` (app.py:14) ``."""
        replaced = f", replaces {locate(self.earlier.function)}" if self.earlier else ""
        return f"provider `{self.name}` ({locate(self.function)}{replaced})"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it asks for, by name.

        Raises:
            ProviderError: it cannot be called by name.
            RouteError: an annotation cannot be evaluated.
        """
        try:
            parameters = inspect.signature(self.function, **LENIENT).parameters.values()
        except ValueError:  # a few functions written in C do not tell
            return ()
        for parameter in parameters:
            if parameter.kind is Kind.POSITIONAL_ONLY:
                raise ProviderError(
                    f"{self.label} takes `{parameter.name}` by position only: what it asks for is "
                    "passed by name. Take the `/` out."
                )
        bound = self.function.keywords if isinstance(self.function, partial) else ()
        named = [p for p in parameters if p.name not in bound and p.kind not in VARIADIC]
        return read_parameters(self.function, named, what=f"provider `{self.name}`")

    def _check(self) -> None:
        if self.name in INPUTS:
            raise ValueError(
                f"`{self.name}` is what providers ask for the connection by: give another name to "
                f"{self.label}"
            )
        if not self.name.isidentifier() or iskeyword(self.name):
            raise ValueError(
                f"a provider needs a name that a parameter can have, got {self.name!r} "
                f"({locate(self.function)}): write @provider(name='...')"
            )
        if self.scope not in ("request", "app"):
            raise ValueError(
                f"expected the scope 'request' or 'app' of {self.label}, got {self.scope!r}"
            )
        if self.is_lazy and self.scope == "app":
            raise ValueError(
                f"{self.label} cannot be lazy: what lives as long as the application is set up "
                "when that starts. Leave `lazy=True` out, or let the provider return a function."
            )
        if self.is_lazy and self.is_autouse:
            raise ValueError(
                f"{self.label} cannot be both lazy and autouse: nobody would await its value"
            )


shared: dict[str, Provider] = {}


@overload
def provider(function: F, /) -> F: ...
@overload
def provider(
    *, scope: Scope = ..., name: str | None = ..., lazy: bool = ..., autouse: bool = ...
) -> Callable[[F], F]: ...
def provider(
    function: Any = None,
    /,
    *,
    scope: Scope = "request",
    name: str | None = None,
    lazy: bool = False,
    autouse: bool = False,
) -> Any:
    """Declare a provider for all applications: `@provider`, or `@provider(scope="app")`.

    What follows its `yield`, in a generator, is done when the value is no longer needed.

    Args:
        function: a function or a generator function, async or not. It may ask for other
            providers by name, and for `req`, `res` or `ws`.
        scope: `"request"`, for one HTTP request or one WebSocket, or `"app"`.
        name: the name of the function unless given. Declaring a name again replaces it.
        lazy: inject an awaitable, and set up when it is first awaited.
        autouse: set up for every view, whether it asks for it or not.

    Raises:
        TypeError: it is no function.
        ValueError: the scope is unknown, or the options contradict each other.
    """
    return declare(shared, function, scope=scope, name=name, lazy=lazy, autouse=autouse)


def declare(
    registry: dict[str, Provider],
    function: Any,
    *,
    scope: Scope,
    name: str | None,
    lazy: bool,
    autouse: bool,
) -> Any:
    """Declare a provider in a registry, directly or as a decorator: see `provider`."""

    def register(function: F) -> F:
        declared = Provider(function, name=name, scope=scope, is_lazy=lazy, is_autouse=autouse)
        earlier = registry.get(declared.name)
        if earlier is not None and locate(earlier.function) != locate(function):
            declared.earlier = earlier
        registry[declared.name] = declared
        with suppress(AttributeError):  # a method or a builtin function: it goes by its name alone
            setattr(function, ATTRIBUTE, declared)
        return function

    return register if function is None else register(function)


def live_shared() -> dict[str, Provider]:
    """Return the shared providers by name, but for those of modules that are gone."""
    return {name: declared for name, declared in shared.items() if _is_live(declared.function)}


def _is_live(function: Any) -> bool:
    """Tell if a function's module is still imported: tests and examples drop theirs."""
    function = inspect.unwrap(function.func if isinstance(function, partial) else function)
    namespace = getattr(function, "__globals__", None)
    module = sys.modules.get(getattr(function, "__module__", ""))
    return namespace is None or getattr(module, "__dict__", None) is namespace


def find_declared(value: object) -> Provider | None:
    """Return the provider that a function was declared as."""
    found = getattr(value, ATTRIBUTE, None)
    return found if isinstance(found, Provider) else None


def useprovider(*references: Any) -> Callable[[F], F]:
    """Set up providers for a view that does not need their values: `@useprovider("transaction")`.

    Args:
        *references: names of providers, or the functions themselves.

    Raises:
        TypeError: a reference is neither a name nor a provider.
    """
    for reference in references:
        if not isinstance(reference, str) and find_declared(reference) is None:
            raise TypeError(
                f"expected the name of a provider, or a function declared with @provider, got "
                f"{reference!r}"
            )

    def decorate(view: F) -> F:
        place = view.__func__ if isinstance(view, staticmethod | classmethod) else view
        setattr(place, USES, (*references, *getattr(place, USES, ())))  # those of a base, too
        return view

    return decorate


def stand_in(declared: Provider, value: Any) -> Provider:
    """Return the provider that stands in for another: a function, or one that returns a value."""
    is_function = inspect.isroutine(value) or isinstance(value, partial)
    return Provider(
        value if is_function else lambda: value,
        name=declared.name,
        scope=declared.scope,
        is_lazy=declared.is_lazy,
        is_autouse=declared.is_autouse,
    )


def find_uses(*holders: object) -> tuple[Any, ...]:
    """Return the references that decorate any of some objects, or what they are made of."""
    places = [
        place
        for holder in holders
        for place in ((holder, holder.func) if isinstance(holder, partial) else (holder,))
    ]
    return tuple(reference for place in places for reference in getattr(place, USES, ()))


def discover_providers(*modules: str) -> None:
    """Import modules that declare providers, and all modules of packages.

    The module `__main__` of a package is left out: it is a program.

    Raises:
        ImportError: a module cannot be imported.
    """
    from pkgutil import iter_modules  # noqa: PLC0415 - many applications declare all in one place

    for name in modules:
        module = import_module(name)
        for found in iter_modules(getattr(module, "__path__", ()), f"{name}."):
            if not found.name.endswith(".__main__"):
                discover_providers(found.name)


def discover_convention() -> None:
    """Import the module `providerconf`, if there is one to import."""
    try:
        import_module(CONVENTION)
    except ModuleNotFoundError as error:
        if error.name != CONVENTION:
            raise
