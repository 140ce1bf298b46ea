import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from bocadillo import App, HTTPError, LiveServer, create_client
from bocadillo import Request as Req
from bocadillo import Response as Res
from bocadillo.config import SettingsError
from bocadillo.sessions import SessionError, SessionMiddleware

KEY = "a secret key of thirty-two bytes"


async def login(request: Request) -> Response:
    request.session["user"] = request.query_params.get("user", "ada")
    return PlainTextResponse("welcome")


async def who(request: Request) -> Response:
    return JSONResponse(dict(request.session))


async def logout(request: Request) -> Response:
    request.session.clear()
    return PlainTextResponse("bye")


async def append(request: Request) -> Response:
    request.session.setdefault("cart", []).append(1)
    return JSONResponse(request.session["cart"])


async def public(request: Request) -> Response:
    return PlainTextResponse("hello", headers={"cache-control": "public, max-age=60"})


def make_client(
    *views: Callable[[Request], Awaitable[Response]],
    base_url: str = "http://testserver",
    **options: Any,
) -> TestClient:
    routes = [Route(f"/{view.__name__}", view, methods=["GET", "POST"]) for view in views]
    app = SessionMiddleware(Starlette(routes=routes), secret_key=KEY, **options)
    return create_client(app, base_url=base_url)


def test_session_is_kept_between_requests() -> None:
    client = make_client(login, who, logout)
    assert client.get("/who").json() == {}
    set_cookie = client.post("/login").headers["set-cookie"]

    assert re.fullmatch(
        r"session=[\w.-]+; Max-Age=1209600; Path=/; SameSite=lax; HttpOnly", set_cookie
    )
    assert client.get("/who").json() == {"user": "ada"}
    assert client.post("/logout").headers["set-cookie"].startswith('session=""; expires=')
    assert client.get("/who").json() == {}
    assert not client.cookies


def test_cookie_is_kept_to_https_where_it_was_set_there() -> None:
    client = make_client(login, who, base_url="https://testserver")

    assert client.post("/login").headers["set-cookie"].endswith("; HttpOnly; Secure")
    assert client.get("/who").json() == {"user": "ada"}


def test_cookie_is_sent_only_when_the_session_changed() -> None:
    client = make_client(login, who, append, public)
    client.post("/login")

    assert "set-cookie" not in client.get("/who").headers
    assert "set-cookie" not in client.get("/public").headers
    assert "set-cookie" not in client.post("/login").headers
    assert "set-cookie" in client.post("/login?user=bob").headers
    assert "set-cookie" in client.post("/append").headers
    assert "set-cookie" in client.post("/append").headers
    assert client.get("/who").json() == {"user": "bob", "cart": [1, 1]}


def test_old_session_is_renewed_when_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(login, who, public)
    client.post("/login")
    clock = "itsdangerous.TimestampSigner.get_timestamp"
    from itsdangerous import TimestampSigner

    later = TimestampSigner(KEY).get_timestamp() + 8 * 24 * 60 * 60
    monkeypatch.setattr(clock, lambda _: later)

    assert "set-cookie" not in client.get("/public").headers
    assert "set-cookie" in client.get("/who").headers
    assert "set-cookie" not in client.get("/who").headers


def test_invalid_cookie_is_an_empty_session_and_is_deleted() -> None:
    client = make_client(who)
    response = client.get("/who", headers={"cookie": "session=x.y.z"})

    assert response.json() == {}
    assert response.headers["set-cookie"].startswith('session=""; expires=')


