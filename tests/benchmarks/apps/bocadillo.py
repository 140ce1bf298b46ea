"""Bocadillo, as its guide suggests: conversions by annotation, every safety feature on."""

from collections.abc import AsyncGenerator
from typing import Any

from bocadillo import App, Request, Response, WebSocket
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


async def plaintext(req: Request, res: Response) -> None:
    res.text = HELLO


async def named(req: Request, res: Response, name: str) -> None:
    res.text = HELLO


def hello() -> App:
    app = App()
    app.route("/")(plaintext)
    return app


def basic() -> App:
    app = hello()

    @app.route("/json")
    async def as_json(req: Request, res: Response) -> None:
        res.json = PAYLOAD

    @app.route("/items/{pk}")
    async def items(req: Request, res: Response, pk: int) -> None:
        res.json = {"id": pk}

    @app.route("/query")
    async def query(
        req: Request, res: Response, q: str = "", page: int = 1, limit: int = 10
    ) -> None:
        res.json = {"q": q, "page": page, "limit": limit}

    @app.route("/echo", methods=["POST"])
    async def echo(req: Request, res: Response) -> None:
        res.json = await req.json()

    @app.route("/stream")
    async def stream(req: Request, res: Response) -> None:
        res.headers["content-type"] = "application/octet-stream"

        @res.stream
        async def chunks() -> AsyncGenerator[bytes, None]:
            for _ in range(CHUNKS):
                yield CHUNK

    return app


def providers() -> App:
    app = App()

    @app.provider
    async def session(req: Request) -> str | None:
        return req.cookies.get("session")

    @app.provider
    async def user(session: str | None) -> str:
        return "alice" if session else "anonymous"

    @app.route("/di")
    async def di(req: Request, res: Response, user: str, session: str | None) -> None:
        res.json = {"user": user, "session": session}

    return app


def middleware() -> App:
    from bocadillo.middleware import Middleware

    class PassThrough(Middleware):
        async def before_dispatch(self, req: Request, res: Response) -> None:
            pass

        async def after_dispatch(self, req: Request, res: Response) -> None:
            pass

    app = basic()
    app.add_middleware(PassThrough)
    return app


class ASGIPassThrough:
    """Do nothing, in the way of an ASGI middleware."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def asgi_middleware() -> App:
    app = basic()
    app.add_middleware(ASGIPassThrough)
    return app


def add_events(app: App) -> None:
    from bocadillo import server_event

    @app.route("/events")
    async def events(req: Request, res: Response) -> None:
        @res.event_stream
        async def greetings() -> AsyncGenerator[str, None]:
            for _ in range(EVENTS):
                yield server_event(EVENT_NAME, json=PAYLOAD)

    @app.route("/news")
    async def news(req: Request, res: Response) -> None:
        @res.event_stream
        async def greetings() -> AsyncGenerator[str, None]:
            yield server_event(EVENT_NAME, json=PAYLOAD)
            await NEWS.wait()


def realtime() -> App:
    app = App()
    add_events(app)
    clients: set[WebSocket] = set()

    @app.websocket_route("/socket")
    async def echo(ws: WebSocket) -> None:
        async for message in ws:
            await ws.send(message)

    @app.websocket_route("/room")
    async def room(ws: WebSocket) -> None:
        clients.add(ws)
        try:
            async for message in ws:
                for client in list(clients):
                    await client.send(message)
        finally:
            clients.discard(ws)

    return app


def routing(*, routes: int, param: bool) -> App:
    app = App()
    view = named if param else plaintext
    for number in range(routes):
        app.route(route_path(number, param=param))(view)
    return app
