import pytest

from livedocs.events import (
    count_events,
    first_events,
    looks_like_events,
    split_events,
    without_heartbeats,
)


@pytest.mark.parametrize(
    ("text", "events", "count"),
    [
        ("", [], 0),
        ("data: a", ["data: a"], 0),
        ("data: a\n\n", ["data: a"], 1),
        ("data: a\r\n\r\nid: 1\rdata: b\r\r", ["data: a", "id: 1\ndata: b"], 2),
        ("\n\n\ndata: a\n\n\n\n: b", ["data: a", ": b"], 1),
        (":\n:\ndata: a\n\n", [":\n:\ndata: a"], 1),
    ],
)
def test_an_event_ends_with_an_empty_line(text: str, events: list[str], count: int) -> None:
    assert split_events(text) == events
    assert count_events(text) == count


def test_first_events_are_whole() -> None:
    assert first_events("data: a\n\ndata: b\n\ndata: c", 2) == "data: a\n\ndata: b\n\n"
    assert first_events("data: a\n\n", 2) == "data: a\n\n"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("data: a\n\nevent: b\nid\nretry: 1\n: c\n\n...", True),
        ("", False),
        ("datum: a", False),
        ("3... 2... 1...", False),
        ("data: a\nhello", False),
    ],
)
def test_events_are_told_from_other_texts(text: str, *, is_one: bool) -> None:
    assert looks_like_events(text) is is_one


@pytest.mark.parametrize(
    ("kept", "text"), [(True, ":\ndata: a\n: b\n\n:\n"), (False, "data: a\n: b\n\n")]
)
def test_heartbeats_are_left_out_or_counted_as_one(text: str, *, kept: bool) -> None:
    assert without_heartbeats(":\n:\ndata: a\n: b\n\n:\n", kept=kept) == text
