import functools
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from bocadillo._stream import Stream, describe


async def feed(topic: str = "a") -> AsyncGenerator[str, None]:
    yield topic


@functools.wraps(feed)
def wrapped() -> Any:
    return feed()


@pytest.mark.parametrize(
    "function", [feed, wrapped, functools.partial(feed, "a"), functools.partial(wrapped)]
)
def test_function_is_described_by_its_name_and_place(function: Callable[..., Any]) -> None:
    place = f"`feed` ({Path(__file__).name}:{feed.__code__.co_firstlineno})"
    assert describe(function) == place
    assert Stream(function).label == place


def test_stream_is_plain_unless_told_otherwise() -> None:
    stream = Stream(feed)
    assert (stream.raise_on_disconnect, stream.ping, stream.goodbye) == (False, None, None)
    assert stream.is_stream
