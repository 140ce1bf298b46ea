"""Starlette, as its documentation suggests."""

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

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


async def plaintext(request: Request) -> Response:
    return PlainTextResponse(HELLO)


async def named(request: Request) -> Response:
    request.path_params["name"]
    return PlainTextResponse(HELLO)


def all_routes() -> list[Route]:
    from starlette.responses import JSONResponse, StreamingResponse

    async def as_json(request: Request) -> Response:
        return JSONResponse(PAYLOAD)

    async def items(request: Request) -> Response:
        return JSONResponse({"id": request.path_params["id"]})

    async def query(request: Request) -> Response:
        q = request.query_params
        return JSONResponse({"q": q["q"], "page": int(q["page"]), "limit": int(q["limit"])})

    async def echo(request: Request) -> Response:
        return JSONResponse(await request.json())

    async def stream(request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(CHUNKS):
                yield CHUNK

        return StreamingResponse(chunks(), media_type="application/octet-stream")

    return [
        Route("/", plaintext),
        Route("/json", as_json),
        Route("/items/{id:int}", items),
        Route("/query", query),
        Route("/echo", echo, methods=["POST"]),
        Route("/stream", stream),
    ]


class PassThrough:
    """Do nothing, in the way of an ASGI middleware."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def hello() -> Starlette:
    return Starlette(routes=[Route("/", plaintext)])


def basic() -> Starlette:
    return Starlette(routes=all_routes())


def middleware() -> Starlette:
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware

    async def dispatch(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response

    wrapped = Middleware(BaseHTTPMiddleware, dispatch=dispatch)
    return Starlette(routes=all_routes(), middleware=[wrapped])


def asgi_middleware() -> Starlette:
    from starlette.middleware import Middleware

    return Starlette(routes=all_routes(), middleware=[Middleware(PassThrough)])


def event_routes() -> list[Route]:
    from starlette.responses import StreamingResponse

    def event(name: str, document: Any) -> str:
        return f"event: {name}\ndata: {json.dumps(document)}\n\n"

    def respond(events: AsyncIterator[str]) -> Response:
        headers = {"cache-control": "no-cache"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def events(request: Request) -> Response:
        async def greetings() -> AsyncIterator[str]:
            for _ in range(EVENTS):
                yield event(EVENT_NAME, PAYLOAD)

        return respond(greetings())

    async def news(request: Request) -> Response:
        async def greetings() -> AsyncIterator[str]:
            yield event(EVENT_NAME, PAYLOAD)
            await NEWS.wait()

        return respond(greetings())

    return [Route("/events", events), Route("/news", news)]


def realtime() -> Starlette:
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket

    clients: set[WebSocket] = set()

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    async def room(websocket: WebSocket) -> None:
        await websocket.accept()
        clients.add(websocket)
        try:
            async for text in websocket.iter_text():
                for client in list(clients):
                    await client.send_text(text)
        finally:
            clients.discard(websocket)

    sockets = [WebSocketRoute("/socket", echo), WebSocketRoute("/room", room)]
    return Starlette(routes=[*event_routes(), *sockets])


def routing(*, routes: int, param: bool) -> Starlette:
    view = named if param else plaintext
    return Starlette(routes=[Route(route_path(i, param=param), view) for i in range(routes)])
