from typing import Any

import pytest

from bocadillo import App, ExpectedAsync, Request, Response, create_client
from bocadillo._handlers import find_handlers
from bocadillo.constants import ALL_HTTP_METHODS
from bocadillo.errors import RouteError
from bocadillo.views import locate


class Todos:
    """A view with a state: it is made once."""

    made = 0

    def __init__(self) -> None:
        Todos.made += 1
        self.count = 0

    async def get(self, req: Request, res: Response) -> None:
        self.count += 1
        res.text = f"get {self.count}"

    async def post(self, req: Request, res: Response) -> None:
        res.text = "post"

    def helper(self) -> None:
        raise NotImplementedError


class Own(Todos):
    put = None

    async def post(self, req: Request, res: Response) -> None:
        res.text = "own post"

    async def delete(self, req: Request, res: Response) -> None:
        res.text = "delete"


class Handle:
    async def handle(self, req: Request, res: Response) -> None:
        res.text = f"handle {req.method}"
        res.headers["x-by"] = "handle"

    async def get(self, req: Request, res: Response) -> None:
        res.text = "get"


class Head:
    async def head(self, req: Request, res: Response) -> None:
        res.headers["x-by"] = "head"

    async def get(self, req: Request, res: Response) -> None:
        res.headers["x-by"] = "get"


class OnlyHandle:
    async def handle(self, req: Request, res: Response, pk: int) -> None:
        res.text = f"{req.method} {pk}"


class Sync:
    def get(self, req: Request, res: Response) -> None:
        raise NotImplementedError


class NeedsMore:
    def __init__(self, database: object) -> None:
        raise NotImplementedError

    async def get(self, req: Request, res: Response) -> None:
        raise NotImplementedError


class Nothing:
    pass


async def function(req: Request, res: Response) -> None:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("view", "methods", "expected"),
    [
        (function, None, {"GET": "function"}),
        (function, ("POST", "PUT"), {"POST": "function", "PUT": "function"}),
        (Todos, None, {"GET": "get", "POST": "post"}),
        (Todos(), None, {"GET": "get", "POST": "post"}),
        (Todos, ("POST",), {"POST": "post"}),
        (Own, None, {"GET": "get", "POST": "post", "DELETE": "delete"}),
        (Head, None, {"GET": "get", "HEAD": "head"}),
        (
            Handle,
            None,
            {**dict.fromkeys(ALL_HTTP_METHODS, "handle"), "GET": "get", "HEAD": "get"},
        ),
        (Handle, ("PUT", "GET"), {"PUT": "handle", "GET": "get"}),
        (OnlyHandle, None, dict.fromkeys(ALL_HTTP_METHODS, "handle")),
    ],
)
def test_methods_have_their_handlers(view: Any, methods: Any, expected: dict[str, str]) -> None:
    found = find_handlers(view, methods)
    assert {method: handler.name for method, handler in found.views.items()} == expected


def test_view_is_named_after_its_class_or_function() -> None:
    for view, name in [(function, "function"), (Todos, "Todos"), (Todos(), "Todos")]:
        assert find_handlers(view, None).name == name
        assert find_handlers(view, None).location == locate(view if name != "Todos" else Todos)


def test_class_is_instantiated_once_when_it_is_registered() -> None:
    app = App()
    before = Todos.made
    app.route("/")(Todos)
    assert Todos.made == before + 1
    client = create_client(app)
    assert [client.get("/").text for _ in range(2)] == ["get 1", "get 2"]
    assert client.post("/").text == "post"
    assert Todos.made == before + 1
    assert client.put("/").headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_derived_class_answers_what_its_base_does() -> None:
    app = App()
    app.route("/")(Own)
    client = create_client(app)
    answers = [client.request(method, "/").text for method in ("GET", "POST", "DELETE")]
    assert answers == ["get 1", "own post", "delete"]
    assert client.options("/").headers["allow"] == "GET, HEAD, POST, DELETE, OPTIONS"


def test_handle_takes_what_has_no_handler_of_its_own() -> None:
    app = App()
    app.route("/")(Handle())
    app.route("/{pk}")(OnlyHandle())
    client = create_client(app)
    assert client.get("/").text == "get"
    assert "x-by" not in client.head("/").headers
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert client.request(method, "/").text == f"handle {method}"
        assert client.request(method, "/7").text == f"{method} 7"
    for method in ("TRACE", "CONNECT", "BREW", "HANDLE"):
        assert client.request(method, "/").status_code == 405
    assert client.get("/x").status_code == 400


def test_head_has_a_handler_of_its_own() -> None:
    app = App()
    app.route("/")(Head)
    client = create_client(app)
    assert client.head("/").headers["x-by"] == "head"
    assert client.get("/").headers["x-by"] == "get"


@pytest.mark.parametrize("view", [Nothing])
def test_view_without_handlers_is_refused(view: Any) -> None:
    with pytest.raises(RouteError) as caught:
        find_handlers(view, None)
    assert str(caught.value) == (
        f"view `Nothing` ({locate(Nothing)}) has no handler: expected async methods named after "
        "HTTP methods, such as `get` and `post`, or `handle`"
    )


def test_object_that_is_no_view_is_refused() -> None:
    with pytest.raises(ExpectedAsync, match=r"is not async. Expected an `async def` function"):
        find_handlers(Nothing(), None)


def test_method_that_the_view_does_not_define_is_refused() -> None:
    with pytest.raises(RouteError) as caught:
        find_handlers(Todos, ("GET", "DELETE"))
    assert str(caught.value) == (
        f"view `Todos` ({locate(Todos)}) does not define `delete`, which the route's methods "
        "name: it answers GET, POST"
    )


def test_handler_that_is_not_async_is_refused() -> None:
    with pytest.raises(ExpectedAsync) as caught:
        find_handlers(Sync, None)
    assert str(caught.value) == (
        f"view `get` ({locate(Sync.get)}) is not async. Did you mean `async def get`?"
    )


def test_class_that_needs_arguments_is_refused() -> None:
    with pytest.raises(RouteError) as caught:
        find_handlers(NeedsMore, None)
    assert str(caught.value) == (
        f"view `NeedsMore` ({locate(NeedsMore)}) cannot be instantiated: missing a required "
        "argument: 'database'. A class is called without arguments when it is registered; "
        "register an object instead."
    )


def test_every_handler_must_take_the_parameters_of_the_route() -> None:
    with pytest.raises(RouteError, match=r"view `get` .* does not take the route parameter `pk`"):
        App().route("/{pk}")(Todos)
