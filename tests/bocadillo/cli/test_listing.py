import re
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from click import ClickException
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from bocadillo import App, Request, Response, WebSocket, hooks, static, useprovider
from bocadillo.cli._listing import check_app, format_plans, format_routes, format_table


def test_cells_of_a_column_are_aligned() -> None:
    assert format_table([("A", "LONG"), ("bcd", "e")]) == "A    LONG\nbcd  e"


def test_routes_are_listed_in_the_order_they_are_matched() -> None:
    app = App()

    @app.route("/todos/{pk}", methods=["GET", "PUT"])
    async def todo(req: Request, res: Response, pk: int) -> None: ...

    @app.route("/", name="home")
    async def index(req: Request, res: Response) -> None: ...

    lines = [line.split() for line in format_routes(app, "app:app").splitlines()]
    assert lines[0] == ["METHODS", "PATTERN", "VIEW", "NAME"]
    assert lines[1][:4] == ["GET,", "PUT", "/todos/{pk}", "todo"]
    assert lines[1][4].startswith("(")
    assert "test_listing.py:" in lines[1][4]
    assert lines[1][5] == "todo"
    assert (lines[2][1], lines[2][-1]) == ("/", "home")


def test_mounts_are_listed() -> None:
    async def admin(scope: Scope, receive: Receive, send: Send) -> None: ...

    app = App()
    app.mount("/admin", admin)
    app.mount("/other", Starlette())
    app.mount("/files", static("files"))

    lines = format_routes(app, "app:app").splitlines()
    assert lines[1].split()[:2] == ["any", "/admin/{path:path}"]
    assert "admin (mounted)" in lines[1]
    assert "Starlette (mounted)" in lines[2]
    assert " Directory (mounted)" in lines[3]


def test_websocket_routes_are_listed_with_their_providers() -> None:
    app = App()

    @app.provider
    async def user(ws: WebSocket) -> str:
        raise NotImplementedError

    @app.websocket_route("/chat/{room}", name="talk")
    async def chat(ws: WebSocket, room: str, user: str) -> None: ...

    line = format_routes(app, "app:app").splitlines()[1].split()
    assert line[:2] == ["WEBSOCKET", "/chat/{room}"]
    assert line[-2:] == ["talk", "user"]
    plans = format_plans(app, "app:app").splitlines()
    assert plans[0].startswith("WEBSOCKET /chat/{room}  ")
    assert plans[1].split()[:2] == ["user", "request"]


def test_application_that_could_not_start_is_refused() -> None:
    app = App()
    check_app(app, "app:app")
    app = App()

    @app.route("/clients")
    async def clients(req: Request, res: Response, databse: str) -> None: ...

    with pytest.raises(ClickException) as caught:
        check_app(app, "app:app")
    assert caught.value.message.startswith(
        "app:app cannot start: bocadillo.errors.ProviderError: view `clients` ("
    )


def test_application_without_routes_says_so() -> None:
    assert format_routes(App(), "app:app") == "app:app has no routes"


def test_application_of_another_framework_is_refused() -> None:
    with pytest.raises(ClickException) as caught:
        format_routes(Starlette(), "main:app")
    message = caught.value.message
    assert message.startswith("expected a Bocadillo application as main:app, got <starlette")
    assert message.endswith(">: only those tell their routes")


def make_shop() -> App:
    app = App()

    @app.provider(scope="app")
    def pool() -> list[str]:
        return []

    @app.provider
    async def connection(pool: list[str]) -> AsyncIterator[str]:
        yield "connection"

    @app.provider
    def session(req: Request) -> str:
        return "session"

    @app.provider(lazy=True)
    async def user(session: str, connection: str) -> str:
        return session

    async def allow(
        req: Request, res: Response, params: object, own: Annotated[str, session]
    ) -> None: ...

    @app.route("/orders/{pk}")
    class Orders:
        @useprovider("connection")
        async def get(self, req: Request, res: Response, pk: int, user: str) -> None: ...

        @hooks.before(allow)
        async def delete(self, req: Request, res: Response, pk: int, session: str) -> None: ...

    @app.route("/")
    async def index(req: Request, res: Response) -> None: ...

    app.mount("/other", Starlette())
    return app


def test_providers_have_a_column_when_there_are_any() -> None:
    heading, orders, index, mount = format_routes(make_shop(), "app:app").splitlines()
    at = heading.index("PROVIDERS")
    assert orders[at:] == "connection, user, session"
    assert (index[at:], mount[at:]) == ("", "")


def test_routes_of_an_application_that_cannot_start_are_listed_without_providers() -> None:
    app = make_shop()

    @app.route("/wrong")
    async def wrong(req: Request, res: Response, usr: str) -> None: ...

    assert format_routes(app, "app:app").splitlines()[0].endswith("NAME")
    with pytest.raises(ClickException, match="Did you mean the provider `user`"):
        format_plans(app, "app:app")


def shorten(listing: str) -> list[str]:
    """Return the lines of a listing without the places of functions."""
    return [re.sub(r" *\(?\S+test_listing\.py:\d+\)?", "", line) for line in listing.splitlines()]


def test_plans_are_trees_in_the_order_of_set_up() -> None:
    listing = format_plans(make_shop(), "app:app")
    assert shorten(listing) == [
        "GET /orders/{pk}  Orders.get",
        "  ┌─ pool        app",
        "  connection     request  useprovider, generator",
        "  ┌─ session     request  when awaited",
        "  ┌─ connection  request  see above",
        "  user           request  lazy",
        "",
        "DELETE /orders/{pk}  Orders.delete",
        "  session  request",
        "  session  request  hook, see above",
        "",
        "GET /  index",
        "  no providers",
    ]
    places = [line.rpartition("test_listing.py:")[2] for line in listing.splitlines()]
    assert places[1].isdigit()
    assert not places[4].isdigit()


def test_application_without_views_says_so() -> None:
    assert format_plans(App(), "app:app") == "app:app has no views"


def test_plans_of_another_framework_are_refused() -> None:
    with pytest.raises(ClickException, match="expected a Bocadillo application as main:app"):
        format_plans(Starlette(), "main:app")
