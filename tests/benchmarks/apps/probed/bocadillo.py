"""Bocadillo."""

from functools import partial

from bocadillo import App, HTTPError, Middleware, Request, Response, WebSocket, server_event
from tests.benchmarks.apps import probed
from tests.benchmarks.apps.probed import Tell


def make_app(tell: Tell, *, is_wrapped: bool) -> App:
    app = App()
    app.on("shutdown", lambda: tell("shutdown"))
    if is_wrapped:
        app.add_middleware(Nothing)
    add_views(app, tell)
    add_sockets(app, tell)
    return app


class Nothing(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> None:
        pass

    async def after_dispatch(self, req: Request, res: Response) -> None:
        pass


def add_views(app: App, tell: Tell) -> None:
    @app.route("/sleeping")
    async def sleeping(req: Request, res: Response) -> None:
        res.event_stream(partial(probed.sleep, tell, server_event(data="first")))

    @app.route("/busy")
    async def busy(req: Request, res: Response) -> None:
        res.stream(partial(probed.stay_busy, tell))

    @app.route("/greedy")
    async def greedy(req: Request, res: Response) -> None:
        res.stream(partial(probed.stay_busy, tell, is_greedy=True))

    @app.route("/waiting", cancel_on_disconnect=True)
    async def waiting(req: Request, res: Response) -> None:
        await probed.wait(tell)

    @app.route("/polling")
    async def polling(req: Request, res: Response) -> None:
        await probed.poll(tell, req.is_disconnected)

    @app.route("/plain")
    async def plain(req: Request, res: Response) -> None:
        res.text = "plain"


def add_sockets(app: App, tell: Tell) -> None:
    @app.websocket_route("/ws/sleeping")
    async def sleeping(ws: WebSocket) -> None:
        await probed.wait(tell)

    @app.websocket_route("/ws/ticking")
    async def ticking(ws: WebSocket) -> None:
        await probed.tick(tell, ws.send)

    @app.websocket_route("/ws/flooding")
    async def flooding(ws: WebSocket) -> None:
        await probed.flood(tell, ws.send)

    @app.websocket_route("/ws/raising")
    async def raising(ws: WebSocket) -> None:
        raise ValueError(probed.SECRET)

    @app.websocket_route("/ws/refusing", auto_accept=False)
    async def refusing(ws: WebSocket) -> None:
        raise HTTPError(401)
