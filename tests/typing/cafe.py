"""A site as users write it, with what `configure` turns on: it must pass `mypy --strict`."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from http import HTTPMethod
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

from msgspec import Meta, Struct
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from bocadillo import (
    App,
    HTTPError,
    Middleware,
    Redirect,
    Request,
    Response,
    Router,
    SettingsError,
    Templates,
    configure,
    create_client,
    hooks,
    server_event,
    settings,
    static,
)
from bocadillo.constants import DEFAULT_CORS_CONFIG
from bocadillo.error_handlers import error_to_html, error_to_json, error_to_text
from bocadillo.errors import ProviderError, RouteError
from bocadillo.plugins import use_allowed_hosts, use_sessions
from bocadillo.requests import UploadFile
from bocadillo.sessions import Session, SessionError
from bocadillo.sse import ServerEvent
from bocadillo.utils import override_env, safe_filename

HERE = Path(__file__).parent


# Bodies: what a view can be given.


class Order(Struct, tag=True, kw_only=True):
    dish: Annotated[str, Meta(min_length=1)]
    count: Annotated[int, Meta(ge=1)] = 1


@dataclass
class Table:
    number: int
    day: date


class Wish(TypedDict):
    text: str


class Guest(BaseModel):
    name: str


class Course(Enum):
    STARTER = "starter"
    MAIN = "main"


# Plugins, conditions and settings.


def use_clock(app: App) -> None:
    app.add_middleware(Clock, zone=app.settings.get("ZONE", "UTC"))
    limit: int = app.settings.MAX_BODY_SIZE
    if "CLOSED" in app.settings and limit > 0:
        raise SettingsError("closed")


def use_journal(app: App) -> App:
    app.add_middleware(Journal, path=HERE / "journal")
    return app


class Clock(Middleware):
    def __init__(self, inner: Any, *, zone: str) -> None:
        super().__init__(inner, zone=zone)
        self.zone = zone

    async def before_dispatch(self, req: Request, res: Response) -> Response | None:
        if req.headers.get("x-zone") == self.zone:
            res.status_code = 204
            return res
        return None


class Silent(Middleware):
    async def before_dispatch(self, req: Request, res: Response) -> None:
        res.headers.setdefault("x-silent", "1")

    async def after_dispatch(self, req: Request, res: Response) -> Response:
        return res


class Journal:
    def __init__(self, app: ASGIApp, path: Path) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Settings:
    DEBUG = os.environ.get("DEBUG") == "1"
    SECRET_KEY = ("a new key of 32 bytes or more, here", "an old key of 32 bytes or more, too")


app = configure(
    App("cafe"),
    Settings,
    allowed_hosts=["cafe.example"],
    cors={**DEFAULT_CORS_CONFIG, "allow_origins": ["https://app.cafe.example"]},
    compression=["gzip"],
    hsts={"max_age": 3600},
    sessions={"max_age": None},
    static_dir=HERE / "static",
    plugins=[use_clock, {use_journal: lambda settings: settings.DEBUG, use_sessions: False}],
)
use_allowed_hosts(app)
app.add_middleware(Silent)
templates = Templates(HERE / "templates", {"title": "Café"}, app=app)
templates.context["year"] = 2026
templates.directory = [HERE / "templates", "more"]


def euros(price: Decimal) -> str:
    return f"{price} €"


templates.filters["euros"] = euros


# Views of every kind.


@app.route("/")
async def index(req: Request, res: Response) -> None:
    visits: int = req.session.get("visits", 0)
    req.session["visits"] = visits + 1
    res.html = await templates.render("index.html", {"visits": visits}, debug=settings.DEBUG)
    res.html = templates.render_sync("index.html", visits=visits)
    res.html = templates.render_string("{{ visits }}", visits=visits)


@app.route("/menu/{pk}", name="menu")
async def menu(
    req: Request,
    res: Response,
    pk: UUID,
    course: Course | None = None,
    order_by: Literal["name", "price"] = "name",
    tags: tuple[str, ...] = (),
    price: Decimal = Decimal(10),
    most: Annotated[float, Meta(le=100)] = 10,
    since: datetime | None = None,
) -> None:
    here: str = req.url_for("menu", pk=pk)
    there: str = app.url_for("menu", pk=pk)
    res.json = {"here": here, "there": there, "course": course, "tags": tags, "most": most}


class Base:
    async def get(self, req: Request, res: Response) -> None:
        res.json = [Order(dish="soup"), Table(1, date(2026, 11, 24)), Guest(name="Ada")]


@app.route("/orders")
class Orders(Base):
    async def post(self, req: Request, res: Response, order: Order) -> None:
        res.status_code = 201
        res.json = order

    async def put(self, req: Request, res: Response, table: Table) -> None:
        res.json = {"day": table.day}

    async def patch(self, req: Request, res: Response, wish: Wish, guest: str = "") -> None:
        res.text = wish["text"]

    async def delete(self, req: Request, res: Response) -> None:
        guest: Guest = await req.json(Guest)
        either: Order | Table = await req.json(Order | Table)
        res.json = [guest, either]


@app.route("/login", methods=[HTTPMethod.POST])
async def login(req: Request, res: Response) -> None:
    form = await req.form(max_files=1)
    photo = form.get("photo")
    if isinstance(photo, UploadFile):
        name: str = photo.safe_filename
        res.headers["x-name"] = safe_filename(photo.filename or name)
    session: Session = req.session
    session.rotate()
    session["since"] = session.issued_at.isoformat()
    raise Redirect(req.url_for("index"), permanent=False, external=False)


async def allow(
    req: Request, res: Response, params: MutableMapping[str, Any], role: str, *, status: int = 403
) -> None:
    if params.get("role") != role:
        raise HTTPError(status, headers={"x-role": role})


@app.route("/export")
@hooks.before(allow, "cook", status=404)
async def export(req: Request, res: Response, lines: int = 10) -> None:
    res.attachment = "menu.txt"
    res.headers.setdefault("cache-control", "no-transform")

    @res.stream
    async def write() -> AsyncIterator[bytes | str]:
        for number in range(lines):
            yield f"{number}\n"
            yield b"-\n"

    @res.event_stream
    async def tell_of_lines() -> AsyncIterator[ServerEvent]:
        yield server_event("line", json={"number": 1}, id=1, retry=500)

    @res.event_stream(ping=None, raise_on_disconnect=True)
    async def tell_in_text() -> AsyncIterator[str | bytes]:
        yield server_event(data="line", id="a", comment="b")
        yield b"data: line\n\n"

    @res.background
    def count() -> int:
        return lines

    res.background(count)
    res.background(tell, "cook", lines=lines)


async def tell(who: str, *, lines: int) -> None:
    print(who, lines)


@app.route("/photo")
async def photo(req: Request, res: Response) -> None:
    await res.file(HERE / "photo.png", attach=True)
    res.chunked = True


# Decorators, routers, mounts and handlers.

View = Callable[..., Awaitable[None]]


def twice(view: View) -> View:
    async def both(req: Request, res: Response, **params: Any) -> None:
        await view(req, res, **params)
        await view(req, res, **params)

    return both


inner, outer = Router(), Router()


@inner.route("/twice")
@twice
async def ring(req: Request, res: Response) -> None:
    res.headers.append("x-ring", "1")


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"old"]


inner.mount("old", wsgi)
outer.include_router(inner, prefix="/inner")
app.include_router(outer, "/outer")
app.mount("fonts", static(HERE / "fonts", max_age=60, html=True), name="fonts")
app.add_error_handler(HTTPError, error_to_text)


@app.error_handler(HTTPError)
async def answer(req: Request, res: Response, exc: HTTPError) -> None:
    title: str = exc.title
    handler = error_to_json if title.startswith("4") else error_to_html
    await handler(req, res, exc)


@app.error_handler(Exception)
async def answer_all(req: Request, res: Response, exc: Exception) -> None:
    res.text = type(exc).__name__


def test_it_starts() -> None:
    with override_env("DEBUG", None), create_client(app, base_url="https://cafe.example") as client:
        assert client.get("/orders").status_code == 200


def explain(error: Exception) -> str:
    if isinstance(error, ProviderError | RouteError | SessionError):
        return str(error)
    return ""
