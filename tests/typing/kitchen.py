"""Providers as users write them: it must pass `mypy --strict`."""

from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Protocol, assert_type

from bocadillo import (
    App,
    LiveServer,
    Request,
    Response,
    Router,
    configure,
    create_client,
    discover_providers,
    hooks,
    provider,
    useprovider,
)
from bocadillo.errors import ProviderError

app = App()
router = Router()


class Connection(Protocol):
    async def execute(self, sql: str) -> list[str]: ...


class Session:
    async def execute(self, sql: str) -> list[str]:
        return [sql]


class Pool:
    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Connection]:
        yield Session()

    async def aclose(self) -> None: ...


# A provider keeps the type of its function, whatever its kind and its options.


@provider
def lang(req: Request) -> str:
    return req.headers.get("accept-language", "en")


@provider(scope="app")
async def pool() -> AsyncIterator[Pool]:
    opened = Pool()
    yield opened
    await opened.aclose()


@provider()
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.borrow() as borrowed:
        yield borrowed


@app.provider
async def dishes(connection: Connection, lang: str, res: Response) -> list[str]:
    res.headers["content-language"] = lang
    return await connection.execute("SELECT name FROM dishes")


@app.provider(name="cook", lazy=True)
async def find_cook(connection: Connection) -> str:
    return (await connection.execute("SELECT name FROM cooks"))[0]


@app.provider(autouse=True)
def timed() -> Iterator[None]:
    yield


async def call_them(req: Request, opened: Connection) -> None:
    assert_type(lang(req), str)
    assert_type(pool(), AsyncIterator[Pool])
    assert_type(connection(pool=Pool()), AsyncIterator[Connection])
    assert_type(await find_cook(opened), str)
    assert_type(timed(), Iterator[None])


# Views ask by name, or say which function they mean.

Dishes = Annotated[list[str], dishes]


@app.route("/dishes/{number}")
async def show(
    req: Request, res: Response, number: int, dishes: list[str], cook: Awaitable[str]
) -> None:
    res.json = {"dish": dishes[number], "cook": await cook}


@app.route("/menu")
async def menu(
    req: Request, res: Response, today: Dishes, mine: Annotated[str, lang], page: int = 1
) -> None:
    res.json = {mine: today[page:]}


@router.route("/orders")
@useprovider("connection", dishes)
class Orders:
    @useprovider(find_cook)
    async def post(self, req: Request, res: Response) -> None:
        res.status_code = 201


# So do hooks, error handlers and background tasks.


async def allow(
    req: Request, res: Response, params: dict[str, Any], role: str, *, lang: str
) -> None:
    res.headers["x-role"] = f"{role}-{lang}"


@app.error_handler(LookupError)
async def on_missing(req: Request, res: Response, exc: LookupError, lang: str) -> None:
    res.text = lang


@app.route("/kitchen")
@hooks.before(allow, "cook")
async def kitchen(req: Request, res: Response) -> None:
    @res.background
    async def log(lang: str) -> None: ...


# Tests put something else in their place.


def fake_pool() -> Iterator[Pool]:
    yield Pool()


async def fake_cook(lang: str) -> str:
    return lang


def test_kitchen() -> None:
    others: Mapping[str, Any] = {"pool": fake_pool, "cook": fake_cook, "lang": "es"}
    with create_client(app, providers=others, base_url="http://kitchen") as client:
        status: int = client.get("/kitchen").status_code
    with app.override_providers(pool=fake_pool, lang="es", cook=lambda: "Ada"):
        create_client(app).get(f"/dishes/{status}")
    with LiveServer(app.with_providers(dishes=["soup"])) as server:
        print(server.url("/menu"))
    try:
        discover_providers("kitchen.stores", "kitchen.people")
        configure(app, provider_modules=["kitchen.stores"])
    except ProviderError as error:
        print(error)
