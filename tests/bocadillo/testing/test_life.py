import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import App
from bocadillo.testing import AsyncClient


async def enter(client: AsyncClient) -> None:
    async with client:
        pass


async def test_handlers_run_around_the_block() -> None:
    app, done = App(), list[str]()
    app.on("startup", lambda: done.append("started"))
    app.on("shutdown", lambda: done.append("stopped"))
    async with AsyncClient(app):
        assert done == ["started"]
    assert done == ["started", "stopped"]


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
async def test_error_at_startup_or_shutdown_is_raised_in_the_test(phase: str) -> None:
    app = App()

    @app.on(phase)  # type: ignore[call-overload,untyped-decorator] # both are events
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        await enter(AsyncClient(app, raise_app_exceptions=False))
    assert caught.traceback[-1].name == "fail"


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
async def test_failure_that_is_only_said_is_an_error(phase: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != f"lifespan.{phase}":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": f"lifespan.{phase}.failed", "message": "no disk"})

    with pytest.raises(RuntimeError) as caught:
        await enter(AsyncClient(app))
    assert str(caught.value) == f"lifespan.{phase}.failed: no disk"


async def test_application_without_a_lifespan_is_served_all_the_same() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None: ...

    await enter(AsyncClient(app))


@pytest.mark.parametrize(("phase", "verb"), [("startup", "start"), ("shutdown", "shut down")])
async def test_application_that_hangs_is_a_timeout(phase: str, verb: str) -> None:
    ended, before = list[str](), asyncio.all_tasks()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != f"lifespan.{phase}":
            await send({"type": "lifespan.startup.complete"})
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("ended")

    with pytest.raises(TimeoutError) as caught:
        await enter(AsyncClient(app, timeout=0.01))
    assert str(caught.value) == f"lifespan: the application did not {verb} within 0.01 seconds"
    assert ended == ["ended"]
    assert asyncio.all_tasks() == before


async def test_state_of_the_life_is_that_of_the_requests() -> None:
    seen = list[object]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["database"] = "open"
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
        else:
            seen.append(scope["state"])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    async with AsyncClient(app) as client:
        await client.get("/")
    assert seen == [{"database": "open"}]
