"""The way of a WebSocket through an application."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from starlette.exceptions import HTTPException

from bocadillo import (
    App,
    HTTPError,
    Redirect,
    Request,
    Response,
    WebSocket,
    WebSocketDisconnect,
    configure,
    hooks,
    settings,
    useprovider,
)
from bocadillo._conversing import is_disconnect
from bocadillo.errors import ProviderError, RouteError
from tests.bocadillo.wires import CONNECT, Wire, converse, leaves, make_ws_scope, says

Log = list[Any]


def denial(wire: Wire) -> tuple[int, Any]:
    """Return the status and the JSON of a denial."""
    assert wire.types == ["http.response.start", "http.response.body"]
    body = wire.sent[1]["body"]
    return wire.sent[0]["status"], msgspec.json.decode(body) if body else None


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_view_talks_and_it_is_closed_when_the_view_has_ended() -> None:
    app = App()

    @app.websocket_route("/chat/{room}")
    async def chat(ws: WebSocket, room: int, loud: bool = False) -> None:
        await ws.send(f"{room} {loud} {ws.path_params} {ws.url_for('chat', room=2)}")
        async for message in ws:
            await ws.send(message)
            if message == "bye":
                return

    wire = await converse(app, "/chat/7", says("a"), says("bye"), query_string=b"loud=1")
    assert wire.texts == ["7 True {'room': '7'} /chat/2", "a", "bye"]
    assert wire.types == ["accept", "send", "send", "send", "close"]
    assert wire.closed == (1000, "")


async def test_view_ends_quietly_when_the_client_leaves() -> None:
    app = App()
    log: Log = []

    @app.websocket_route("/")
    async def chat(ws: WebSocket) -> None:
        async for message in ws:
            log.append(message)
        log.append("end")

    wire = await converse(app, "/", says("a"), leaves(1001))
    assert log == ["a", "end"]
    assert wire.types == ["accept"]


async def test_view_that_is_told_of_a_disconnect_needs_no_handling(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()

    @app.websocket_route("/receive")
    async def receive(ws: WebSocket) -> None:
        await ws.receive()
        raise NotImplementedError

    @app.websocket_route("/iterate")
    async def iterate(ws: WebSocket) -> None:
        async for _ in ws:
            raise NotImplementedError
        raise NotImplementedError

    @app.websocket_route("/group")
    async def group(ws: WebSocket) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ws.receive())
            tasks.create_task(ws.receive())

    for path in ("/receive", "/iterate", "/group"):
        for code in (1006, 4000):
            wire = await converse(app, path, leaves(code))
            assert wire.types == ["accept"]
    assert errors(caplog) == []


@pytest.mark.parametrize(
    ("path", "query", "detail"),
    [
        ("/room/x", b"", {"pk": "Expected `int`, got `x`"}),
        (
            "/room/x",
            b"page=y",
            {"pk": "Expected `int`, got `x`", "page": "Expected `int`, got `y`"},
        ),
    ],
)
async def test_wrong_parameters_deny_the_handshake(
    path: str, query: bytes, detail: dict[str, str]
) -> None:
    app = App()

    @app.websocket_route("/room/{pk}")
    async def room(ws: WebSocket, pk: int, page: int = 1) -> None:
        raise NotImplementedError

    wire = await converse(app, path, query_string=query)
    assert denial(wire) == (400, {"error": "400 Bad Request", "status": 400, "detail": detail})


async def test_status_that_is_raised_before_accepting_is_answered() -> None:
    app = App()

    @app.error_handler(LookupError)
    async def answer(req: Request, res: Response, exc: LookupError) -> None:
        res.status_code = 410
        res.json = {"path": req.url.path, "method": req.method, "scheme": req.url.scheme}

    raised: list[Exception] = [
        HTTPError(401, "Who are you?", {"www-authenticate": "Bearer"}),
        HTTPException(402),
        Redirect("/login"),
        KeyError("a"),
    ]

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        raise raised.pop(0)

    wire = await converse(app, "/")
    unauthorized = {"error": "401 Unauthorized", "status": 401, "detail": "Who are you?"}
    assert denial(wire) == (401, unauthorized)
    assert (b"www-authenticate", b"Bearer") in wire.sent[0]["headers"]
    assert denial(await converse(app, "/"))[0] == 402
    wire = await converse(app, "/")
    assert denial(wire)[0] == 302
    assert (b"location", b"/login") in wire.sent[0]["headers"]
    gone = {"path": "/", "method": "GET", "scheme": "https"}
    assert denial(await converse(app, "/", scheme="wss")) == (410, gone)


async def test_refusal_of_a_client_that_has_left_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    raised: list[Exception] = [HTTPError(401), KeyError("a")]

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        raise raised.pop(0)

    wire = await converse(app, "/", leaves(1006))
    assert wire.sent == []
    assert errors(caplog) == []
    with pytest.raises(KeyError):
        await converse(app, "/", leaves(1006))
    assert errors(caplog) == ["the WebSocket '/' failed"]


async def test_server_without_the_extension_answers_403() -> None:
    app = App()

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        raise HTTPError(401)

    wire = await converse(app, "/", extensions=None)
    assert wire.types == ["close"]


async def test_error_before_accepting_is_a_500_without_detail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        raise ValueError("secret")

    wire = Wire(CONNECT)
    with pytest.raises(ValueError, match="secret"):
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert denial(wire) == (500, {"error": "500 Internal Server Error", "status": 500})
    assert errors(caplog) == ["the WebSocket '/' failed"]


@pytest.mark.parametrize("error", [ValueError("secret"), HTTPError(404, "secret")])
async def test_error_of_the_view_closes_with_1011_without_detail(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        await ws.send("a")
        raise error

    wire = Wire(CONNECT)
    with pytest.raises(type(error)) as caught:
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert caught.value is error
    assert wire.types == ["accept", "send", "close"]
    assert wire.closed == (1011, "")
    assert errors(caplog) == ["the WebSocket '/' failed"]


@pytest.mark.parametrize("error", [SystemExit(), KeyboardInterrupt()])
async def test_what_is_to_end_the_process_passes(error: BaseException) -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        raise error

    wire = Wire(CONNECT)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - of several types
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert caught.value is error
    assert wire.types == ["accept"]


async def test_view_that_does_not_accept_has_denied() -> None:
    app = App()

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket) -> None:
        pass

    @app.websocket_route("/reject", auto_accept=False)
    async def reject(ws: WebSocket) -> None:
        await ws.reject()

    for path in ("/", "/reject"):
        assert (await converse(app, path)).types == ["close"]


async def test_client_that_left_before_the_handshake_calls_no_view() -> None:
    app = App()

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        raise NotImplementedError

    wire = Wire(leaves(1006))
    await app(make_ws_scope("/"), wire.receive, wire.send)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (None, True),
        ("http://example.org", True),
        ("https://example.org", True),
        ("https://friend.example", True),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_pages_of_other_sites_are_denied(origin: str | None, is_allowed: bool) -> None:
    app = App()

    @app.websocket_route("/", origins=["https://friend.example"])
    async def view(ws: WebSocket) -> None:
        pass

    headers = [(b"host", b"example.org")]
    if origin:
        headers.append((b"origin", origin.encode()))
    wire = await converse(app, "/", headers=headers)
    if is_allowed:
        assert wire.types == ["accept", "close"]
    else:
        detail = "The origin of the page is not allowed."
        forbidden = {"error": "403 Forbidden", "status": 403, "detail": detail}
        assert denial(wire) == (403, forbidden)


def make_provided(log: Log) -> App:
    app = App()

    @app.provider
    async def user(ws: WebSocket) -> str:
        name = ws.headers.get("x-user", "")
        if not name:
            raise HTTPError(401)
        return name

    @app.provider
    async def room(ws: WebSocket, user: str) -> AsyncIterator[str]:
        log.append("open")
        try:
            yield f"room of {user}"
        except BaseException as error:
            log.append(type(error).__name__)
            raise
        finally:
            await asyncio.sleep(0)
            log.append("close")

    return app


USER = {"headers": [(b"host", b"example.org"), (b"x-user", b"ada")]}


async def test_providers_are_set_up_before_it_is_accepted_and_cleaned_up_when_the_view_ends() -> (
    None
):
    log: Log = []
    app = make_provided(log)

    @app.websocket_route("/")
    async def view(ws: WebSocket, room: str) -> None:
        log.append(ws.client_state.name)
        await ws.send(room)

    wire = await converse(app, "/", **USER)
    assert log == ["open", "CONNECTED", "close"]
    assert wire.texts == ["room of ada"]
    assert wire.types == ["accept", "send", "close"]
    assert denial(await converse(app, "/"))[0] == 401
    assert log == ["open", "CONNECTED", "close"]


@pytest.mark.parametrize(
    ("code", "seen"),
    [(1000, ["open", "close"]), (4000, ["open", "WebSocketDisconnect", "close"])],
)
async def test_providers_see_whether_the_client_left_as_it_should(code: int, seen: Log) -> None:
    log: Log = []
    app = make_provided(log)

    @app.websocket_route("/")
    async def view(ws: WebSocket, room: str) -> None:
        await ws.receive()

    await converse(app, "/", leaves(code), **USER)
    assert log == seen


async def test_providers_are_cleaned_up_when_the_client_leaves_a_view_that_sleeps() -> None:
    log: Log = []
    app = make_provided(log)

    @app.websocket_route("/")
    async def view(ws: WebSocket, room: str) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            log.append("view")

    wire = await converse(app, "/", leaves(1000), **USER)
    assert log == ["open", "view", "WebSocketDisconnect", "close"]
    assert wire.types == ["accept"]


async def test_cleanup_that_fails_closes_with_1011() -> None:
    app = App()

    @app.provider
    async def database() -> AsyncIterator[int]:
        yield 1
        raise OSError("commit")

    @app.websocket_route("/")
    @useprovider("database")
    async def view(ws: WebSocket) -> None:
        pass

    wire = Wire(CONNECT)
    with pytest.raises(OSError, match="commit"):
        await app(make_ws_scope("/"), wire.receive, wire.send)
    assert wire.closed == (1011, "")


async def test_provider_of_the_application_is_shared() -> None:
    app = App()
    log: Log = []

    @app.provider(scope="app")
    async def clients() -> set[Any]:
        log.append("made")
        return set()

    @app.websocket_route("/")
    async def view(ws: WebSocket, clients: set[Any]) -> None:
        clients.add(ws)
        await ws.send(str(len(clients)))

    assert (await converse(app, "/")).texts == ["1"]
    assert (await converse(app, "/")).texts == ["2"]
    assert log == ["made"]


class Order(msgspec.Struct):
    pk: int


def ask_for_body(app: App) -> None:
    @app.websocket_route("/")
    async def view(ws: WebSocket, order: Order) -> None:
        raise NotImplementedError


def ask_for_hook(app: App) -> None:
    async def check(req: Request, res: Response, params: dict[str, Any]) -> None:
        raise NotImplementedError

    @app.websocket_route("/")
    @hooks.before(check)
    async def view(ws: WebSocket) -> None:
        raise NotImplementedError


def ask_for_request(app: App) -> None:
    @app.provider
    async def session(req: Request) -> str:
        raise NotImplementedError

    @app.websocket_route("/")
    async def view(ws: WebSocket, session: str) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("ask", "error", "expected"),
    [
        (
            ask_for_body,
            RouteError,
            "which a WebSocket has not: register it with `value_type=...`, and receive it",
        ),
        (
            ask_for_hook,
            RouteError,
            "for HTTP views: use a provider, which may ask for `ws` and raise an HTTPError",
        ),
        (ask_for_request, ProviderError, "asks for `req`: there is only `ws`"),
    ],
)
async def test_what_only_http_has_is_refused(
    ask: Callable[[App], None], error: type[Exception], expected: str
) -> None:
    app = App()
    ask(app)
    with pytest.raises(error) as caught:
        await converse(app, "/")
    assert "view `ask_for_" not in str(caught.value)
    assert "(tests/bocadillo/test_conversing.py:" in str(caught.value)
    assert "WEBSOCKET /)" in str(caught.value)
    assert str(caught.value).endswith(expected)


async def test_parameters_of_the_mount_and_of_the_route_are_there() -> None:
    app, child = App(), App()
    app.mount("/{tenant}", child)

    @child.websocket_route("/{room}")
    async def view(ws: WebSocket, room: str) -> None:
        await ws.send(str(ws.path_params))

    assert (await converse(app, "/acme/lobby")).texts == ["{'tenant': 'acme', 'room': 'lobby'}"]


async def test_settings_are_those_of_the_application_that_is_served() -> None:
    apps = [configure(App(), GREETING=greeting) for greeting in ("hello", "salut")]

    async def view(ws: WebSocket) -> None:
        await ws.send(settings.GREETING)

    for app in apps:
        app.websocket_route("/")(view)
    found = [(await converse(app, "/")).texts for app in apps]
    assert found == [["hello"], ["salut"]]


def test_group_of_disconnects_is_a_disconnect() -> None:
    gone, bug = WebSocketDisconnect(), ValueError()
    assert is_disconnect(gone)
    assert not is_disconnect(bug)
    assert is_disconnect(ExceptionGroup("", [gone, ExceptionGroup("", [gone])]))
    assert not is_disconnect(ExceptionGroup("", [gone, bug]))


# Every fault at every await: the provider is cleaned up once, and nothing is left.


class Faults:
    """Count the awaits of a view, and let something happen at one of them."""

    def __init__(self, kind: str, at: int) -> None:
        self.kind, self.at, self.count = kind, at, 0
        self.wire = Wire(CONNECT, says("a"), says("b"))
        self.wire.on_send = self.on_send
        self.task: asyncio.Task[None] | None = None
        self.sent_before: int | None = None

    @property
    def has_happened(self) -> bool:
        return self.sent_before is not None

    def happen(self) -> bool:
        self.count += 1
        if self.count != self.at:
            return False
        self.sent_before = len(self.wire.sent)
        return True

    async def point(self) -> None:
        """Be one of the awaits of the view, its provider or their cleanup."""
        if self.kind == "send" or not self.happen():
            await asyncio.sleep(0)
        elif self.kind == "disconnect":
            self.wire.put(leaves(1001))
            await asyncio.sleep(0.01)
        elif self.kind == "cancel":
            assert self.task is not None
            self.task.cancel()
            await asyncio.sleep(0.01)

    def on_send(self, message: Any) -> None:
        if self.kind == "send" and self.happen():
            raise OSError
        if self.has_happened:
            assert self.kind != "send", f"sent {message} to a client that is gone"


async def serve_with(faults: Faults) -> Log:
    log: Log = []
    app = App()

    @app.provider
    async def resource() -> AsyncIterator[int]:
        await faults.point()
        log.append("open")
        try:
            yield 1
        finally:
            await faults.point()
            await asyncio.sleep(0)
            log.append("close")

    @app.websocket_route("/")
    async def view(ws: WebSocket, resource: int) -> None:
        try:
            await faults.point()
            await ws.send("hello")
            for _ in range(2):
                await ws.send(await ws.receive())
                await faults.point()
        finally:
            await faults.point()
            log.append("view")

    before = asyncio.all_tasks()
    scope = make_ws_scope("/")

    async def run() -> None:
        await app(scope, faults.wire.receive, faults.wire.send)

    async with asyncio.timeout(5):
        faults.task = asyncio.create_task(run())  # noqa: TID251 - it is cancelled
        await asyncio.wait([faults.task])
    assert asyncio.all_tasks() == before
    if faults.task.cancelled():
        assert faults.kind == "cancel"
    else:
        assert faults.task.exception() is None
        assert faults.task.cancelling() == 0 or faults.kind == "cancel"
    return log


@pytest.mark.parametrize("kind", ["disconnect", "send", "cancel"])
async def test_any_fault_at_any_await_leaves_nothing_behind(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    at = 1
    while True:
        faults = Faults(kind, at)
        log = await serve_with(faults)
        assert log in ([], ["open", "close"], ["open", "view", "close"]), (kind, at)
        if not faults.has_happened:
            break
        at += 1
    assert at > 4
    assert log == ["open", "view", "close"]
    assert errors(caplog) == []
