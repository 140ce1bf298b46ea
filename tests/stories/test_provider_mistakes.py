"""Mistakes with providers: told when the application starts, never at a request."""

from collections.abc import Callable
from typing import Any

import pytest

from bocadillo import App, Request, Response, create_client, hooks, provider, useprovider
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider
from bocadillo.views import locate


def start(app: App) -> str:
    """Start an application that has a mistake; return what it says, both times."""
    messages = set()
    for _ in range(2):
        with pytest.raises(ProviderError) as caught, create_client(app):
            raise NotImplementedError
        messages.add(str(caught.value))
    with pytest.raises(ProviderError):
        create_client(app).get("/")
    [message] = messages
    return message


def database() -> str:
    raise NotImplementedError


def test_view_that_asks_for_what_nothing_provides_is_named_with_its_place() -> None:
    app = App()
    app.provider(database)

    @app.route("/todos")
    async def list_todos(req: Request, res: Response, databse: str) -> None:
        raise NotImplementedError

    assert start(app) == (
        f"view `list_todos` ({locate(list_todos)}, GET /todos) asks for `databse`, which is "
        "neither a route parameter, nor a provider, nor a query parameter with a default. Did you "
        "mean the provider `database`?"
    )
    assert "test_provider_mistakes.py:" in locate(list_todos)


def test_near_miss_of_a_route_parameter_comes_first() -> None:
    app = App()
    app.provider(name="pkx")(database)

    @app.route("/{pk}")
    async def show(req: Request, res: Response, pky: str, **rest: str) -> None:
        raise NotImplementedError

    assert start(app).endswith("Did you mean the route parameter `pk`?")


def test_provider_that_shadows_a_route_parameter_is_refused() -> None:
    app = App()
    app.provider(database)

    @app.route("/{database}")
    async def show(req: Request, res: Response, database: str) -> None:
        raise NotImplementedError

    assert start(app) == (
        f"view `show` ({locate(show)}, GET /{{database}}) asks for `database`, which is a "
        f"parameter of its route, and provider `database` ({locate(database)}): rename one of "
        "them."
    )


def test_hook_and_use_that_ask_for_what_nothing_provides_are_named() -> None:
    async def hook(req: Request, res: Response, params: object, databse: str) -> None:
        raise NotImplementedError

    async def view(req: Request, res: Response) -> None:
        raise NotImplementedError

    app = App()
    app.provider(database)
    app.route("/")(hooks.before(hook)(view))
    assert start(app) == (
        f"hook `hook` ({locate(hook)}) asks for `databse`, which is not given to it, and which is "
        "no provider. Did you mean the provider `database`?"
    )

    async def plain(req: Request, res: Response) -> None:
        raise NotImplementedError

    app = App()
    app.provider(database)
    app.route("/")(useprovider("databse")(plain))
    assert start(app) == (
        f"view `plain` ({locate(plain)}, GET /) uses the provider `databse`, which does not exist. "
        "Did you mean the provider `database`?"
    )


def test_error_handler_that_asks_for_what_nothing_provides_is_named() -> None:
    app = App()
    app.provider(database)

    @app.error_handler(ZeroDivisionError)
    async def handle(req: Request, res: Response, exc: ZeroDivisionError, databse: str) -> None:
        raise NotImplementedError

    assert start(app) == (
        f"error handler `handle` ({locate(handle)}) asks for `databse`, which is not given to it, "
        "and which is no provider. Did you mean the provider `database`?"
    )


def make_chain(app: App) -> list[Callable[..., Any]]:
    @app.provider
    def a(b: object) -> None:
        raise NotImplementedError

    @app.provider
    def b(c: object) -> None:
        raise NotImplementedError

    @app.provider
    def c(a: object) -> None:
        raise NotImplementedError

    return [a, b, c]


def test_circle_is_shown_whole_even_if_no_view_uses_it() -> None:
    app = App()
    first, *_ = make_chain(app)
    assert start(app) == (
        "providers ask for each other in a circle: `a` → `b` → `c` → `a`. Begin with provider `a` "
        f"({locate(first)}): take one of the parameters out."
    )


def test_provider_of_the_application_that_asks_for_one_of_a_request_is_refused() -> None:
    app = App()
    app.provider(database)

    @app.provider(scope="app")
    def pool(database: str) -> str:
        raise NotImplementedError

    assert start(app) == (
        f"provider `pool` ({locate(pool)}) lives as long as the application, and asks for provider "
        f"`database` ({locate(database)}), which lives for a request: take @provider(scope='app') "
        "off the one, or put it on the other"
    )


def test_provider_that_replaces_another_tells_both_places() -> None:
    app = App()
    app.provider(name="pool")(database)

    @app.provider
    def pool(databases: str) -> str:
        raise NotImplementedError

    assert start(app) == (
        f"provider `pool` ({locate(pool)}, replaces {locate(database)}) asks for `databases`, "
        "which is neither a provider, nor `req`, `res` or `ws`."
    )


def test_provider_that_needs_a_websocket_is_refused_for_an_http_view() -> None:
    app = App()

    @app.provider
    def greeting(ws: object) -> None:
        raise NotImplementedError

    @app.route("/")
    async def show(req: Request, res: Response, greeting: object) -> None:
        raise NotImplementedError

    assert start(app) == (
        f"view `show` ({locate(show)}, GET /) uses provider `greeting` ({locate(greeting)}), which "
        "asks for `ws`: there is only `req` and `res`"
    )


def test_failure_of_a_provider_fails_the_start_with_its_name_and_cleans_up() -> None:
    app = App()
    log: list[str] = []

    @app.provider(scope="app")
    def pool() -> Any:
        log.append("+pool")
        try:
            yield "pool"
        finally:
            log.append("-pool")

    @app.provider(scope="app", autouse=True)
    async def broken(pool: str) -> None:
        raise OSError("no route")

    app.on("startup", lambda: log.append("startup"))
    with pytest.raises(ProviderError) as caught, create_client(app):
        raise NotImplementedError
    assert str(caught.value) == (
        f"provider `broken` ({locate(broken)}) failed to start: OSError('no route')"
    )
    assert isinstance(caught.value.__cause__, OSError)
    assert log == ["+pool", "-pool"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scope": "session"}, "expected the scope 'request' or 'app' of provider `database`"),
        ({"scope": "app", "lazy": True}, "provider `database` .* cannot be lazy"),
        ({"lazy": True, "autouse": True}, "cannot be both lazy and autouse"),
        ({"name": "my-db"}, "a provider needs a name that a parameter can have, got 'my-db'"),
        ({"name": "req"}, "`req` is what providers ask for the connection by"),
    ],
)
def test_options_that_make_no_sense_are_refused_where_they_are_written(
    options: dict[str, Any], message: str, shared_providers: dict[str, Provider]
) -> None:
    for declare in (provider(**options), App().provider(**options)):
        with pytest.raises(ValueError, match=message):
            declare(database)
    assert shared_providers == {}


def test_provider_that_is_declared_after_the_start_is_refused() -> None:
    app = App()
    create_client(app).get("/")
    with pytest.raises(RuntimeError) as caught:
        app.provider(database)
    assert str(caught.value) == (
        f"cannot register provider `database` ({locate(database)}): the application has started. "
        "Register everything before the first request."
    )
