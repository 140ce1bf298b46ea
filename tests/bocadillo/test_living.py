"""The life of an application: most of it is tested where its parts are."""

from typing import Any

import pytest

from bocadillo import App, Router, WebSocket, configure, settings
from bocadillo.testing import create_client


def test_drain_handlers_run_before_those_of_shutdown_and_while_providers_are_there() -> None:
    app, log = App(), list[Any]()

    @app.provider(scope="app", autouse=True)
    async def pool() -> Any:
        log.append("+pool")
        yield "pool"
        log.append("-pool")

    @app.on("startup")
    async def start() -> None:
        log.append("startup")

    @app.on("drain")
    async def drain() -> None:
        log.append("drain")

    app.on("shutdown", lambda: log.append("shutdown"))
    for _ in range(2):  # a second life is as the first
        with create_client(app):
            pass
        assert log == ["+pool", "startup", "drain", "shutdown", "-pool"]
        log.clear()


def test_application_that_was_drained_is_drained_no_more_when_it_starts_again() -> None:
    app, log = App(), list[Any]()
    app.on("drain", lambda: log.append("drain"))
    with create_client(app) as client:
        client.portal.call(app.drain)  # type: ignore[union-attr] # it runs
        client.portal.call(app.drain)  # type: ignore[union-attr] # it runs
    assert log == ["drain"]
    with create_client(app):
        assert not app._draining.is_draining
    assert log == ["drain", "drain"]


def test_application_that_has_shut_down_refuses_no_requests_of_tests_without_a_life() -> None:
    app, inner = App(), App()

    async def hello(ws: WebSocket) -> None:
        await ws.send("hello")

    for each in (app, inner):
        each.websocket_route("/hello")(hello)
    app.mount("/inner", inner)
    with create_client(app):
        pass
    for path in ("/hello", "/inner/hello"):
        with create_client(app).websocket_connect(path) as ws:
            assert ws.receive_text() == "hello"


async def test_handler_sees_the_settings_of_its_application() -> None:
    app, other, log = App(), App(), list[Any]()
    configure(app, color="red")
    configure(other, color="blue")
    app.on("drain", lambda: log.append(settings.COLOR))
    await app.drain()
    assert log == ["red"]


async def test_all_that_is_mounted_is_found_and_what_is_no_application_left_alone() -> None:
    app, router, inner, innermost = App(), Router(), App(), App()
    log: list[str] = []

    async def other(scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError

    for name, one in {"app": app, "inner": inner, "innermost": innermost}.items():
        one.on("drain", lambda name=name: log.append(name))
    inner.mount("/innermost", innermost)
    router.mount("/inner", inner)
    app.include_router(router, prefix="/router")
    app.mount("/other", other)
    await app.drain()
    assert sorted(log) == ["app", "inner", "innermost"]


def test_it_is_too_late_for_handlers_when_the_application_has_started() -> None:
    app = App()
    with create_client(app), pytest.raises(RuntimeError, match="cannot register drain handler"):
        app.on("drain", lambda: None)
