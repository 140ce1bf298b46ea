import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bocadillo import Response


class Todo(msgspec.Struct):
    title: str


@dataclass
class Page:
    number: int


class Color(enum.Enum):
    RED = "red"


def build(**members: Any) -> tuple[int, dict[str, str], bytes]:
    """Set members of a response in order, and encode it."""
    response = Response()
    for name, value in members.items():
        setattr(response, name, value)
    status, headers, body = response.encode()
    return status, {name.decode(): value.decode() for name, value in headers}, body


TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("members", "content_type", "body"),
    [
        ({}, None, b""),
        ({"text": "é"}, TEXT, "é".encode()),
        ({"html": "<p>"}, HTML, b"<p>"),
        ({"json": {"a": [1, None]}}, "application/json", b'{"a":[1,null]}'),
        ({"content": "é"}, TEXT, "é".encode()),
        ({"content": b"\xff"}, "application/octet-stream", b"\xff"),
        ({"json": 1, "text": "last"}, TEXT, b"last"),
        ({"text": "first", "json": 1}, "application/json", b"1"),
        ({"html": "x", "content": b"y"}, "application/octet-stream", b"y"),
    ],
)
def test_last_content_set_wins_with_its_type(
    members: dict[str, Any], content_type: str | None, body: bytes
) -> None:
    status, headers, content = build(**members)
    expected = {"content-type": content_type} if content_type else {}
    assert headers == {**expected, "content-length": str(len(body))}
    assert (status, content) == (200, body)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (Todo("x"), b'{"title":"x"}'),
        (Page(1), b'{"number":1}'),
        (Color.RED, b'"red"'),
        (date(2026, 11, 23), b'"2026-11-23"'),
        (Decimal("1.50"), b'"1.50"'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        ({1: {2}}, b'{"1":[2]}'),
        (float("nan"), b"null"),
        ([float("inf")], b"[null]"),
    ],
)
def test_json_takes_what_msgspec_encodes(value: Any, encoded: bytes) -> None:
    assert build(json=value)[2] == encoded


@pytest.mark.parametrize(
    ("member", "value", "error", "message"),
    [
        ("json", object(), TypeError, "cannot encode <object obj.*, got `builtins.object`"),
        ("json", "\ud800", UnicodeEncodeError, "surrogates not allowed"),
        ("text", "\ud800", UnicodeEncodeError, "surrogates not allowed"),
        ("text", 1, TypeError, "expected str for `res.text`, got 1"),
        ("html", b"x", TypeError, "expected str for `res.html`, got b'x'"),
        ("content", None, TypeError, "expected str or bytes for `res.content`, got None"),
        ("status_code", 99, ValueError, "expected a status from 200 to 599, got 99"),
        ("status_code", 600, ValueError, "expected a status from 200 to 599, got 600"),
        ("status_code", "200", ValueError, "expected a status from 200 to 599, got '200'"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_set(
    member: str, value: Any, error: type[Exception], message: str
) -> None:
    response = Response()
    with pytest.raises(error, match=message):
        setattr(response, member, value)


@pytest.mark.parametrize("member", ["text", "html", "json"])
def test_content_members_can_only_be_set(member: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(Response(), member)
    assert str(caught.value) == f"`res.{member}` can only be set; read `res.content`"


def test_status_and_content_can_be_read() -> None:
    response = Response()
    response.status_code = 201
    response.text = "x"
    assert (response.status_code, response.content) == (201, b"x")


def test_headers_hold_the_content_type_whenever_they_are_touched() -> None:
    response = Response()
    response.json = 1
    assert response.headers["Content-Type"] == "application/json"
    response.text = "x"
    assert response.headers["content-type"] == TEXT
    response.html = "x"
    assert response.headers["content-type"] == HTML


def test_content_type_that_the_view_chose_is_kept_for_content() -> None:
    response = Response()
    response.headers["content-type"] = "image/png"
    response.content = b"x"
    assert response.headers["content-type"] == "image/png"


def test_content_type_set_after_json_wins() -> None:
    response = Response()
    response.json = {}
    response.headers["content-type"] = "application/problem+json"
    assert response.encode()[1] == [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"2"),
    ]


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("touches_headers", [True, False])
def test_status_without_content_has_neither_body_nor_content_headers(
    status: int, touches_headers: bool
) -> None:
    response = Response()
    response.text = "x"
    if touches_headers:
        response.headers["etag"] = '"1"'
    response.status_code = status
    assert response.encode() == (status, [(b"etag", b'"1"')] * touches_headers, b"")


def test_encoding_twice_gives_the_same() -> None:
    response = Response()
    response.headers["x"] = "y"
    response.text = "x"
    assert response.encode() == response.encode()


def test_cookies_are_headers() -> None:
    response = Response()
    response.set_cookie("a", "1")
    response.delete_cookie("b")
    first, second = response.headers.getlist("set-cookie")
    assert first == "a=1; Path=/; SameSite=lax"
    assert second.startswith('b=""; expires=')
    assert second.endswith(" GMT; Max-Age=0; Path=/; SameSite=lax")


@pytest.mark.parametrize(
    ("given", "content_type"), [(None, "application/octet-stream"), ("image/png", "image/png")]
)
def test_content_replaces_the_type_of_what_was_set_before_but_not_one_that_was_given(
    given: str | None, content_type: str
) -> None:
    response = Response()
    response.json = {}
    response.headers["x-touched"] = "yes"
    if given:
        response.headers["content-type"] = given
    response.content = b"x"
    assert response.headers["content-type"] == content_type


def test_content_that_is_refused_leaves_the_response_as_it_was() -> None:
    response = Response()
    response.json = 1
    with pytest.raises(TypeError):
        response.content = 3  # type: ignore[assignment] # the mistake under test
    assert response.headers["content-type"] == "application/json"
    assert response.content == b"1"
