import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo import server_event
from bocadillo.testing import ReceivedEvent
from bocadillo.testing._events import EventParser

E = ReceivedEvent


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("data: a\n\n", [E(data="a")]),
        ("data:a\ndata: b\ndata:  c\n\n", [E(data="a\nb\n c")]),
        ("event: x\ndata\n\n", [E("x", "")]),
        ("event: x\n\ndata: a\n\n", [E(data="a")]),
        ("id: 1\n\ndata: a\n\ndata: b\nid\n\n", [E(data="a", id="1"), E(data="b")]),
        ("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n", [E(data="a", id="1"), E(data="b", id="1")]),
        (
            "retry: 10\ndata: a\n\nretry: ten\ndata: b\n\n",
            [E(data="a", retry=10), E(data="b", retry=10)],
        ),
        ("retry: \u0661\ndata: a\n\n", [E(data="a")]),
        (": ping\n\ndata: a\nother: b\n\n", [E(data="a")]),
        (
            "\ufeffdata: a\r\rdata: b\r\n\r\ndata: c\u2028d\n\n",
            [E(data="a"), E(data="b"), E(data="c\u2028d")],
        ),
        ("data: a\n", []),
    ],
)
def test_events_are_read_as_browsers_read_them(text: str, events: list[ReceivedEvent]) -> None:
    assert EventParser().feed(text.encode()) == events
    parser = EventParser()
    assert [event for byte in text.encode() for event in parser.feed(bytes([byte]))] == events


@settings(max_examples=50)
@given(
    st.text("ab \u2028é"),
    st.text("ab\r\n:é"),
    st.integers(0, 9999),
    st.lists(st.integers(0, 60), max_size=4),
)
def test_what_an_application_sends_is_what_comes(
    name: str, data: str, number: int, cuts: list[int]
) -> None:
    text = server_event(name or None, data=data, id=number, retry=number)
    content = (text + server_event(data="last")).encode()
    parser = EventParser()
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    events = [
        event
        for start, end in itertools.pairwise(places)
        for event in parser.feed(content[start:end])
    ]
    lines = data.replace("\r\n", "\n").replace("\r", "\n")
    rest: dict[str, Any] = {"id": str(number), "retry": number}
    assert events == [E(name or "message", lines, **rest), E("message", "last", **rest)]


def test_event_is_complete_at_once_even_when_it_ends_with_carriage_returns() -> None:
    assert EventParser().feed(b"data: a\r\r") == [E(data="a")]


def test_data_can_be_json() -> None:
    assert E(data='{"celsius": 21.5}').json() == {"celsius": 21.5}
