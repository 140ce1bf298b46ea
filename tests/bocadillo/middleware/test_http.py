from typing import Any

import pytest

from bocadillo import (
    App,
    ExpectedAsync,
    HTTPError,
    Middleware,
    Redirect,
    Request,
    Response,
    create_client,
    hooks,
)
from bocadillo.middleware._http import compile_dispatch, dispatch_plan
from bocadillo.plans import Plan
from bocadillo.views import locate
from tests.bocadillo.calls import nothing

calls: list[str] = []


class Noting(Middleware):
    """Note both methods, under a name."""

    def __init__(self, inner: Any, name: str = "noting") -> None:
        super().__init__(inner, name=name)
        self.name = name

    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        calls.append(f"before {self.name}")
        return None

    async def after_dispatch(self, req: Request, res: Response) -> Response | None:
        calls.append(f"after {self.name}")
        return None


class Early(Noting):
    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        calls.append(f"early {self.name}")
        res.text = "early"
        return res


async def view(req: Request, res: Response) -> None:
    calls.append("view")
    res.text = "view"


async def note(req: Request, res: Response, params: Any, word: str) -> None:
    calls.append(word)


@hooks.before(note, "hook")
@hooks.after(note, "after hook")
async def hooked(req: Request, res: Response) -> None:
    await view(req, res)


@pytest.fixture(autouse=True)
def _forget_calls() -> None:
    calls.clear()


def make_app(*added: type[Middleware]) -> App:
    app = App()
    app.route("/")(hooked)
    for number, cls in enumerate(added):
        app.add_middleware(cls, name=str(number))
    return app


def test_middleware_added_last_is_outermost() -> None:
    client = create_client(make_app(Noting, Noting, Noting))
    assert client.get("/").text == "view"
    assert calls == [
        *("before 2", "before 1", "before 0", "hook", "view", "after hook"),
        *("after 0", "after 1", "after 2"),
    ]


def test_response_that_comes_early_skips_what_is_inside() -> None:
    client = create_client(make_app(Noting, Early, Noting))
    assert client.get("/").text == "early"
    assert calls == ["before 2", "early 1", "after 2"]


def test_middleware_is_instantiated_once_with_what_it_wraps_and_its_arguments() -> None:
    made: list[Any] = []

    class Made(Middleware):
        def __init__(self, inner: Any, **kwargs: Any) -> None:
            super().__init__(inner, **kwargs)
            made.append(self)

    app = App()
    app.add_middleware(Made, limit=3)
    app.add_middleware(Made)
    app.add_middleware(Middleware)
    assert made == []
    client = create_client(app)
    client.get("/")
    client.get("/")
    first, second = made
    assert (first.inner, first.kwargs) == (app, {"limit": 3})
    assert (second.inner, second.kwargs) == (first, {})


class After(Middleware):
    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.status_code = 201
        res.headers["x-after"] = res.content.decode()
        res.text = "changed"


def test_nothing_is_sent_before_middleware_is_done() -> None:
    answer = create_client(make_app_with(After)).get("/")
    assert (answer.status_code, answer.text, answer.headers["x-after"]) == (201, "changed", "view")


def make_app_with(*added: type[Middleware]) -> App:
    app = App()
    app.route("/")(view)
    for cls in added:
        app.add_middleware(cls)
    return app


