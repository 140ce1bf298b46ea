import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bocadillo import HTTPError, Response
from bocadillo._files import File
from bocadillo._security import compile_security
from bocadillo.streaming import Stream


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


@pytest.mark.parametrize("member", ["content", "text", "html", "json"])
def test_content_that_was_not_awaited_is_told(member: str) -> None:
    async def render() -> str:
        raise NotImplementedError

    coroutine = render()
    with pytest.raises(TypeError, match=r"\. Did you forget `await`\?$"):
        setattr(Response(), member, coroutine)
    coroutine.close()


@pytest.mark.parametrize("member", ["text", "html", "json", "attachment"])
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


@pytest.mark.parametrize("touches_headers", [True, False])
@pytest.mark.parametrize(
    ("members", "added"),
    [
        ({}, []),
        ({"json": 1}, []),
        ({"text": "x"}, ["x-content-type-options"]),
        ({"content": b"x"}, ["x-content-type-options"]),
        ({"html": "x"}, ["x-content-type-options", "referrer-policy", "x-frame-options"]),
    ],
)
def test_security_headers_depend_on_the_content(
    members: dict[str, Any], added: list[str], touches_headers: bool
) -> None:
    response = Response()
    for name, value in members.items():
        setattr(response, name, value)
    plain = {name.decode() for name, _ in response.encode()[1]}
    if touches_headers:
        assert "x" not in response.headers
    _, headers, _ = response.encode(compile_security(True))
    assert [name.decode() for name, _ in headers if name.decode() not in plain] == added


def test_chunked_response_has_no_length() -> None:
    response = Response()
    response.text = "x"
    response.chunked = True
    assert response.encode()[1] == [(b"content-type", TEXT.encode())]


@pytest.mark.parametrize(
    ("permanent", "external", "url", "status"),
    [(False, False, "/x?a=é", 302), (True, False, "x", 301), (False, True, "https://x.org", 302)],
)
def test_redirect_sets_status_and_location(
    permanent: bool, external: bool, url: str, status: int
) -> None:
    response = Response()
    response.text = "dropped"
    response.redirect(url, permanent=permanent, external=external)
    code, headers, body = response.encode()
    assert (code, dict(headers)[b"location"], body) == (
        status,
        url.replace("é", "%C3%A9").encode(),
        b"",
    )


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_redirect_elsewhere_is_refused_and_changes_nothing(url: str) -> None:
    response = Response()
    with pytest.raises(ValueError, match="cannot redirect to"):
        response.redirect(url)
    assert response.encode() == Response().encode()


def test_attachment_names_what_browsers_save() -> None:
    response = Response()
    response.attachment = "naïve.txt"
    assert response.headers["content-disposition"] == (
        "attachment; filename=\"naive.txt\"; filename*=UTF-8''na%C3%AFve.txt"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("<p>")
    return path


async def test_file_brings_its_type_and_name_and_keeps_the_status(path: Path) -> None:
    response = Response()
    response.status_code = 201
    response.json = 1
    await response.file(path)
    assert isinstance(response.source, File)
    status, headers, body = response.encode()
    assert (status, body) == (201, b"")
    assert dict(headers)[b"content-type"] == HTML.encode()
    assert response.headers["content-disposition"] == 'attachment; filename="page.html"'


async def test_file_may_be_shown_and_have_another_type_and_name(path: Path) -> None:
    response = Response()
    response.headers["content-type"] = "text/x-mine"
    response.attachment = "mine.txt"
    await response.file(path)
    assert response.headers["content-disposition"] == 'attachment; filename="mine.txt"'
    assert response.headers["content-type"] == "text/x-mine"
    response = Response()
    await response.file(str(path), attach=False)
    assert dict(response.encode()[1]) == {b"content-type": HTML.encode()}


async def test_missing_file_is_a_404_and_changes_nothing(tmp_path: Path) -> None:
    response = Response()
    response.text = "x"
    with pytest.raises(HTTPError) as caught:
        await response.file(tmp_path / "none")
    assert caught.value.status_code == 404
    assert (response.source, response.content) == (None, b"x")


def test_stream_is_taken_with_and_without_options() -> None:
    response = Response()

    @response.stream
    async def plain() -> Any:
        yield "x"

    assert response.source == Stream(plain)
    assert response.encode() == (200, [(b"content-type", TEXT.encode())], b"")
    response.headers["content-type"] = "text/csv"

    @response.stream(raise_on_disconnect=True)
    async def raising() -> Any:
        yield "x"

    assert response.source == Stream(raising, raise_on_disconnect=True)
    assert response.headers["content-type"] == "text/csv"


@pytest.mark.parametrize("member", ["text", "html", "json", "content", "redirect"])
async def test_what_is_set_last_wins_over_files_and_streams(member: str, path: Path) -> None:
    response = Response()

    @response.stream
    async def feed() -> Any:
        yield "x"

    await response.file(path)
    sources = [type(response.source)]
    response.stream(feed)
    assert [*sources, type(response.source)] == [File, Stream]
    if member == "redirect":
        response.redirect("/")
    else:
        setattr(response, member, "x")
    assert response.source is None


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (3, "expected an async generator function without arguments to stream, .* got 3"),
        (len, "got <built-in function len>"),
    ],
)
def test_what_is_no_stream_is_refused(function: Any, message: str) -> None:
    response = Response()
    response.text = "x"
    with pytest.raises(TypeError, match=message):
        response.stream(function)
    assert (response.source, response.content) == (None, b"x")


def test_background_tasks_are_kept_in_order() -> None:
    response = Response()

    @response.background
    async def first() -> None:
        raise NotImplementedError

    assert response.background(print, "x", end="") is print
    assert response.tasks is not None
    task, second = response.tasks
    assert task is first
    assert (second.func, second.args, second.keywords) == (print, ("x",), {"end": ""})  # type: ignore[attr-defined] # a partial
    with pytest.raises(TypeError) as caught:
        response.background(3)  # type: ignore[type-var] # the mistake under test
    assert str(caught.value) == "expected a function to run, and not its result, got 3"
