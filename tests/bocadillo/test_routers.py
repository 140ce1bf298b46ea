import enum
from typing import Any

import pytest

from bocadillo import App, ExpectedAsync, Request, Response, Router, WebSocket, create_client
from bocadillo.errors import RouteError
from bocadillo.views import locate
from tests.bocadillo.calls import nothing


async def view(req: Request, res: Response, **params: str) -> None:
    res.json = params


def test_router_is_included_with_a_prefix_at_any_depth() -> None:
    app, outer, inner = App(), Router(), Router()
    inner.route("/", name="index")(view)
    inner.route("/todos/{pk}", ["get", "post"])(view)
    inner.mount("/static", nothing)
    outer.include_router(inner, prefix="/{tenant}")
    outer.route("late")(view)
    app.include_router(outer, "api/")
    assert [route.label for route in app.routes] == [
        "GET /api/{tenant}/",
        "GET POST /api/{tenant}/todos/{pk}",
        "mount /api/{tenant}/static",
        "GET /api/late",
    ]
    client = create_client(app)
    assert client.post("/api/joe/todos/7").json() == {"tenant": "joe", "pk": "7"}
    assert app.url_for("index", tenant="joe") == "/api/joe/"


@pytest.mark.parametrize("prefix", ["", "/", "//"])
def test_router_is_included_without_a_prefix(prefix: str) -> None:
    app, router = App(), Router()
    router.route("/x")(view)
    router.route("{}")(view)
    app.include_router(router, prefix)
    assert [route.pattern.text for route in app.routes] == ["/x", "{}"]
    assert create_client(app).get("/any/thing").json() == {}


def test_router_is_included_twice_at_different_prefixes() -> None:
    app, router = App(), Router()
    router.route("/x")(view)
    app.include_router(router, "/a")
    app.include_router(router, "/b")
    assert [route.pattern.text for route in app.routes] == ["/a/x", "/b/x"]


def test_pattern_that_matches_everything_is_kept_below_its_prefix() -> None:
    app, router = App(), Router()
    router.route("{}")(view)
    app.include_router(router, "/api")
    client = create_client(app, follow_redirects=False)
    for path in ("/api/", "/api/x", "/api/x/y/"):
        assert client.get(path).json() == {}
    assert client.get("/api").headers["location"] == "/api/"
    assert client.get("/other").status_code == 404


def test_view_must_take_the_parameters_of_the_prefix() -> None:
    async def show(req: Request, res: Response, pk: int) -> None:
        raise NotImplementedError

    router = Router()
    router.route("/{pk}")(show)
    with pytest.raises(RouteError) as caught:
        App().include_router(router, "/{tenant}")
    assert str(caught.value).startswith(
        f"view `show` ({locate(show)}, GET /{{tenant}}/{{pk}}) does not take the route parameter "
        "`tenant`."
    )


@pytest.mark.parametrize(
    ("prefix", "error", "message"),
    [
        (3, TypeError, "expected the prefix of a router as str, got 3"),
        ("/{pk}", ValueError, "duplicate parameter name 'pk' in pattern '/{pk}/{pk}'"),
        ("/{a", ValueError, "unbalanced brace in pattern '/{a/{pk}'"),
        ("/{a:path}", ValueError, "no parameter can follow one that takes the rest of the path"),
    ],
)
def test_wrong_prefix_is_refused(prefix: Any, error: type[Exception], message: str) -> None:
    router = Router()
    router.route("/{pk}")(view)
    with pytest.raises(error) as caught:
        App().include_router(router, prefix)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("size", ["5 MB", -1, 1.5, True])
def test_limit_that_is_no_number_of_bytes_is_refused(size: Any) -> None:
    with pytest.raises(TypeError) as caught:
        App().route("/", max_body_size=size)
    assert str(caught.value) == (
        f"expected a number of bytes, or None for no limit, as `max_body_size`, got {size!r}"
    )


