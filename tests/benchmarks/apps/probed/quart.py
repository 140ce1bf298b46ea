"""Quart: it has no event streams of its own, so that its streams are used."""

from typing import Any

from quart import Quart, abort, make_response, websocket

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


def make_app(tell: Tell, *, is_wrapped: bool) -> Any:
    app = Quart("probed")

    @app.after_serving
    async def shutdown() -> None:
        tell("shutdown")

    add_views(app, tell)
    add_sockets(app, tell)
    if is_wrapped:

        @app.before_request
        async def nothing_before() -> None:
            pass

        @app.after_request
        async def nothing_after(response: Any) -> Any:
            return response

    return app


def add_views(app: Quart, tell: Tell) -> None:
    @app.get("/sleeping")
    async def sleeping() -> Any:
        events = probed.sleep(tell, b"data: first\n\n")
        response = await make_response(events, {"content-type": "text/event-stream"})
        response.timeout = None  # it is cut after a minute otherwise
        return response

    @app.get("/busy")
    async def busy() -> Any:
        return probed.stay_busy(tell)

    @app.get("/greedy")
    async def greedy() -> Any:
        return probed.stay_busy(tell, is_greedy=True)

    @app.get("/waiting")
    async def waiting() -> str:
        await probed.wait(tell)
        return ""

    @app.get("/plain")
    async def plain() -> str:
        return "plain"


def add_sockets(app: Quart, tell: Tell) -> None:
    @app.websocket("/ws/sleeping", endpoint="sleeping socket")
    async def sleeping() -> None:
        await websocket.accept()
        await probed.wait(tell)

    @app.websocket("/ws/ticking")
    async def ticking() -> None:
        await websocket.accept()
        await probed.tick(tell, websocket.send)

    @app.websocket("/ws/flooding")
    async def flooding() -> None:
        await websocket.accept()
        await probed.flood(tell, websocket.send)

    @app.websocket("/ws/raising")
    async def raising() -> None:
        await websocket.accept()
        raise ValueError(probed.SECRET)

    @app.websocket("/ws/refusing")
    async def refusing() -> None:
        abort(401)
