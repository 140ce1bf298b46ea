import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from functools import cache, partial, update_wrapper, wraps
from typing import Any

import pytest

from bocadillo._kinds import find_kind
from bocadillo.views import locate
from tests.bocadillo.callables import Clock, async_generator, coroutine, generator, plain


class AsyncClock:
    async def __call__(self) -> int:
        return 1


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (plain, "function"),
        (coroutine, "async function"),
        (generator, "generator"),
        (async_generator, "async generator"),
        (partial(async_generator), "async generator"),
        (partial(partial(coroutine)), "async function"),
        (Clock(), "function"),
        (Clock().tick, "async function"),
        (AsyncClock(), "async function"),
        (time.time, "function"),
        (lambda: 1, "function"),
    ],
)
def test_kind_is_that_of_what_is_called(function: Callable[..., Any], kind: str) -> None:
    assert find_kind(function) == kind


@pytest.mark.parametrize("value", [3, "name", None, Clock])
def test_what_is_no_function_is_refused(value: Any) -> None:
    with pytest.raises(TypeError) as caught:
        find_kind(value)
    assert str(caught.value) == f"expected a function as a provider, got {value!r}"


class Traced:
    """A decorator that is a class."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError


def passing(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    return wrapper


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (passing(coroutine), "async function"),
        (passing(generator), "generator"),
        (passing(async_generator), "async generator"),
        (partial(passing(async_generator)), "async generator"),
        (Traced(async_generator), "async generator"),
        (contextmanager(generator), "generator"),
        (asynccontextmanager(async_generator), "async generator"),
    ],
)
def test_what_was_something_else_before_it_was_decorated_is_refused(
    function: Callable[..., Any], kind: str
) -> None:
    with pytest.raises(TypeError) as caught:
        find_kind(function)
    original = {"async function": coroutine, "generator": generator}.get(kind, async_generator)
    assert str(caught.value) == (
        f"`{original.__name__}` ({locate(original)}) was of the kind `{kind}`, and is a plain "
        "function since it was decorated: take the decorator off, or make its wrapper what it wraps"
    )


def test_function_may_be_decorated_if_it_stays_what_it_was() -> None:
    assert find_kind(passing(plain)) == "function"
    assert find_kind(cache(plain)) == "function"

    @wraps(async_generator)
    async def wrapper() -> AsyncIterator[int]:
        yield 1  # pragma: no cover - only its kind is asked for

    assert find_kind(wrapper) == "async generator"
