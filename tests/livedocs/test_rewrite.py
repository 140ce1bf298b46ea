import pytest

from livedocs.collect import collect, split_lines
from livedocs.console import parse_console
from livedocs.http_text import parse_http, parse_sse
from livedocs.model import Frame, Headers, Response
from livedocs.rewrite import (
    curl_output,
    replace_blocks,
    rewrite_body,
    rewrite_console,
    rewrite_http,
    rewrite_sse,
    rewrite_talk,
)
from livedocs.talk_text import parse_talk
from livedocs.talking import Heard

JSON: Headers = (("content-type", "application/json"), ("date", "today"))


@pytest.mark.parametrize(
    ("old", "got", "new"),
    [
        ("hello", "world\n", "world"),
        ("a ...\nb", "a 1\nc", "a ...\nc"),
        ("a ...", "b\nc", "b\nc"),
        ('{"a": 1}', '{"a":2}', '{"a": 2}'),
        ('{\n  "a": 1\n}', '{"a":2}', '{\n  "a": 2\n}'),
        ('{"id": ..., "a": 1}', '{"id":5,"a":2}', '{"id": ..., "a": 2}'),
        ('{"id": "...", "a": 1}', '{"id":"x","a":2}', '{"id": "...", "a": 2}'),
        ('{"a": 1, ...}', '{"a":2,"b":3}', '{"a": 2, ...}'),
        ('{"gone": 1, "a": 1}', '{"a":1,"b":"é"}', '{"a": 1, "b": "é"}'),
        ("[1, ...]", "[2, 3, 4]", "[2, ...]"),
        ("[1, 2]", "[1, 3, 4]", "[1, 3, 4]"),
        ('[{"id": ..., "a": 1}]', '[{"id": 5, "a": 2}]', '[{"id": ..., "a": 2}]'),
        ('{"a": 1}', "broken", "broken"),
        ("hello", '{"a": 1}', '{"a": 1}'),
        ("hello", "", ""),
        ("{ 'kept': ...", "{ 'kept': 1", "{ 'kept': ..."),
    ],
)
def test_a_body_is_brought_up_to_date_in_its_layout(old: str, got: str, new: str) -> None:
    assert rewrite_body(old, got) == new


@pytest.mark.parametrize(
    ("shown", "got", "new"),
    [
        (
            "HTTP/1.1 200 OK\ncontent-type: text/...\n\nhi",
            Response(200, JSON, "hi"),
            "HTTP/1.1 200 OK\ncontent-type: application/json\n\nhi",
        ),
        (
            "HTTP/1.1 200 OK\ndate: ...\n\nhi",
            Response(404, JSON, '{"a": 1}'),
            'HTTP/1.1 404 Not Found\ndate: ...\n\n{"a": 1}',
        ),
        (
            "HTTP/1.1 200 Fine\nx: gone",
            Response(200, (), "not shown"),
            "HTTP/1.1 200 Fine",
        ),
        ("HTTP/1.1 200 OK\n\nhi", Response(204, (), ""), "HTTP/1.1 204 No Content"),
        ("HTTP/1.1 200 OK\n\nhi", Response(299, (), "hi"), "HTTP/1.1 299\n\nhi"),
        (
            "HTTP/1.1 200 OK\nset-cookie: a=...\nset-cookie: b=1",
            Response(200, (("set-cookie", "a=5"), ("set-cookie", "b=2")), ""),
            "HTTP/1.1 200 OK\nset-cookie: a=...\nset-cookie: b=2",
        ),
    ],
)
def test_a_response_is_brought_up_to_date(shown: str, got: Response, new: str) -> None:
    block = parse_http(f"GET /\n\n{shown}\n", 1)

    assert rewrite_http(block, got) == f"GET /\n\n{new}\n"


def test_the_request_stays_as_it_is() -> None:
    block = parse_http("POST /\nX:   y\n\n{ 1 }\n\nHTTP/1.1 200 OK\n\na\n", 1)

    assert rewrite_http(block, Response(200, (), "b")) == (
        "POST /\nX:   y\n\n{ 1 }\n\nHTTP/1.1 200 OK\n\nb\n"
    )


