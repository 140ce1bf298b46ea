from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo import server_event
from bocadillo.sse import ServerEvent


@dataclass
class Event:
    """An event as a browser dispatches it."""

    name: str
    data: str
    id: str


class Browser:
    """Parse an event stream as browsers do.

    Source: WHATWG HTML, section 9.2.6 (Interpreting an event stream).
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.comments: list[str] = []
        self.id = ""
        self.retry: int | None = None
        self._id = ""
        self._name = ""
        self._data = ""

    def read(self, stream: bytes) -> "Browser":
        text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert rest == ""
        for line in lines:
            self._take(line)
        return self

    def _take(self, line: str) -> None:
        if not line:
            self._dispatch()
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "":
            self.comments.append(value)
        elif field == "event":
            self._name = value
        elif field == "data":
            self._data += f"{value}\n"
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def _dispatch(self) -> None:
        self.id = self._id
        if self._data:
            self.events.append(Event(self._name or "message", self._data[:-1], self.id))
        self._name = self._data = ""


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"data": "a"}, "data: a\n\n"),
        ({"name": "message", "data": "a"}, "event: message\ndata: a\n\n"),
        ({"name": "ping"}, "event: ping\ndata: \n\n"),
        ({"name": "ping", "id": 1}, "id: 1\nevent: ping\ndata: \n\n"),
        ({"json": {"a": [1, None]}}, 'data: {"a":[1,null]}\n\n'),
        ({"json": "two\nlines"}, 'data: "two\\nlines"\n\n'),
        ({"json": date(2026, 11, 24)}, 'data: "2026-11-24"\n\n'),
        ({"json": 0}, "data: 0\n\n"),
        ({"data": "a", "id": 0}, "id: 0\ndata: a\n\n"),
        ({"id": ""}, "id: \n\n"),
        ({"retry": 0}, "retry: 0\n\n"),
        ({"comment": "hello"}, ": hello\n\n"),
        ({"comment": ""}, ": \n\n"),
        (
            {"data": "e", "retry": 4, "name": "c", "id": "b", "comment": "a"},
            ": a\nid: b\nevent: c\nretry: 4\ndata: e\n\n",
        ),
    ],
)
def test_fields_come_in_their_order_and_end_with_an_empty_line(
    fields: dict[str, Any], text: str
) -> None:
    event = server_event(**fields)
    assert event == text
    assert type(event) is ServerEvent


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("a\nb", "a\nb"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\n\rb\n", "a\n\nb\n"),
        (" a", " a"),
        ("", ""),
        ("a\u2028b\x0bc\x85d", "a\u2028b\x0bc\x85d"),
        ("event: b\n\ndata: c", "event: b\n\ndata: c"),
        ("a\0b", "a\0b"),
        ("\ufeffa", "\ufeffa"),
    ],
)
def test_data_comes_as_it_was_but_for_its_line_breaks(data: str, read: str) -> None:
    browser = Browser().read(server_event(data=data).encode())
    assert browser.events == [Event("message", read, "")]


def test_comment_of_several_lines_is_ignored_as_a_whole() -> None:
    browser = Browser().read(server_event(comment="a\ndata: b\r\n\rid: c", data="d").encode())
    assert browser.comments == ["a", "data: b", "", "id: c"]
    assert browser.events == [Event("message", "d", "")]


def test_event_of_an_id_only_sets_it_and_is_not_dispatched() -> None:
    browser = Browser().read(server_event(id="7").encode())
    assert (browser.id, browser.events) == ("7", [])


async def awaited() -> str:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "a\nb"}, ValueError("expected one line for `name` of an event, got 'a\\nb'")),
        ({"name": "a\r"}, ValueError("expected one line for `name` of an event, got 'a\\r'")),
        ({"id": "a\nb"}, ValueError("expected one line for `id` of an event, got 'a\\nb'")),
        ({"id": "\r"}, ValueError("expected one line for `id` of an event, got '\\r'")),
        (
            {"id": "a\0"},
            ValueError("clients ignore an `id` with the character NUL, got 'a\\x00'"),
        ),
        ({"id": 1.5}, TypeError("expected str or int for `id` of an event, got 1.5")),
        ({"id": True}, TypeError("expected str or int for `id` of an event, got True")),
        ({"name": 3}, TypeError("expected str for `name` of an event, got 3")),
        (
            {"data": {"a": 1}},
            TypeError(
                "expected str for `data` of an event, got {'a': 1}; `json` takes other values"
            ),
        ),
        ({"comment": b"a"}, TypeError("expected str for `comment` of an event, got b'a'")),
        (
            {"retry": 1.5},
            TypeError("expected an int, in milliseconds, for `retry` of an event, got 1.5"),
        ),
        (
            {"retry": False},
            TypeError("expected an int, in milliseconds, for `retry` of an event, got False"),
        ),
        (
            {"retry": -1},
            ValueError("expected milliseconds from 0 on for `retry` of an event, got -1"),
        ),
        (
            {"data": "a", "json": 1},
            ValueError("expected `data` or `json` for an event, got 'a' and 1"),
        ),
        (
            {},
            ValueError(
                "expected a name, `data`, `json`, `id`, `retry` or `comment`, got nothing"
            ),
        ),
        (
            {"data": "\ud800"},
            ValueError("an event cannot hold half of a surrogate pair, got 'data: \\ud800\\n'"),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_with_the_cure(
    fields: dict[str, Any], error: Exception
) -> None:
    with pytest.raises(type(error)) as caught:
        server_event(**fields)
    assert str(caught.value) == str(error)


def test_forgotten_await_is_asked_for() -> None:
    coroutine = awaited()
    with pytest.raises(TypeError, match=r"got <coroutine object .*>. Did you forget `await`\?"):
        server_event(data=coroutine)  # type: ignore[arg-type] # the mistake
    coroutine.close()


def test_value_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match=r"cannot encode .* as JSON"):
        server_event(json=object())


text = st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab:\r\n \0\u2028", max_size=9)
line = text.map(lambda value: value.replace("\r", "").replace("\n", ""))
fields = st.fixed_dictionaries(
    {"data": text},
    optional={
        "name": line,
        "id": line.map(lambda value: value.replace("\0", "")) | st.integers(),
        "retry": st.integers(0, 10**6),
        "comment": text,
    },
)


def normalize(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=60)
@given(st.lists(fields, min_size=1, max_size=4))
def test_browser_reads_what_was_written(written: list[dict[str, Any]]) -> None:
    browser = Browser().read("".join(server_event(**event) for event in written).encode())
    expected, last = [], ""
    for event in written:
        last = str(event.get("id", last))
        expected.append(Event(event.get("name") or "message", normalize(event["data"]), last))
    assert browser.events == expected
    comments = [normalize(event["comment"]) for event in written if "comment" in event]
    assert "\n".join(browser.comments) == "\n".join(comments)
    retries = [event["retry"] for event in written if "retry" in event]
    assert browser.retry == (retries[-1] if retries else None)