@pytest.mark.parametrize(
    ("given", "cache_control", "vary"),
    [
        ({}, "no-store", "Cookie"),
        ({"cache-control": "public, max-age=60"}, "no-store", "Cookie"),
        ({"cache-control": "no-cache"}, "no-store", "Cookie"),
        ({"cache-control": "private, max-age=60"}, "private, max-age=60", "Cookie"),
        ({"cache-control": "max-age=60,Private"}, "max-age=60,Private", "Cookie"),
        ({"cache-control": "no-store"}, "no-store", "Cookie"),
        # These do not keep caches away from the rest of the response.
        ({"cache-control": 'private="set-cookie"'}, "no-store", "Cookie"),
        ({"cache-control": "x-private"}, "no-store", "Cookie"),
        ({"vary": "Accept"}, "no-store", "Accept, Cookie"),
        ({"vary": "Accept, cookie"}, "no-store", "Accept, cookie"),
        ({"vary": "*"}, "no-store", "*"),
    ],
)
def test_response_that_depends_on_the_session_is_not_for_caches(
    given: dict[str, str], cache_control: str, vary: str
) -> None:
    async def view(request: Request) -> Response:
        return PlainTextResponse(str(len(request.session)), headers=given)

    headers = make_client(view).get("/view").headers

    assert headers["cache-control"] == cache_control
    assert headers["vary"] == vary


def test_headers_given_twice_are_all_read() -> None:
    async def view(request: Request) -> Response:
        response = PlainTextResponse(str(len(request.session)))
        for name, value in [("vary", "A"), ("vary", "B"), ("cache-control", "max-age=1")]:
            response.headers.append(name, value)
        response.headers.append("cache-control", "private")
        return response

    headers = make_client(view).get("/view").headers

    assert headers["vary"] == "A, B, Cookie"
    assert headers.get_list("cache-control") == ["max-age=1", "private"]


def test_response_that_does_not_depend_on_the_session_is_left_alone() -> None:
    client = make_client(login, public)
    client.post("/login")
    headers = client.get("/public").headers

    assert headers["cache-control"] == "public, max-age=60"
    assert "vary" not in headers


def test_message_of_the_application_is_not_changed() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["session"]["a"] = 1
        start: Message = {"type": "http.response.start", "status": 200}
        await send(start)
        await send({"type": "http.response.body", "body": b""})
        sent.append(start)

    response = create_client(SessionMiddleware(app, secret_key=KEY)).get("/")

    assert "set-cookie" in response.headers
    assert sent == [{"type": "http.response.start", "status": 200}]


def test_stream_gets_the_cookie_at_its_start_and_cannot_change_the_session() -> None:
    async def view(request: Request) -> Response:
        request.session["before"] = 1

        async def chunks() -> AsyncGenerator[str]:
            yield "one"
            with pytest.raises(RuntimeError, match="the session cannot be changed"):
                request.session["after"] = 2
            yield "two"

        return StreamingResponse(chunks())

    client = make_client(view, who)
    response = client.get("/view")

    assert response.text == "onetwo"
    assert "set-cookie" in response.headers
    assert client.get("/who").json() == {"before": 1}


async def too_large(request: Request) -> Response:
    request.session.update(small="a", large="x" * 4000, medium="y" * 40, tiny=1)
    return PlainTextResponse("lost")


async def unfit(request: Request) -> Response:
    request.session["when"] = {"at": request}
    return PlainTextResponse("lost")


