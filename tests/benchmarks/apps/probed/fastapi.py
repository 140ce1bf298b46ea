"""FastAPI, with its own event streams."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


def make_app(tell: Tell, *, is_wrapped: bool) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        tell("shutdown")

    app = FastAPI(lifespan=lifespan)
    add_views(app, tell)
    add_sockets(app, tell)
    if is_wrapped:

        @app.middleware("http")
        async def nothing(request: Request, call_next: Any) -> Any:
            return await call_next(request)

    return app


def add_views(app: FastAPI, tell: Tell) -> None:
    @app.api_route("/sleeping", methods=["GET", "HEAD"], response_class=EventSourceResponse)
    async def sleeping() -> AsyncIterator[ServerSentEvent]:
        async with aclosing(probed.sleep(tell, ServerSentEvent(data="first"))) as events:
            async for event in events:
                yield event

    @app.get("/busy")
    async def busy() -> StreamingResponse:
        return StreamingResponse(probed.stay_busy(tell))

    @app.get("/greedy")
    async def greedy() -> StreamingResponse:
        return StreamingResponse(probed.stay_busy(tell, is_greedy=True))

    @app.get("/waiting")
    async def waiting() -> None:
        await probed.wait(tell)

    @app.get("/polling")
    async def polling(request: Request) -> None:
        await probed.poll(tell, request.is_disconnected)

    @app.get("/plain", response_class=PlainTextResponse)
    async def plain() -> str:
        return "plain"


def add_sockets(app: FastAPI, tell: Tell) -> None:
    @app.websocket("/ws/sleeping")
    async def sleeping(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.wait(tell)

    @app.websocket("/ws/ticking")
    async def ticking(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.tick(tell, websocket.send_text)

    @app.websocket("/ws/flooding")
    async def flooding(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.flood(tell, websocket.send_text)

    @app.websocket("/ws/raising")
    async def raising(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ValueError(probed.SECRET)

    @app.websocket("/ws/refusing")
    async def refusing(websocket: WebSocket) -> None:
        raise HTTPException(401)
