import asyncio
import importlib
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

import bocadillo.testing._async_client
from bocadillo import App, Redirect, Request, Response, WebSocket, WebSocketDisconnect, server_event
from bocadillo.testing import AsyncClient


def make_app() -> App:
    app = App()

    @app.provider
    def buyer() -> str:
        return "a buyer"

    @app.route("/")
    async def index(req: Request, res: Response, buyer: str, page: int = 1) -> None:
        res.json = {"buyer": buyer, "page": page, "cookies": req.cookies, "url": str(req.url)}

    @app.route("/in")
    class In:
        async def post(self, req: Request, res: Response) -> None:
            res.set_cookie("name", (await req.json())["name"])
            res.redirect("/")

    @app.route("/moved")
    async def moved(req: Request, res: Response) -> None:
        raise Redirect("/")

    @app.route("/feed")
    async def feed(req: Request, res: Response) -> None:
        @res.event_stream
        async def events() -> AsyncIterator[str]:
            yield server_event("hello", data="")
            await asyncio.sleep(3600)

    @app.websocket_route("/talk")
    async def talk(ws: WebSocket) -> None:
        headers = {"chosen": ws.query_params.get("room", ""), "name": ws.cookies.get("name", "")}
        await ws.send_json({**headers, "url": str(ws.url), "agent": ws.headers["user-agent"]})
        async for _ in ws:
            pass

    @app.websocket_route("/chosen", auto_accept=False)
    async def chosen(ws: WebSocket) -> None:
        await ws.accept(ws.scope["subprotocols"][-1], [(b"set-cookie", b"seen=1")])

    return app


async def test_requests_cookies_and_redirects_are_those_of_httpx2() -> None:
    async with AsyncClient(make_app()) as client:
        assert (await client.get("/", params={"page": 2})).json()["page"] == 2
        res = await client.post("/in", json={"name": "ada"})
        assert (res.status_code, [step.status_code for step in res.history]) == (200, [302])
        assert res.json()["cookies"] == {"name": "ada"}
        assert client.cookies["name"] == "ada"
        assert (await client.get("/moved", follow_redirects=False)).status_code == 302


async def test_options_say_what_the_application_sees() -> None:
    options: dict[str, Any] = {
        "base_url": "https://shop",
        "cookies": {"name": "bob"},
        "headers": {"user-agent": "x"},
    }
    async with AsyncClient(make_app(), follow_redirects=False, **options) as client:
        seen = (await client.get("/")).json()
        assert (seen["url"], seen["cookies"]) == ("https://shop/", {"name": "bob"})
        assert (await client.get("/moved")).status_code == 302
        async with client.websocket("/talk?room=7") as ws:
            assert await ws.receive_json() == {
                "chosen": "7", "name": "bob", "url": "wss://shop/talk?room=7", "agent": "x"
            }  # fmt: skip


async def test_websocket_has_a_subprotocol_headers_and_cookies() -> None:
    async with AsyncClient(make_app()) as client:
        async with client.websocket(
            "ws://testserver/chosen",
            subprotocols=["b", "a"],
            headers={"origin": "http://testserver"},
        ) as ws:
            assert ws.subprotocol == "a"
            assert ws.response.headers["upgrade"] == "websocket"
        assert client.cookies["seen"] == "1"
        async with client.websocket("/talk", params={"room": 8}) as ws:
            assert ws.subprotocol is None
            assert (await ws.receive_json())["chosen"] == "8"


async def test_providers_stand_in_for_one_client_alone() -> None:
    app = make_app()
    async with AsyncClient(app, providers={"buyer": "Ada"}) as one, AsyncClient(app) as two:
        assert (await one.get("/")).json()["buyer"] == "Ada"
        assert (await two.get("/")).json()["buyer"] == "a buyer"


async def test_errors_are_raised_unless_told_otherwise() -> None:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    async with AsyncClient(app) as client:
        with pytest.raises(ZeroDivisionError):
            await client.get("/")
    async with AsyncClient(app, raise_app_exceptions=False) as client:
        assert (await client.get("/")).json() == {
            "error": "500 Internal Server Error",
            "status": 500,
        }


@pytest.mark.parametrize("providers", [None, {"buyer": "Ada"}])
async def test_drain_ends_what_is_open_and_refuses_what_is_new(
    providers: dict[str, str] | None,
) -> None:
    app, done = make_app(), list[str]()
    app.on("drain", lambda: done.append("draining"))
    async with (
        AsyncClient(app, providers=providers) as client,
        client.stream("GET", "/feed") as stream,
        client.websocket("/talk") as ws,
    ):
        await stream.event()
        await ws.receive()
        await client.drain(0.01)
        assert done == ["draining"]
        with pytest.raises(WebSocketDisconnect) as caught:
            await ws.receive()
        assert caught.value.code == 1012
        assert (await client.get("/feed")).status_code == 503


async def test_only_applications_of_bocadillo_drain() -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None: ...

    async with AsyncClient(other) as client:
        with pytest.raises(TypeError) as caught:
            await client.drain()
    message = str(caught.value)
    assert message.startswith("expected a Bocadillo application to drain, got <function ")
    assert message.endswith(": pass the `App` itself to the client, not what wraps or mounts it")


async def test_client_is_one_of_httpx2() -> None:
    async with AsyncClient(make_app()) as client:
        assert isinstance(client, httpx2.AsyncClient)
        assert isinstance(await client.get("/"), httpx2.Response)


def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    name = bocadillo.testing._async_client.__name__
    monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as caught:
        importlib.import_module(name)
    assert str(caught.value) == (
        '`AsyncClient` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    )