TOO_LARGE = (
    r"the session makes a cookie of 5\d\d\d bytes, and browsers keep 4096\. "
    r"Its largest values: 'large' \(4002 bytes\), 'medium' \(42 bytes\), 'user' \(5 bytes\)\. "
    r"Keep large data in a database, and its key in the session\."
)
UNFIT = (
    r"the session cannot keep `session\['when'\]\['at'\]`, a `Request`: expected what "
    r"JSON holds \(str, int, float, bool, None, lists, and dicts with str keys\)"
)


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (too_large, TOO_LARGE),
        (unfit, UNFIT),
    ],
)
def test_session_that_cannot_be_kept_is_a_500_that_is_logged_once(
    view: Callable[[Request], Awaitable[Response]],
    message: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = make_client(view, login, who)
    client.post("/login")
    with pytest.raises(SessionError) as caught:
        client.get(f"/{view.__name__}")
    assert re.fullmatch(message, str(caught.value))
    (record,) = [record for record in caplog.records if record.name == "bocadillo"]
    assert record.getMessage() == f"no answer to GET '/{view.__name__}'"
    assert record.exc_info is not None
    assert record.exc_info[1] is caught.value

    quiet = TestClient(client.app, raise_server_exceptions=False, cookies=client.cookies)
    response = quiet.get(f"/{view.__name__}")
    assert response.status_code == 500
    assert response.json() == {"error": "500 Internal Server Error", "status": 500}
    assert "set-cookie" not in response.headers
    assert quiet.get("/who").json() == {"user": "ada"}


def test_largest_session_that_fits_is_kept() -> None:
    async def fill(request: Request) -> Response:
        request.session["large"] = "x" * int(request.query_params["size"])
        return PlainTextResponse("kept")

    client = make_client(fill)
    sizes = range(2900, 2960)
    quiet = TestClient(client.app, raise_server_exceptions=False)
    largest = max(size for size in sizes if quiet.get(f"/fill?size={size}").status_code == 200)
    set_cookie = quiet.get(f"/fill?size={largest}", headers={"cookie": ""}).headers["set-cookie"]

    assert 4092 <= len(set_cookie) <= 4096


async def answer_otherwise(scope: Scope, receive: Receive, send: Send) -> None:
    """Take the error of the session, and answer 400 instead, as an error handler would."""
    scope["session"]["x"] = object()
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}
    with pytest.raises(SessionError):
        await send(start)
    await send({**start, "status": 400})
    await send({"type": "http.response.body", "body": b"taken"})
    if scope["path"] == "/raise":
        raise OSError("later")


def test_application_can_answer_for_a_session_that_cannot_be_kept() -> None:
    client = create_client(SessionMiddleware(answer_otherwise, secret_key=KEY))
    response = client.get("/")

    assert (response.status_code, response.text) == (400, "taken")
    with pytest.raises(OSError, match="later"):
        client.get("/raise")


def test_error_of_the_application_passes_through() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError(scope["path"])

    with pytest.raises(LookupError, match="/x"):
        create_client(SessionMiddleware(app, secret_key=KEY)).get("/x")


