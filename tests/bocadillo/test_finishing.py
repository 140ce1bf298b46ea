"""A generator is finished, whatever it does about that, and what it does wrong is named."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import pytest

from bocadillo.streaming import make_stream
from tests.bocadillo.stream_client import Client

Generator = AsyncGenerator[str, None]


YIELDED = "yielded when it was to finish"


async def test_yield_in_finally_is_logged_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()

    async def chunks() -> Generator:
        try:
            client.gone.set()
            await asyncio.Event().wait()
            yield "a"
        finally:
            await asyncio.sleep(0)
            yield "bye"

    await client.serve(make_stream(chunks))
    assert [YIELDED in record.getMessage() for record in caplog.records] == [True]
    assert client.sent == []


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_yield_in_finally_while_closed_is_logged_and_ends(
    times: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def chunks() -> Generator:
        try:
            yield "a"
        finally:
            for _ in range(times):
                with suppress(GeneratorExit):
                    yield "bye"

    async def send(message: Any) -> None:
        raise OSError

    client = Client()
    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(chunks))
    assert [YIELDED in record.getMessage() for record in caplog.records] == [True] * times


async def test_cleanup_that_hangs_is_cut_at_the_deadline_and_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client()
    seen: list[str] = []

    async def chunks() -> Generator:
        try:
            client.gone.set()
            await asyncio.Event().wait()
            yield "a"
        finally:
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cut")

    await client.serve(make_stream(chunks), cleanup_seconds=0.01)
    assert seen == ["cut"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    line = chunks.__code__.co_firstlineno
    assert record.getMessage() == (
        f"the stream `{chunks.__qualname__}` (test_finishing.py:{line}) was cut: it had not "
        "finished 0.01 seconds after it was told to"
    )


async def test_cleanup_at_a_yield_is_cut_too_and_keeps_the_first_error() -> None:
    async def chunks() -> AsyncGenerator[Any, None]:
        try:
            yield 1
        finally:
            await asyncio.Event().wait()

    with pytest.raises(TypeError, match="expected str or bytes"):
        await Client().serve(make_stream(chunks), cleanup_seconds=0.01)


async def test_generator_that_keeps_cancellations_to_itself_is_cancelled_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client()
    seen = 0

    async def chunks() -> Generator:
        nonlocal seen
        client.gone.set()
        while seen < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen += 1
        if client.sent:
            yield "never"

    await client.serve(make_stream(chunks), cleanup_seconds=0.01)
    assert (seen, client.sent, len(caplog.records)) == (3, [], 2)
