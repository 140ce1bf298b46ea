"""Litestar, with its own event streams."""

from typing import Any

from litestar import HttpMethod, Litestar, MediaType, WebSocket, get, route, websocket
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import ASGIMiddleware
from litestar.response import ServerSentEvent, ServerSentEventMessage, Stream

from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


class Nothing(ASGIMiddleware):
    async def handle(self, scope: Any, receive: Any, send: Any, next_app: Any) -> None:
        await next_app(scope, receive, send)


def make_app(tell: Tell, *, is_wrapped: bool) -> Litestar:
    async def shutdown() -> None:
        tell("shutdown")

    return Litestar(
        route_handlers=[*views(tell), *sockets(tell)],
        middleware=[Nothing()] if is_wrapped else [],
        on_shutdown=[shutdown],
        openapi_config=None,
    )


def views(tell: Tell) -> list[Any]:
    @route("/sleeping", http_method=[HttpMethod.GET, HttpMethod.HEAD])
    async def sleeping() -> ServerSentEvent:
        return ServerSentEvent(probed.sleep(tell, ServerSentEventMessage(data="first")))

    @get("/busy")
    async def busy() -> Stream:
        return Stream(probed.stay_busy(tell))

    @get("/greedy")
    async def greedy() -> Stream:
        return Stream(probed.stay_busy(tell, is_greedy=True))

    @get("/waiting")
    async def waiting() -> None:
        await probed.wait(tell)

    @get("/plain", media_type=MediaType.TEXT)
    async def plain() -> str:
        return "plain"

    return [sleeping, busy, greedy, waiting, plain]


def sockets(tell: Tell) -> list[Any]:
    @websocket("/ws/sleeping")
    async def sleeping(socket: WebSocket) -> None:
        await socket.accept()
        await probed.wait(tell)

    @websocket("/ws/ticking")
    async def ticking(socket: WebSocket) -> None:
        await socket.accept()
        await probed.tick(tell, socket.send_text)

    @websocket("/ws/flooding")
    async def flooding(socket: WebSocket) -> None:
        await socket.accept()
        await probed.flood(tell, socket.send_text)

    @websocket("/ws/raising")
    async def raising(socket: WebSocket) -> None:
        await socket.accept()
        raise ValueError(probed.SECRET)

    @websocket("/ws/refusing")
    async def refusing(socket: WebSocket) -> None:
        raise NotAuthorizedException

    return [sleeping, ticking, flooding, raising, refusing]