@pytest.mark.parametrize("kind", ["lifespan", "other"])
async def test_other_connections_pass_through(kind: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing() -> Message:
        return {}

    async def send(message: Message) -> None: ...

    scope = {"type": kind}
    await SessionMiddleware(app, secret_key=KEY)(scope, nothing, send)

    assert seen == [scope]
    assert seen[0] is scope
    assert "session" not in scope


def make_socket_client(*, base_url: str = "http://testserver") -> TestClient:
    async def socket(websocket: WebSocket) -> None:
        if "deny" in websocket.query_params:
            websocket.session["denied"] = True
            await websocket.send_denial_response(PlainTextResponse("no", 401))
            return
        if "unfit" in websocket.query_params:
            websocket.session["x"] = object()
        if "count" in websocket.query_params:
            websocket.session["count"] = websocket.session.get("count", 0) + 1
        await websocket.accept()
        with pytest.raises(RuntimeError, match="the session cannot be changed"):
            websocket.session["late"] = 1
        await websocket.send_json(dict(websocket.session))

    app = Starlette(routes=[WebSocketRoute("/socket", socket), Route("/who", who)])
    return create_client(SessionMiddleware(app, secret_key=KEY), base_url=base_url)


def test_websocket_reads_the_session_and_changes_it_until_it_is_accepted() -> None:
    client = make_socket_client()
    with client.websocket_connect("/socket?count") as socket:
        assert socket.receive_json() == {"count": 1}
        headers: dict[bytes, bytes] = dict(socket.extra_headers or [])
    client.cookies.set("session", headers[b"set-cookie"].decode().split(";")[0].split("=")[1])

    assert client.get("/who").json() == {"count": 1}
    with client.websocket_connect("/socket") as socket:
        assert socket.receive_json() == {"count": 1}
        assert b"set-cookie" not in dict(socket.extra_headers or [])


def test_websocket_over_tls_gets_a_secure_cookie() -> None:
    client = make_socket_client(base_url="https://testserver")
    with client.websocket_connect("wss://testserver/socket?count") as socket:
        headers: dict[bytes, bytes] = dict(socket.extra_headers or [])

    assert headers[b"set-cookie"].endswith(b"; Secure")


def test_websocket_that_is_denied_can_change_the_session() -> None:
    with pytest.raises(WebSocketDisconnect) as caught:
        make_socket_client().websocket_connect("/socket?deny").__enter__()
    response: Any = caught.value

    assert response.status_code == 401
    assert "set-cookie" in response.headers


def test_websocket_with_a_session_that_cannot_be_kept_is_not_accepted() -> None:
    with pytest.raises(SessionError, match="cannot keep"):
        make_socket_client().websocket_connect("/socket?unfit").__enter__()


@pytest.mark.parametrize(
    ("headers", "base_url", "status"),
    [
        ({}, "http://testserver", 200),
        ({"origin": "http://testserver"}, "http://testserver", 200),
        ({"origin": "http://testserver:8000"}, "http://testserver:8000", 200),
        ({"origin": "https://testserver"}, "https://testserver", 200),
        ({"origin": "http://testserver"}, "https://testserver", 403),
        ({"origin": "https://testserver"}, "http://testserver", 403),
        ({"origin": "http://evil.example"}, "http://testserver", 403),
        ({"origin": "null"}, "http://testserver", 403),
        ({"sec-fetch-site": "same-origin"}, "http://testserver", 200),
        ({"sec-fetch-site": "cross-site"}, "http://testserver", 403),
        ({"sec-fetch-site": "same-site", "origin": "http://b.test"}, "http://a.test", 403),
        ({"sec-fetch-site": "same-site", "origin": "http://ok.test"}, "http://a.test", 200),
    ],
)
def test_change_asked_for_by_another_site_is_refused(
    headers: dict[str, str], base_url: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(login, who, base_url=base_url, trusted_origins=["http://ok.test"])
    response = client.post("/login", headers=headers)

    assert response.status_code == status
    assert client.get("/who", headers=headers).json() == ({"user": "ada"} if status == 200 else {})
    assert len(caplog.records) == (status == 403)


def test_refusal_is_an_error_in_json_and_the_log_tells_the_cure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    headers = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    response = make_client(login).post("/login", headers=headers)

    assert response.json() == {
        "error": "403 Forbidden",
        "status": 403,
        "detail": "Requests that other sites cause are refused.",
    }
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        f"refused POST '/login': it comes from another origin, {headers!r}, and not from "
        "'http://testserver'. If it is to be accepted, add its origin to `trusted_origins`; "
        "behind a proxy, see that the server trusts its headers."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"secret_key": ""}, "sessions: expected a secret key, or a list of them"),
        ({"secret_key": [KEY, ""]}, "sessions: expected a secret key, or a list of them"),
        ({"secret_key": None}, "sessions: expected a secret key, or a list of them"),
        ({"max_age": 0}, "sessions: expected max_age in seconds, or None, got 0"),
        ({"session_cookie": None}, "sessions: expected session_cookie as str, got None"),
        ({"path": 1}, "sessions: expected path as str, got 1"),
        ({"domain": 1}, "sessions: expected domain as str, got 1"),
        ({"same_site": "sometimes"}, "sessions: expected samesite"),
        ({"trusted_origins": ["*"]}, "sessions: expected an origin as browsers send it"),
        ({"trusted_origins": "https://a.example"}, "sessions: expected a list of origins"),
    ],
)
def test_option_that_cannot_be_is_an_error_of_the_settings(
    options: dict[str, Any], message: str
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None: ...

    with pytest.raises(SettingsError) as caught:
        SessionMiddleware(app, **{"secret_key": KEY, **options})
    assert str(caught.value).startswith(message)


def test_short_key_is_warned_of_at_start_up() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None: ...

    with pytest.warns(UserWarning, match="a secret key of 5 bytes can be guessed") as caught:
        SessionMiddleware(app, secret_key="short")
    assert caught[0].filename == __file__


def test_inner_application_can_have_sessions_of_its_own() -> None:
    inner: ASGIApp = Starlette(
        routes=[Route("/login", login, methods=["POST"]), Route("/who", who)]
    )
    inner = SessionMiddleware(inner, secret_key=KEY, session_cookie="inner")
    client = create_client(SessionMiddleware(inner, secret_key=KEY))
    client.post("/login")

    assert list(client.cookies) == ["inner"]
    assert client.get("/who").json() == {"user": "ada"}


def make_app() -> App:
    app = App()
    app.add_middleware(SessionMiddleware, secret_key=KEY)

    @app.route("/login", methods=["post"])
    async def login(req: Req, res: Res) -> None:
        req.session["user"] = "ada"
        req.session.rotate()
        raise HTTPError(401) if "fail" in req.query_params else LookupError

    @app.error_handler(LookupError)
    async def welcome(req: Req, res: Res, exc: LookupError) -> None:
        res.text = "welcome"

    @app.route("/who")
    async def who(req: Req, res: Res) -> None:
        res.json = dict(req.session)

    @app.route("/unfit")
    async def unfit(req: Req, res: Res) -> None:
        req.session["x"] = object()

    @app.route("/stream")
    async def stream(req: Req, res: Res) -> None:
        req.session["streamed"] = True

        @res.stream
        async def chunks() -> AsyncGenerator[str]:
            yield str(dict(req.session))

    return app


def test_session_is_that_of_the_request_in_a_view() -> None:
    client = create_client(make_app())

    assert client.post("/login").text == "welcome"
    assert client.get("/who").json() == {"user": "ada"}
    assert client.get("/stream").text == "{'user': 'ada', 'streamed': True}"
    assert client.get("/who").json() == {"user": "ada", "streamed": True}
    assert client.post("/login", headers={"origin": "null"}).status_code == 403


def test_session_is_kept_whatever_the_status() -> None:
    client = create_client(make_app())

    assert client.post("/login?fail").status_code == 401
    assert client.get("/who").json() == {"user": "ada"}


@pytest.mark.real
@pytest.mark.parametrize("http", ["h11", "httptools"])
def test_session_over_real_sockets(http: str, caplog: pytest.LogCaptureFixture) -> None:
    # The server closes the connection of a request that failed.
    limits = httpx2.Limits(max_keepalive_connections=0)
    with (
        LiveServer(make_app(), http=http) as server,
        httpx2.Client(base_url=str(server.url), limits=limits) as client,
    ):
        assert client.post("/login").text == "welcome"
        assert client.get("/who").json() == {"user": "ada"}
        assert client.post("/login", headers={"origin": str(server.url)}).status_code == 200
        assert client.post("/login", headers={"origin": "http://127.0.0.1"}).status_code == 403
        unfit = client.get("/unfit")
        assert unfit.status_code == 500
        assert unfit.json() == {"error": "500 Internal Server Error", "status": 500}
        assert client.get("/who").json() == {"user": "ada"}
    assert "the session cannot keep `session['x']`, a `object`" in caplog.text


@pytest.mark.real
def test_scheme_behind_a_proxy_is_the_one_that_browsers_see() -> None:
    forwarded = {"host": "example.com", "x-forwarded-proto": "https"}
    with LiveServer(make_app(), proxy_headers=True, forwarded_allow_ips="127.0.0.1") as server:
        url = server.url("/login")
        right = httpx2.post(url, headers={**forwarded, "origin": "https://example.com"})
        wrong = httpx2.post(url, headers={**forwarded, "origin": "http://example.com"})

    assert right.status_code == 200
    assert right.headers["set-cookie"].endswith("; Secure")
    assert wrong.status_code == 403
