"""An application of streams and WebSockets that tells what becomes of them.

It is served in the tests of real time. What the benchmark `realtime` serves beside those of other
frameworks is `tests.benchmarks.apps.probed.bocadillo`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from bocadillo import App, HTTPError, Request, Response, WebSocket, server_event

__all__ = ["Tell", "make_app"]

Tell = Callable[[str], None]


def make_app(tell: Tell) -> App:
    """Make an application that tells `ready`, `cleaned`, and `provider` after that."""
    app = App()

    @app.provider
    async def resource() -> AsyncIterator[str]:
        try:
            yield "resource"
        finally:
            await asyncio.sleep(0)
            tell("provider")

    app.on("shutdown", lambda: tell("shutdown"))
    add_streams(app, tell)
    add_views(app, tell)
    add_sockets(app, tell)
    add_short_sockets(app)
    return app


def add_streams(app: App, tell: Tell) -> None:
    @app.route("/sleeping")
    async def sleeping(req: Request, res: Response, resource: str) -> None:
        @res.event_stream
        async def events() -> AsyncIterator[str]:
            try:
                yield server_event(data=resource)
                tell("ready")
                await asyncio.sleep(3600)
            finally:
                await asyncio.sleep(0)
                tell("cleaned")

    @app.route("/busy")
    async def busy(req: Request, res: Response, resource: str) -> None:
        @res.stream
        async def chunks() -> AsyncIterator[bytes]:
            try:
                yield b"first"
                tell("ready")
                while True:
                    yield b"x" * 1024
            finally:
                await asyncio.sleep(0)
                tell("cleaned")

    @app.route("/counting")
    async def counting(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 65536
                tell("sent")


def add_views(app: App, tell: Tell) -> None:
    @app.route("/plain")
    async def plain(req: Request, res: Response) -> None:
        res.text = "plain"

    @app.route("/waiting", cancel_on_disconnect=True)
    async def waiting(req: Request, res: Response, resource: str) -> None:
        await wait(tell)

    @app.route("/polling")
    async def polling(req: Request, res: Response) -> None:
        tell("ready")
        while not await req.is_disconnected():  # noqa: ASYNC110 - this is how one asks
            await asyncio.sleep(0.01)
        tell("cleaned")


def add_sockets(app: App, tell: Tell) -> None:
    @app.websocket_route("/ws/sleeping")
    async def sleeping(ws: WebSocket, resource: str) -> None:
        await wait(tell)

    @app.websocket_route("/ws/ticking")
    async def ticking(ws: WebSocket, resource: str) -> None:
        await keep_sending(ws, "tick", tell=tell, pause=0.01)

    @app.websocket_route("/ws/busy")
    async def busy(ws: WebSocket, resource: str) -> None:
        await keep_sending(ws, "x" * 65536, tell=tell)


async def wait(tell: Tell) -> None:
    """Wait for nothing but the client, which says nothing."""
    try:
        tell("ready")
        await asyncio.sleep(3600)
    finally:
        await asyncio.sleep(0)
        tell("cleaned")


async def keep_sending(ws: WebSocket, text: str, *, tell: Tell, pause: float = 0) -> None:
    """Send without end, as fast as can be if there is no pause."""
    try:
        while True:
            await ws.send(text)
            tell("ready")
            if pause:
                await asyncio.sleep(pause)
    finally:
        await asyncio.sleep(0)
        tell("cleaned")


def add_short_sockets(app: App) -> None:
    @app.websocket_route("/ws/raising")
    async def raising(ws: WebSocket) -> None:
        raise ValueError("secret")

    @app.websocket_route("/ws/refusing", auto_accept=False)
    async def refusing(ws: WebSocket) -> None:
        raise HTTPError(401, "Who are you?")

    @app.websocket_route("/ws/rejecting", auto_accept=False)
    async def rejecting(ws: WebSocket) -> None:
        await ws.reject()

    @app.websocket_route("/ws/failing", auto_accept=False)
    async def failing(ws: WebSocket) -> None:
        raise ValueError("secret")

    @app.websocket_route("/ws/number/{n}")
    async def number(ws: WebSocket, n: int) -> None:
        raise NotImplementedError
