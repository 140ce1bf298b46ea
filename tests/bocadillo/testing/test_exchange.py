import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from bocadillo.testing import AsyncClient
from tests.bocadillo.testing.apps import START, after_lifespan, body


async def test_body_of_a_request_comes_whole_and_then_nothing_until_the_response_is_complete() -> (
    None
):
    received: list[Any] = []

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append(await receive())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await receive()
        await send(START)
        await send(body())
        received.append(await receive())
        received.append(await receive())

    async with AsyncClient(app) as client:
        await client.post("/", content=b"hello")
    assert received == [
        {"type": "http.request", "body": b"hello", "more_body": False},
        {"type": "http.disconnect"},
        {"type": "http.disconnect"},
    ]


@after_lifespan
async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    more_body = True
    while more_body:
        message = await receive()
        more_body = message.get("more_body", False)
        await send(body(message.get("body", b""), more_body=more_body))


async def test_upload_is_handed_over_part_by_part() -> None:
    go_on, closed = asyncio.Event(), list[str]()

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            await go_on.wait()
            yield b"two"
        finally:
            closed.append("closed")

    async with AsyncClient(echo) as client:
        async with client.stream("POST", "/", content=parts()) as stream:
            chunks = aiter(stream)
            assert await anext(chunks) == b"one"
            go_on.set()
            assert [chunk async for chunk in chunks] == [b"two"]
        assert (await client.post("/", files={"a": b"content"})).text.count("\r\ncontent\r\n")
    assert closed == ["closed"]


async def test_upload_is_stopped_when_the_client_leaves() -> None:
    closed, left = list[str](), asyncio.Event()

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            await asyncio.sleep(3600)
        finally:
            closed.append("closed")

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    async with (
        AsyncClient(app) as client,
        client.stream("POST", "/", content=parts()) as stream,
    ):
        stream.disconnect()
        await left.wait()
    assert closed == ["closed"]


async def test_upload_that_is_not_read_is_stopped_at_the_end() -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(b"enough"))

    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"more"

    async with AsyncClient(app) as client:
        assert (await client.post("/", content=parts())).text == "enough"


@pytest.mark.parametrize("raises", [True, False])
async def test_error_of_an_upload_is_raised_in_the_test(raises: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        raise ZeroDivisionError

    async with AsyncClient(echo, raise_app_exceptions=raises) as client:
        with pytest.raises(ZeroDivisionError):
            await client.post("/", content=parts())


async def test_response_to_head_has_no_body_and_neither_need_one_of_304() -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        status = 200 if scope["method"] == "HEAD" else 304
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(body(b"hello" if scope["method"] == "HEAD" else b""))

    async with AsyncClient(app) as client:
        res = await client.head("/")
        assert (res.content, res.headers["content-length"]) == (b"", "5")
        assert (await client.get("/")).status_code == 304


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([body()], "expected 'http.response.start', the application sent 'http.response.body'"),
        (
            [START, START],
            "expected 'http.response.body', the application sent 'http.response.start'",
        ),
        (
            [START, body(), body()],
            (
                "expected nothing, for the response is complete, the application sent "
                "'http.response.body'"
            ),
        ),
        (
            [{**START, "headers": [(b"Content-Length", b"2")]}, body(b"abc")],
            "the body is longer than the `content-length` of the response",
        ),
        (
            [{**START, "headers": [(b"x", b"y"), (b"content-length", b"2")]}, body(b"a")],
            "the body is shorter than the `content-length` of the response",
        ),
    ],
)
async def test_messages_that_no_server_takes_are_refused(messages: list[Any], problem: str) -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    async with AsyncClient(app) as client:
        with pytest.raises(RuntimeError) as caught:
            await client.get("/a")
    assert str(caught.value) == f"GET /a: {problem}"


async def test_body_as_long_as_told_is_taken() -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "headers": [(b"content-length", b"2")]})
        await send(body(b"a", more_body=True))
        await send(body(b"b"))

    async with AsyncClient(app) as client:
        assert (await client.get("/")).text == "ab"


@pytest.mark.parametrize(
    ("messages", "error", "problem"),
    [
        ([], RuntimeError, "the application returned without a response"),
        (
            [START],
            httpx2.RemoteProtocolError,
            "the application returned before its response was complete",
        ),
    ],
)
async def test_response_that_is_not_complete_is_an_error(
    messages: list[Any], error: type[Exception], problem: str
) -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    async with AsyncClient(app) as client:
        with pytest.raises(error) as caught:
            await client.get("/a")
    assert str(caught.value) == f"GET /a: {problem}"


@after_lifespan
async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/amid":
        await send(START)
        await send(body(b"half", more_body=True))
    raise ZeroDivisionError


async def test_what_the_application_raises_is_raised_once_in_the_test() -> None:
    async with AsyncClient(failing) as client:
        for path in ("/", "/amid"):
            with pytest.raises(ZeroDivisionError):
                await client.get(path)
        with pytest.raises(ZeroDivisionError):
            async with client.stream("GET", "/amid"):
                pass


async def test_what_the_application_raises_can_be_what_a_client_sees() -> None:
    async with AsyncClient(failing, raise_app_exceptions=False) as client:
        res = await client.get("/")
        assert (res.status_code, res.text) == (500, "Internal Server Error")
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get("/amid")


async def test_application_that_sends_to_a_client_that_has_left_gets_an_oserror() -> None:
    raised: list[OSError] = []

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        while True:
            try:
                await send(body(b"x" * 100, more_body=True))
            except OSError as error:
                raised.append(error)
                raise

    async with AsyncClient(app) as client, client.stream("GET", "/a", buffer=1000) as stream:
        stream.disconnect()
        with pytest.raises(httpx2.ReadError) as caught:
            await anext(aiter(stream))
    assert str(caught.value) == "GET /a: this client has left, so it reads nothing more"
    assert [str(error) for error in raised] == ["GET /a: the client has left"]


async def test_response_that_nobody_reads_holds_nobody_up() -> None:
    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(b"x" * 100))

    async with AsyncClient(app) as client, client.stream("GET", "/", buffer=0) as stream:
        assert stream.status_code == 200
