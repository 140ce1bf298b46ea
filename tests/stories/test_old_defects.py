"""The defects of the 0.18 line: none of them comes back."""

import ast
import asyncio
import functools
import logging
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.websockets import WebSocket

import bocadillo
from bocadillo import (
    App,
    HTTPError,
    LiveServer,
    Middleware,
    Request,
    Response,
    Templates,
    configure,
    create_client,
    hooks,
    settings,
)
from bocadillo.error_handlers import error_to_html
from tests.bocadillo.calls import call, make_scope, nothing


def test_detail_of_an_error_is_escaped_in_html() -> None:
    app = App()
    app.add_error_handler(HTTPError, error_to_html)

    @app.route("/{name}")
    async def show(req: Request, res: Response, name: str) -> None:
        raise HTTPError(404, detail=f"no <b>{name}</b>")

    text = create_client(app).get("/<script>").text
    assert "<p>no &lt;b&gt;&lt;script&gt;&lt;/b&gt;</p>" in text


async def test_error_handler_that_fails_is_not_asked_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    asked: list[Exception] = []

    @app.error_handler(Exception)
    async def fail(req: Request, res: Response, exc: Exception) -> None:
        asked.append(exc)
        raise ValueError("again")

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        raise KeyError

    sent: list[Any] = []
    with pytest.raises(ValueError, match="again"):
        await call(app, "GET", "/", sent=sent)
    assert [type(exc) for exc in asked] == [KeyError]
    assert [message.get("status") for message in sent] == [500, None]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
async def test_what_is_no_exception_of_the_application_is_not_caught(
    error: type[BaseException],
) -> None:
    app = App()
    handled: list[Exception] = []

    @app.error_handler(Exception)
    async def handle(req: Request, res: Response, exc: Exception) -> None:
        handled.append(exc)

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        raise error

    sent: list[Any] = []
    with pytest.raises(error):
        await call(app, "GET", "/", sent=sent)
    assert (sent, handled) == ([], [])


async def test_nothing_is_sent_after_a_cancellation(caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    entered = anyio.Event()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        entered.set()
        await anyio.sleep_forever()

    sent: list[Any] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(functools.partial(call, app, "GET", "/", sent=sent))
        await entered.wait()
        tasks.cancel_scope.cancel()
    assert (sent, caplog.records) == ([], [])


async def test_nothing_travels_through_the_scope() -> None:
    app = App()
    seen: dict[str, Any] = {}

    class Noting(Middleware):
        pass

    app.add_middleware(Noting)

    @app.route("/{pk}")
    async def view(req: Request, res: Response, pk: str) -> None:
        seen.update(req.scope)

    await call(app, "GET", "/7")
    assert seen == {**make_scope("GET", "/7"), "app": app, "path_params": {"pk": "7"}}


def test_middleware_of_asgi_lets_lifespan_and_websockets_pass() -> None:
    app = App()
    started: list[str] = []
    app.on("startup", lambda: started.append("yes"))

    async def greet(scope: Any, receive: Any, send: Any) -> None:
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    class OnlyHttp:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app(scope, receive, send)

    app.add_middleware(Middleware)
    app.add_middleware(OnlyHttp)
    app.mount("/chat", greet)
    with create_client(app) as client:
        assert started == ["yes"]
        with client.websocket_connect("/chat/") as websocket:
            assert websocket.receive_text() == "hello"


async def test_type_error_of_a_mounted_application_is_not_taken_for_wsgi() -> None:
    app = App()
    calls: list[int] = []

    async def fail(scope: Any, receive: Any, send: Any) -> None:
        calls.append(1)
        raise TypeError("takes 2 positional arguments but 3 were given")

    app.mount("/x", fail)
    with pytest.raises(TypeError, match="takes 2 positional arguments"):
        await call(app, "GET", "/x/")
    assert calls == [1]


@pytest.mark.parametrize("path", ["/axjson", "/a.json%0a", "/a.json/x", "/xa.json"])
def test_text_of_a_pattern_stands_for_itself(path: str) -> None:
    app = App()

    @app.route("/a.json")
    async def view(req: Request, res: Response) -> None:
        raise NotImplementedError

    assert create_client(app).get(path).status_code == 404


def test_flag_of_a_helper_is_not_open_to_the_query_string() -> None:
    app = App()

    async def check(req: Request, res: Response, params: Any, is_admin: bool = False) -> None:
        assert not is_admin
        assert params == {}

    async def show(req: Request, res: Response, is_admin: bool = True) -> None:
        res.json = is_admin

    app.route("/")(hooks.before(check)(functools.partial(show, is_admin=False)))
    assert create_client(app).get("/?is_admin=true").json() is False


def test_every_application_has_its_own_settings() -> None:
    first, second = configure(App(), color="red"), configure(App(), color="blue")

    for app in (first, second):

        @app.route("/")
        async def show(req: Request, res: Response) -> None:
            res.text = settings.COLOR

    assert create_client(first).get("/").text == first.settings.COLOR == "red"
    assert create_client(second).get("/").text == second.settings.COLOR == "blue"


async def test_template_is_rendered_both_ways_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ wait() }}{{ word }}")
    templates = Templates(str(tmp_path))
    rendered: list[str] = []
    waiting, go_on = anyio.Event(), anyio.Event()

    async def wait() -> str:
        waiting.set()
        await go_on.wait()
        return ""

    async def render() -> None:
        rendered.append(await templates.render("page.html", wait=wait, word="async"))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(render)
        await waiting.wait()
        rendered.append(templates.render_sync("page.html", wait=str, word="sync"))
        go_on.set()
    assert rendered == ["sync", "async"]


def test_file_keeps_the_status_that_the_view_set(tmp_path: Path) -> None:
    path = tmp_path / "sorry.html"
    path.write_text("<h1>Sorry</h1>")
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        res.status_code = 503
        await res.file(path, attach=False)

    answer = create_client(app).get("/")
    assert (answer.status_code, answer.text) == (503, "<h1>Sorry</h1>")


@pytest.mark.parametrize("path", ["/text", "/chunked", "/stream", "/none"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_length_and_transfer_encoding_are_never_both_sent(path: str, method: str) -> None:
    app = App()

    @app.route("/text")
    async def text(req: Request, res: Response) -> None:
        with pytest.raises(ValueError, match="is computed from the content of the response"):
            res.headers["Transfer-Encoding"] = "chunked"
        res.text = "x"

    @app.route("/chunked")
    async def chunked(req: Request, res: Response) -> None:
        res.text = "x"
        res.chunked = True

    @app.route("/stream")
    async def stream(req: Request, res: Response) -> None:
        @res.stream
        async def feed() -> Any:
            yield "x"

    start = (await call(app, method, path))[0]
    names = [name for name, _ in start["headers"]]
    assert b"transfer-encoding" not in names
    assert names.count(b"content-length") == (path in ("/text", "/none"))


@pytest.mark.real
def test_live_servers_never_meet_on_a_port() -> None:
    with LiveServer(App()) as first, LiveServer(App()) as second:
        assert first.url != second.url


def test_library_never_skips_a_test() -> None:
    for path in Path(bocadillo.__file__).parent.rglob("*.py"):
        names = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
        }
        assert not names & {"skip", "xfail", "importorskip"}, path


async def test_other_kinds_of_connections_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="got 'webtransport'"):
        await App()({"type": "webtransport"}, nothing, nothing)
