from typing import Any

import pytest

from bocadillo import App, Middleware, Redirect, Request, Response, configure, create_client
from bocadillo._refusals import refuse_method
from bocadillo.error_handlers import error_to_json, error_to_text
from bocadillo.errors import HTTPError
from tests.bocadillo.calls import HOST, call


async def view(req: Request, res: Response, **params: str) -> None:
    raise NotImplementedError


def make_app() -> App:
    app = App()
    app.route("/todos/")(view)
    app.route("/café/")(view)
    app.route("/get")(view)
    app.route("/post/", ["POST"])(view)
    app.route("/files/{path:path}")(view)
    return app


class Seeing(Middleware):
    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-seen"] = "yes"


def with_middleware() -> App:
    app = make_app()
    app.add_middleware(Seeing)
    return app


def with_error_handler() -> App:
    app = make_app()

    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError) -> None:
        await error_to_json(req, res, exc)

    return app


# Prepared answers, and those on the long way, must not differ.
every_way = pytest.mark.parametrize("make", [make_app, with_middleware, with_error_handler])


async def ask(
    app: App, method: str, path: str, **changes: Any
) -> tuple[int, dict[str, str], bytes]:
    start, body = await call(app, method, path, **changes)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    headers.pop("x-seen", None)
    return start["status"], headers, body["body"]


@every_way
async def test_missing_path_is_a_404(make: Any) -> None:
    content = b'{"error":"404 Not Found","status":404}'
    headers = {"content-type": "application/json", "content-length": "38"}
    assert await ask(make(), "GET", "/none") == (404, headers, content)
    assert await ask(make(), "HEAD", "/none") == (404, headers, b"")
    assert await ask(make(), "OPTIONS", "/none") == (404, headers, content)
    assert await ask(make(), "BREW", "/none") == (404, headers, content)
    for path in ("", "*", "example.org:443"):
        assert await ask(make(), "GET", path) == (404, headers, content)


@every_way
async def test_method_that_the_view_does_not_answer_is_a_405(make: Any) -> None:
    content = b'{"error":"405 Method Not Allowed","status":405}'
    headers = {"content-type": "application/json", "content-length": str(len(content))}
    for method in ("POST", "BREW", "TRACE", "CONNECT", "get"):
        assert await ask(make(), method, "/get") == (
            405,
            {"allow": "GET, HEAD, OPTIONS", **headers},
            content,
        )
    assert await ask(make(), "HEAD", "/post/") == (405, {"allow": "POST, OPTIONS", **headers}, b"")


@every_way
async def test_options_tells_what_the_view_answers(make: Any) -> None:
    assert await ask(make(), "OPTIONS", "/get") == (204, {"allow": "GET, HEAD, OPTIONS"}, b"")


@every_way
@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/todos", b"", "/todos/"),
        ("/todos", b"page=2&q=a%20b+c", "/todos/?page=2&q=a%20b+c"),
        ("/todos", b'\xff"<>\r\n#', "/todos/?%FF%22%3C%3E%0D%0A%23"),
        ("/café", b"", "/caf%C3%A9/"),
        ("/files", b"", "/files/"),
        ("/post", b"", "/post/"),
    ],
)
@pytest.mark.parametrize(("method", "status"), [("GET", 302), ("HEAD", 302), ("POST", 307)])
async def test_missing_slash_is_added(
    make: Any, path: str, query: bytes, location: str, method: str, status: int
) -> None:
    answer = await ask(make(), method, path, query_string=query)
    assert answer == (status, {"location": location, "content-length": "0"}, b"")


@every_way
@pytest.mark.parametrize("host", [b"evil.example", b"a b", b"//"])
async def test_redirect_is_not_built_from_the_host(make: Any, host: bytes) -> None:
    status, headers, _ = await ask(make(), "GET", "/todos", headers=[(b"host", host)])
    assert (status, headers["location"]) == (302, "/todos/")


