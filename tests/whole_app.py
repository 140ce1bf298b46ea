"""An application that has everything on, and hands what a client sends to all that can be misused.

Its views are as trusting as the framework allows: what the client says becomes a redirect, a
header, a cookie, the name of a download, a page. A view catches the `ValueError` of the very line
that sets such a thing, which shows that it is refused there.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pydantic

from bocadillo import (
    App,
    HTTPError,
    Middleware,
    Redirect,
    Request,
    Response,
    Router,
    Templates,
    configure,
    server_event,
)
from bocadillo.error_handlers import error_to_html, error_to_text
from bocadillo.requests import UploadFile

__all__ = ["KEY", "SECRET", "TEXT", "make_site", "make_whole_app"]

KEY = "a key of the tests, which is long enough"
SECRET = b"the secret of another folder"
TEXT = b"0123456789" * 10


class Todo(msgspec.Struct):
    title: str
    count: int = 0


class Model(pydantic.BaseModel):
    title: str
    price: float = 0.0


class Noting(Middleware):
    """Look at each request and response, so that no answer can be prepared."""

    async def before_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-noted"] = "yes"

    async def after_dispatch(self, req: Request, res: Response) -> None:
        res.headers["x-noted"] = "twice"


def make_site(root: Path) -> Path:
    """Write the files of the application, and beside them those that it must not show."""
    site = root / "site"
    for folder in ("static", "static/folder", "templates"):
        (site / folder).mkdir(parents=True)
    (root / "secret.txt").write_bytes(SECRET)
    (site / "static" / ".hidden").write_bytes(SECRET)
    (site / "static" / "link").symlink_to(root)
    (site / "static" / "a.txt").write_bytes(TEXT)
    (site / "static" / "folder" / "b.txt").write_bytes(TEXT)
    (site / "templates" / "page.html.jinja").write_text("<!doctype html><p title='{{ q }}'>{{ q }}")
    return site


def make_whole_app(site: Path, smuggled: list[str], *, is_noting: bool = True) -> App:
    """Make the application.

    Args:
        site: what `make_site` returned.
        smuggled: gets the paths of requests that were hidden in others.
        is_noting: whether it has HTTP middleware.
    """
    app = App()
    configure(
        app,
        SESSIONS={"secret_key": KEY},
        CORS={
            "allow_origins": ["https://friend.example"],
            "allow_credentials": True,
            "allow_methods": ["GET", "POST"],
        },
        GZIP=True,
        STATIC_DIR=site / "static",
        BODY_TIMEOUT=0.3,
    )
    if is_noting:
        app.add_middleware(Noting)
    for add in (
        add_paths,
        add_converted,
        add_methods,
        add_bodies,
        add_outputs,
        add_streams,
        add_sessions,
    ):
        add(app)
    add_files(app, site)
    add_mounts(app)

    @app.route("/smuggled", methods=all)
    async def smuggle(req: Request, res: Response) -> None:
        smuggled.append(str(req.url))

    return app


@contextmanager
def refusing() -> Iterator[None]:
    """Tell the client why what it said cannot be set."""
    try:
        yield
    except ValueError as error:
        raise HTTPError(400, f"refused: {error}") from None


def add_paths(app: App) -> None:
    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    @app.route("/admin")
    async def admin(req: Request, res: Response) -> None:
        res.text = "admin"

    @app.route("/address")
    async def address(req: Request, res: Response) -> None:
        res.json = [str(req.url), str(req.base_url)]

    @app.route("/v1.0/a+b")
    async def literal(req: Request, res: Response) -> None:
        res.text = "literal"

    @app.route("/names/{name}")
    async def names(req: Request, res: Response, name: str) -> None:
        res.text = name

    @app.route("/{kind}-{pk}.json")
    async def parts(req: Request, res: Response, kind: str, pk: str) -> None:
        res.json = [kind, pk]

    @app.route("/slashed/{name}/")
    async def slashed(req: Request, res: Response, name: str) -> None:
        res.text = name

    @app.route("/tail/{rest:path}")
    async def tail(req: Request, res: Response, rest: str) -> None:
        res.json = rest


def add_converted(app: App) -> None:
    @app.route("/items/{pk}")
    async def item(req: Request, res: Response, pk: int, page: int = 1) -> None:
        res.json = [pk, page]

    @app.route("/ages/{age}")
    async def ages(
        req: Request, res: Response, age: Annotated[int, msgspec.Meta(ge=0)], n: list[int] = [],  # noqa: B006 - a default as users write it
    ) -> None:  # fmt: skip
        res.json = [age, n]

    @app.route("/rates/{rate}")
    async def rates(req: Request, res: Response, rate: float) -> None:
        res.json = rate


class Things:
    """A view whose attributes are not all handlers."""

    secret = "secret"

    async def get(self, req: Request, res: Response) -> None:
        res.text = "got"

    async def delete(self, req: Request, res: Response) -> None:
        res.text = "deleted"

    async def helper(self, req: Request, res: Response) -> None:
        res.text = "secret"


def add_methods(app: App) -> None:
    app.route("/things")(Things)

    @app.route("/every", methods=all)
    async def every(req: Request, res: Response) -> None:
        res.text = req.method


def add_bodies(app: App) -> None:
    @app.route("/json", methods=["POST"])
    async def as_json(req: Request, res: Response) -> None:
        res.json = await req.json()

    @app.route("/todos", methods=["POST"])
    async def todos(req: Request, res: Response, todo: Todo) -> None:
        res.json = todo

    @app.route("/models", methods=["POST"])
    async def models(req: Request, res: Response, model: Model) -> None:
        res.json = model

    @app.route("/size", methods=["POST", "PUT"])
    async def size(req: Request, res: Response) -> None:
        res.json = len(await req.body())

    @app.route("/pieces", methods=["POST"])
    async def pieces(req: Request, res: Response) -> None:
        res.json = sum([len(chunk) async for chunk in req])

    @app.route("/form", methods=["POST"])
    async def form(req: Request, res: Response) -> None:
        found: list[Any] = []
        for name, value in (await req.form()).multi_items():
            if isinstance(value, UploadFile):
                found.append([name, value.safe_filename, len(await value.read())])
            else:
                found.append([name, value])
        res.json = found


def add_outputs(app: App) -> None:
    @app.route("/redirect")
    async def redirect(req: Request, res: Response, to: str = "/") -> None:
        with refusing():
            res.redirect(to)

    @app.route("/leave")
    async def leave(req: Request, res: Response, to: str = "/") -> None:
        with refusing():
            raise Redirect(to)

    @app.route("/download")
    async def download(req: Request, res: Response, name: str = "a.txt") -> None:
        res.content = b"data"
        res.attachment = name

    @app.route("/header")
    async def header(req: Request, res: Response, name: str = "x-a", value: str = "b") -> None:
        with refusing():
            res.headers[name] = value

    @app.route("/cookie")
    async def cookie(
        req: Request, res: Response, name: str = "a", value: str = "b", path: str = "/",
        domain: str = "shop",
    ) -> None:  # fmt: skip
        with refusing():
            res.set_cookie(name, value, path=path, domain=domain)

    @app.route("/cookies")
    async def cookies(req: Request, res: Response) -> None:
        res.json = req.cookies

    @app.route("/last")
    async def last(req: Request, res: Response) -> None:
        res.json = req.last_event_id

    @app.route("/error")
    async def error(req: Request, res: Response, detail: str = "") -> None:
        raise HTTPError(400, detail)


def add_streams(app: App) -> None:
    @app.route("/stream")
    async def stream(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "one, "
            yield "two"

    @app.route("/events")
    async def events(req: Request, res: Response, data: str = "") -> None:
        @res.event_stream
        async def echo() -> AsyncGenerator[str, None]:
            yield server_event("echo", data=data, comment=data, id=req.last_event_id or "")
            yield server_event(json=data)

    @app.route("/endless")
    async def endless(req: Request, res: Response) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[bytes, None]:
            while True:
                yield b"x" * 1000


def add_sessions(app: App) -> None:
    @app.route("/login", methods=["POST"])
    async def login(req: Request, res: Response, user: str = "ada") -> None:
        if len(user) > 100:
            raise HTTPError(400, "a long name")
        req.session.rotate()
        req.session["user"] = user
        res.text = "welcome"

    @app.route("/me")
    async def me(req: Request, res: Response) -> None:
        res.json = req.session.get("user")


def add_files(app: App, site: Path) -> None:
    templates = Templates(site / "templates")

    @app.route("/file")
    async def file(req: Request, res: Response) -> None:
        await res.file(site / "static" / "a.txt")

    @app.route("/page")
    async def page(req: Request, res: Response, q: str = "") -> None:
        res.html = await templates.render("page.html.jinja", q=q)


def make_failing(handler: Any) -> App:
    app = App()
    app.add_error_handler(HTTPError, handler)

    @app.route("/{detail}")
    async def fail(req: Request, res: Response, detail: str) -> None:
        raise HTTPError(400, detail)

    return app


def add_mounts(app: App) -> None:
    router = Router()

    @router.route("/about")
    async def about(req: Request, res: Response, tenant: str) -> None:
        res.text = tenant

    app.include_router(router, "/tenants/{tenant}")
    app.mount("/html", make_failing(error_to_html))
    app.mount("/text", make_failing(error_to_text))
    app.mount("/wsgi", serve_wsgi)
    app.mount("/asgi/{site}", serve_asgi)


def serve_wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("content-type", "application/octet-stream")])
    if environ["PATH_INFO"] == "/user":
        return [environ.get("HTTP_X_USER", "nobody").encode()]
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [environ["PATH_INFO"].encode("latin-1")]


async def serve_asgi(scope: Any, receive: Any, send: Any) -> None:
    body = f"{scope['root_path']} {scope['path']}".encode("utf-8", "replace")
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
