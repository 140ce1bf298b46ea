import pytest

from livedocs.compare import (
    Difference,
    compare,
    compare_output,
    compare_talk,
    matches_body,
    matches_frame,
    matches_text,
)
from livedocs.model import Expected, Frame, Response
from livedocs.talk_text import parse_talk
from livedocs.talking import Heard

GOT = Response(200, (("content-type", "text/plain"), ("set-cookie", "a=1")), "hello\n")


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ("hello", "hello", True),
        ("hello", "hello\n", True),
        ("a \nb", "a\nb  ", True),
        ("hello", "Hello", False),
        ("Bread no. ...", "Bread no. 12", True),
        ("...", "", True),
        ("a...c", "a\nb\nc", True),
        ("a...c", "abd", False),
        ("a.c", "abc", False),
        ("", "x", False),
        ("日本...", "日本語", True),
    ],
)
def test_texts_are_compared_with_wildcards(expected: str, got: str, *, same: bool) -> None:
    assert matches_text(expected, got) is same


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ('{"a": 1, "b": 2}', '{"b":2,"a":1}', True),
        ('{"a": 1}', '{"a": 1, "b": 2}', False),
        ('{"a": 1, "b": 2}', '{"a": 1}', False),
        ('{"a": 1, ...}', '{"a": 1, "b": 2}', True),
        ('{..., "a": 1}', '{"a": 1}', True),
        ('{"a": 1, ...}', '{"b": 2}', False),
        ('{"id": ...}', '{"id": [1, {}]}', True),
        ('{"id": ...}', "{}", False),
        ('{"at": "2026-..."}', '{"at": "2026-11-23"}', True),
        ('{"at": "..."}', '{"at": 5}', True),
        ('{"at": "2026..."}', '{"at": 2026}', False),
        ('{"a": "x "}', '{"a": "x"}', False),
        ("[1, ...]", "[1, 2, 3]", True),
        ("[1, ...]", "[1]", True),
        ("[1, ...]", "[]", False),
        ("[..., 2]", "[1, 2]", True),
        ("[..., 2]", "[1, 1, 2]", False),
        ("[]", "[1]", False),
        ("...", '{"a": 1}', True),
        ("1", "true", False),
        ("true", "1", False),
        ("0", "false", False),
        ("[0]", "[false]", False),
        ("1", "1.0", True),
        ("null", "0", False),
        ("null", "null", True),
        ('"hello"', '"hello"', True),
        ("hello", '"hello"', False),
        ('12"', "12", False),
        ('{"a": "é"}', '{"a": "\\u00e9"}', True),
        ('{"a": 1', '{"a": 1}', False),
        ("{a: ...", "{a: b", True),
        ("hello", "hello", True),
        ("", "", True),
        ("", "{}", False),
    ],
)
def test_json_is_compared_as_json_and_all_else_as_text(
    expected: str, got: str, *, same: bool
) -> None:
    assert matches_body(expected, got) is same


@pytest.mark.parametrize(
    ("expected", "differences"),
    [
        (Expected(), []),
        (Expected(200, (("content-type", "text/..."),), "hello"), []),
        (Expected(404), ["status: expected '404', got '200'"]),
        (
            Expected(headers=(("Set-Cookie", "b=2"), ("etag", "x"))),
            [
                "header set-cookie: expected 'b=2', got 'a=1'",
                "header etag: expected 'x', got 'no such header'",
            ],
        ),
        (Expected(body="a\nb"), ["body\n  expected:\n    a\n    b\n  got:\n    hello\n    "]),
        (Expected(body=""), ["body\n  expected:\n    \n  got:\n    hello\n    "]),
    ],
)
def test_each_difference_says_what_was_expected_and_what_came(
    expected: Expected, differences: list[str]
) -> None:
    assert list(map(str, compare(expected, GOT))) == differences


