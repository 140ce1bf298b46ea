import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import App, Request, Response, server_event
from bocadillo.testing import AsyncClient, ReceivedEvent
from tests.bocadillo.testing.apps import START, after_lifespan, body


class Ticker:
    """An application whose stream never ends."""

    def __init__(self) -> None:
        self.app = App()
        self.made = 0
        self.done: list[str] = []
        self.go_on = asyncio.Event()

        @self.app.route("/ticks")
        async def ticks(req: Request, res: Response) -> None:
            @res.event_stream
            async def feed() -> AsyncIterator[str]:
                try:
                    while True:
                        self.made += 1
                        yield server_event("tick", id=self.made, json=self.made)
                        if self.made % 3 == 0:
                            await self.go_on.wait()
                            self.go_on.clear()
                finally:
                    await asyncio.sleep(0)
                    self.done.append("closed")

        @self.app.route("/busy")
        async def busy(req: Request, res: Response) -> None:
            @res.stream
            async def feed() -> AsyncIterator[str]:
                try:
                    while True:
                        self.made += 1
                        yield "x" * 100
                finally:
                    self.done.append("closed")

        @self.app.route("/two")
        async def two(req: Request, res: Response) -> None:
            @res.event_stream
            async def feed() -> AsyncIterator[str]:
                yield server_event(data="one")
                yield server_event(data="two")
                yield server_event(id="2", retry=50)


async def test_events_come_one_by_one_from_a_stream_that_never_ends() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app) as client, client.stream("GET", "/ticks") as stream:
        assert (stream.status_code, stream.headers["cache-control"]) == (
            200,
            "no-cache, no-transform",
        )
        assert await stream.event() == ReceivedEvent("tick", "1", id="1")
        async for event in stream.events():
            assert event.json() == 2
            break
        assert (await stream.event()).id == "3"
        ticker.go_on.set()
        assert [event.id async for event, _ in zip_async(stream.events(), 2)] == ["4", "5"]
        assert ticker.done == []
    assert ticker.done == ["closed"]


async def zip_async(
    events: AsyncIterator[ReceivedEvent], count: int
) -> AsyncIterator[tuple[ReceivedEvent, int]]:
    for number in range(count):
        yield await anext(events), number


async def test_wait_for_an_event_that_is_cancelled_loses_nothing() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app) as client, client.stream("GET", "/ticks") as stream:
        for _ in range(3):
            await stream.event()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await stream.event()
        ticker.go_on.set()
        assert (await stream.event()).id == "4"


async def test_event_that_does_not_come_is_a_timeout() -> None:
    async with (
        AsyncClient(Ticker().app) as client,
        client.stream("GET", "/ticks", timeout=0.01) as stream,
    ):
        for _ in range(3):
            await stream.event()
        with pytest.raises(TimeoutError) as caught:
            await stream.event()
    assert str(caught.value) == "GET /ticks: no event came within 0.01 seconds"


async def test_stream_that_ends_ends_the_loop_and_has_no_further_event() -> None:
    async with AsyncClient(Ticker().app) as client:
        async with client.stream("GET", "/two") as stream:
            assert (stream.last_event_id, stream.retry) == ("", None)
            assert [event.data async for event in stream.events()] == ["one", "two"]
            assert (stream.last_event_id, stream.retry) == ("2", 50)
            with pytest.raises(EOFError) as caught:
                await stream.event()
        assert (await client.get("/two")).text.startswith("data: one\n\ndata: two\n\n")
    assert str(caught.value) == "GET /two: the stream has ended: there are no more events"


async def test_client_that_disconnects_is_seen_at_once() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app) as client, client.stream("GET", "/ticks") as stream:
        await stream.event()
        stream.disconnect()
        await stream.aclose()
        assert ticker.done == ["closed"]


async def test_slow_reader_holds_the_application_up() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app) as client:
        async with client.stream("GET", "/busy", buffer=0) as stream:
            chunks = aiter(stream)
            for made in (1, 2):
                await asyncio.sleep(0.01)
                assert ticker.made == made
                assert await anext(chunks) == b"x" * 100
        made = ticker.made
        async with client.stream("GET", "/busy", buffer=1000):
            await asyncio.sleep(0.01)
            assert ticker.made == made + 11
    assert ticker.done == ["closed", "closed"]


async def test_reader_can_pause_and_resume() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app) as client, client.stream("GET", "/ticks") as stream:
        for _ in range(3):
            await stream.event()
        stream.pause()
        ticker.go_on.set()
        assert (await stream.event()).id == "4"
        await asyncio.sleep(0.01)
        assert ticker.made == 4
        stream.resume()
        await asyncio.sleep(0.01)
        assert ticker.made == 6


async def test_endless_response_that_is_read_whole_is_a_timeout() -> None:
    ticker = Ticker()
    async with AsyncClient(ticker.app, timeout=0.02) as client:
        for path in ("/ticks", "/busy"):
            with pytest.raises(TimeoutError) as caught:
                await client.get(path)
            assert str(caught.value) == (
                f"GET {path}: the response, which `client.stream` reads as it comes, did not end "
                "within 0.02 seconds"
            )
    assert ticker.done == ["closed", "closed"]


async def test_chunk_that_does_not_come_is_a_timeout() -> None:
    async with (
        AsyncClient(Ticker().app) as client,
        client.stream("GET", "/ticks", timeout=0.01) as stream,
    ):
        with pytest.raises(TimeoutError) as caught:
            async for _ in stream:
                pass
    assert str(caught.value) == (
        "GET /ticks: nothing more of the response came within 0.01 seconds"
    )


async def test_what_httpx2_reads_with_works_too() -> None:
    async with AsyncClient(Ticker().app, timeout=None) as client:
        async with client.stream("GET", "/two") as stream:
            lines = [line async for line in stream.aiter_lines()]
        assert lines[:4] == ["data: one", "", "data: two", ""]
        async with client.sse("/two") as source:
            assert [event.data async for event in source][:2] == ["one", "two"]
        assert (await client.get("/two")).content.count(b"data") == 2


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        (
            [(b"content-type", b"text/html")],
            "expected the content type text/event-stream, got 'text/html' with the status 200",
        ),
        ([], "expected the content type text/event-stream, got '' with the status 200"),
        (
            [(b"content-type", b"text/event-stream; charset=utf-8"), (b"content-encoding", b"br")],
            (
                "expected an event stream as it is, got one encoded as 'br': ask for it with "
                'headers={"accept-encoding": "identity"}'
            ),
        ),
    ],
)
async def test_response_that_is_no_event_stream_is_refused(
    headers: list[tuple[bytes, bytes]], problem: str
) -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "headers": headers})
        await send(body())

    async with AsyncClient(app) as client, client.stream("GET", "/a") as stream:
        with pytest.raises(ValueError, match="GET") as caught:
            await stream.event()
    assert str(caught.value) == f"GET /a: {problem}"
