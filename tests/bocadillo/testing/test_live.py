import asyncio
import importlib
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator
from time import monotonic

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

import bocadillo.testing.live
from bocadillo import App, LiveServer, Request, Response, server_event

pytestmark = pytest.mark.real


def make_app() -> App:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    return app


def test_server_answers_on_a_free_port_and_stops() -> None:
    with LiveServer(make_app()) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.url() == server.url
        assert server.url("/a") == server.url("a") == f"{server.url}/a"
        assert httpx2.get(server.url("/")).text == "hello"
        port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


def test_two_servers_run_side_by_side() -> None:
    with LiveServer(make_app()) as one, LiveServer(make_app()) as two:
        assert one.url != two.url
        assert httpx2.get(one.url).text == httpx2.get(two.url).text == "hello"


def test_port_and_options_can_be_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with LiveServer(make_app(), port=port, http="h11", server_header=False) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert "server" not in httpx2.get(server.url).headers


def test_server_listens_on_ipv6() -> None:
    with LiveServer(make_app(), host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert httpx2.get(server.url).text == "hello"


def test_port_in_use_is_an_error_of_the_caller() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
        LiveServer(make_app(), port=taken.getsockname()[1]),
    ):
        pass


def test_error_at_startup_is_raised_in_the_caller_with_its_traceback() -> None:
    app = App()

    @app.on("startup")
    def fail_to_start() -> None:
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError) as caught, LiveServer(app):
        pass
    assert caught.traceback[-1].name == "fail_to_start"


def test_error_of_the_server_itself_is_raised_in_the_caller() -> None:
    with (
        pytest.raises(Exception, match='Could not import module "no_such_protocol"'),
        LiveServer(make_app(), http="no_such_protocol:Protocol"),
    ):
        pass


def test_application_that_does_not_start_in_time_is_a_timeout() -> None:
    app = App()
    go_on = threading.Event()
    app.on("startup", lambda: go_on.wait(5) and None)
    with (
        pytest.raises(TimeoutError, match=r"the server was not ready after 0\.01 seconds"),
        LiveServer(app, ready_timeout=0.01, stop_timeout=-1),
    ):
        pass
    go_on.set()


def test_request_that_does_not_end_is_cut() -> None:
    app = App()
    entered = threading.Event()
    ended: list[str] = []

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        entered.set()
        try:
            await req.receive()
            await req.receive()
        finally:
            ended.append("cut")

    with LiveServer(app, stop_timeout=0.1) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert entered.wait(5)
    assert ended == ["cut"]


def test_server_that_does_not_stop_is_a_timeout(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    app = App()
    go_on = threading.Event()
    app.on("shutdown", lambda: go_on.wait(5) and None)
    server = LiveServer(app, stop_timeout=-0.5)
    with (
        pytest.raises(TimeoutError, match=r"the server did not stop within -0\.5 seconds"),
        server,
    ):
        pass
    go_on.set()
    server._thread.join()


def test_error_of_a_request_is_for_the_log_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    with LiveServer(app) as server:
        assert httpx2.get(server.url).status_code == 500


@pytest.mark.parametrize("is_overridden", [False, True])
def test_what_is_open_ends_before_the_server_stops(is_overridden: bool) -> None:
    app, done = App(), list[str]()

    @app.route("/feed")
    async def feed(req: Request, res: Response) -> None:
        @res.event_stream
        async def events() -> AsyncIterator[str]:
            try:
                yield server_event(data="hello")
                await asyncio.sleep(3600)
            finally:
                done.append("closed")

    app.on("drain", lambda: done.append("draining"))
    app.on("shutdown", lambda: done.append("stopped"))
    with socket.socket() as client:
        with LiveServer(app.with_providers() if is_overridden else app) as server:
            client.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
            client.sendall(b"GET /feed HTTP/1.1\r\nhost: x\r\n\r\n")
            received = b""
            while b"hello" not in received:
                received += client.recv(1000)
            began = monotonic()
        assert monotonic() - began < server.stop_timeout / 2
    assert done == ["draining", "closed", "stopped"]


def test_application_that_cannot_be_drained_is_stopped_all_the_same() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"hello"})

    with LiveServer(app) as server:
        assert httpx2.get(server.url).text == "hello"


def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    name = bocadillo.testing.live.__name__
    monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as caught:
        importlib.import_module(name)
    assert str(caught.value) == (
        '`LiveServer` needs uvicorn, which is not installed: pip install "bocadillo[standard]"'
    )