def test_outputs_are_brought_up_to_date_and_the_rest_stays() -> None:
    source = (
        "$ pip install x\nanything\n$ curl localhost:8000/1\nold\n\n$ curl localhost:8000/2\ngone\n"
        "$ curl -i \\\n  localhost:8000/3\nHTTP/1.1 200 OK\ndate: ...\n\nold\n"
    )
    _, one, two, three = parse_console(source, 1)

    new = rewrite_console(
        source,
        [
            (one, curl_output(one, Response(200, (), "new\n"), {})),
            (two, curl_output(two, Response(200, (), ""), {})),
            (three, curl_output(three, Response(201, JSON, "new"), {})),
        ],
    )

    assert new == (
        "$ pip install x\nanything\n$ curl localhost:8000/1\nnew\n\n$ curl localhost:8000/2\n"
        "$ curl -i \\\n  localhost:8000/3\nHTTP/1.1 201 Created\ndate: ...\n\nnew\n"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks_are_replaced_where_they_stand(end: str) -> None:
    page = (
        "a\n\n```text\nx\n```\n\n!!! note\n\n    ~~~text\n    y\n    ~~~\n\n"
        "> > ```text\n> > z\n> > ```\n"
    ).replace("\n", end)
    first, second, third = collect(split_lines(page))

    new = replace_blocks(page, {first: "1\n\n2\n", third: "5\n", second: "3\n\n4\n"})

    assert new == (
        "a\n\n```text\n1\n\n2\n```\n\n!!! note\n\n    ~~~text\n    3\n\n    4\n    ~~~\n\n"
        "> > ```text\n> > 5\n> > ```\n"
    ).replace("\n", end)


def test_conversations_are_brought_up_to_date() -> None:
    talk = parse_talk(
        'bob /\n\nbob< {\n  "id": ..., "a": 1\n }\nbob< one\n     two\nbob> 0x00\nbob< ...\n'
        "bob< late\nbob< close 1000\n",
        5,
    )
    came = [
        Frame("accepted"),
        Frame("text", '{"id": 1, "a": 2}'),
        Frame("text", "close 1000"),
        Frame("binary", "00"),
        Frame("text", "kept"),
        None,
        Frame("close", "why", 1011),
    ]

    assert rewrite_talk(talk, map(Heard, talk.turns, came)) == (
        'bob /\n\nbob< {\n       "id": ...,\n       "a": 2\n     }\nbob< \\close 1000\nbob> 0x00\n'
        "bob< ...\nbob< close 1011 why\n"
    )


def test_what_a_client_could_not_say_goes() -> None:
    talk = parse_talk("ada /\nbob /\nada> a\nbob< a\nada< close 1000\n", 1)
    denied = Heard(talk.turns[0], Frame("denied", "no", 403))
    others = [Heard(talk.turns[1], Frame("accepted")), Heard(talk.turns[3], Frame("text", "a"))]

    assert rewrite_talk(talk, [denied, *others]) == "ada /\nada< denied 403 no\nbob /\nbob< a\n"


@pytest.mark.parametrize(
    ("old", "got", "new"),
    [
        ("data: a", ":\ndata: b\n\n", "data: b"),
        (":\ndata: a", ":\n:\ndata: b\n\n", ":\ndata: b"),
        ('id: ...\ndata: {"a": 1}', 'id: 1\ndata: {"a":1}\n\n', 'id: ...\ndata: {"a": 1}'),
        ("data: a\n\n...", "data: b\n\ndata: c\n\n", "data: b\n\n..."),
        ("data: a\n\ndata: b", "id: 1\ndata: a\n\n", "id: 1\ndata: a"),
    ],
)
def test_events_are_brought_up_to_date_where_they_differ(old: str, got: str, new: str) -> None:
    response = Response(200, (("content-type", "text/event-stream"),), got)
    block = parse_sse(f"GET /\n\n{old}\n", 1)
    assert rewrite_sse(block, response) == f"GET /\n\n{new}\n"
    [command] = parse_console(f"$ curl -N localhost:8000/\n{old}\n", 1)
    assert curl_output(command, response, {}) == new
