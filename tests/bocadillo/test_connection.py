from typing import Any

import pytest

from bocadillo import App, Request, Response, create_client
from bocadillo._connection import Connection
from tests.bocadillo.calls import HOST, call

SCOPE = {"type": "http", "method": "GET", "path": "/a", "query_string": b"", "headers": [HOST]}


def connect(**changes: Any) -> Connection:
    return Connection({**SCOPE, **changes})


@pytest.mark.parametrize(
    ("query", "url"),
    [
        (b"", "http://example.org/a"),
        (b"b=%C3%A9", "http://example.org/a?b=%C3%A9"),
        (b"b=\xff", "http://example.org/a?b=%FF"),
        (b"b=%41\xc3\xa9&c=[]", "http://example.org/a?b=%41%C3%A9&c=[]"),
    ],
)
def test_url_can_be_told_whatever_the_query_is(query: bytes, url: str) -> None:
    connection = connect(query_string=query)
    assert connection.url == url
    assert connection.url is connection.url


def test_cookies_of_all_headers_are_read() -> None:
    connection = connect(headers=[(b"cookie", b"a=1; b=\xe9"), HOST, (b"cookie", b"a=2;c")])
    assert connection.cookies == {"a": "2", "b": "é", "": "c"}
    assert connection.cookies is connection.cookies
    assert connect().cookies == {}


def test_session_that_is_off_says_how_to_turn_it_on() -> None:
    with pytest.raises(RuntimeError) as caught:
        _ = connect().session
    assert str(caught.value) == (
        "`req.session` needs sessions, and they are off: turn them on with "
        "`configure(app, SESSIONS=True, SECRET_KEY=...)`"
    )


def test_session_is_what_the_middleware_put_into_the_scope() -> None:
    session = {"a": 1}
    assert connect(session=session).session is session


class Shop:
    def url_for(self, name: str, **params: Any) -> str:
        return f"/{name}/{params['pk']}"


@pytest.mark.parametrize(
    ("root_path", "url"),
    [
        ({}, "/item/1"),
        ({"root_path": "/"}, "/item/1"),
        ({"root_path": "/caf\xe9/b"}, "/caf%C3%A9/b/item/1"),
    ],
)
def test_url_for_is_a_path_below_that_of_the_application(root_path: Any, url: str) -> None:
    assert connect(app=Shop(), **root_path).url_for("item", pk=1) == url


def make_app() -> App:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.json = [str(req.url), req.cookies, req.url.query]

    return app


def test_request_of_a_view_reads_them_so() -> None:
    answer = create_client(make_app()).get("/?a=b", headers={"cookie": "c=d"})
    assert answer.json() == ["http://testserver/?a=b", {"c": "d"}, "a=b"]


async def test_query_that_is_no_text_is_no_error_of_a_view() -> None:
    _, body = await call(make_app(), "GET", "/", query_string=b"\xff")
    assert body["body"] == b'["http://example.org/?%FF",{},"%FF"]'
