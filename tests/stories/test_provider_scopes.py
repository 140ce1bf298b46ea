"""Providers that hold a task group, a timeout or a cancel scope while the view runs."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import anyio.abc
import pytest

import bocadillo
from bocadillo import App, Response
from tests.bocadillo.calls import call

from .faults import FAULTS, Request, Steps, nothing_is_left, serve

Generator = AsyncGenerator[Any, None]


async def timeout_of_asyncio() -> Generator:
    async with asyncio.timeout(0.01):
        yield


async def timeout_of_anyio() -> Generator:
    with anyio.fail_after(0.01):
        yield


async def group_of_asyncio() -> Generator:
    async with asyncio.TaskGroup() as group:
        yield group


async def group_of_anyio() -> Generator:
    async with anyio.create_task_group() as group:
        yield group


async def fail() -> None:
    await asyncio.sleep(0)
    raise KeyError("of the group")


def make_app(scope: Any, wait: Any) -> App:
    app = App()
    app.provider(name="scope")(scope)

    @app.provider
    async def before() -> Generator:
        yield

    @app.error_handler(Exception)
    async def handle(req: bocadillo.Request, res: Response, exc: Exception) -> None:
        res.text = repr(exc)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, before: None, scope: Any) -> None:
        await wait(scope)

    @app.route("/stream")
    async def stream(req: bocadillo.Request, res: Response, before: None, scope: Any) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "first"
            await wait(scope)

    return app


async def wait_for_the_end(scope: Any) -> None:
    if isinstance(scope, asyncio.TaskGroup):
        scope.create_task(fail())
    elif scope is not None:
        scope.start_soon(fail)
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("scope", "body"),
    [
        (timeout_of_asyncio, "TimeoutError()"),
        (timeout_of_anyio, "TimeoutError()"),
        (group_of_asyncio, "KeyError('of the group')"),
        (group_of_anyio, "KeyError('of the group')"),
    ],
)
async def test_view_that_a_provider_cancels_ends_in_the_error_of_that(
    scope: Any, body: str
) -> None:
    app = make_app(scope, wait_for_the_end)
    with nothing_is_left():
        sent = await asyncio.wait_for(call(app, "GET", "/"), 5)
    assert sent[1]["body"].decode() == body


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        (timeout_of_asyncio, TimeoutError),
        (timeout_of_anyio, TimeoutError),
        (group_of_asyncio, ExceptionGroup),
        (group_of_anyio, ExceptionGroup),
    ],
)
async def test_stream_that_a_provider_cancels_is_cut_off_by_the_error_of_that(
    scope: Any, error: type[Exception]
) -> None:
    app = make_app(scope, wait_for_the_end)
    request = Request(app, Steps(), "/stream")
    with nothing_is_left(errors=1):
        assert type(await serve(request)) is error
    assert [message.get("body") for message in request.sent] == [None, b"first"]


@pytest.mark.parametrize("path", ["/", "/stream"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scope", [group_of_asyncio, group_of_anyio])
async def test_cancellation_from_outside_goes_through_what_providers_hold(
    scope: Any, fault: str, path: str
) -> None:
    happen, around = FAULTS[fault]
    steps = Steps()

    async def wait(scope: Any) -> None:
        await steps.step()

    app = make_app(scope, wait)
    with nothing_is_left():
        assert await serve(Request(app, steps, path)) is None
        assert steps.count > 0
        for at in range(1, steps.count + 1):
            steps.let(happen, at=at)
            raised = await serve(Request(app, steps, path), around)
            if fault == "disconnect":
                assert raised is None
            else:
                assert isinstance(raised, asyncio.CancelledError), at
