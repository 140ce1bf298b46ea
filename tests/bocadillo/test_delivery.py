"""Every fault at every await of a stream: the generator is finished, and nothing is left."""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any

import anyio
import pytest

from bocadillo.errors import ClientDisconnect
from bocadillo.streaming import make_stream, send_stream
from tests.bocadillo.stream_client import Client

Generator = AsyncGenerator[str, None]


@pytest.fixture(autouse=True)
def unfinished() -> Iterator[list[object]]:
    """Switch the finalizer of async generators off, and fail when one would have needed it."""
    before = sys.get_asyncgen_hooks()
    found: list[object] = []
    sys.set_asyncgen_hooks(finalizer=found.append)
    yield found
    sys.set_asyncgen_hooks(*before)
    assert found == []


class Faults:
    """Count the awaits of a stream, and let something happen at one of them."""

    def __init__(self, client: Client, kind: str, *, at: int, waits: bool = True) -> None:
        self.client = client
        self.kind = kind
        self.at = at
        self.waits = waits
        self.count = 0
        self.sent_before: int | None = None

    async def point(self) -> None:
        self.count += 1
        if self.count != self.at:
            await asyncio.sleep(0)
            return
        self.sent_before = len(self.client.sent)
        if self.kind == "disconnect":
            self.client.gone.set()
        elif self.kind == "cancel":
            assert self.client.task is not None
            self.client.task.cancel()
        if self.waits:
            await asyncio.Event().wait()
        for _ in range(5):
            await asyncio.sleep(0)


