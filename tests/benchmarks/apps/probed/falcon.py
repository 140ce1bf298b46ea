"""Falcon, with its own event streams."""

from collections.abc import Awaitable, Callable
from typing import Any

import falcon
import falcon.asgi

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


class Nothing:
    async def process_request(self, req: Any, resp: Any) -> None:
        pass

    async def process_response(self, req: Any, resp: Any, resource: Any, ok: bool) -> None:
        pass


class Life:
    def __init__(self, tell: Tell) -> None:
        self.tell = tell

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        self.tell("shutdown")


def make_app(tell: Tell, *, is_wrapped: bool) -> Any:
    app = falcon.asgi.App(middleware=[Life(tell), *([Nothing()] if is_wrapped else [])])
    add_views(app, tell)
    add_sockets(app, tell)
    return app


class Resource:
    """Answer GET and HEAD with one function."""

    def __init__(self, view: Callable[[Any, Any], Awaitable[None]]) -> None:
        self.view = view

    async def on_get(self, req: Any, resp: Any) -> None:
        await self.view(req, resp)

    on_head = on_get


class Socket:
    """Serve a WebSocket with a function, accepted or not."""

    def __init__(self, view: Callable[[Any], Awaitable[None]], *, accepts: bool = True) -> None:
        self.view = view
        self.accepts = accepts

    async def on_websocket(self, req: Any, ws: Any) -> None:
        if self.accepts:
            await ws.accept()
        await self.view(ws)


def add_views(app: Any, tell: Tell) -> None:
    async def sleeping(req: Any, resp: Any) -> None:
        resp.sse = probed.sleep(tell, falcon.asgi.SSEvent(data=b"first"))

    async def busy(req: Any, resp: Any) -> None:
        resp.stream = probed.stay_busy(tell)

    async def greedy(req: Any, resp: Any) -> None:
        resp.stream = probed.stay_busy(tell, is_greedy=True)

    async def waiting(req: Any, resp: Any) -> None:
        await probed.wait(tell)

    async def plain(req: Any, resp: Any) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "plain"

    for view in (sleeping, busy, greedy, waiting, plain):
        app.add_route(f"/{view.__name__}", Resource(view))


def add_sockets(app: Any, tell: Tell) -> None:
    async def sleeping(ws: Any) -> None:
        await probed.wait(tell)

    async def ticking(ws: Any) -> None:
        await probed.tick(tell, ws.send_text)

    async def flooding(ws: Any) -> None:
        await probed.flood(tell, ws.send_text)

    async def raising(ws: Any) -> None:
        raise ValueError(probed.SECRET)

    async def refusing(ws: Any) -> None:
        raise falcon.HTTPUnauthorized

    for view in (sleeping, ticking, flooding, raising):
        app.add_route(f"/ws/{view.__name__}", Socket(view))
    app.add_route("/ws/refusing", Socket(refusing, accepts=False))
