from typing import Any

import pytest
from starlette.middleware.gzip import GZipMiddleware
from starlette.websockets import WebSocketDisconnect

from bocadillo import (
    App,
    ExpectedAsync,
    HTTPError,
    Middleware,
    Request,
    Response,
    Router,
    configure,
    create_client,
    settings,
)
from bocadillo.errors import ProviderError, RouteError
from bocadillo.views import locate
from tests.bocadillo.calls import nothing


async def view(req: Request, res: Response) -> None:
    res.text = req.method


def test_application_may_have_a_name() -> None:
    assert App().name is None
    assert App("shop").name == "shop"


@pytest.mark.parametrize(
    ("methods", "answered", "allow"),
    [
        (None, {"GET", "HEAD"}, "GET, HEAD, OPTIONS"),
        (["get", "Post"], {"GET", "HEAD", "POST"}, "GET, HEAD, POST, OPTIONS"),
        (["POST"], {"POST"}, "POST, OPTIONS"),
        (("options", "put", "PUT"), {"OPTIONS", "PUT"}, "OPTIONS, PUT"),
        ({"DELETE"}, {"DELETE"}, "DELETE, OPTIONS"),
        (["HEAD"], {"HEAD"}, "HEAD, OPTIONS"),
        (
            all,
            {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"},
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        ),
    ],
)
def test_methods_of_a_route(methods: Any, answered: set[str], allow: str) -> None:
    app = App()
    app.route("/", methods)(view)
    client = create_client(app)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"):
        answer = client.request(method, "/")
        assert answer.status_code == (200 if method in answered else 405)
        assert answer.headers.get("allow") == (None if method in answered else allow)
        if method == "HEAD":
            assert answer.content == b""
    options = client.options("/")
    assert options.status_code == (200 if "OPTIONS" in answered else 204)
    assert options.headers.get("allow") == (None if "OPTIONS" in answered else allow)


def test_head_has_the_length_of_the_content() -> None:
    app = App()
    app.route("/")(view)
    answer = create_client(app).head("/")
    assert (answer.headers["content-length"], answer.content) == ("4", b"")


@pytest.mark.parametrize(
    ("methods", "error", "message"),
    [
        (
            ["GET", "BREW"],
            ValueError,
            "unknown HTTP method 'BREW': expected one of GET, HEAD, POST, PUT, PATCH, DELETE",
        ),
        (["TRACE"], ValueError, "unknown HTTP method 'TRACE'"),
        ([None], ValueError, "unknown HTTP method 'NONE'"),
        ([], ValueError, "expected at least one method, got none"),
        ("GET", TypeError, r"expected a list of methods, such as \['GET'\], or `all`, got 'GET'"),
        (any, TypeError, "expected a list of methods"),
    ],
)
def test_wrong_methods_are_refused(methods: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        App().route("/", methods)


def test_decorators_return_the_function() -> None:
    app = App()
    assert app.route("/")(view) is view

    async def handler(req: Request, res: Response, exc: HTTPError) -> None:
        pass

    assert app.error_handler(HTTPError)(handler) is handler

    def start() -> None:
        pass

    assert app.on("startup")(start) is start
    assert app.on("startup", start) is start


def test_mistakes_are_errors_at_registration() -> None:
    app = App()
    with pytest.raises(ValueError, match="unbalanced brace"):
        app.route("/{")
    with pytest.raises(ExpectedAsync, match="is not async"):
        app.route("/")(lambda req, res: None)  # type: ignore[type-var] # the mistake under test
    with pytest.raises(RouteError, match="does not take the route parameter `pk`"):
        app.route("/{pk}")(view)
    with pytest.raises(ValueError, match="expected the event 'startup', 'drain' or 'shutdown'"):
        app.on("stop")  # type: ignore[call-overload] # it is refused


def handler_for_nothing(req: Request, res: Response, exc: Exception) -> None:
    pass


def test_wrong_error_handlers_are_refused() -> None:
    app = App()
    with pytest.raises(ExpectedAsync) as caught:
        app.add_error_handler(HTTPError, handler_for_nothing)  # type: ignore[arg-type] # the mistake under test
    assert str(caught.value) == (
        f"error handler `handler_for_nothing` ({locate(handler_for_nothing)}) is not async. Did "
        "you mean `async def handler_for_nothing`?"
    )
    for wrong in (404, str, BaseException, KeyboardInterrupt):
        with pytest.raises(TypeError) as refused:
            app.error_handler(wrong)(view)  # type: ignore[arg-type] # the mistake under test
        assert str(refused.value) == f"expected a class of exceptions to handle, got {wrong!r}"
    with pytest.raises(
        TypeError, match=r"error handler `view` .* expected `view\(req, res, exc\)`"
    ):
        app.add_error_handler(HTTPError, view)


def test_application_refuses_to_start_with_a_parameter_that_nothing_provides() -> None:
    app = App()

    @app.route("/")
    async def show(req: Request, res: Response, database: object) -> None:
        pass

    with pytest.raises(ProviderError, match="asks for `database`"), create_client(app):
        pass
    with pytest.raises(ProviderError, match="asks for `database`"):
        create_client(app).get("/")


@pytest.mark.parametrize("starts", ["lifespan", "http", "websocket"])
def test_registration_after_the_start_is_refused(starts: str) -> None:
    app = App()
    client = create_client(app)
    if starts == "lifespan":
        with client:
            pass
    elif starts == "http":
        client.get("/")
    else:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
            pass
    end = "the application has started. Register everything before the first request."
    where = locate(view)
    with pytest.raises(RuntimeError) as caught:
        app.route("late", ["get", "post"])(view)
    assert str(caught.value) == f"cannot register route `GET POST /late` ({where}): {end}"
    with pytest.raises(RuntimeError) as caught:
        app.add_error_handler(HTTPError, view)
    assert str(caught.value) == f"cannot register error handler of `HTTPError` ({where}): {end}"
    with pytest.raises(RuntimeError) as caught:
        app.on("shutdown", lambda: None)
    assert str(caught.value).startswith("cannot register shutdown handler (")
    with pytest.raises(RuntimeError) as caught:
        app.mount("/late", nothing)
    assert str(caught.value) == f"cannot register mount `/late` ({locate(nothing)}): {end}"
    router = Router()
    router.route("/x")(view)
    with pytest.raises(RuntimeError) as caught:
        app.include_router(router, "/late")
    assert str(caught.value) == f"cannot register `GET /late/x`: {end}"
    for cls in (Middleware, GZipMiddleware):
        with pytest.raises(RuntimeError) as caught:
            app.add_middleware(cls)
        name = cls.__name__
        assert str(caught.value) == f"cannot register middleware `{name}` ({locate(cls)}): {end}"
    for declare in (app.provider, app.provider(scope="app")):
        with pytest.raises(RuntimeError) as caught:
            declare(view)
        assert str(caught.value) == f"cannot register provider `view` ({where}): {end}"
    with pytest.raises(RuntimeError) as caught:
        configure(app)
    assert str(caught.value) == (
        "cannot configure the application: it has started. Call `configure` before the first "
        "request."
    )
    assert app.routes == ()


def test_startup_and_shutdown_run_around_the_life_of_the_application() -> None:
    app = App()
    calls: list[str] = []

    @app.on("startup")
    async def start() -> None:
        calls.append("start")

    app.on("shutdown", lambda: calls.append("stop"))
    with create_client(app):
        assert calls == ["start"]
    assert calls == ["start", "stop"]


def test_websocket_handshake_is_denied_where_there_is_no_route() -> None:
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        create_client(App()).websocket_connect("/chat"),
    ):
        pass
    assert caught.value.code == 1000


def test_started_application_stays_as_it_is() -> None:
    app = App()
    app.route("/")(view)
    with create_client(app) as client:
        answer = app._http
        assert client.get("/").text == "GET"
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
            pass
        assert app._http is answer


def test_application_may_have_served_before_it_starts() -> None:
    app = App()
    calls: list[str] = []
    app.on("startup", lambda: calls.append("start"))
    app.route("/")(view)
    client = create_client(app)
    assert client.get("/").text == "GET"
    with client:
        assert calls == ["start"]


async def test_scope_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the scope") as caught:
        await App()({"type": "mqtt"}, nothing, nothing)
    assert str(caught.value) == ("expected the scope 'http', 'websocket' or 'lifespan', got 'mqtt'")


def test_application_is_mounted_and_not_included() -> None:
    app = App()
    with pytest.raises(TypeError, match="An application is mounted"):
        app.include_router(App())


def test_each_application_is_served_with_its_own_settings() -> None:
    apps = {name: configure(App(), app_name=name) for name in ("first", "second")}
    for app in apps.values():

        @app.route("/")
        async def show(req: Request, res: Response) -> None:
            res.text = f"{settings.APP_NAME} {req.app.settings.APP_NAME}"

    for _ in range(2):
        for name, app in apps.items():
            assert create_client(app).get("/").text == f"{name} {name}"


def test_lifespan_and_mounts_see_the_settings_of_their_application() -> None:
    seen: list[str] = []
    outer, inner = (configure(App(), app_name=name) for name in ("outer", "inner"))
    outer.on("startup", lambda: seen.append(settings.APP_NAME))

    @inner.route("/")
    async def show(req: Request, res: Response) -> None:
        res.text = settings.APP_NAME

    outer.route("/")(show)
    outer.mount("/inner", inner)
    with create_client(outer) as client:
        assert client.get("/inner/").text == "inner"
        assert client.get("/").text == "outer"
    assert seen == ["outer"]


def make_greeting_app() -> App:
    app = App()

    @app.provider
    def name() -> str:
        return "sun"

    @app.provider(scope="app")
    def greeting() -> str:
        return "hello"

    @app.route("/")
    async def greet(req: Request, res: Response, greeting: str, name: str) -> None:
        res.text = f"{greeting}, {name}"

    return app


def test_providers_are_overridden_inside_a_block() -> None:
    app = make_greeting_app()
    client = create_client(app)
    for _ in range(2):
        with app.override_providers(name="moon"):
            assert client.get("/").text == "hello, moon"
            with app.override_providers(greeting=lambda: "bye"):
                assert client.get("/").text == "bye, moon"
        assert client.get("/").text == "hello, sun"
    with (
        pytest.raises(ProviderError, match=r"provider `nam`, .* mean the provider `name`\?"),
        app.override_providers(nam="moon"),
    ):
        raise NotImplementedError
    assert client.get("/").text == "hello, sun"


def test_application_may_be_served_with_other_providers_at_the_same_time() -> None:
    app = make_greeting_app()
    other = app.with_providers(name="moon")
    for _ in range(2):
        assert create_client(other).get("/").text == "hello, moon"
        assert create_client(app).get("/").text == "hello, sun"
    with app.override_providers(name="star"):
        assert create_client(app.with_providers(greeting="bye")).get("/").text == "bye, star"
    with create_client(other) as client:
        assert client.get("/").text == "hello, moon"
    with pytest.raises(ProviderError, match="provider `nam`"):
        app.with_providers(nam="moon")