class Watched:
    """A generator with an await wherever one can be."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.tasks: set[object] = set()
        self.seen: list[str] = []

    async def chunks(self) -> Generator:
        self.tasks.add(asyncio.current_task())
        try:
            await self.faults.point()
            yield "a"
            await self.faults.point()
            yield "b"
            await self.faults.point()
        except BaseException as error:
            self.seen.append(type(error).__name__)
            raise
        finally:
            await self.faults.point()
            self.tasks.add(asyncio.current_task())
            self.seen.append("finished")


# Awaits: 1 2 3 are those in the body, 4 that in `finally`; counted with sends, see below.
@pytest.mark.parametrize("waits_in_send", [False, True])
@pytest.mark.parametrize("at", range(1, 8))
@pytest.mark.parametrize("kind", ["disconnect", "cancel"])
async def test_fault_at_any_await_finishes_the_generator_in_its_task(
    kind: str, at: int, waits_in_send: bool
) -> None:
    client = Client()
    faults = Faults(client, kind, at=at)
    watched = Watched(faults)
    if waits_in_send:
        plain_send = client.send

        async def send(message: Any) -> None:
            await faults.point()
            await plain_send(message)

        client.send = send  # type: ignore[method-assign] # a fake of a fake
    if kind == "cancel" and faults.at <= (7 if waits_in_send else 4):
        with pytest.raises(asyncio.CancelledError):
            await client.serve(make_stream(watched.chunks))
    else:
        await client.serve(make_stream(watched.chunks))
    if faults.sent_before is None:
        assert client.sent == [b"a", b"b", b""]
    else:
        assert len(client.sent) == faults.sent_before
        at_finally = watched.seen == []
        ended = watched.seen in (
            ["CancelledError", "finished"], ["GeneratorExit", "finished"], ["finished"],
        )  # fmt: skip
        assert at_finally or ended
    assert watched.tasks <= {client.task}


@pytest.mark.parametrize("raise_on_disconnect", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_error_of_the_transport_is_a_disconnect(at: int, raise_on_disconnect: bool) -> None:
    client = Client()
    watched = Watched(Faults(client, "none", at=0))
    attempts = 0

    async def send(message: Any) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == at:
            raise OSError("gone")

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(watched.chunks, raise_on_disconnect=raise_on_disconnect))
    thrown = "ClientDisconnect" if raise_on_disconnect else "GeneratorExit"
    assert watched.seen == ([thrown, "finished"] if at < 3 else ["finished"])
    assert attempts == at


async def test_error_of_the_generator_that_looks_like_the_transports_is_raised() -> None:
    async def chunks() -> Generator:
        yield "a"
        raise ConnectionError("the database")

    with pytest.raises(ConnectionError, match="the database"):
        await Client().serve(make_stream(chunks))


@pytest.mark.parametrize(("at", "sent"), [(1, []), (2, [b"a"]), (3, [b"a", b"b"])])
async def test_generator_that_asked_for_it_gets_client_disconnect_at_its_next_yield(
    at: int, sent: list[bytes]
) -> None:
    client = Client()
    watched = Watched(Faults(client, "disconnect", at=at, waits=False))
    await client.serve(make_stream(watched.chunks, raise_on_disconnect=True))
    assert watched.seen == (["ClientDisconnect", "finished"] if at < 3 else ["finished"])
    assert client.sent == sent


async def test_client_that_leaves_while_a_chunk_is_sent_is_raised_at_that_yield() -> None:
    client = Client()
    seen = []

    async def chunks() -> Generator:
        try:
            yield "a"
        except ClientDisconnect as error:
            seen.append(str(error))

    async def send(message: Any) -> None:
        client.gone.set()
        await asyncio.Event().wait()

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(chunks, raise_on_disconnect=True))
    assert seen == ["the client has left"]


async def test_generator_that_yields_after_client_disconnect_is_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client()
    seen = []

    async def chunks() -> Generator:
        client.gone.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        try:
            yield "a"
        except ClientDisconnect:
            try:
                yield "b"
            finally:
                seen.append("closed")

    await client.serve(make_stream(chunks, raise_on_disconnect=True))
    assert (seen, client.sent, caplog.records) == (["closed"], [], [])


async def test_generator_that_never_waits_is_stopped() -> None:
    client = Client()
    seen = []

    async def chunks() -> Generator:
        try:
            client.gone.set()
            while True:
                yield "x"
        finally:
            await asyncio.sleep(0)
            seen.append("finished")

    await client.serve(make_stream(chunks))
    assert seen == ["finished"]


@pytest.mark.parametrize("raise_on_disconnect", [False, True])
async def test_send_that_hides_the_cancellation_does_not_go_on(raise_on_disconnect: bool) -> None:
    client = Client()
    sends = 0

    async def chunks() -> Generator:
        try:
            while True:
                yield "x"
        except ClientDisconnect:
            return

    async def send(message: Any) -> None:
        nonlocal sends
        sends += 1
        client.gone.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(chunks, raise_on_disconnect=raise_on_disconnect))
    assert sends == 1


async def test_cancellation_from_outside_that_the_generator_hides_is_raised() -> None:
    client = Client()

    async def chunks() -> Generator:
        assert client.task is not None
        client.task.cancel()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            yield "bye"

    with pytest.raises(asyncio.CancelledError):
        await client.serve(make_stream(chunks))
    assert client.sent == [b"bye", b""]


async def test_cancellation_from_outside_during_cleanup_is_raised() -> None:
    client = Client()
    seen = []

    async def chunks() -> Generator:
        try:
            yield "a"
        finally:
            assert client.task is not None
            client.task.cancel()
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("finished")

    async def send(message: Any) -> None:
        raise OSError

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    with pytest.raises(asyncio.CancelledError):
        await client.serve(make_stream(chunks))
    assert seen == ["finished"]


async def test_cancellation_and_disconnect_at_once_are_a_cancellation() -> None:
    client = Client()

    async def chunks() -> Generator:
        await asyncio.sleep(0)  # the listener waits now
        client.gone.set()
        assert client.task is not None
        asyncio.get_running_loop().call_soon(client.task.cancel)
        await asyncio.Event().wait()
        yield "never"

    with pytest.raises(asyncio.CancelledError):
        await client.serve(make_stream(chunks))


async def test_timeout_around_a_stream_finishes_it_and_is_a_timeout() -> None:
    seen = []

    async def chunks() -> Generator:
        try:
            yield "a"
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            seen.append("finished")

    client = Client()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await send_stream(make_stream(chunks), client.receive, client.send)
    assert seen == ["finished"]


async def test_cancelled_scope_around_a_stream_finishes_it() -> None:
    """The scopes of anyio cancel again at each await: the generator gets to its end even so."""
    seen = []

    async def chunks() -> Generator:
        try:
            yield "a"
        finally:
            try:
                await asyncio.sleep(3600)
            finally:
                seen.append("finished")

    client = Client()

    async def send(message: Any) -> None:
        await asyncio.Event().wait()

    with anyio.move_on_after(0.01) as scope:
        await send_stream(make_stream(chunks), client.receive, send)
    assert (scope.cancelled_caught, seen) == (True, ["finished"])


async def test_error_in_cleanup_after_a_disconnect_is_raised() -> None:
    client = Client()

    async def chunks() -> Generator:
        try:
            client.gone.set()
            await asyncio.Event().wait()
            yield "a"
        finally:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        await client.serve(make_stream(chunks))


async def test_error_raised_instead_of_client_disconnect_is_raised() -> None:
    async def chunks() -> Generator:
        try:
            yield "a"
        except ClientDisconnect:
            raise ZeroDivisionError("mine") from None

    async def send(message: Any) -> None:
        raise OSError

    client = Client()
    client.send = send  # type: ignore[method-assign] # a fake of a fake
    with pytest.raises(ZeroDivisionError, match="mine"):
        await client.serve(make_stream(chunks, raise_on_disconnect=True))


@pytest.mark.parametrize("error", [OSError("gone"), ZeroDivisionError("theirs")])
async def test_error_of_receive_stops_the_stream(error: Exception) -> None:
    client = Client()
    client.error = error
    seen = []

    async def chunks() -> Generator:
        try:
            client.gone.set()
            await asyncio.Event().wait()
            yield "a"
        finally:
            seen.append("finished")

    if isinstance(error, OSError):
        await client.serve(make_stream(chunks))
    else:
        with pytest.raises(ZeroDivisionError, match="theirs"):
            await client.serve(make_stream(chunks))
    assert seen == ["finished"]


async def test_client_that_leaves_while_the_generator_is_closed_does_not_disturb_it() -> None:
    client = Client()
    seen = []

    async def chunks() -> AsyncGenerator[Any, None]:
        try:
            yield 1
        finally:
            client.gone.set()
            for _ in range(5):
                await asyncio.sleep(0)
            seen.append("finished")

    with pytest.raises(TypeError):
        await client.serve(make_stream(chunks))
    assert seen == ["finished"]


async def test_rest_of_the_request_is_passed_over() -> None:
    client = Client()
    messages = [{"type": "http.request", "body": b"x", "more_body": True}] * 2
    plain_receive = client.receive

    async def receive() -> Any:
        return messages.pop() if messages else await plain_receive()

    client.receive = receive  # type: ignore[method-assign] # a fake of a fake

    async def chunks() -> Generator:
        client.gone.set()
        await asyncio.Event().wait()
        yield "never"

    await client.serve(make_stream(chunks))
    assert (messages, client.sent) == ([], [])


async def test_server_that_repeats_the_end_of_the_request_does_not_stop_everything() -> None:
    client = Client()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    client.receive = receive  # type: ignore[method-assign] # a fake of a fake

    async def chunks() -> Generator:
        for _ in range(5):
            await asyncio.sleep(0)
        yield "a"

    await client.serve(make_stream(chunks))
    assert client.sent == [b"a", b""]


async def test_client_that_takes_nothing_for_long_counts_as_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    client = Client()
    seen = []

    async def chunks() -> Generator:
        try:
            yield "a"
        finally:
            seen.append("finished")

    async def send(message: Any) -> None:
        await asyncio.Event().wait()

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(chunks), stall_seconds=0.02)
    assert seen == ["finished"]
    line = chunks.__code__.co_firstlineno
    label = f"`{chunks.__qualname__}` (test_delivery.py:{line})"
    (record,) = caplog.records
    assert record.getMessage() == (
        f"the client of the stream {label} took nothing for 0.02 seconds: it counts as gone"
    )


async def test_generator_that_waits_longer_than_a_client_may_is_left_alone() -> None:
    async def chunks() -> Generator:
        await asyncio.sleep(0.05)
        yield "a"
        await asyncio.sleep(0.05)

    client = Client()
    await client.serve(make_stream(chunks), stall_seconds=0.01)
    assert client.sent == [b"a", b""]


async def test_never_more_than_one_chunk_waits_for_the_transport() -> None:
    client = Client()
    made = 0

    async def chunks() -> Generator:
        nonlocal made
        for _ in range(10):
            made += 1
            yield "x"

    async def send(message: Any) -> None:
        client.sent.append(message["body"])
        assert made <= len(client.sent)
        await asyncio.sleep(0)

    client.send = send  # type: ignore[method-assign] # a fake of a fake
    await client.serve(make_stream(chunks))
    assert made == 10
