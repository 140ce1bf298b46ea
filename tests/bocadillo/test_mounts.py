import functools
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bocadillo import App, Request, Response, create_client
from bocadillo._mounts import adapt, mount_pattern
from bocadillo.views import locate
from tests.bocadillo.calls import call, nothing


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Tell what a mounted application gets."""
    told = {name: scope.get(name) for name in ("path", "root_path", "path_params")}
    await JSONResponse(told)(scope, receive, send)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/admin", "/admin/{path:path}"),
        ("admin", "/admin/{path:path}"),
        ("/admin/", "/admin/{path:path}"),
        ("/a/b", "/a/b/{path:path}"),
        ("/{tenant}/admin", "/{tenant}/admin/{path:path}"),
        ("", "/{path:path}"),
        ("/", "/{path:path}"),
    ],
)
def test_prefix_is_a_pattern_with_or_without_its_slashes(prefix: str, expected: str) -> None:
    assert mount_pattern(prefix).text == expected


def test_wrong_prefix_is_refused() -> None:
    with pytest.raises(TypeError, match="expected the prefix of a mount as str, got 3"):
        mount_pattern(3)  # type: ignore[arg-type] # the mistake under test
    with pytest.raises(ValueError, match="duplicate parameter name 'path'"):
        App().mount("/{path}", tell)


@pytest.mark.parametrize(
    ("prefix", "path", "root", "expected"),
    [
        ("/x", "/x/", "", ("/x/", "/x", {})),
        ("/x", "/x/a/b", "", ("/x/a/b", "/x", {})),
        ("/x", "/x//a", "", ("/x//a", "/x", {})),
        ("/", "/a", "", ("/a", "", {})),
        ("/{tenant}", "/joe/a", "", ("/joe/a", "/joe", {"tenant": "joe"})),
        ("/a-{}/{b}", "/a-1/2/a", "", ("/a-1/2/a", "/a-1/2", {"b": "2"})),
        ("/x", "/api/x/a", "/api", ("/api/x/a", "/api/x", {})),
        ("/x", "/x/a", "/api", ("/api/x/a", "/api/x", {})),
        ("/x", "/api/x/a", "/api/", ("/api/x/a", "/api/x", {})),
        ("/", "/api/a", "/api", ("/api/a", "/api", {})),
    ],
)
async def test_mounted_application_gets_prefix_and_path_as_asgi_has_it(
    prefix: str, path: str, root: str, expected: tuple[str, str, dict[str, str]]
) -> None:
    app = App()
    app.mount(prefix, tell)
    _, body = await call(app, "GET", path, root_path=root)
    names = ("path", "root_path", "path_params")
    assert body["body"] == JSONResponse(dict(zip(names, expected, strict=True))).body


def make_inner() -> App:
    inner = App()

    @inner.route("/")
    async def index(req: Request, res: Response) -> None:
        res.json = [req.url_for("show", pk="a b"), req.path_params]

    @inner.route("/{pk}")
    async def show(req: Request, res: Response, **params: str) -> None:
        res.json = [req.url_for("index"), req.path_params, params]

    @inner.route("/deep/dir/")
    async def directory(req: Request, res: Response) -> None:
        raise NotImplementedError

    return inner


def test_applications_are_mounted_in_applications() -> None:
    outer, middle = App(), App()
    middle.mount("/{b}/in", make_inner())
    outer.mount("/out/{a}", middle)
    client = create_client(outer, follow_redirects=False)
    params = {"a": "1", "b": "é"}
    assert client.get("/out/1/%C3%A9/in/").json() == [
        "/out/1/%C3%A9/in/a%20b",
        params,
    ]
    assert client.get("/out/1/%C3%A9/in/x").json() == [
        "/out/1/%C3%A9/in/",
        {**params, "pk": "x"},
        {"pk": "x"},
    ]
    for path in ("/out/1", "/out/1/é/in", "/out/1/é/in/deep/dir"):
        answer = client.get(f"{path}?q=1")
        assert answer.status_code == 302
        assert answer.headers["location"] == f"{path}/?q=1".replace("é", "%C3%A9")
    assert client.get("/out/1/none").status_code == 404
    assert client.put("/out/1/x/in/").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.head("/out/1/x/in/x").content == b""
    assert client.options("/out/1/x/in/x").status_code == 204


def test_application_of_starlette_is_mounted() -> None:
    async def show(request: Any) -> JSONResponse:
        url = request.url_for("show", name="y")
        return JSONResponse([request.path_params, url.path])

    app = App()
    app.mount("/star/{a}", Starlette(routes=[Route("/{name}", show, name="show")]))
    client = create_client(app)
    assert client.get("/star/1/x").json() == [{"a": "1", "name": "x"}, "/star/1/y"]
    assert client.get("/star/1/x/y").status_code == 404


def test_mount_stands_in_the_order_of_registration() -> None:
    app = App()

    @app.route("/x/before")
    async def before(req: Request, res: Response) -> None:
        res.text = "before"

    app.mount("/x", tell)

    @app.route("/x/after")
    async def after(req: Request, res: Response) -> None:
        raise NotImplementedError

    client = create_client(app)
    with pytest.warns(RuntimeWarning, match="GET /x/after is never reached: mount /x comes first"):
        assert client.get("/x/before").text == "before"
    assert client.post("/x/before").status_code == 405
    assert client.get("/x/after").json()["root_path"] == "/x"
    assert client.request("BREW", "/x/y").status_code == 200


async def test_error_of_a_mounted_application_is_its_own_and_nothing_is_tried_again() -> None:
    app = App()
    calls = []

    async def fail(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope["path"])
        raise TypeError("mine")

    app.mount("/x", fail)
    with pytest.raises(TypeError, match="mine"):
        await call(app, "GET", "/x/")
    assert calls == ["/x/"]


class Asgi:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise NotImplementedError

    async def method(self, scope: Any, receive: Any, send: Any, more: int = 1) -> None:
        raise NotImplementedError


class AnyAsgi:
    async def __call__(self, *args: Any) -> None:
        raise NotImplementedError


class Wsgi:
    def __call__(self, environ: Any, start_response: Any) -> Any:
        raise NotImplementedError


async def any_asgi(*args: Any, **kwargs: Any) -> None:
    raise NotImplementedError


async def with_more(more: int, scope: Any, receive: Any, send: Any, *, option: int = 1) -> None:
    raise NotImplementedError


def simple_wsgi(environ: Any, start_response: Any, option: int = 1) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    "app",
    [
        tell,
        Asgi(),
        Asgi().method,
        AnyAsgi(),
        any_asgi,
        App(),
        Starlette(),
        functools.partial(with_more, 1),
    ],
)
def test_application_of_asgi_is_itself(app: Any) -> None:
    assert adapt(app) is app


@pytest.mark.parametrize("app", [simple_wsgi, Wsgi(), Wsgi().__call__])
def test_application_of_wsgi_is_wrapped(app: Any) -> None:
    assert adapt(app) is not app


class Asgi2:
    def __init__(self, scope: Any) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    "app", [3, "app:app", None, Asgi2, Asgi, lambda scope: None, lambda *args: None, dict, iter]
)
def test_what_is_neither_is_refused(app: Any) -> None:
    with pytest.raises(TypeError) as caught:
        App().mount("/x", app)
    assert str(caught.value) == (
        f"cannot mount {app!r} ({locate(app)}): expected an ASGI application, called with "
        "(scope, receive, send), or a WSGI application, called with (environ, start_response)"
    )


async def test_websocket_reaches_the_application_that_is_mounted() -> None:
    outer, middle = App(), App()
    seen: list[Any] = []

    async def talk(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["type"], scope["path"], scope["root_path"], scope["path_params"]))

    middle.mount("/in", talk)
    outer.mount("/{a}", middle)
    scope = {"type": "websocket", "path": "/1/in/chat"}
    await outer(scope, nothing, nothing)
    assert seen == [("websocket", "/1/in/chat", "/1/in", {"a": "1"})]