def test_only_routers_are_included() -> None:
    with pytest.raises(TypeError, match="expected a Router to include, got 3"):
        App().include_router(3)  # type: ignore[arg-type] # the mistake under test
    other = App()
    with pytest.raises(TypeError) as caught:
        Router().include_router(other, "/x")
    assert str(caught.value) == (
        f"expected a Router to include, got {other!r}. An application is mounted: "
        "`app.mount('/x', other)`"
    )


@pytest.mark.parametrize(("prefix", "shown"), [("/api", "/api"), ("", "/")])
def test_router_that_is_included_takes_no_more(prefix: str, shown: str) -> None:
    router = Router()
    App().include_router(router, prefix)
    end = (
        f": its router is already included, at {shown!r}. Register all its routes before "
        "including it."
    )
    with pytest.raises(RuntimeError) as caught:
        router.route("/late")(view)
    assert str(caught.value) == f"cannot register route `GET /late` ({locate(view)}){end}"
    with pytest.raises(RuntimeError) as caught:
        router.mount("/late", nothing)
    assert str(caught.value) == f"cannot register mount `/late` ({locate(nothing)}){end}"
    other = Router()
    other.route("/x")(view)
    with pytest.raises(RuntimeError) as caught:
        router.include_router(other)
    assert str(caught.value) == f"cannot register `GET /x`{end}"


@pytest.mark.parametrize("cls", [Router, App])
def test_router_cannot_include_itself(cls: type[Router]) -> None:
    router = cls()
    router.route("/x")(view)
    with pytest.raises(ValueError, match=r"^cannot include a router in itself$"):
        router.include_router(router, "/again")
    assert len(router.routes) == 1


@pytest.mark.parametrize(
    ("prefix", "error"), [("/{city}", RouteError), ("/{pk}", ValueError), ("/{x:d}", TypeError)]
)
def test_router_is_included_as_a_whole_or_not_at_all(prefix: str, error: type[Exception]) -> None:
    async def show(req: Request, res: Response, pk: str) -> None:
        res.text = pk

    router, app = Router(), App()
    router.route("/first")(view)
    router.route("/{pk}")(show)
    with pytest.raises(error):
        app.include_router(router, prefix)
    assert list(app.routes) == []
    router.route("/last")(view)
    app.include_router(router, "/ok")
    assert [route.pattern.text for route in app.routes] == ["/ok/first", "/ok/{pk}", "/ok/last"]


class Color(enum.Enum):
    RED = "red"


def make_named() -> Router:
    router = Router()
    router.route("/todos/{pk}")(view)
    router.route("/", name="home")(view)
    router.route("/all", name="list")(view)
    router.route("/all/{name}", name="list")(view)
    router.route("/files/{path:path}", name="files")(view)
    router.route("/x/{}/{pk}", name="anonymous")(view)
    router.mount("/static", nothing, name="static")
    router.mount("/unnamed", nothing)
    return router


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("view", {"pk": 7}, "/todos/7"),
        ("view", {"pk": "é /?#%".replace("/", "")}, "/todos/%C3%A9%20%3F%23%25"),
        ("view", {"pk": Color.RED}, "/todos/red"),
        ("home", {}, "/"),
        ("list", {}, "/all"),
        ("list", {"name": "tea"}, "/all/tea"),
        ("files", {"path": "a b/c"}, "/files/a%20b/c"),
        ("files", {"path": ""}, "/files/"),
        ("static", {"path": "app.css"}, "/static/app.css"),
    ],
)
def test_url_for_gives_the_path_of_a_named_route(
    name: str, params: dict[str, object], expected: str
) -> None:
    assert make_named().url_for(name, **params) == expected


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("lisst", {}, "there is no route named 'lisst'. Did you mean 'list'?"),
        ("zebra", {}, "there is no route named 'zebra'."),
        ("", {"path": "x"}, "there is no route named ''."),
        ("view", {}, "pattern '/todos/{pk}' needs a value for parameter 'pk'"),
        ("view", {"pk": None}, "pattern '/todos/{pk}' needs a value for parameter 'pk'"),
        ("view", {"pk": 1, "x": 2}, "pattern '/todos/{pk}' has no parameter 'x'"),
        ("list", {"x": 2}, "pattern '/all' has no parameter 'x'"),
        ("anonymous", {"pk": 1}, "pattern '/x/{}/{pk}' needs a value for an anonymous parameter"),
        (
            "view",
            {"pk": "a/b"},
            (
                "pattern '/todos/{pk}' does not match with 'pk' being 'a/b': expected text that "
                "is not empty and holds no slash"
            ),
        ),
    ],
)
def test_url_for_refuses_what_would_not_match(
    name: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=r"route|pattern") as caught:
        make_named().url_for(name, **params)
    assert str(caught.value) == message


