from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bocadillo import App, Request, Response, hooks, useprovider
from bocadillo._explaining import ViewPlan, explain
from bocadillo.errors import ProviderError

Row = tuple[int, str, str | None, str]


def make_app() -> App:
    """Return an application with all kinds of providers, and no routes."""
    app = App()

    @app.provider(scope="app")
    def pool() -> list[str]:
        return []

    @app.provider
    async def connection(pool: list[str]) -> AsyncIterator[str]:
        yield "connection"

    @app.provider(lazy=True)
    async def user(connection: str, session: str) -> str:
        return session

    @app.provider
    def session(req: Request) -> str:
        return "session"

    @app.provider(autouse=True)
    def audit(pool: list[str]) -> None: ...

    return app


def rows(app: App, number: int = 0) -> list[Row]:
    """Return the providers of a view: depth, name, reason, and whether they wait or repeat."""
    return [
        (
            planned.depth,
            planned.provider.name,
            planned.reason,
            "waits" * planned.is_deferred + "repeats" * planned.is_repeated,
        )
        for planned in explained(app)[number].providers
    ]


def explained(app: App) -> list[ViewPlan]:
    return explain(app._registered(app._overrides))


async def allow(req: Request, res: Response, params: dict[str, Any], session: str) -> None: ...


async def plain(req: Request, res: Response) -> None: ...


@useprovider("connection")
async def using(req: Request, res: Response) -> None: ...


@hooks.before(allow)
async def guarded(req: Request, res: Response) -> None: ...


async def of_buyer(req: Request, res: Response, user: str) -> None: ...


async def of_both(req: Request, res: Response, user: str, connection: str) -> None: ...


async def of_both_reversed(req: Request, res: Response, connection: str, user: str) -> None: ...


AUDIT: list[Row] = [(1, "pool", None, ""), (0, "audit", "autouse", "")]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (plain, []),
        (
            using,
            [(1, "pool", None, "repeats"), (0, "connection", "useprovider", "")],
        ),
        (guarded, [(0, "session", "hook", "")]),
        (
            of_buyer,  # the lazy one waits, and what it asks for with it; the pool is there
            [
                (2, "pool", None, "repeats"),
                (1, "connection", None, "waits"),
                (1, "session", None, "waits"),
                (0, "user", "parameter", "waits"),
            ],
        ),
        (
            of_both,  # what waits for the lazy one is set up for the view all the same
            [
                (2, "pool", None, "repeats"),
                (1, "connection", None, "waits"),
                (1, "session", None, "waits"),
                (0, "user", "parameter", "waits"),
                (1, "pool", None, "repeats"),
                (0, "connection", "parameter", ""),
            ],
        ),
        (
            of_both_reversed,
            [
                (1, "pool", None, "repeats"),
                (0, "connection", "parameter", ""),
                (1, "connection", None, "waitsrepeats"),
                (1, "session", None, "waits"),
                (0, "user", "parameter", "waits"),
            ],
        ),
    ],
    ids=["plain", "useprovider", "hook", "lazy", "lazy first", "lazy last"],
)
def test_providers_stand_in_the_order_of_set_up(
    view: Callable[..., Any], expected: list[Row]
) -> None:
    app = make_app()
    app.route("/")(view)
    assert rows(app) == [*AUDIT, *expected]


def test_each_handler_of_a_class_has_a_plan() -> None:
    app = make_app()
    app.mount("/nested", App())

    @app.route("/orders/{pk}")
    class Orders:
        async def get(self, req: Request, res: Response, pk: int) -> None: ...

        async def put(self, req: Request, res: Response, pk: int, session: str) -> None: ...

    app.route("/", methods=["GET", "POST"])(plain)
    assert [(plan.methods, plan.view.name) for plan in explained(app)] == [
        (("GET",), "get"),
        (("PUT",), "put"),
        (("GET", "POST"), "plain"),
    ]
    assert rows(app, 1) == [*AUDIT, (0, "session", "parameter", "")]


def test_what_stands_in_is_shown() -> None:
    app = make_app()
    app.route("/")(plain)
    with app.override_providers(pool=lambda: ["other"], audit=None):
        assert rows(app) == [(0, "audit", "autouse", "")]


def test_nothing_is_set_up_and_mistakes_are_told() -> None:
    app = make_app()
    app.route("/")(of_buyer)
    explained(app)

    @app.route("/wrong")
    async def wrong(req: Request, res: Response, usr: str) -> None: ...

    with pytest.raises(ProviderError, match="Did you mean the provider `user`"):
        explained(app)
