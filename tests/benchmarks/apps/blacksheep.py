"""BlackSheep, as its documentation suggests; much of it is compiled with Cython."""

from collections.abc import AsyncIterator
from typing import Any

from blacksheep import Application, Router, text

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


async def plaintext() -> Any:
    return text(HELLO)


async def named(name: str) -> Any:
    return text(HELLO)


def hello() -> Application:
    app = Application(router=Router())
    app.router.get("/")(plaintext)
    return app


def basic() -> Application:
    from blacksheep import FromJSON, Response, StreamedContent, json

    app = hello()
    router = app.router

    @router.get("/json")
    async def as_json() -> Any:
        return json(PAYLOAD)

    @router.get("/items/{id}")
    async def items(id: int) -> Any:  # noqa: A002 - the route's parameter
        return json({"id": id})

    @router.get("/query")
    async def query(q: str, page: int, limit: int) -> Any:
        return json({"q": q, "page": page, "limit": limit})

    @router.post("/echo")
    async def echo(document: FromJSON[dict]) -> Any:
        return json(document.value)

    @router.get("/stream")
    async def stream() -> Any:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(CHUNKS):
                yield CHUNK

        return Response(200, content=StreamedContent(b"application/octet-stream", chunks))

    return app


def providers() -> Application:
    from blacksheep import Request, json
    from blacksheep.server.di import register_http_context

    class Session:
        def __init__(self, request: Request) -> None:
            self.id = request.cookies["session"]

    class User:
        def __init__(self, session: Session) -> None:
            self.name = "alice" if session.id else "anonymous"

    app = Application(router=Router())
    register_http_context(app)
    app.services.add_scoped(Session)
    app.services.add_scoped(User)

    @app.router.get("/di")
    async def di(user: User, session: Session) -> Any:
        return json({"user": user.name, "session": session.id})

    return app


def middleware() -> Application:
    app = basic()

    async def outer(request: Any, handler: Any) -> Any:
        return await handler(request)

    app.middlewares.append(outer)
    return app


asgi_middleware = middleware


def add_events(app: Application) -> None:
    from blacksheep.server.sse import ServerSentEvent, ServerSentEventsResponse

    @app.router.get("/events")
    async def events() -> Any:
        async def greetings() -> AsyncIterator[ServerSentEvent]:
            for _ in range(EVENTS):
                yield ServerSentEvent(PAYLOAD, EVENT_NAME)

        return ServerSentEventsResponse(greetings)

    @app.router.get("/news")
    async def news() -> Any:
        async def greetings() -> AsyncIterator[ServerSentEvent]:
            yield ServerSentEvent(PAYLOAD, EVENT_NAME)
            await NEWS.wait()

        return ServerSentEventsResponse(greetings)


def realtime() -> Application:
    from blacksheep import WebSocket, WebSocketDisconnectError

    app = Application(router=Router())
    add_events(app)
    clients: set[WebSocket] = set()

    @app.router.ws("/socket")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnectError:
            pass

    @app.router.ws("/room")
    async def room(websocket: WebSocket) -> None:
        await websocket.accept()
        clients.add(websocket)
        try:
            while True:
                text = await websocket.receive_text()
                for client in list(clients):
                    await client.send_text(text)
        except WebSocketDisconnectError:
            pass
        finally:
            clients.discard(websocket)

    return app


def routing(*, routes: int, param: bool) -> Application:
    app = Application(router=Router())
    view = named if param else plaintext
    for number in range(routes):
        app.router.get(route_path(number, param=param))(view)
    return app
