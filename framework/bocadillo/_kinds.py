"""Kinds of functions: what calling one gives, and how that is to be run."""

import inspect
from functools import partial
from typing import Any, Literal

from .views import locate

__all__ = ["FunctionKind", "find_kind"]

FunctionKind = Literal["function", "async function", "generator", "async generator"]


def find_kind(function: Any) -> FunctionKind:
    """Return the kind of a function, a method, a partial, or an object that can be called.

    Raises:
        TypeError: it is no function, or a decorator has made another kind of it, so that calling it
            would give what nobody runs.
    """
    if not callable(function) or inspect.isclass(function):
        raise TypeError(f"expected a function as a provider, got {function!r}")
    inner: Any = function.func if isinstance(function, partial) else function
    kind = _look(inner if inspect.isroutine(inner) else inner.__call__)
    original = inspect.unwrap(inner)
    if kind == "function" and (before := _look(original)) != kind:
        raise TypeError(
            f"`{original.__name__}` ({locate(original)}) was of the kind `{before}`, and is a "
            "plain function since it was decorated: take the decorator off, or make its wrapper "
            "what it wraps"
        )
    return kind


def _look(function: Any) -> FunctionKind:
    if inspect.isasyncgenfunction(function):
        return "async generator"
    if inspect.isgeneratorfunction(function):
        return "generator"
    return "async function" if inspect.iscoroutinefunction(function) else "function"
