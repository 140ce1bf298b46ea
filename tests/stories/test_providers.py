"""Providers, as applications use them: what they provide to whom, and when they clean up."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from bocadillo import (
    App,
    HTTPError,
    Request,
    Response,
    create_client,
    discover_providers,
    hooks,
    provider,
    useprovider,
)
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider
from tests.bocadillo.calls import call, make_scope

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


async def sent_by(app: App, path: str = "/", method: str = "GET", **changes: Any) -> Any:
    """Call an application, tell in the log when it sends, and return the body."""

    def tell(message: Any) -> None:
        log.append(message["type"].rpartition(".")[2])

    sent = await call(app, method, path, fail=tell, **changes)
    return b"".join(message.get("body", b"") for message in sent).decode()


def add_tracked(app: App, *names: str, **options: Any) -> None:
    """Declare async providers that tell when they are set up and cleaned up, and of errors."""

    def add(name: str) -> None:
        async def tracked() -> AsyncIterator[str]:
            log.append(f"+{name}")
            try:
                yield name
            except BaseException as error:
                log.append(f"{name} saw {error!r}")
                raise
            finally:
                log.append(f"-{name}")

        app.provider(name=name, **options)(tracked)

    for name in names:
        add(name)


# What can be a provider


async def test_provider_is_a_function_or_a_generator_async_or_not() -> None:
    app = App()

    @app.provider
    def a() -> int:
        return 1

    @app.provider
    async def b() -> int:
        return 2

    @app.provider
    def c() -> Iterator[int]:
        yield 3

    @app.provider
    async def d() -> AsyncIterator[int]:
        yield 4

    @app.route("/")
    async def view(req: Request, res: Response, a: int, b: int, c: int, d: int) -> None:
        res.json = [a, b, c, d]

    assert await sent_by(app) == "[1,2,3,4]"


async def test_provider_may_ask_for_others_in_any_order_and_for_the_request_and_response() -> None:
    app = App()

    @app.provider
    def user(token: str, res: Response) -> str:
        res.headers["x-user"] = token.upper()
        return token.upper()

    @app.provider
    def token(req: Request) -> str:
        return req.headers["authorization"]

    @app.route("/")
    async def view(req: Request, res: Response, user: str) -> None:
        res.text = f"{user} {res.headers['x-user']}"

    headers = [(b"host", b"a"), (b"authorization", b"token")]
    assert await sent_by(app, headers=headers) == "TOKEN TOKEN"


async def test_value_is_computed_once_for_a_request_however_many_use_it() -> None:
    app = App()

    @app.provider
    def number() -> object:
        log.append("number")
        return object()

    @app.provider
    def double(number: object) -> list[object]:
        return [number, number]

    async def check(req: Request, res: Response, params: dict[str, Any], number: object) -> None:
        assert params["number"] is number

    @app.route("/")
    @hooks.before(check)
    async def view(req: Request, res: Response, number: object, double: list[object]) -> None:
        assert double == [number, number]

    for times in (1, 2):
        assert await sent_by(app) == ""
        assert log.count("number") == times


async def test_name_may_be_given_and_may_differ_from_that_of_the_function() -> None:
    app = App()

    @app.provider(name="number")
    def make_number() -> int:
        return 1

    @app.route("/")
    async def view(req: Request, res: Response, number: int) -> None:
        res.json = number

    assert await sent_by(app) == "1"


async def test_application_has_providers_of_its_own_which_shadow_the_shared_ones(
    shared_providers: dict[str, Provider],
) -> None:
    @provider
    def word() -> str:
        return "shared"

    own, other = App(), App()

    @own.provider(name="word")
    def own_word() -> str:
        return "own"

    for app, expected in ((own, "own"), (other, "shared")):

        @app.route("/")
        async def view(req: Request, res: Response, word: str) -> None:
            res.text = word

        assert await sent_by(app) == expected


async def test_annotation_may_name_the_provider_whatever_the_parameter_is_called() -> None:
    app = App()

    @app.provider
    def database() -> str:
        return "db"

    @app.provider
    def users(connection: Annotated[str, database]) -> str:
        return f"users of {connection}"

    @app.route("/{pk}")
    async def view(
        req: Request,
        res: Response,
        pk: int,
        db: Annotated[str, database],
        people: Annotated[str, users],
    ) -> None:
        res.text = f"{pk} {db} {people}"

    assert await sent_by(app, "/3") == "3 db users of db"
    with app.override_providers(database="fake"):
        assert await sent_by(app, "/3") == "3 fake users of fake"


async def test_function_may_be_a_provider_of_several_applications() -> None:
    def number() -> object:
        log.append("number")
        return object()

    def make_app() -> App:
        app = App()
        app.provider(number)

        @app.route("/")
        async def view(
            req: Request, res: Response, number: object, same: Annotated[object, number]
        ) -> None:
            res.json = number is same

        return app

    for app in [make_app(), make_app()]:
        log.clear()
        assert await sent_by(app) == "true"
        assert log.count("number") == 1


async def test_parameter_with_a_default_is_given_what_a_provider_of_its_name_provides() -> None:
    app = App()

    @app.provider
    def size(limit: int = 5) -> int:
        return limit

    @app.route("/")
    async def view(req: Request, res: Response, size: int = 3, page: int = 1) -> None:
        res.json = [size, page]

    assert await sent_by(app, query_string=b"size=9&page=2&limit=8") == "[5,2]"


# Who gets it


async def test_methods_of_a_class_get_what_they_ask_for() -> None:
    app = App()
    add_tracked(app, "db", "audit", "log")

    @app.route("/")
    @useprovider("audit")
    class Page:
        async def get(self, req: Request, res: Response, db: str) -> None:
            res.text = db

        @useprovider("log")
        async def post(self, req: Request, res: Response) -> None:
            res.text = "posted"

    assert await sent_by(app) == "db"
    assert log == ["+audit", "+db", "-db", "-audit", "start", "body"]
    log.clear()
    assert await sent_by(app, method="POST") == "posted"
    assert log[:4] == ["+audit", "+log", "-log", "-audit"]


async def test_use_of_a_provider_sets_it_up_without_passing_its_value() -> None:
    app = App()
    add_tracked(app, "a", "b", "c")

    @app.provider
    def d() -> None:
        log.append("d")

    @app.route("/")
    @useprovider("a", d)
    @useprovider("b")
    async def view(req: Request, res: Response, c: str) -> None:
        log.append(f"view {c}")

    await sent_by(app)
    assert log == ["+a", "d", "+b", "+c", "view c", "-c", "-b", "-a", "start", "body"]


async def test_provider_of_every_view_is_set_up_first_whether_it_is_asked_for_or_not() -> None:
    app = App()
    add_tracked(app, "db")
    add_tracked(app, "trace", autouse=True)

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        log.append("view")

    @app.route("/db")
    async def other(req: Request, res: Response, db: str, trace: str) -> None:
        log.append(f"other {trace}")

    await sent_by(app)
    assert log[:3] == ["+trace", "view", "-trace"]
    log.clear()
    await sent_by(app, "/db")
    assert log[:5] == ["+trace", "+db", "other trace", "-db", "-trace"]
    log.clear()
    await sent_by(app, "/nowhere")
    assert log == ["start", "body"]


async def test_hooks_get_what_they_ask_for_beside_their_arguments() -> None:
    app = App()
    add_tracked(app, "users")

    async def check(
        req: Request, res: Response, params: dict[str, Any], role: str, *, users: str, mode: str
    ) -> None:
        log.append(f"{role} {users} {mode}")

    class Count:
        async def __call__(
            self, req: Request, res: Response, params: dict[str, Any], users: str
        ) -> None:
            log.append(f"count {users}")

    @app.route("/")
    @hooks.before(check, "admin", mode="strict")
    @hooks.after(Count())
    async def view(req: Request, res: Response) -> None:
        log.append("view")

    await sent_by(app)
    assert log[:5] == ["+users", "admin users strict", "view", "count users", "-users"]


async def test_error_handlers_get_what_they_ask_for_set_up_for_them_alone() -> None:
    app = App()
    add_tracked(app, "db")

    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError, db: str) -> None:
        log.append(f"handler {db}")
        res.status_code = exc.status_code

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        raise HTTPError(409)

    await sent_by(app)
    error = repr(HTTPError(409))
    seen = ["+db", f"db saw {error}", "-db", "+db", "handler db", "-db", "start", "body"]
    assert log == seen
    log.clear()
    await sent_by(app, "/nowhere")
    assert log == ["+db", "handler db", "-db", "start", "body"]


async def test_background_tasks_get_what_they_ask_for_set_up_for_each_of_them() -> None:
    app = App()
    add_tracked(app, "db")
    here = threading.current_thread()

    @app.provider
    def path(req: Request, res: Response) -> str:
        return f"{req.url.path} {res.status_code}"

    def work(word: str, db: str) -> None:
        log.append(f"{word} {db} {threading.current_thread() is here}")

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        res.status_code = 202
        res.background(work, "first")
        res.background(work, "second", db="given")

        @res.background
        async def last(path: str) -> None:
            log.append(path)

    await sent_by(app)
    assert log == [
        "+db",
        "-db",
        "start",
        "body",
        "+db",
        "first db False",
        "-db",
        "second given False",
        "/ 202",
    ]


async def test_background_task_that_fails_is_seen_by_its_providers_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    add_tracked(app, "db")

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.background
        async def fail(db: str) -> None:
            raise ZeroDivisionError

        @res.background
        async def unknown(dbs: str) -> None:
            raise NotImplementedError

    await sent_by(app)
    assert log == ["start", "body", "+db", "db saw ZeroDivisionError()", "-db"]
    first, second = caplog.records
    assert first.getMessage().endswith(".fail` of GET '/' failed")
    assert second.exc_info
    assert str(second.exc_info[1]).endswith("no provider. Did you mean the provider `db`?")


# When it is cleaned up


async def test_order_is_that_of_the_parameters_each_after_what_it_asks_for() -> None:
    app = App()
    add_tracked(app, "a", "b", "c")

    @app.provider
    async def bc(b: str, c: str) -> AsyncIterator[str]:
        log.append("+bc")
        yield b + c
        log.append("-bc")

    @app.route("/")
    async def view(req: Request, res: Response, bc: str, a: str, b: str) -> None:
        log.append("view")

    await sent_by(app)
    assert log == [
        "+b",
        "+c",
        "+bc",
        "+a",
        "view",
        "-a",
        "-bc",
        "-c",
        "-b",
        "start",
        "body",
    ]


@pytest.mark.parametrize("error", [HTTPError(403), ZeroDivisionError("x")])
async def test_what_the_view_raises_is_raised_at_the_yield_of_each(error: Exception) -> None:
    app = App()
    add_tracked(app, "outer", "inner")

    @app.error_handler(ZeroDivisionError)
    async def handle(req: Request, res: Response, exc: ZeroDivisionError) -> None:
        log.append("handled")

    @app.route("/")
    async def view(req: Request, res: Response, outer: str, inner: str) -> None:
        raise error

    await sent_by(app)
    seen = [entry for entry in log if "saw" in entry]
    assert seen == [f"inner saw {error!r}", f"outer saw {error!r}"]
    assert log[-2:] == ["start", "body"]


async def test_provider_may_answer_an_error_with_another() -> None:
    app = App()

    @app.provider
    async def rows() -> AsyncIterator[dict[str, int]]:
        try:
            yield {}
        except KeyError:
            raise HTTPError(404) from None

    @app.route("/")
    async def view(req: Request, res: Response, rows: dict[str, int]) -> None:
        res.json = rows["missing"]

    assert await sent_by(app) == '{"error":"404 Not Found","status":404}'


async def test_commit_that_fails_is_a_500_and_nothing_of_the_response_is_sent() -> None:
    app = App()
    add_tracked(app, "outer")

    @app.provider
    async def session(outer: str) -> AsyncIterator[str]:
        yield "session"
        raise OSError("commit failed")

    @app.route("/")
    async def view(req: Request, res: Response, session: str) -> None:
        res.text = "saved"
        res.headers["x-saved"] = "yes"

    client = create_client(app, raise_server_exceptions=False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.json() == {"error": "500 Internal Server Error", "status": 500}
    assert "x-saved" not in answer.headers
    assert log == ["+outer", "outer saw OSError('commit failed')", "-outer"]


async def test_failure_to_set_up_cleans_up_what_was_set_up_and_calls_no_view() -> None:
    app = App()
    add_tracked(app, "outer")

    @app.provider
    async def broken(outer: str) -> None:
        raise HTTPError(503)

    @app.route("/")
    async def view(req: Request, res: Response, broken: str) -> None:
        raise NotImplementedError

    assert "503" in await sent_by(app)
    assert log[:3] == ["+outer", f"outer saw {HTTPError(503)!r}", "-outer"]


async def test_generator_is_set_up_and_cleaned_up_in_one_task() -> None:
    app = App()
    tasks: list[object] = []

    @app.provider
    async def group() -> AsyncIterator[asyncio.TaskGroup]:
        tasks.append(asyncio.current_task())
        async with asyncio.TaskGroup() as group:
            yield group
        tasks.append(asyncio.current_task())

    @app.route("/")
    async def view(req: Request, res: Response, group: asyncio.TaskGroup) -> None:
        tasks.append(asyncio.current_task())
        group.create_task(asyncio.sleep(0)).add_done_callback(lambda _: log.append("done"))

    await sent_by(app)
    assert len(tasks) == 3
    assert len(set(tasks)) == 1
    assert log == ["done", "start", "body"]


async def test_stream_has_its_providers_until_its_last_chunk() -> None:
    app = App()
    add_tracked(app, "db")

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            for i in range(2):
                log.append(f"row {i}")
                yield f"{db}{i} "

    assert await sent_by(app) == "db0 db1 "
    assert log == ["+db", "start", "row 0", "body", "row 1", "body", "body", "-db"]


async def test_client_that_leaves_a_stream_has_its_providers_cleaned_up() -> None:
    app = App()
    add_tracked(app, "db")
    is_streaming = asyncio.Event()

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            try:
                yield db
                is_streaming.set()
                await asyncio.Event().wait()
            finally:
                log.append("feed ended")

    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        await is_streaming.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        pass

    await app(make_scope("GET", "/"), receive, send)
    assert log == ["+db", "feed ended", "-db"]


# Lazy ones


def add_lazy(app: App) -> None:
    add_tracked(app, "pool")

    @app.provider(lazy=True)
    async def db(pool: str) -> AsyncIterator[str]:
        log.append("+db")
        yield f"db of {pool}"
        log.append("-db")


async def test_lazy_provider_that_is_never_awaited_is_never_set_up() -> None:
    app = App()
    add_lazy(app)

    @app.route("/")
    async def view(req: Request, res: Response, db: Awaitable[str]) -> None:
        log.append("view")

    await sent_by(app)
    assert log == ["view", "start", "body"]


async def test_lazy_provider_is_set_up_once_when_it_is_first_awaited_and_cleaned_up() -> None:
    app = App()
    add_lazy(app)

    @app.route("/")
    async def view(req: Request, res: Response, db: Awaitable[str]) -> None:
        log.append("view")
        res.text = f"{await db}, {await db}"

    assert await sent_by(app) == "db of pool, db of pool"
    assert log == ["view", "+pool", "+db", "-db", "-pool", "start", "body"]


async def test_lazy_provider_is_set_up_once_for_all_that_await_it_at_the_same_time() -> None:
    app = App()

    @app.provider(lazy=True)
    async def token() -> str:
        log.append("token")
        await asyncio.sleep(0)
        return "secret"

    @app.provider
    def header(token: Awaitable[str]) -> Callable[[], Awaitable[str]]:
        async def make() -> str:
            return f"Bearer {await token}"

        return make

    @app.route("/")
    async def view(
        req: Request,
        res: Response,
        token: Awaitable[str],
        header: Callable[[], Awaitable[str]],
    ) -> None:
        async def ask() -> str:
            return await token

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask()) for _ in range(3)]
        res.json = [*(task.result() for task in tasks), await header()]

    assert await sent_by(app) == '["secret","secret","secret","Bearer secret"]'
    assert log == ["token", "start", "body"]


async def test_lazy_provider_may_be_awaited_while_the_response_streams() -> None:
    app = App()
    add_lazy(app)

    @app.route("/")
    async def view(req: Request, res: Response, db: Awaitable[str]) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            yield "a "
            yield await db

    assert await sent_by(app) == "a db of pool"
    assert log == ["start", "body", "+pool", "+db", "body", "body", "-db", "-pool"]


async def test_lazy_provider_that_outlives_its_request_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    add_lazy(app)

    @app.route("/")
    async def view(req: Request, res: Response, db: Awaitable[str]) -> None:
        @res.background
        async def late() -> None:
            await db

        @res.background
        async def well(db: Awaitable[str]) -> None:
            log.append(await db)

    await sent_by(app)
    assert log == ["start", "body", "+pool", "+db", "db of pool", "-db", "-pool"]
    [record] = caplog.records
    assert record.exc_info
    assert "was first awaited when its request was over" in str(record.exc_info[1])


# Those of the application


def test_providers_of_the_application_live_as_long_as_it() -> None:
    app = App()
    add_tracked(app, "pool", "unused", scope="app")
    add_tracked(app, "metrics", scope="app", autouse=True)

    @app.provider(scope="app")
    def users(pool: str) -> str:
        log.append("users")
        return f"users of {pool}"

    @app.provider
    def greeting(users: str) -> str:
        return f"hello, {users}"

    @app.route("/")
    async def view(req: Request, res: Response, greeting: str) -> None:
        res.text = greeting

    app.on("startup", lambda: log.append("startup"))
    app.on("shutdown", lambda: log.append("shutdown"))
    with create_client(app) as client:
        assert log == ["+metrics", "+pool", "users", "startup"]
        for _ in range(2):
            assert client.get("/").text == "hello, users of pool"
    assert log[4:] == ["shutdown", "-pool", "-metrics"]


async def test_providers_of_the_application_are_set_up_at_first_use_where_nothing_starts_it() -> (
    None
):
    app = App()
    is_open = asyncio.Event()

    @app.provider(scope="app")
    async def pool() -> str:
        log.append("pool")
        await is_open.wait()
        return "pool"

    @app.route("/")
    async def view(req: Request, res: Response, pool: str) -> None:
        res.text = pool

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(sent_by(app)) for _ in range(3)]
        await asyncio.sleep(0)
        is_open.set()
    assert [task.result() for task in tasks] == ["pool"] * 3
    assert log.count("pool") == 1


async def test_first_use_that_fails_is_a_500_and_the_next_request_tries_again() -> None:
    app = App()
    tries = iter([OSError("no route"), None])

    @app.provider(scope="app")
    async def pool() -> str:
        if error := next(tries):
            raise error
        return "pool"

    @app.route("/")
    async def view(req: Request, res: Response, pool: str) -> None:
        res.text = pool

    client = create_client(app, raise_server_exceptions=False)
    assert client.get("/").status_code == 500
    assert client.get("/").text == "pool"


def test_hooks_handlers_and_tasks_have_the_values_of_the_application() -> None:
    app = App()
    add_tracked(app, "pool", scope="app")

    @app.error_handler(ZeroDivisionError)
    async def handle(req: Request, res: Response, exc: ZeroDivisionError, pool: str) -> None:
        res.background(task)
        log.append(f"handler {pool}")

    async def task(pool: str) -> None:
        log.append(f"task {pool}")

    async def hook(req: Request, res: Response, params: dict[str, Any], pool: str) -> None:
        log.append(f"hook {pool}")

    @app.route("/")
    @hooks.before(hook)
    async def view(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    with create_client(app) as client:
        client.get("/")
    assert log == ["+pool", "hook pool", "handler pool", "task pool", "-pool"]


# Where they are found


PROVIDERCONF = """
from bocadillo import provider

@provider
def greeting(name: str) -> str:
    return f"hello, {name}"
"""

NAMES = """
from bocadillo import provider

@provider
def name() -> str:
    return "sun"
"""


def test_shared_providers_are_found_in_packages_and_in_the_module_providerconf(
    shared_providers: dict[str, Provider], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "providerconf.py").write_text(PROVIDERCONF)
    (tmp_path / "found_later").mkdir()
    (tmp_path / "found_later" / "__init__.py").touch()
    (tmp_path / "found_later" / "names.py").write_text(NAMES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    discover_providers("found_later")
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response, greeting: str) -> None:
        res.text = greeting

    try:
        assert create_client(app).get("/").text == "hello, sun"
        del sys.modules["found_later.names"]  # as when a test has dropped its modules
        other = App()
        other.route("/")(view)
        with pytest.raises(ProviderError, match=r"provider `greeting` \(.*\) asks for `name`"):
            create_client(other).get("/")
    finally:
        for name in ("providerconf", "found_later"):
            del sys.modules[name]
