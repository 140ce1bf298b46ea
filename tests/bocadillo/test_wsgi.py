import importlib
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from bocadillo import App, create_client
from tests.bocadillo.calls import HOST, call


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


async def test_application_of_wsgi_is_told_no_header_that_could_pass_for_another() -> None:
    seen: list[dict[str, Any]] = []

    def note(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        start_response("200 OK", [])
        return []

    app = App()
    app.mount("/", note)
    headers = [HOST, (b"x-user", b"ada"), (b"x_user", b"eve"), (b"x-user_id", b"7")]
    await call(app, "GET", "/", headers=headers, query_string=b"a=\xff")
    assert seen[0]["HTTP_X_USER"] == "ada"
    assert "HTTP_X_USER_ID" not in seen[0]
    assert seen[0]["QUERY_STRING"] == "a=%FF"


def test_missing_package_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "a2wsgi", None)
    monkeypatch.delitem(sys.modules, "bocadillo._wsgi", raising=False)
    with pytest.raises(ImportError) as caught:
        importlib.import_module("bocadillo._wsgi")
    assert str(caught.value) == (
        'mounting a WSGI application needs a2wsgi: pip install "bocadillo[wsgi]"'
    )
