import pytest

from livedocs.errors import MarkupError
from livedocs.http_text import parse_http, parse_response, parse_sse
from livedocs.model import Expected, Request

EXCHANGE = """\
POST /orders?now=1 HTTP/1.1
Content-Type: application/json
X-Name: Zoë

{
  "bread": "日本"
}

HTTP/1.1 201 Created
Content-Type:   application/json
set-cookie: a=1
set-cookie: b=2

{"id": ...}
"""


def test_a_request_and_its_response_are_read() -> None:
    found = parse_http(EXCHANGE, 10)

    assert found.request == Request(
        "POST",
        "/orders?now=1",
        (("content-type", "application/json"), ("x-name", "Zoë")),
        '{\n  "bread": "日本"\n}',
    )
    assert found.expected == Expected(
        201,
        (("content-type", "application/json"), ("set-cookie", "a=1"), ("set-cookie", "b=2")),
        '{"id": ...}',
    )
    assert found.request_text + "\n" + found.response_text == EXCHANGE


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("GET /\n", None),
        ("GET /\n\nHTTP/1.1 204 No Content\n", Expected(204)),
        ("GET /\n\nHTTP/1.1 204\n\n\n", Expected(204)),
        ("GET /\n\nHTTP/2 200\n\nhello\n\nworld\n", Expected(200, (), "hello\n\nworld")),
        ("DELETE /a HTTP/1.1\n\nHTTP/1.1 200 OK\na-b: c\n", Expected(200, (("a-b", "c"),))),
        ("GET /\nHTTP/1.1 200 OK\n", Expected(200)),
    ],
)
def test_what_is_not_shown_is_not_expected(source: str, expected: Expected | None) -> None:
    assert parse_http(source, 1).expected == expected


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("get /\n", 5, "expected a request line such as `GET /hello`, got 'get /'."),
        ("GTE /\n", 5, "no HTTP method is named 'GTE'. Did you mean 'GET'?"),
        ("GET hello\n", 5, "expected a request line such as `GET /hello`, got 'GET hello'."),
        (
            "HTTP/1.1 200 OK\n",
            5,
            "expected a request line such as `GET /hello`, got 'HTTP/1.1 200 OK'.",
        ),
        (
            "POST /\na: b\n{}\n",
            7,
            (
                "expected a header such as `content-type: text/plain`, got '{}'. "
                "An empty line stands between the headers and the body."
            ),
        ),
        (
            "GET /\n\nHTTP/1.1 200 OK\nhello\n",
            8,
            (
                "expected a header such as `content-type: text/plain`, got 'hello'. "
                "An empty line stands between the headers and the body."
            ),
        ),
    ],
)
def test_what_is_no_exchange_is_explained_where_it_stands(
    source: str, line: int, message: str
) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_http(source, 5)

    assert (caught.value.line, caught.value.message) == (line, message)


def test_a_response_begins_with_its_status() -> None:
    with pytest.raises(MarkupError) as caught:
        parse_response(["hello"], 3)

    assert caught.value.at("p.md") == (
        "p.md:3: expected a status line such as `HTTP/1.1 200 OK`, got 'hello'."
    )


def test_an_event_stream_is_a_request_and_the_first_events() -> None:
    source = "GET /events?n=1\nLast-Event-ID: 7\n\nid: 8\ndata: a\n\n: b\n...\n"

    found = parse_sse(source, 10)

    assert found.request == Request("GET", "/events?n=1", (("last-event-id", "7"),))
    assert found.expected == Expected(
        200, (("content-type", "text/event-stream..."),), "id: 8\ndata: a\n\n: b\n..."
    )
    assert found.request_text + "\n" + found.response_text == source


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("events\n", 5, "expected a request line such as `GET /hello`, got 'events'."),
        (
            "GET /\n\ndata: a\n\nHTTP/1.1 200 OK\n",
            9,
            (
                "expected a line of an event, such as `data: hello`, got 'HTTP/1.1 200 OK'. An "
                "empty line stands between events."
            ),
        ),
    ],
)
def test_what_is_no_event_stream_is_explained(source: str, line: int, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_sse(source, 5)

    assert (caught.value.line, caught.value.message) == (line, message)