class Replace(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        if req.query_params.get("when") != "before":
            return None
        other = Response()
        other.text = "other"
        return other

    async def after_dispatch(self, req: Request, res: Response) -> Response:
        other = Response()
        other.text = f"after {res.content.decode()}"
        return other


@pytest.mark.parametrize(("when", "expected"), [("before", "other"), ("after", "after view")])
def test_middleware_may_return_another_response(when: str, expected: str) -> None:
    assert create_client(make_app_with(Replace)).get(f"/?when={when}").text == expected


class Outer(Middleware):
    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-content"] = res.content.decode()


def test_middleware_outside_gets_the_response_that_was_returned() -> None:
    answer = create_client(make_app_with(Replace, Outer)).get("/")
    assert answer.headers["x-content"] == "after view"


class Wrong(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> Any:
        return "text"


def test_what_is_no_response_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        create_client(make_app_with(Wrong)).get("/")
    assert str(caught.value) == (
        f"`Wrong.before_dispatch` ({locate(Wrong.before_dispatch)}) returned 'text': expected "
        "the response, or nothing"
    )


class Raising(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> None:
        if "before" in req.query_params:
            raise errors[req.query_params["before"]]

    async def after_dispatch(self, req: Request, res: Response) -> None:
        if "after" in req.query_params:
            raise errors[req.query_params["after"]]


errors = {"http": HTTPError(418), "redirect": Redirect("/elsewhere"), "key": KeyError("mine")}


@pytest.mark.parametrize("where", ["before", "after"])
def test_error_of_middleware_is_answered_like_that_of_a_view(where: str) -> None:
    app = make_app(Noting)
    app.add_middleware(Raising)
    app.add_middleware(Noting, name="outer")

    @app.error_handler(KeyError)
    async def handle(req: Request, res: Response, exc: KeyError) -> None:
        res.text = f"handled {exc}"

    client = create_client(app, follow_redirects=False)
    assert client.get(f"/?{where}=http").status_code == 418
    answer = client.get(f"/?{where}=redirect")
    assert (answer.status_code, answer.headers["location"]) == (302, "/elsewhere")
    assert client.get(f"/?{where}=key").text == "handled 'mine'"
    inner = ["before 0", "hook", "view", "after hook", "after 0"] if where == "after" else []
    assert calls == ["before outer", *inner] * 3


def test_error_of_a_view_passes_through_middleware() -> None:
    app = make_app(Noting)

    @app.route("/fail")
    async def fail(req: Request, res: Response) -> None:
        raise HTTPError(409)

    assert create_client(app).get("/fail").status_code == 409
    assert calls == ["before 0"]


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("GET", "/none", 404, ["before 0"]),
        ("POST", "/", 405, ["before 0"]),
        ("GET", "/slashed", 302, ["before 0"]),
        ("OPTIONS", "/", 204, ["before 0", "after 0"]),
        ("HEAD", "/", 200, ["before 0", "hook", "view", "after hook", "after 0"]),
    ],
)
def test_middleware_sees_what_no_view_answers(
    method: str, path: str, status: int, expected: list[str]
) -> None:
    app = make_app(Noting)
    app.route("/slashed/")(view)
    client = create_client(app, follow_redirects=False)
    assert client.request(method, path).status_code == status
    assert calls == expected


def test_middleware_can_answer_for_a_path_that_does_not_exist() -> None:
    assert create_client(make_app(Early)).get("/none").text == "early"


def test_middleware_does_not_see_mounted_applications() -> None:
    app, inner = make_app(Noting), App()
    inner.route("/")(view)
    app.mount("/inner", inner)
    assert create_client(app).get("/inner/").text == "view"
    assert calls == ["view"]


@pytest.mark.parametrize("added", [(), (Noting,), (Noting, Noting)])
def test_view_that_returns_something_is_told(added: tuple[type[Middleware], ...]) -> None:
    async def returns(req: Request, res: Response) -> Any:
        return {"lost": True}

    app = make_app(*added)
    app.route("/{}", ["POST"])(returns)
    with pytest.raises(TypeError) as caught:
        create_client(app).post("/x")
    assert str(caught.value) == (
        f"view `returns` ({locate(returns)}, POST /{{}}) returned {{'lost': True}}: views return "
        "nothing. Set `res.text`, `res.html`, `res.json` or `res.content` instead."
    )


@pytest.mark.parametrize("name", ["before_dispatch", "after_dispatch"])
def test_method_that_is_not_async_is_refused_when_the_class_is_made(name: str) -> None:
    def method(self: Any, req: Request, res: Response) -> None:
        raise NotImplementedError

    with pytest.raises(ExpectedAsync) as caught:
        type("Mine", (Middleware,), {name: method})
    assert str(caught.value) == (
        f"middleware method `method` ({locate(method)}) is not async. Did you mean "
        "`async def method`?"
    )


def test_method_that_takes_something_else_is_refused_when_the_class_is_made() -> None:
    async def method(self: Any, req: Request) -> None:
        raise NotImplementedError

    with pytest.raises(TypeError) as caught:
        type("Mine", (Middleware,), {"before_dispatch": method})
    assert str(caught.value).startswith(
        f"middleware method `method` ({locate(method)}) is `method("
    )
    assert str(caught.value).endswith(": expected `method(self, req, res)`")


def test_misspelled_method_is_refused_when_the_class_is_made() -> None:
    async def method(self: Any, req: Request, res: Response) -> None:
        raise NotImplementedError

    methods = {"before_dispach": method, "before_reading": method}
    with pytest.raises(TypeError) as caught:
        type("Mine", (Middleware,), methods)
    assert str(caught.value).startswith("middleware `Mine` (")
    assert str(caught.value).endswith(
        ") has a method `before_dispach`, which nobody calls. Did you mean `before_dispatch`?"
    )


async def test_innermost_dispatch_runs_the_plan() -> None:
    async def run(request: Request, response: Response, params: Any) -> object:
        response.text = params["x"]
        return params.get("returned")

    request, response = Request({"type": "http"}), Response()
    plan = Plan(run, place="view `x` (app.py:1)")
    assert compile_dispatch(None, []) is dispatch_plan
    assert await dispatch_plan(request, response, plan, {"x": "y"}) is response
    assert response.content == b"y"
    with pytest.raises(TypeError, match=r"view `x` \(app.py:1\) returned 'lost': views return"):
        await dispatch_plan(request, response, plan, {"x": "y", "returned": "lost"})


async def test_methods_of_the_base_do_nothing() -> None:
    middleware = Middleware(nothing)
    request, response = Request({"type": "http"}), Response()
    await middleware.before_dispatch(request, response)
    await middleware.after_dispatch(request, response)
    assert response.encode() == Response().encode()
