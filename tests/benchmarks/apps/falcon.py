"""Falcon, as its documentation suggests; much of it is compiled with Cython."""

from collections.abc import AsyncIterator
from typing import Any

import falcon
import falcon.asgi

from tests.benchmarks.cases import (
    CHUNK,
    CHUNKS,
    EVENT_NAME,
    EVENTS,
    HELLO,
    NEWS,
    PAYLOAD,
    route_path,
)


class Plaintext:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = HELLO


class Named:
    async def on_get(self, req: Any, resp: Any, name: str) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = HELLO


class Json:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = PAYLOAD


class Items:
    async def on_get(self, req: Any, resp: Any, id: int) -> None:  # noqa: A002 - of the route
        resp.media = {"id": id}


class Query:
    async def on_get(self, req: Any, resp: Any) -> None:
        page, limit = req.get_param_as_int("page"), req.get_param_as_int("limit")
        resp.media = {"q": req.get_param("q"), "page": page, "limit": limit}


class Echo:
    async def on_post(self, req: Any, resp: Any) -> None:
        resp.media = await req.get_media()


class Stream:
    async def on_get(self, req: Any, resp: Any) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(CHUNKS):
                yield CHUNK

        resp.content_type = "application/octet-stream"
        resp.stream = chunks()


class PassThrough:
    async def process_request(self, req: Any, resp: Any) -> None:
        pass

    async def process_response(self, req: Any, resp: Any, resource: Any, ok: bool) -> None:
        pass


def hello(**options: Any) -> Any:
    app = falcon.asgi.App(**options)
    app.add_route("/", Plaintext())
    return app


def basic(**options: Any) -> Any:
    app = hello(**options)
    app.add_route("/json", Json())
    app.add_route("/items/{id:int}", Items())
    app.add_route("/query", Query())
    app.add_route("/echo", Echo())
    app.add_route("/stream", Stream())
    return app


def middleware() -> Any:
    return basic(middleware=[PassThrough()])


class Events:
    async def on_get(self, req: Any, resp: Any) -> None:
        async def greetings() -> AsyncIterator[falcon.asgi.SSEvent]:
            for _ in range(EVENTS):
                yield falcon.asgi.SSEvent(json=PAYLOAD, event=EVENT_NAME)

        resp.sse = greetings()


class News:
    async def on_get(self, req: Any, resp: Any) -> None:
        async def greetings() -> AsyncIterator[falcon.asgi.SSEvent]:
            yield falcon.asgi.SSEvent(json=PAYLOAD, event=EVENT_NAME)
            await NEWS.wait()

        resp.sse = greetings()


class EchoSocket:
    async def on_websocket(self, req: Any, ws: Any) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except falcon.WebSocketDisconnected:
            pass


class Room:
    def __init__(self) -> None:
        self.clients: set[Any] = set()

    async def on_websocket(self, req: Any, ws: Any) -> None:
        await ws.accept()
        self.clients.add(ws)
        try:
            while True:
                text = await ws.receive_text()
                for client in list(self.clients):
                    await client.send_text(text)
        except falcon.WebSocketDisconnected:
            pass
        finally:
            self.clients.discard(ws)


def realtime() -> Any:
    app = falcon.asgi.App()
    app.add_route("/events", Events())
    app.add_route("/news", News())
    app.add_route("/socket", EchoSocket())
    app.add_route("/room", Room())
    return app


def routing(*, routes: int, param: bool) -> Any:
    app = falcon.asgi.App()
    resource = Named() if param else Plaintext()
    for number in range(routes):
        app.add_route(route_path(number, param=param), resource)
    return app
