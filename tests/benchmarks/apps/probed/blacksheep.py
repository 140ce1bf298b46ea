"""BlackSheep, with its own event streams."""

from functools import partial
from typing import Any

from blacksheep import Application, Request, Response, Router, StreamedContent, WebSocket, text
from blacksheep.exceptions import Unauthorized
from blacksheep.server.sse import ServerSentEvent, ServerSentEventsResponse

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


def make_app(tell: Tell, *, is_wrapped: bool) -> Application:
    app = Application(router=Router())

    @app.on_stop
    async def shutdown(app: Application) -> None:
        tell("shutdown")

    async def nothing(request: Any, handler: Any) -> Any:
        return await handler(request)

    if is_wrapped:
        app.middlewares.append(nothing)
    add_views(app.router, tell)
    add_sockets(app.router, tell)
    return app


def add_views(router: Router, tell: Tell) -> None:
    @router.head("/sleeping")
    @router.get("/sleeping")
    async def sleeping() -> Response:
        return ServerSentEventsResponse(partial(probed.sleep, tell, ServerSentEvent("first")))

    @router.get("/busy")
    async def busy() -> Response:
        chunks = partial(probed.stay_busy, tell)
        return Response(200, content=StreamedContent(b"application/octet-stream", chunks))

    @router.get("/greedy")
    async def greedy() -> Response:
        chunks = partial(probed.stay_busy, tell, is_greedy=True)
        return Response(200, content=StreamedContent(b"application/octet-stream", chunks))

    @router.get("/waiting")
    async def waiting() -> Response:
        await probed.wait(tell)
        return text("")

    @router.get("/polling")
    async def polling(request: Request) -> Response:
        await probed.poll(tell, request.is_disconnected)
        return text("")

    @router.get("/plain")
    async def plain() -> Response:
        return text("plain")


def add_sockets(router: Router, tell: Tell) -> None:
    @router.ws("/ws/sleeping")
    async def sleeping(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.wait(tell)

    @router.ws("/ws/ticking")
    async def ticking(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.tick(tell, websocket.send_text)

    @router.ws("/ws/flooding")
    async def flooding(websocket: WebSocket) -> None:
        await websocket.accept()
        await probed.flood(tell, websocket.send_text)

    @router.ws("/ws/raising")
    async def raising(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ValueError(probed.SECRET)

    @router.ws("/ws/refusing")
    async def refusing(websocket: WebSocket) -> None:
        raise Unauthorized
