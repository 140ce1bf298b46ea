from typing import Any

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from bocadillo import App, Request, Response, create_client


async def echo(scope: Any, receive: Any, send: Any) -> None:
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


async def view(req: Request, res: Response, **params: str) -> None:
    raise NotImplementedError


def make_app() -> App:
    app = App()
    app.route("/")(view)
    app.route("/echo/http")(view)
    app.mount("/echo", echo)
    app.route("{}")(view)
    return app


@pytest.mark.parametrize("path", ["/echo/", "/echo/http", "/echo/x/y"])
def test_handshake_reaches_what_is_mounted(path: str) -> None:
    with create_client(make_app()).websocket_connect(path) as websocket:
        websocket.send_text("hello")
        assert websocket.receive_text() == "hello"


@pytest.mark.parametrize("path", ["/", "/echo", "/x"])
def test_handshake_for_anything_else_is_denied(path: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        create_client(make_app()).websocket_connect(path),
    ):
        pass
    assert not isinstance(caught.value, WebSocketDenialResponse)
    assert caught.value.code == 1000
