import pytest
from click import ClickException
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from bocadillo import App, Request, Response, static
from bocadillo.cli._listing import check_app, format_routes, format_table


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
