import importlib
import sys

import pytest

import bocadillo.testing.client
from bocadillo import App, Request, Response, create_client


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