@every_way
@pytest.mark.parametrize(
    "path", ["//evil.example", "//todos", "/todos//", "/files//x", "//todos/..", "todos"]
)
async def test_path_with_a_slash_too_many_or_too_few_leads_nowhere(make: Any, path: str) -> None:
    app = make()
    app.route("//{host}/")(view)
    status, headers, _ = await ask(app, "POST", path)
    assert status == (405 if path == "/files//x" else 404)
    assert "location" not in headers


async def test_backslash_is_encoded() -> None:
    app = make_app()
    app.route("/{host}/")(view)
    status, headers, _ = await ask(app, "GET", "/\\evil.example")
    assert (status, headers["location"]) == (302, "/%5Cevil.example/")


@every_way
async def test_redirect_keeps_the_root_path(make: Any) -> None:
    for path in ("/todos", "/my api/todos"):
        _, headers, _ = await ask(make(), "GET", path, root_path="/my api")
        assert headers["location"] == "/my%20api/todos/"


@every_way
async def test_redirect_can_be_turned_off(make: Any) -> None:
    app = configure(make(), redirect_trailing_slash=False)
    assert (await ask(app, "GET", "/todos"))[0] == 404


def test_redirect_of_a_missing_slash_is_seen_by_its_handler() -> None:
    app = make_app()

    @app.error_handler(Redirect)
    async def handle(req: Request, res: Response, exc: Redirect) -> None:
        res.text = f"{exc.status_code} {exc.url}"

    client = create_client(app)
    assert client.get("/todos?x=1").text == "302 /todos/?x=1"
    assert client.post("/todos").text == "307 /todos/"


def test_refusals_are_seen_by_handlers_and_middleware() -> None:
    app = with_middleware()
    app.add_error_handler(HTTPError, error_to_text)
    client = create_client(app)
    assert client.get("/none").text == "404 Not Found"
    assert client.post("/get").text == "405 Method Not Allowed"
    assert client.post("/get").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.options("/get").headers["x-seen"] == "yes"


@every_way
@pytest.mark.parametrize(
    ("version", "headers", "is_refused"),
    [
        ("1.1", [], True),
        ("1.1", [HOST, HOST], True),
        ("1.1", [HOST], False),
        ("1.0", [], False),
        ("1.0", [HOST, HOST], True),
        ("2", [], False),
        ("2", [HOST, HOST], False),
    ],
)
async def test_host_must_be_there_once_in_http_1(
    make: Any, version: str, headers: Any, is_refused: bool
) -> None:
    app: App = make()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "fine"

    app.mount("/mount", index_of_mount)
    for path in ("/", "/mount/"):
        status, _, body = await ask(app, "GET", path, http_version=version, headers=headers)
        if is_refused:
            assert (status, body) == (400, b'{"error":"400 Bad Request","status":400}')
        else:
            assert (status, body) == (200, b"fine")


async def index_of_mount(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})


async def test_prepared_answer_can_be_changed_by_middleware_of_asgi() -> None:
    class Adding:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            async def send_more(message: Any) -> None:
                message.get("headers", []).append((b"x-added", b"once"))
                await send(message)

            await self.app(scope, receive, send_more)

    app = make_app()
    app.add_middleware(Adding)
    for _ in range(2):
        start, _ = await call(app, "GET", "/none")
        assert start["headers"].count((b"x-added", b"once")) == 1


@every_way
async def test_client_that_is_gone_is_no_error(make: Any) -> None:
    def gone(message: Any) -> None:
        raise OSError

    for path in ("/none", "/todos"):
        assert await call(make(), "GET", path, fail=gone) == []


def test_routes_share_the_refusal_of_a_method_and_handlers_cannot_change_it() -> None:
    app = make_app()
    seen: list[Any] = []

    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError) -> None:
        seen.append(dict(exc.headers or {}))
        exc.headers["x-added"] = "1"  # type: ignore[index] # it is not to be, and still
        res.status_code = exc.status_code

    assert refuse_method("GET", is_prepared=True) is refuse_method("GET", is_prepared=True)
    for path in ("/get", "/get", "/café/"):
        assert create_client(app).post(path).status_code == 405
    assert seen == [{"allow": "GET, HEAD, OPTIONS"}] * 3
