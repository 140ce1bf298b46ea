import importlib
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import bocadillo.testing.client
from bocadillo import App, Request, Response, configure, create_client, settings
from bocadillo.errors import ProviderError


def make_app() -> App:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    return app


def test_client_raises_the_errors_of_the_application() -> None:
    with pytest.raises(ZeroDivisionError):
        create_client(make_app()).get("/")


def test_client_takes_the_options_of_starlette() -> None:
    client = create_client(make_app(), raise_server_exceptions=False, base_url="http://shop")
    answer = client.get("/")
    assert (answer.status_code, str(answer.url)) == (500, "http://shop/")


@pytest.mark.parametrize("missing", ["httpx2", "starlette.testclient"])
def test_missing_package_names_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setitem(sys.modules, "httpx", None)
    if missing == "httpx2":
        monkeypatch.delitem(sys.modules, "starlette.testclient")
    name = bocadillo.testing.client.__name__
    monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as caught:
        importlib.import_module(name)
    assert str(caught.value) == (
        '`create_client` needs httpx2, which is not installed: pip install "bocadillo[test]"'
    )


def make_shop() -> tuple[App, list[str]]:
    """Return an application with a provider of each scope, and what these do."""
    app = App()
    done: list[str] = []

    @app.provider(scope="app")
    async def database() -> AsyncIterator[str]:
        done.append("connected")
        yield "the real database"
        done.append("disconnected")

    @app.provider
    def buyer(database: str) -> str:
        return f"a buyer in {database}"

    @app.route("/")
    async def index(req: Request, res: Response, buyer: str) -> None:
        assert req.scope["app"] is app
        res.text = buyer

    return app, done


def read(client: TestClient) -> str:
    return str(client.get("/").text)


def test_providers_stand_in_for_all_requests_of_a_client_and_for_no_others() -> None:
    app, done = make_shop()
    client = create_client(app, providers={"buyer": "Ada"})
    assert (read(client), read(client)) == ("Ada", "Ada")
    with client:
        assert read(client) == "Ada"
        with create_client(app) as other:
            assert read(other) == "a buyer in the real database"
    assert read(client) == "Ada"
    assert done == ["connected", "disconnected"]


def test_provider_of_the_application_is_replaced_within_the_life_of_the_client() -> None:
    app, done = make_shop()

    def memory() -> Iterator[str]:
        done.append("opened")
        yield "memory"
        done.append("closed")

    with create_client(app, providers={"database": memory}) as client:
        assert read(client) == "a buyer in memory"
        assert done == ["opened"]
    assert done == ["opened", "closed"]


def test_clients_with_other_providers_do_not_mix() -> None:
    app, _ = make_shop()
    clients = [create_client(app, providers={"buyer": name}) for name in ("Ada", "Bob")]
    with clients[0], clients[1]:
        assert [read(client) for client in (*clients, *clients)] == ["Ada", "Bob"] * 2
        with app.override_providers(buyer="Eve"):
            assert read(create_client(app)) == "Eve"
            assert read(create_client(app, providers={"database": "memory"})) == "Eve"
            assert [read(client) for client in clients] == ["Ada", "Bob"]


def test_test_that_fails_leaves_no_stand_in_behind() -> None:
    app, done = make_shop()

    def fail() -> None:
        with create_client(app, providers={"database": "memory"}) as client:
            assert read(client) == "a buyer in memory"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with create_client(app) as client:
        assert read(client) == "a buyer in the real database"
    assert done == ["connected", "disconnected"]


def test_handlers_of_startup_run_for_a_client_with_providers() -> None:
    app, done = make_shop()
    app.on("startup", lambda: done.append("started"))
    app.on("shutdown", lambda: done.append("stopped"))
    with create_client(app, providers={"database": "memory"}):
        pass
    assert done == ["started", "stopped"]


def test_settings_are_those_of_the_application() -> None:
    app, _ = make_shop()
    client = create_client(app, providers={"buyer": settings_reader})
    configure(app, house="Casa Ada")
    assert read(client) == "Casa Ada"


def settings_reader() -> str:
    return str(settings.HOUSE)


def test_unknown_provider_is_refused_at_once() -> None:
    app, _ = make_shop()
    with pytest.raises(ProviderError) as caught:
        create_client(app, providers={"byer": "Ada"})
    assert str(caught.value) == (
        "override_providers uses the provider `byer`, which does not exist. Did you mean the "
        "provider `buyer`?"
    )


def test_other_applications_have_no_providers() -> None:
    async def other(scope: Scope, receive: Receive, send: Send) -> None: ...

    with pytest.raises(TypeError) as caught:
        create_client(other, providers={"buyer": "Ada"})
    message = str(caught.value)
    assert message.startswith(
        "expected a Bocadillo application whose providers are replaced, got <function "
    )
    assert message.endswith(
        ": pass the `App` itself, not what wraps or mounts it, or leave `providers` out"
    )
    create_client(other, providers={})
