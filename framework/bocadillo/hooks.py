"""Hooks: functions that run before or after a view.

    @app.route("/todos/{pk}")
    @hooks.before(check_rights, "write")
    async def show(req, res, pk): ...

A hook is `async def hook(req, res, params, *args, **kwargs)`; `params` is the dict of what the
view is about to get, which a hook before it may change. Hooks before a view run from the top
down, those after it from the bottom up; those after it do not run when it raises. On a class,
they apply to each of its handlers.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal, TypeVar, cast

from .requests import Request
from .responses import Response
from .views import expect_arguments, expect_async

__all__ = ["Hook", "after", "before", "find_hooks"]

Hook = Callable[[Request, Response, dict[str, Any]], Awaitable[None]]
When = Literal["before", "after"]
V = TypeVar("V")

ATTRIBUTE = "__bocadillo_hooks_{}__"


def before(hook: Any, *args: Any, **kwargs: Any) -> Callable[[V], V]:
    """Run a hook before the view: `await hook(req, res, params, *args, **kwargs)`.

    What it raises is answered instead of calling the view.

    Raises:
        ExpectedAsync: the hook is neither `async def`, nor an object with an async `__call__`.
        TypeError: the hook does not take these arguments.
    """
    return _record("before", _bind(hook, args, kwargs=kwargs))


def after(hook: Any, *args: Any, **kwargs: Any) -> Callable[[V], V]:
    """Run a hook after the view, unless the view raised: see `before`.

    Nothing is sent yet: the hook can still change the response.
    """
    return _record("after", _bind(hook, args, kwargs=kwargs))


def find_hooks(when: When, *holders: object) -> list[Hook]:
    """Return the hooks that decorate any of some objects, the first object's outermost."""
    attribute = ATTRIBUTE.format(when)
    ordered = holders if when == "before" else holders[::-1]
    found: list[tuple[Hook, ...]] = [getattr(holder, attribute, ()) for holder in ordered]
    return [hook for hooks in found for hook in hooks]


def _record(when: When, hook: Hook) -> Callable[[V], V]:
    attribute = ATTRIBUTE.format(when)

    def decorate(view: V) -> V:
        inner = getattr(view, attribute, ())  # a tuple: a class shares its base's, unchanged
        setattr(view, attribute, (hook, *inner) if when == "before" else (*inner, hook))
        return view

    return decorate


def _bind(hook: Any, args: tuple[Any, ...], *, kwargs: dict[str, Any]) -> Hook:
    is_function = inspect.isroutine(hook) or inspect.isclass(hook) or isinstance(hook, partial)
    call = hook if is_function or not callable(hook) else hook.__call__
    expect_async(call, what="hook")
    names = ["req", "res", "params", *(f"args[{i}]" for i in range(len(args)))]
    expect_arguments(partial(call, **kwargs), ", ".join(names), what="hook")
    if not args and not kwargs:
        return cast("Hook", call)
    return lambda request, response, params: call(request, response, params, *args, **kwargs)
