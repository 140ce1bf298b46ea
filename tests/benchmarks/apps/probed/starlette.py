"""Starlette: it has no event streams of its own, so that its streams are used."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


async def dispatch(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    return response


NOTHING = Middleware(BaseHTTPMiddleware, dispatch=dispatch)


def make_app(tell: Tell, *, is_wrapped: bool) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        tell("shutdown")

    return Starlette(
        routes=[*views(tell), *sockets(tell)],
        middleware=[NOTHING] if is_wrapped else [],
        lifespan=lifespan,
    )


def views(tell: Tell) -> list[BaseRoute]:
    async def sleeping(request: Request) -> Response:
        events = probed.sleep(tell, "data: first\n\n")
        return StreamingResponse(events, media_type="text/event-stream")

    async def busy(request: Request) -> Response:
        return StreamingResponse(probed.stay_busy(tell))

    async def greedy(request: Request) -> Response:
        return StreamingResponse(probed.stay_busy(tell, is_greedy=True))

    async def waiting(request: Request) -> Response:
        await probed.wait(tell)
        return Response()

    async def polling(request: Request) -> Response:
        await probed.poll(tell, request.is_disconnected)
        return Response()

    async def plain(request: Request) -> Response:
        return PlainTextResponse("plain")

    found = (sleeping, busy, greedy, waiting, polling, plain)
    return [Route(f"/{view.__name__}", view) for view in found]


def sockets(tell: Tell) -> list[BaseRoute]:
    async def sleeping(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.wait(tell)

    async def ticking(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.tick(tell, websocket.send_text)

    async def flooding(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.flood(tell, websocket.send_text)

    async def raising(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ValueError(probed.SECRET)

    async def refusing(websocket: WebSocket) -> None:
        raise HTTPException(401)

    views = (sleeping, ticking, flooding, raising, refusing)
    return [WebSocketRoute(f"/ws/{view.__name__}", view) for view in views]
