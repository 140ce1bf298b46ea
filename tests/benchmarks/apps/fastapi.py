"""FastAPI, as its documentation suggests: annotated parameters and results."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

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


async def plaintext() -> str:
    return HELLO


async def named(name: str) -> str:
    return HELLO


def hello() -> FastAPI:
    app = FastAPI()
    app.get("/", response_class=PlainTextResponse)(plaintext)
    return app


def basic() -> FastAPI:
    from fastapi import Body
    from fastapi.responses import StreamingResponse

    app = hello()

    @app.get("/json")
    async def as_json() -> dict[str, Any]:
        return PAYLOAD

    @app.get("/items/{id}")
    async def items(id: int) -> dict[str, Any]:  # noqa: A002 - the route's parameter
        return {"id": id}

    @app.get("/query")
    async def query(q: str, page: int, limit: int) -> dict[str, Any]:
        return {"q": q, "page": page, "limit": limit}

    @app.post("/echo")
    async def echo(document: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return document

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(CHUNKS):
                yield CHUNK

        return StreamingResponse(chunks(), media_type="application/octet-stream")

    return app


def providers() -> FastAPI:
    from fastapi import Cookie, Depends

    app = FastAPI()

    async def get_session(session: Annotated[str | None, Cookie()] = None) -> str | None:
        return session

    async def get_user(session: Annotated[str | None, Depends(get_session)]) -> str:
        return "alice" if session else "anonymous"

    @app.get("/di")
    async def di(
        user: Annotated[str, Depends(get_user)],
        session: Annotated[str | None, Depends(get_session)],
    ) -> dict[str, Any]:
        return {"user": user, "session": session}

    return app


def middleware() -> FastAPI:
    app = basic()

    @app.middleware("http")
    async def outer(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    return app


def asgi_middleware() -> FastAPI:
    from tests.benchmarks.apps.starlette import PassThrough

    app = basic()
    app.add_middleware(PassThrough)
    return app


def add_events(app: FastAPI) -> None:
    from fastapi.sse import EventSourceResponse, ServerSentEvent

    @app.get("/events", response_class=EventSourceResponse)
    async def events() -> AsyncIterator[ServerSentEvent]:
        for _ in range(EVENTS):
            yield ServerSentEvent(data=PAYLOAD, event=EVENT_NAME)

    @app.get("/news", response_class=EventSourceResponse)
    async def news() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(data=PAYLOAD, event=EVENT_NAME)
        await NEWS.wait()


def realtime() -> FastAPI:
    from fastapi import WebSocket

    app = FastAPI()
    add_events(app)
    clients: set[WebSocket] = set()

    @app.websocket("/socket")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    @app.websocket("/room")
    async def room(websocket: WebSocket) -> None:
        await websocket.accept()
        clients.add(websocket)
        try:
            async for text in websocket.iter_text():
                for client in list(clients):
                    await client.send_text(text)
        finally:
            clients.discard(websocket)

    return app


def routing(*, routes: int, param: bool) -> FastAPI:
    app = FastAPI()
    view = named if param else plaintext
    for number in range(routes):
        app.get(route_path(number, param=param), response_class=PlainTextResponse)(view)
    return app