def test_request_gives_the_path_below_the_root_it_is_served_at() -> None:
    app = App()

    @app.route("/{name}")
    async def show(req: Request, res: Response, name: str) -> None:
        res.text = req.url_for("show", name=name)

    client = create_client(app, root_path="/the api")
    assert client.get("/tea").text == "/the%20api/tea"


def test_websocket_route_is_found_by_its_name_with_its_prefix() -> None:
    app, router = App(), Router()

    @router.websocket_route("/chat/{room}")
    async def chat(ws: WebSocket, room: str) -> None:
        raise NotImplementedError

    @router.websocket_route("/news", name="latest")
    async def news(ws: WebSocket) -> None:
        raise NotImplementedError

    app.include_router(router, "/api")
    assert app.url_for("chat", room="a b") == "/api/chat/a%20b"
    assert app.url_for("latest") == "/api/news"
    assert [route.label for route in app.routes] == [
        "WEBSOCKET /api/chat/{room}",
        "WEBSOCKET /api/news",
    ]


def register_websocket(view: Any, pattern: str = "/", **options: Any) -> None:
    App().websocket_route(pattern, **options)(view)


async def talk(ws: WebSocket) -> None:
    raise NotImplementedError


async def take_nothing() -> None:
    raise NotImplementedError


async def take_by_position(ws: WebSocket, room: str, /) -> None:
    raise NotImplementedError


def is_plain(ws: WebSocket) -> None:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("view", "options", "error", "expected"),
    [
        (talk, {"value_type": "jsn"}, ValueError, "expected the type of messages as"),
        (talk, {"send_type": "jsn"}, ValueError, "expected the type of messages as"),
        (talk, {"receive_type": list[int] | set[int]}, TypeError, "more than one"),
        (talk, {"caught_close_codes": 1000}, TypeError, "expected close codes as"),
        (talk, {"origins": "https://a.example"}, TypeError, "expected a list of origins"),
        (talk, {"origins": ["a.example"]}, ValueError, "expected an origin as browsers send it"),
        (talk, {"pattern": "/{x:d}"}, TypeError, "unknown converter"),
        (talk, {"pattern": "/{room}"}, RouteError, "does not take the route parameter `room`"),
        (is_plain, {}, ExpectedAsync, "Did you mean `async def is_plain`"),
        (take_nothing, {}, RouteError, r"expected `take_nothing\(ws, ...\)`"),
        (take_by_position, {}, RouteError, "takes `room` by position only"),
    ],
)
def test_wrong_websocket_route_is_refused_where_it_is_registered(
    view: Any, options: dict[str, Any], error: type[Exception], expected: str
) -> None:
    with pytest.raises(error, match=expected):
        register_websocket(view, **options)


async def test_websocket_route_is_refused_when_the_application_has_started() -> None:
    app = App()
    app.websocket_route("/")(talk)
    app._freeze()
    with pytest.raises(RuntimeError, match="cannot register route `WEBSOCKET /late`"):
        app.websocket_route("/late")(talk)
