import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from bocadillo._session import Session, SessionError, State, decode_state

KEPT = b'["abc",1700000000,{"user":"ada","cart":[1,2]}]'


def empty() -> Session:
    return Session(lambda: State.new(was_sent=False))


def kept(text: bytes = KEPT) -> Session:
    return Session(lambda: decode_state(text))


def data(text: bytes | None) -> Any:
    assert text
    return msgspec.json.decode(text)[2]


def change_nested(session: Session) -> None:
    session["cart"].append(3)


CHANGES: list[tuple[Callable[[Session], object], dict[str, Any]]] = [
    (lambda s: s.__setitem__("a", 1), {"user": "ada", "cart": [1, 2], "a": 1}),
    (lambda s: s.__delitem__("cart"), {"user": "ada"}),
    (lambda s: s.pop("cart"), {"user": "ada"}),
    (lambda s: s.popitem(), {"cart": [1, 2]}),
    (lambda s: s.setdefault("b", None), {"user": "ada", "cart": [1, 2], "b": None}),
    (lambda s: s.update(user="bob"), {"user": "bob", "cart": [1, 2]}),
    (change_nested, {"user": "ada", "cart": [1, 2, 3]}),
    (lambda s: s.rotate(), {"user": "ada", "cart": [1, 2]}),
]

READS: list[Callable[[Session], object]] = [
    lambda s: s["user"],
    lambda s: s.get("nothing"),
    lambda s: "user" in s,
    bool,
    len,
    lambda s: list(s.items()),
    lambda s: s == {},
    lambda s: s.id,
    lambda s: s.issued_at,
    lambda s: s.mark_accessed(),
    lambda s: s.setdefault("user", "other"),
    lambda s: s.pop("nothing", None),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_change_is_noticed_and_kept(
    change: Callable[[Session], object], expected: dict[str, Any]
) -> None:
    session = kept()
    change(session)

    assert session.accessed
    assert session.modified
    assert data(session.close()) == expected


@pytest.mark.parametrize("read", READS)
def test_reading_is_noticed_and_changes_nothing(read: Callable[[Session], object]) -> None:
    session = kept()
    assert (session.accessed, session.modified) == (False, False)
    read(session)

    assert (session.accessed, session.modified) == (True, False)
    assert session.close() is None


def test_session_that_is_not_touched_is_never_loaded() -> None:
    session = Session(lambda: pytest.fail("it was loaded"))

    assert repr(session) == "<Session: not read>"
    assert not session.modified
    assert session.close() is None
    assert not session.accessed


def test_change_that_is_undone_is_none() -> None:
    session = kept()
    session["a"] = 1
    del session["a"]

    assert session.close() is None


def test_old_session_is_written_again() -> None:
    state = decode_state(KEPT)
    state.is_stale = True
    session = Session(lambda: state)
    session.mark_accessed()

    assert session.close() == KEPT


def test_session_left_empty_deletes_the_cookie_that_was_sent() -> None:
    session = kept()
    session.clear()
    assert session.modified
    assert session.close() == b""

    invalid = Session(lambda: State.new(was_sent=True))
    invalid.mark_accessed()
    assert not invalid.modified
    assert invalid.close() == b""

    none = empty()
    none["a"] = 1
    del none["a"]
    assert none.close() is None


def test_new_session_has_an_identity_of_its_own() -> None:
    before = int(time.time())
    session = empty()

    assert len(session.id) == 22
    assert session.id != empty().id
    assert before <= session.issued_at.timestamp() <= time.time()


def test_rotating_renews_the_identity_and_keeps_what_is_held() -> None:
    session = kept()
    assert (session.id, session.issued_at) == ("abc", datetime.fromtimestamp(1700000000, UTC))
    session.rotate()

    assert session.id != "abc"
    assert session.issued_at > datetime.fromtimestamp(1700000000, UTC)
    assert session == {"user": "ada", "cart": [1, 2]}


def test_clearing_begins_a_new_session() -> None:
    session = kept()
    session.clear()
    session["message"] = "Bye!"

    assert session.id != "abc"
    assert data(session.close()) == {"message": "Bye!"}


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.__setitem__("a", 1),
        lambda s: s.__delitem__("user"),
        lambda s: s.clear(),
        lambda s: s.rotate(),
    ],
)
def test_change_after_the_response_started_is_refused(change: Callable[[Session], object]) -> None:
    session = kept()
    session.close()

    with pytest.raises(RuntimeError) as caught:
        change(session)
    assert str(caught.value) == (
        "the session cannot be changed: the response has started, and its headers, which carry "
        "the cookie, are sent. Change it before streaming, or before accepting the WebSocket."
    )
    assert session["user"] == "ada"


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "culprit"),
    [
        (date(2026, 1, 1), "`session['x']`, a `date`"),
        ((1, 2), "`session['x']`, a `tuple`"),
        ({"born": date(2026, 1, 1)}, "`session['x']['born']`, a `date`"),
        ([{"a": 1}, {"b": [b"raw"]}], "`session['x'][1]['b'][0]`, a `bytes`"),
        ({1: "a"}, "`session['x']`, a `dict`"),
        (float("nan"), "`session['x']`, a `float`"),
        (float("inf"), "`session['x']`, a `float`"),
        ("\ud800", "`session['x']`, a `str`"),
        (object(), "`session['x']`, a `object`"),
        ({1, 2}, "`session['x']`, a `set`"),
    ],
)
def test_value_that_would_not_come_back_as_it_was_is_refused(value: Any, culprit: str) -> None:
    session = empty()
    session["fine"] = [{"a": None}, True, 1.5, 2**70, "é"]
    session["x"] = value

    with pytest.raises(SessionError) as caught:
        session.close()
    assert str(caught.value) == (
        f"the session cannot keep {culprit}: expected what JSON holds "
        "(str, int, float, bool, None, lists, and dicts with str keys)"
    )


def test_value_that_holds_itself_is_refused() -> None:
    session = empty()
    session["x"] = LOOP

    with pytest.raises(SessionError, match=re.escape("session['x'][0][0]")):
        session.close()


def test_name_that_is_not_text_is_refused_where_it_is_set() -> None:
    session = empty()
    with pytest.raises(TypeError) as caught:
        session[1] = "a"  # type: ignore[index] # the mistake
    assert str(caught.value) == "expected a name in the session as str, got 1"


def test_representation_shows_no_value() -> None:
    session = kept()
    session.mark_accessed()

    assert repr(session) == "<Session: user, cart>"
    session.clear()
    assert repr(session) == "<Session: empty>"


@pytest.mark.parametrize(
    "text",
    [
        *[b"", b"null", b"{}", b'{"user":1}', b'["a",1]', b'["a",1,{},2]', b'["a","b",{}]'],
        b"\xff",
        b'["a",1,{"x":"\xff"}]',
        b'["a",1,{"x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}]",
    ],
)
def test_text_that_is_not_that_of_a_session_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_state(text)
