"""Hooks: functions that run before or after a view.

    @app.route("/todos/{pk}")
    @hooks.before(check_rights, "write")
    async def show(req, res, pk): ...

A hook is `async def hook(req, res, params, *args, **kwargs)`; `params` is the dict of what the
view is about to get, which a hook before it may change. Hooks before a view run from the top
down, those after it from the bottom up; those after it do not run when it raises. On a class,
they apply to each of its handlers, and to those of the classes derived from it.

A decorator that stands above a hook must keep what it decorates: `functools.wraps` does.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

from .views import expect_arguments, expect_async, locate

__all__ = ["Hook", "after", "before", "find_hooks"]

When = Literal["before", "after"]
V = TypeVar("V")
AnyHook = Callable[..., Awaitable[object]]  # a function, or an object with an async `__call__`

ATTRIBUTE = "__bocadillo_hooks_{}__"


class Hook(NamedTuple):
    """A hook as it was declared: what is called, and with which arguments beside the usual ones.

    Attributes:
        call: the function, or the object with an async `__call__`.
        args: further arguments by position.
        kwargs: further arguments by name.
    """

    call: AnyHook
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def before(hook: AnyHook, /, *args: Any, **kwargs: Any) -> Callable[[V], V]:
    """Run a hook before the view: `await hook(req, res, params, *args, **kwargs)`.

    What else it asks for by name is provided to it, as it is to a view. What it raises is
    answered instead of calling the view.

    Raises:
        ExpectedAsync: the hook is neither `async def`, nor an object with an async `__call__`.
        TypeError: the hook does not take these arguments.
    """
    return _record("before", _bind(hook, args, kwargs=kwargs))


def after(hook: AnyHook, /, *args: Any, **kwargs: Any) -> Callable[[V], V]:
    """Run a hook after the view, unless the view raised: see `before`.

    Nothing is sent yet: the hook can still change the response.
    """
    return _record("after", _bind(hook, args, kwargs=kwargs))


def find_hooks(when: When, *holders: object) -> list[Hook]:
    """Return the hooks that decorate any of some objects, in the order in which they run.

    Those of the first object are the outermost; of a class, those of the most derived one.
    """
    attribute = ATTRIBUTE.format(when)
    places = [place for holder in holders for place in _find_places(holder)]
    found: list[tuple[Hook, ...]] = [
        vars(place).get(attribute, ())
        for place in (places if when == "before" else places[::-1])
        if hasattr(place, "__dict__")
    ]
    return [hook for hooks in found for hook in hooks]


def _find_places(holder: object) -> Iterator[object]:
    """Yield what may have been decorated: an object, what a partial wraps, and its classes."""
    if holder is None:  # a function has no owner
        return
    if isinstance(holder, type):
        yield from holder.__mro__
        return
    yield holder
    if isinstance(holder, partial):
        yield from _find_places(holder.func)
    yield from type(holder).__mro__


def _record(when: When, hook: Hook) -> Callable[[V], V]:
    attribute = ATTRIBUTE.format(when)

    def decorate(view: V) -> V:
        place: Any = view.__func__ if isinstance(view, staticmethod | classmethod) else view
        own = getattr(place, "__dict__", {}).get(attribute, ())  # not those of its base
        try:
            setattr(place, attribute, (hook, *own) if when == "before" else (*own, hook))
        except (AttributeError, TypeError):
            raise TypeError(
                f"cannot decorate {view!r} ({locate(view)}) with a hook: decorate the function or "
                "the class where it is defined"
            ) from None
        return view

    return decorate


def _bind(hook: Any, args: tuple[Any, ...], *, kwargs: dict[str, Any]) -> Hook:
    is_function = inspect.isroutine(hook) or inspect.isclass(hook) or isinstance(hook, partial)
    call = hook if is_function or not callable(hook) else hook.__call__
    expect_async(call, what="hook")
    names = ["req", "res", "params", *(f"args[{i}]" for i in range(len(args)))]
    expect_arguments(call, ", ".join(names), what="hook", keywords=kwargs, is_partial=True)
    return Hook(call, args, kwargs)
