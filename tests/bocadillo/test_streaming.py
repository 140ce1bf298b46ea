import functools
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from bocadillo.streaming import Stream, make_stream, send_stream


async def feed() -> AsyncGenerator[str, None]:
    yield "a"


async def feed_of(topic: str) -> AsyncGenerator[str, None]:
    yield topic


async def no_feed() -> None: ...


def plain_feed() -> Iterator[str]:
    yield "a"


async def defaulted(topic: str = "a") -> AsyncGenerator[str, None]:
    yield topic


@pytest.mark.parametrize("function", [feed, defaulted, functools.partial(feed_of, "a")])
def test_async_generator_function_without_arguments_makes_a_stream(
    function: Callable[[], AsyncGenerator[str, None]],
) -> None:
    assert make_stream(function) == Stream(function)
    assert make_stream(function, raise_on_disconnect=True).raise_on_disconnect


EXPECTED = "expected an async generator function without arguments to stream"
INSIDE = "Define it inside the view, where it sees the variables of the view."
SUCH_AS = f"{EXPECTED}, such as `async def feed(): yield ...`, got "


def place(function: Any) -> str:
    return f"`{function.__name__}` ({Path(__file__).name}:{function.__code__.co_firstlineno})"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_feed, f"{SUCH_AS}{place(no_feed)}, which has no `yield`"),
        (plain_feed, f"{SUCH_AS}{place(plain_feed)}, which is not async: write `async def`"),
        (
            feed(),
            f"{SUCH_AS}the generator that `feed()` returns: pass `feed`, without calling it",
        ),
        ("abc", f"{SUCH_AS}'abc'"),
        (
            feed_of,
            f"{EXPECTED}, got {place(feed_of)}: missing a required argument: 'topic'. {INSIDE}",
        ),
    ],
)
def test_anything_else_is_refused_with_what_came_and_the_cure(function: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        make_stream(function)
    assert str(caught.value) == message


@pytest.mark.parametrize("function", [feed, functools.partial(feed)])
def test_label_names_function_and_place(function: Any) -> None:
    assert Stream(function).label == place(feed)


async def wait_for_ever() -> Any:
    await anyio.sleep_forever()


async def test_chunks_are_sent_as_bytes_then_the_end() -> None:
    sent: list[Any] = []

    async def chunks() -> AsyncGenerator[str | bytes, None]:
        yield "café"
        yield b""
        yield b"\xff"

    async def send(message: Any) -> None:
        sent.append(message)

    await send_stream(make_stream(chunks), wait_for_ever, send)
    assert sent == [
        {"type": "http.response.body", "body": "café".encode(), "more_body": True},
        {"type": "http.response.body", "body": b"\xff", "more_body": True},
        {"type": "http.response.body", "body": b"", "more_body": False},
    ]


async def test_error_of_the_generator_is_raised_as_it_is() -> None:
    sent: list[Any] = []

    async def failing() -> AsyncGenerator[str, None]:
        yield "a"
        raise ZeroDivisionError("mine")

    async def send(message: Any) -> None:
        sent.append(message["body"])

    with pytest.raises(ZeroDivisionError, match="mine"):
        await send_stream(make_stream(failing), wait_for_ever, send)
    assert sent == [b"a"]


async def test_other_values_are_refused_and_the_generator_is_closed() -> None:
    seen: list[str] = []

    async def numbers() -> AsyncGenerator[Any, None]:
        try:
            yield 1
        finally:
            seen.append("closed")

    async def send(message: Any) -> None:
        seen.append("sent")

    with pytest.raises(TypeError) as caught:
        await send_stream(make_stream(numbers), wait_for_ever, send)
    line = numbers.__code__.co_firstlineno
    name = numbers.__qualname__
    expected = f"expected str or bytes from the stream `{name}` (test_streaming.py:{line}), got 1"
    assert str(caught.value) == expected
    assert seen == ["closed"]
