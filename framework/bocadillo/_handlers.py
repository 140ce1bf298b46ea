"""Handlers: what answers each method of a route, be its view a function, a class or an object.

    view                                        handlers
    async def view(req, res)                    it, for the methods of the route, GET by default
    a class, or an object                       its methods `get`, `post`, …, by the verb table
    a class, or an object, with `handle`        `handle` takes every method that has none of its own
                                                (HEAD is GET's)

A class is instantiated once, when it is registered.
"""

import inspect
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from .constants import ALL_HTTP_METHODS
from .errors import RouteError
from .views import View, inspect_view, locate

__all__ = ["Handlers", "find_handlers"]

if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    from .views import ViewFunction

    # An object is a view when it has any of these: a type checker then refuses a plain function.
    class Gets(Protocol):
        @property
        def get(self) -> ViewFunction: ...

    class Heads(Protocol):
        @property
        def head(self) -> ViewFunction: ...

    class Posts(Protocol):
        @property
        def post(self) -> ViewFunction: ...

    class Puts(Protocol):
        @property
        def put(self) -> ViewFunction: ...

    class Patches(Protocol):
        @property
        def patch(self) -> ViewFunction: ...

    class Deletes(Protocol):
        @property
        def delete(self) -> ViewFunction: ...

    class Options(Protocol):
        @property
        def options(self) -> ViewFunction: ...

    class Handles(Protocol):
        @property
        def handle(self) -> ViewFunction: ...

    HasHandler: TypeAlias = Gets | Heads | Posts | Puts | Patches | Deletes | Options | Handles
    AnyView: TypeAlias = ViewFunction | type[Any] | HasHandler

CATCH_ALL = "handle"


class Handlers(Struct, frozen=True):
    """The checked handlers of a view by method, and how messages name the view."""

    name: str
    location: str
    views: dict[str, View]


def find_handlers(view: Any, methods: tuple[str, ...] | None) -> Handlers:
    """Find what answers each method, and check it.

    Args:
        view: a function, a class, or an object.
        methods: the methods to answer; `None` stands for GET, or for all that the view defines.

    Raises:
        ExpectedAsync: a handler is not `async def`.
        RouteError: the view defines no handler, or none for one of the methods.
    """
    if inspect.isclass(view):
        name, location, target = view.__name__, locate(view), _instantiate(view)
    elif inspect.isroutine(view) or not _defined_by(view):
        function = inspect_view(view)
        return Handlers(
            function.name, function.location, dict.fromkeys(methods or ("GET",), function)
        )
    else:
        name, location, target = type(view).__name__, locate(type(view)), view
    defined = _defined_by(target)
    if not defined:
        raise RouteError(
            f"view `{name}` ({location}) has no handler: expected async methods named after "
            "HTTP methods, such as `get` and `post`, or `handle`"
        )
    missing = [method for method in methods or () if method not in defined]
    if missing:
        raise RouteError(
            f"view `{name}` ({location}) does not define `{missing[0].lower()}`, which the "
            f"route's methods name: it answers {', '.join(defined)}"
        )
    views = {
        handler: inspect_view(getattr(target, handler), owner=target)
        for handler in dict.fromkeys(defined.values())
    }
    return Handlers(
        name, location, {method: views[defined[method]] for method in methods or defined}
    )


def _defined_by(target: object) -> dict[str, str]:
    """Return, for each method that an object answers, the name of its handler."""
    own = {method: method.lower() for method in _named(ALL_HTTP_METHODS, target)}
    if callable(getattr(target, CATCH_ALL, None)):
        if "GET" in own:
            own.setdefault("HEAD", own["GET"])
        return {method: own.get(method, CATCH_ALL) for method in ALL_HTTP_METHODS}
    return own


def _named(methods: Iterable[str], target: object) -> list[str]:
    return [method for method in methods if callable(getattr(target, method.lower(), None))]


def _instantiate(cls: type) -> object:
    try:
        inspect.signature(cls).bind()
    except (TypeError, ValueError) as error:  # of a few classes written in C there is none
        raise RouteError(
            f"view `{cls.__name__}` ({locate(cls)}) cannot be instantiated: {error}. A class is "
            "called without arguments when it is registered; register an object instead."
        ) from None
    return cls()
