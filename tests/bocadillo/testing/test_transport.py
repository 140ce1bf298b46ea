import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import App, Request, Response
from bocadillo.testing import AsyncClient
from tests.bocadillo.testing.apps import START, after_lifespan, body


async def test_client_that_was_not_entered_says_how_to() -> None:
    with pytest.raises(RuntimeError) as caught:
        await AsyncClient(App()).get("/")
    assert str(caught.value) == (
        "the client is not started: use it inside `async with AsyncClient(app) as client:`"
    )


def test_event_loop_of_another_library_is_refused() -> None:
    with pytest.raises(RuntimeError) as caught:
        AsyncClient(App()).__aenter__().send(None)
    assert str(caught.value) == (
        "expected an event loop of asyncio to test the application in. Is it one of trio? Then "
        'define a fixture `anyio_backend` that returns "asyncio".'
    )


async def test_requests_run_side_by_side() -> None:
    app, both = App(), asyncio.Barrier(2)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        await both.wait()
        res.text = "met"

    async with AsyncClient(app) as client, asyncio.TaskGroup() as group:
        answers = [group.create_task(client.get("/")) for _ in range(2)]
    assert [answer.result().text for answer in answers] == ["met", "met"]


@after_lifespan
async def hang(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/begun":
        await send(START)
        await send(body(b"a", more_body=True))
    await asyncio.sleep(3600)


async def test_response_that_does_not_come_is_a_timeout() -> None:
    before = asyncio.all_tasks()
    async with AsyncClient(hang) as client:
        with pytest.raises(TimeoutError) as caught:
            await client.get("/slow", timeout=0.01)
    assert str(caught.value) == "GET /slow: no response came within 0.01 seconds"
    assert asyncio.all_tasks() == before


async def test_request_that_is_cancelled_leaves_nothing() -> None:
    before = asyncio.all_tasks()
    async with AsyncClient(hang) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.get("/slow")
    assert asyncio.all_tasks() == before


async def test_request_that_is_cancelled_may_be_cleaned_up_after() -> None:
    done = list[str]()

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        done.append((await receive())["type"])
        await asyncio.sleep(0.001)
        done.append("cleaned up")
        raise ZeroDivisionError

    async with AsyncClient(app) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.get("/")
    assert done == ["http.disconnect", "cleaned up"]


async def test_application_that_goes_on_when_its_client_has_left_is_a_timeout() -> None:
    async with AsyncClient(hang) as client:
        with pytest.raises(TimeoutError) as caught:
            async with client.stream("GET", "/begun", timeout=0.01) as stream:
                assert stream.status_code == 200
    assert str(caught.value) == (
        "GET /begun: the application did not return after its client left within 0.01 seconds"
    )


async def test_response_that_is_left_open_is_left_at_the_end() -> None:
    left: list[str] = []

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await receive()
        left.append((await receive())["type"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with AsyncClient(app) as client:
            await client.send(client.build_request("GET", "/"), stream=True)
    assert left == ["http.disconnect"]


async def test_calls_that_wait_for_each_other_are_all_left_at_once() -> None:
    left = asyncio.Barrier(2)

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await receive()
        await receive()
        await left.wait()

    async with AsyncClient(app) as client:
        for _ in range(2):
            await client.send(client.build_request("GET", "/"), stream=True)


async def test_client_that_is_cancelled_while_it_ends_leaves_nothing() -> None:
    before = asyncio.all_tasks()
    client = AsyncClient(hang)
    await client.__aenter__()
    await client.send(client.build_request("GET", "/begun"), stream=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await client.__aexit__()
    assert asyncio.all_tasks() == before


async def fail_everywhere(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send(START)
        raise ZeroDivisionError
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise KeyError


async def leave_open(client: AsyncClient, error: BaseException | None = None) -> None:
    async with client:
        await client.send(client.build_request("GET", "/"), stream=True)
        if error is not None:
            raise error


async def test_several_errors_that_the_test_was_not_told_are_a_group() -> None:
    with pytest.raises(ExceptionGroup, match="several calls of the application failed") as caught:
        await leave_open(AsyncClient(fail_everywhere))
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError, KeyError]


async def test_errors_of_the_application_do_not_hide_that_of_the_test_nor_its_cancellation() -> (
    None
):
    with pytest.raises(ExceptionGroup) as caught:
        await leave_open(AsyncClient(fail_everywhere), AssertionError("mine"))
    assert isinstance(caught.value.__context__, AssertionError)
    with pytest.raises(asyncio.CancelledError):
        await leave_open(AsyncClient(fail_everywhere), asyncio.CancelledError())


async def test_error_of_the_test_is_raised_as_it_is() -> None:
    with pytest.raises(AssertionError, match="mine"):
        async with AsyncClient(App()):
            raise AssertionError("mine")


async def test_background_tasks_have_run_when_the_response_is_there() -> None:
    app, done = App(), list[str]()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        @res.background
        async def later() -> None:
            await asyncio.sleep(0)
            done.append("ran")

    async with AsyncClient(app) as client:
        await client.get("/")
        assert done == ["ran"]
