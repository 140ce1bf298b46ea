"""Overriding providers in tests: what stands in for them, for how long, and for whom."""

from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Annotated
from unittest.mock import AsyncMock

import pytest

from bocadillo import App, Request, Response, create_client, useprovider
from bocadillo.errors import ProviderError

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


class Database:
    """A class of which tests make instances, and a value that tests may call."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> str:
        raise NotImplementedError


def make_app() -> App:
    app = App()

    @app.provider(scope="app")
    async def pool() -> AsyncIterator[Database]:
        log.append("+pool")
        yield Database("pool")
        log.append("-pool")

    @app.provider(scope="app")
    def users(pool: Database) -> str:
        log.append(f"users of {pool.name}")
        return f"users of {pool.name}"

    @app.provider
    def clock() -> int:
        return 12

    @app.provider
    def greeting(users: str, clock: int) -> str:
        return f"{users} at {clock}"

    @app.route("/")
    async def view(req: Request, res: Response, greeting: str) -> None:
        res.text = greeting

    return app


def test_value_stands_in_for_a_provider_until_the_block_ends() -> None:
    app = make_app()
    client = create_client(app)
    with app.override_providers(clock=3):
        assert client.get("/").text == "users of pool at 3"
    assert client.get("/").text == "users of pool at 12"


def test_function_and_generator_stand_in_and_may_ask_for_what_any_provider_may() -> None:
    app = make_app()
    client = create_client(app)

    def late(clock_of: Annotated[int, int] = 23) -> int:
        return clock_of

    def greeting(req: Request, users: str) -> Iterator[str]:
        log.append("+greeting")
        yield f"{req.method} {users}"
        log.append("-greeting")

    async def fake() -> Database:
        return Database("fake")

    with app.override_providers(clock=late):
        assert client.get("/").text == "users of pool at 23"
    log.clear()
    with app.override_providers(greeting=greeting, pool=fake):
        assert client.get("/").text == "GET users of fake"
    assert log == ["users of fake", "+greeting", "-greeting"]


def test_object_stands_in_as_it_is_even_if_it_can_be_called() -> None:
    app = make_app()
    client = create_client(app)
    with app.override_providers(pool=Database("fake"), clock=None):
        assert client.get("/").text == "users of fake at None"
    mock = AsyncMock()
    mock.name = "mock"
    with app.override_providers(pool=mock):
        assert client.get("/").text == "users of mock at 12"
    mock.assert_not_called()


def test_class_stands_in_as_it_is() -> None:
    app = App()

    @app.provider
    def model() -> type:
        raise NotImplementedError

    @app.route("/")
    async def view(req: Request, res: Response, model: type) -> None:
        res.text = model.__name__

    with app.override_providers(model=Database):
        assert create_client(app).get("/").text == "Database"


def test_overrides_nest_the_innermost_wins_and_each_ends_with_its_block() -> None:
    app = make_app()
    client = create_client(app)
    with app.override_providers(clock=1, users="nobody"):
        with app.override_providers(clock=2):
            assert client.get("/").text == "nobody at 2"
        assert client.get("/").text == "nobody at 1"
    assert client.get("/").text == "users of pool at 12"


def test_override_ends_when_the_test_fails() -> None:
    app = make_app()
    client = create_client(app)
    with pytest.raises(ZeroDivisionError), app.override_providers(clock=1):
        raise ZeroDivisionError
    assert client.get("/").text == "users of pool at 12"


@pytest.mark.parametrize("is_started", [True, False])
def test_name_that_does_not_exist_is_refused_and_nothing_is_overridden(is_started: bool) -> None:
    app = make_app()
    client = create_client(app)
    if is_started:
        client.get("/")
    with pytest.raises(ProviderError) as caught, app.override_providers(users="x", clok=1):
        raise NotImplementedError
    assert str(caught.value) == (
        "override_providers uses the provider `clok`, which does not exist. Did you mean the "
        "provider `clock`?"
    )
    assert client.get("/").text == "users of pool at 12"


def test_override_that_cannot_be_provided_is_refused_and_nothing_is_overridden() -> None:
    app = make_app()
    client = create_client(app)
    with (
        pytest.raises(ProviderError, match=r"provider `clock`.* asks for `zone`"),
        app.override_providers(clock=lambda zone: zone),
    ):
        raise NotImplementedError
    with (
        pytest.raises(ProviderError, match=r"provider `pool`.* lives as long as the application"),
        app.override_providers(pool=lambda clock: clock),
    ):
        raise NotImplementedError
    assert client.get("/").text == "users of pool at 12"


def test_override_before_the_start_leaves_the_application_open_for_registration() -> None:
    app = make_app()
    with app.override_providers(clock=1):
        assert create_client(app).get("/").text == "users of pool at 1"
        with pytest.raises(RuntimeError, match="the application has started"):
            app.provider(name="late")(lambda: 1)

    @app.route("/late")
    async def late(req: Request, res: Response, clock: int) -> None:
        res.json = clock

    assert create_client(app).get("/late").json() == 12


def test_override_while_the_application_runs_shares_what_it_has_set_up() -> None:
    app = make_app()
    with create_client(app) as client:
        assert client.get("/").text == "users of pool at 12"
        assert log == ["+pool", "users of pool"]
        with app.override_providers(clock=1):
            assert client.get("/").text == "users of pool at 1"
        assert log == ["+pool", "users of pool"]
        with app.override_providers(pool=Database("fake")):
            assert client.get("/").text == "users of fake at 12"
        assert client.get("/").text == "users of pool at 12"
        assert log == ["+pool", "users of pool", "users of fake"]
    assert log[3:] == ["-pool"]


def test_what_an_override_sets_up_for_the_application_is_cleaned_up_when_that_ends() -> None:
    app = make_app()

    async def fake(name: str = "fake") -> AsyncIterator[Database]:
        log.append(f"+{name}")
        yield Database(name)
        log.append(f"-{name}")

    with create_client(app) as client:
        with app.override_providers(pool=fake):
            assert client.get("/").text == "users of fake at 12"
        assert "-fake" not in log
    assert log[2:] == ["+fake", "users of fake", "-fake", "-pool"]
    log.clear()
    with app.override_providers(pool=fake), create_client(app) as client:
        assert client.get("/").text == "users of fake at 12"
    assert log == ["+fake", "users of fake", "-fake"]


def test_override_of_a_lazy_provider_is_lazy_and_that_of_every_view_is_of_every_view() -> None:
    app = App()

    @app.provider(lazy=True)
    async def token() -> str:
        raise NotImplementedError

    @app.provider(autouse=True)
    def trace() -> None:
        raise NotImplementedError

    @app.provider
    def transaction() -> None:
        raise NotImplementedError

    @app.route("/")
    @useprovider("transaction")
    async def view(req: Request, res: Response, token: Awaitable[str]) -> None:
        res.text = await token

    fakes = {
        "token": "fake",
        "trace": lambda: log.append("trace"),
        "transaction": lambda: log.append("transaction"),
    }
    with app.override_providers(**fakes):
        assert create_client(app).get("/").text == "fake"
    assert log == ["trace", "transaction"]


def test_client_may_have_providers_of_its_own() -> None:
    app = make_app()
    fake = create_client(app, providers={"clock": 1, "pool": Database("fake")})
    assert fake.get("/").text == "users of fake at 1"
    assert create_client(app).get("/").text == "users of pool at 12"
    assert fake.get("/").text == "users of fake at 1"