def test_a_response_without_a_body_is_one_with_an_empty_body() -> None:
    assert compare(Expected(204, body=""), Response(204, (), "")) == []


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        (Frame("text", "a ..."), Frame("text", "a b"), True),
        (Frame("text", '{"a": 1, ...}'), Frame("text", '{"b":2,"a":1}'), True),
        (Frame("text", ""), Frame("text", "a"), False),
        (Frame("text", "00"), Frame("binary", "00"), False),
        (Frame("binary", "00...ff"), Frame("binary", "001122ff"), True),
        (Frame("binary", "00"), Frame("binary", "01"), False),
        (Frame("any"), Frame("text", "a"), True),
        (Frame("any"), Frame("binary", "00"), True),
        (Frame("any"), Frame("close", "", 1000), False),
        (Frame("close", "", 1000), Frame("close", "why", 1000), True),
        (Frame("close", "why", 1000), Frame("close", "", 1000), False),
        (Frame("close", "", 1000), Frame("close", "", 1001), False),
        (Frame("denied", '{"a": ...}', 403), Frame("denied", '{"a":1}', 403), True),
        (Frame("accepted"), Frame("accepted", "chat"), True),
        (Frame("accepted", "chat"), Frame("accepted"), False),
    ],
)
def test_what_comes_over_a_websocket_is_compared(
    expected: Frame, got: Frame, *, same: bool
) -> None:
    assert matches_frame(expected, got) is same


def test_the_lines_that_differ_are_told_as_they_are_written() -> None:
    turns = parse_talk("bob /\nbob< a\nbob< b\nbob> c\n", 7).turns
    frames = [Frame("accepted"), Frame("binary", "00"), None, Frame("text", "c")]

    assert list(map(str, compare_talk(map(Heard, turns, frames)))) == [
        "line 8: expected 'bob< a', got 'bob< 0x00'",
        "line 9: expected 'bob< b', got 'nothing came'",
    ]


def test_printed_lines_are_compared() -> None:
    assert compare_output("1\n...\n", "1\n2\n") == []
    assert compare_output("1\n", "2\n") == [Difference("output", "1", "2")]


def test_body_that_is_no_text_is_told_by_its_size() -> None:
    [difference] = compare(Expected(body="logo"), Response(200, (), "\udc89PNG"))

    assert str(difference) == "body: expected 'logo', got '4 bytes that are no text'"


def test_each_of_repeated_headers_is_looked_for() -> None:
    got = Response(200, (("set-cookie", "a=1; path=/"), ("set-cookie", "b=xyz; httponly")), "")
    wanted = (("set-cookie", "b=...; httponly"), ("set-cookie", "a=1; ..."))

    assert compare(Expected(headers=wanted), got) == []
    assert len(compare(Expected(headers=(*wanted, ("set-cookie", "c=..."))), got)) == 1


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ("data: a", "data: a\n\n", True),
        ('data: {"a": 1, "b": ...}', 'data: {"b":2,"a":1}\n\n', True),
        ('id: ...\ndata: {"a": 1}', 'id: 7\ndata: {"a":2}\n\n', False),
        ("data: a\n\ndata: b", "data: a\n\ndata: b\n\n", True),
        ("data: a\n\n...", "data: a\n\nid: 1\ndata: b\n\n", True),
        ("data: a\n\n...", "data: a\n\n", False),
        ("data: a", "data: a\n\ndata: b\n\n", False),
        ("data: a\nid: 1", "id: 1\ndata: a\n\n", False),
        ("event: a\ndata: b", "data: b\n\n", False),
        ("data: a", ":\ndata: a\n\n", True),
        (":\ndata: a", ":\n:\ndata: a\n\n", True),
        (":\ndata: a", "data: a\n\n", False),
    ],
)
def test_events_are_compared_line_by_line(expected: str, got: str, *, same: bool) -> None:
    response = Response(200, (("content-type", "text/event-stream"),), got)
    assert (compare(Expected(200, (), expected), response) == []) is same
