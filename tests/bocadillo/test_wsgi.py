import importlib
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from bocadillo import App, create_client


def tell(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("201 Created", [("content-type", "text/plain"), ("x-a", "1"), ("x-a", "2")])
    body = environ["wsgi.input"].read()
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    yield " ".join([*(environ[name] for name in names), body.decode()]).encode()


@pytest.mark.parametrize("prefix", ["", "/outer"])
def test_application_of_wsgi_gets_prefix_and_path_apart(prefix: str) -> None:
    inner = App()
    inner.mount("/flask", tell)
    app = App()
    app.mount("/outer", inner)
    client = create_client(app if prefix else inner)
    answer = client.post(f"{prefix}/flask/a/b?q=1", content=b"body")
    assert answer.status_code == 201
    assert answer.headers.get_list("x-a") == ["1", "2"]
    assert answer.text == f"POST {prefix}/flask /a/b q=1 body"


def test_missing_package_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "a2wsgi", None)
    monkeypatch.delitem(sys.modules, "bocadillo._wsgi", raising=False)
    with pytest.raises(ImportError) as caught:
        importlib.import_module("bocadillo._wsgi")
    assert str(caught.value) == (
        'mounting a WSGI application needs a2wsgi: pip install "bocadillo[wsgi]"'
    )
