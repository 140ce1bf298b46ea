"""Litestar, as its documentation suggests: annotated parameters and results."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, MediaType, get

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


@get("/", media_type=MediaType.TEXT)
async def plaintext() -> str:
    return HELLO


def make(handlers: list[Any], **options: Any) -> Litestar:
    return Litestar(route_handlers=handlers, openapi_config=None, **options)


def handlers() -> list[Any]:
    from litestar import post
    from litestar.response import Stream

    @get("/json")
    async def as_json() -> dict[str, Any]:
        return PAYLOAD

    @get("/items/{id:int}")
    async def items(id: int) -> dict[str, Any]:  # noqa: A002 - the route's parameter
        return {"id": id}

    @get("/query")
    async def query(q: str, page: int, limit: int) -> dict[str, Any]:
        return {"q": q, "page": page, "limit": limit}

    @post("/echo", status_code=200)
    async def echo(data: dict[str, Any]) -> dict[str, Any]:
        return data

    @get("/stream")
    async def stream() -> Stream:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(CHUNKS):
                yield CHUNK

        return Stream(chunks(), media_type="application/octet-stream")

    return [plaintext, as_json, items, query, echo, stream]


def hello() -> Litestar:
    return make([plaintext])


def basic() -> Litestar:
    return make(handlers())


def providers() -> Litestar:
    from typing import Annotated

    from litestar.di import Provide
    from litestar.params import Parameter

    async def get_session(cookie: Annotated[str, Parameter(cookie="session")]) -> str:
        return cookie

    async def get_user(session: str) -> str:
        return "alice" if session else "anonymous"

    @get("/di", dependencies={"session": Provide(get_session), "user": Provide(get_user)})
    async def di(user: str, session: str) -> dict[str, Any]:
        return {"user": user, "session": session}

    return make([di])


def middleware() -> Litestar:
    from litestar.middleware import ASGIMiddleware

    class PassThrough(ASGIMiddleware):
        async def handle(self, scope: Any, receive: Any, send: Any, next_app: Any) -> None:
            await next_app(scope, receive, send)

    return make(handlers(), middleware=[PassThrough()])


asgi_middleware = middleware


def event_handlers() -> list[Any]:
    from litestar.response import ServerSentEvent, ServerSentEventMessage
    from litestar.serialization import encode_json

    @get("/events")
    async def events() -> ServerSentEvent:
        async def greetings() -> AsyncIterator[ServerSentEventMessage]:
            for _ in range(EVENTS):
                yield ServerSentEventMessage(event=EVENT_NAME, data=encode_json(PAYLOAD))

        return ServerSentEvent(greetings())

    @get("/news")
    async def news() -> ServerSentEvent:
        async def greetings() -> AsyncIterator[ServerSentEventMessage]:
            yield ServerSentEventMessage(event=EVENT_NAME, data=encode_json(PAYLOAD))
            await NEWS.wait()

        return ServerSentEvent(greetings())

    return [events, news]


def realtime() -> Litestar:
    from litestar import WebSocket
    from litestar import websocket as route

    clients: set[WebSocket] = set()

    @route("/socket")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_data(mode="text"):
            await socket.send_text(text)

    @route("/room")
    async def room(socket: WebSocket) -> None:
        await socket.accept()
        clients.add(socket)
        try:
            async for text in socket.iter_data(mode="text"):
                for client in list(clients):
                    await client.send_text(text)
        finally:
            clients.discard(socket)

    return make([*event_handlers(), echo, room])


def routing(*, routes: int, param: bool) -> Litestar:
    async def static() -> str:
        return HELLO

    async def named(name: str) -> str:
        return HELLO

    view = named if param else static
    paths = [route_path(i, param=param, name="{name:str}") for i in range(routes)]
    return make([get(path, media_type=MediaType.TEXT)(view) for path in paths])
