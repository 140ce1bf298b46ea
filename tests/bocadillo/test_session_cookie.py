import importlib.util
import secrets
import sys
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_encode

from bocadillo import _session_cookie
from bocadillo._session import State
from bocadillo._session_cookie import SessionCookie, check_keys

KEY = "a secret key of thirty-two bytes"
OTHER = "another key, of thirty-two bytes"
DAY = 24 * 60 * 60
LETTERS = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "\\\x00\x80\xff'

modest = hypothesis_settings(max_examples=60, deadline=None)


def make(*keys: str, name: str = "session", **options: Any) -> SessionCookie:
    defaults: dict[str, Any] = {
        "max_age": 14 * DAY,
        "path": "/",
        "domain": None,
        "same_site": "lax",
        "https_only": None,
    }
    return SessionCookie(name, list(keys) or [KEY], **defaults | options)


def scope(*headers: bytes) -> dict[str, Any]:
    return {"type": "http", "headers": [(b"cookie", header) for header in headers]}


def write(cookie: SessionCookie, data: bytes = b'{"user":"ada"}', *, id_: str = "abc") -> bytes:
    """Return what a browser sends back: `session=...`."""
    text = b'["%s",1700000000,%s]' % (id_.encode(), data)
    return cookie.format(text, is_secure=True).partition(";")[0].encode()


def read(cookie: SessionCookie, *headers: bytes) -> dict[str, Any]:
    return cookie.read(scope(*headers)).content.data


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(seconds))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@modest
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values, max_size=4))
def test_what_is_kept_comes_back(data: dict[str, Any]) -> None:
    from bocadillo._session import Session

    cookie = make()
    session = Session(lambda: State.new(was_sent=False))
    session.update(data)
    text = session.close()
    if data:
        assert text
        assert read(cookie, cookie.format(text, is_secure=True).encode()) == data
    else:
        assert text is None


@modest
@given(st.data())
def test_cookie_with_any_byte_changed_gives_no_session(data: st.DataObject) -> None:
    cookie = make()
    sent = write(cookie)
    start = len(b"session=")
    index = data.draw(st.integers(start, len(sent) - 1))
    byte = data.draw(st.sampled_from([bytes([letter]) for letter in LETTERS]))
    tampered = sent[:index] + byte + sent[index + 1 :]

    # A space at the end is not of the value.
    assert (read(cookie, tampered) == {"user": "ada"}) == (tampered.strip() == sent)


def test_last_letter_of_the_signature_has_one_spelling() -> None:
    """Its last two bits decode to nothing: three other letters would do, were it not checked."""
    cookie = make()
    sent = write(cookie)
    accepted = [
        letter for letter in LETTERS if read(cookie, sent[:-1] + bytes([letter])) == {"user": "ada"}
    ]

    assert accepted == [sent[-1]]


@modest
@given(st.data())
def test_cookie_that_is_cut_or_longer_gives_no_session(data: st.DataObject) -> None:
    cookie = make()
    sent = write(cookie)
    cut = sent[: data.draw(st.integers(0, len(sent) - 1))]
    longer = sent + data.draw(st.binary(min_size=1, max_size=20)).replace(b";", b"x")

    assert read(cookie, cut) == {}
    assert read(cookie, longer) == {} or longer.strip() == sent


@modest
@given(st.binary(max_size=200))
def test_garbage_gives_no_session_and_no_error(garbage: bytes) -> None:
    assert read(make(), b"session=" + garbage, garbage) == {}


@modest
@given(st.binary(max_size=50), st.binary(max_size=12))
def test_garbage_that_is_signed_gives_no_session_and_no_error(
    payload: bytes, timestamp: bytes
) -> None:
    cookie = make()
    signer = cookie._signer
    value = payload + b"." + timestamp
    forged = [
        signer.sign(payload),
        signer.sign(base64_encode(payload)),
        value + b"." + signer.get_signature(value),
        payload + b"." + signer.get_signature(payload),
    ]

    assert [read(cookie, b"session=" + value) for value in forged] == [{}] * 4


@pytest.mark.parametrize(
    "writer",
    [
        make(OTHER),
        make(name="other"),
        make(OTHER, KEY),
    ],
)
def test_what_another_signed_gives_no_session(writer: SessionCookie) -> None:
    value = write(writer).partition(b"=")[2]

    assert read(make(), b"session=" + value) == {}


def test_value_that_the_key_signed_for_another_purpose_gives_no_session() -> None:
    text = base64_encode(b'["abc",1700000000,{"user":"ada"}]')

    assert read(make(), b"session=" + TimestampSigner(KEY).sign(text)) == {}


def test_keys_can_be_rotated() -> None:
    old, both, new = make(KEY), make(OTHER, KEY), make(OTHER)

    assert read(both, write(old)) == {"user": "ada"}
    assert read(both, write(both)) == {"user": "ada"}
    assert read(new, write(both)) == {"user": "ada"}
    assert read(new, write(old)) == {}


def test_cookie_is_found_among_others() -> None:
    cookie = make()
    sent = write(cookie)

    assert read(cookie, b"a=b; " + sent + b"; c=d") == {"user": "ada"}
    assert read(cookie, b"a=b", sent) == {"user": "ada"}
    assert read(cookie, b"xsession=1;session;" + sent) == {"user": "ada"}
    assert read(cookie, b"x" + sent) == {}
    assert read(cookie) == {}
    request = {"type": "http", "headers": [(b"x-cookie", sent)]}
    assert cookie.read(request).content.data == {}


def test_whether_a_cookie_was_sent_is_known_even_if_it_is_invalid() -> None:
    cookie = make()

    assert not cookie.read(scope(b"a=b")).was_sent
    assert cookie.read(scope(b"session=garbage")).was_sent
    assert cookie.read(scope(write(cookie))).was_sent


def test_of_several_cookies_the_one_signed_last_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = make()
    at(monkeypatch, 1_000_000)
    old = write(cookie, b'{"user":"old"}')
    at(monkeypatch, 1_000_060)
    new = write(cookie, b'{"user":"new"}')

    for header in (old + b"; " + new, new + b"; " + old, new + b"; session=garbage; " + old):
        assert read(cookie, header) == {"user": "new"}


@pytest.mark.parametrize(
    ("age", "is_read", "is_stale"),
    [
        (0, True, False),
        (7 * DAY, True, False),
        (7 * DAY + 1, True, True),
        (14 * DAY, True, True),
        (14 * DAY + 1, False, False),
        (-DAY, True, False),  # signed by a server whose clock is ahead
    ],
)
def test_session_lives_for_its_age_and_is_renewed_at_half_of_it(
    monkeypatch: pytest.MonkeyPatch, age: int, is_read: bool, is_stale: bool
) -> None:
    cookie = make()
    now = 1_700_000_000
    at(monkeypatch, now)
    sent = write(cookie)
    at(monkeypatch, now + age)
    state = cookie.read(scope(sent))

    assert bool(state.content.data) is is_read
    assert state.is_stale is is_stale


def test_session_of_the_browser_has_no_age(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = make(max_age=None)
    at(monkeypatch, 1_000_000)
    sent = write(cookie)
    at(monkeypatch, 1_700_000_000)
    state = cookie.read(scope(sent))

    assert state.content.data == {"user": "ada"}
    assert not state.is_stale
    assert "Max-Age" not in cookie.format(b"[]", is_secure=True)


@pytest.mark.parametrize(
    ("name", "options", "is_secure", "attributes"),
    [
        ("s", {}, False, "Max-Age=1209600; Path=/; SameSite=lax; HttpOnly"),
        ("s", {}, True, "Max-Age=1209600; Path=/; SameSite=lax; HttpOnly; Secure"),
        ("s", {"https_only": False}, True, "Max-Age=1209600; Path=/; SameSite=lax; HttpOnly"),
        (
            "s",
            {"https_only": True, "max_age": None, "same_site": "strict"},
            False,
            "Path=/; SameSite=strict; HttpOnly; Secure",
        ),
        (
            "s",
            {"same_site": "none", "path": "/a", "domain": "example.com", "max_age": 60},
            False,
            "Domain=example.com; Max-Age=60; Path=/a; SameSite=none; HttpOnly; Secure",
        ),
        ("__Host-s", {"max_age": 1}, False, "Max-Age=1; Path=/; SameSite=lax; HttpOnly; Secure"),
        ("__Secure-s", {"max_age": 1}, False, "Max-Age=1; Path=/; SameSite=lax; HttpOnly; Secure"),
    ],
)
def test_cookie_has_the_attributes_that_were_asked_for(
    name: str, options: dict[str, Any], is_secure: bool, attributes: str
) -> None:
    cookie = make(name=name, **options)
    pair, _, rest = cookie.format(b"[]", is_secure=is_secure).partition("; ")

    assert rest == attributes
    assert pair.startswith(f"{name}=")


def test_deleting_names_the_same_cookie() -> None:
    cookie = make(path="/a", domain="example.com", max_age=None)
    deleted = cookie.format(b"", is_secure=True).split("; ")

    assert deleted[0] == 'session=""'
    assert {"Max-Age=0", "Path=/a", "Domain=example.com", "Secure", "HttpOnly"} <= set(deleted)
    assert any(part.startswith("expires=") for part in deleted)


HOST_ONLY = (
    "the cookie '__Host-s' cannot have a domain or a path: browsers refuse that of names which "
    "start with `__Host-`"
)
PATH_ENDS = (
    "cookie 'session' cannot have Path '/;x': semicolons and control characters would end the "
    "attribute"
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_age": 0}, "expected max_age in seconds, or None, got 0"),
        ({"max_age": -1}, "expected max_age in seconds, or None, got -1"),
        ({"max_age": True}, "expected max_age in seconds, or None, got True"),
        ({"max_age": 1.5}, "expected max_age in seconds, or None, got 1.5"),
        ({"same_site": "no"}, "expected samesite 'strict', 'lax' or 'none', got 'no'"),
        ({"name": "a b"}, "expected a cookie name of letters, digits and hyphens, got 'a b'"),
        (
            {"path": "/;x"},
            PATH_ENDS,
        ),
        (
            {"name": "__Host-s", "path": "/a"},
            HOST_ONLY,
        ),
        (
            {"name": "__Host-s", "domain": "example.com"},
            HOST_ONLY,
        ),
    ],
)
def test_option_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        make(**options)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("", "''"),
        (None, "None"),
        ("  ", "str"),
        ([], "no key"),
        ([KEY, ""], "str, ''"),
        (KEY.encode(), "bytes"),
        (["secret", 12], "str, int"),
    ],
)
def test_missing_key_is_refused_and_no_key_is_shown(keys: object, shown: str) -> None:
    with pytest.raises(ValueError, match="secret key") as caught:
        check_keys(keys)
    assert str(caught.value) == (
        "expected a secret key, or a list of them, each a str that is not empty; got "
        f"{shown}. Set SECRET_KEY to the output of: "
        'python -c "import secrets; print(secrets.token_urlsafe(32))"'
    )


def test_keys_are_a_list() -> None:
    assert check_keys(KEY) == [KEY]
    assert check_keys((KEY, OTHER)) == [KEY, OTHER]
    assert check_keys([secrets.token_urlsafe(32)])


def test_short_key_is_warned_of_without_showing_it() -> None:
    with pytest.warns(UserWarning, match="a secret key of") as caught:
        assert check_keys([KEY, "é" * 15, "x"]) == [KEY, "é" * 15, "x"]
    assert [str(warning.message) for warning in caught] == [
        f"a secret key of {size} bytes can be guessed: expected at least 32, as from "
        'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        for size in (30, 1)
    ]


def test_key_of_bytes_that_are_not_text_can_be_used() -> None:
    """As the environment gives it, where it is not UTF-8."""
    key = "\udcff" * 32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check_keys(key) == [key]
    cookie = make(key)
    assert read(cookie, write(cookie)) == {"user": "ada"}


def test_missing_package_is_told_by_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    spec = importlib.util.spec_from_file_location(
        "bocadillo._without_itsdangerous", _session_cookie.__file__
    )
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ImportError) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert str(caught.value) == (
        'sessions need the package itsdangerous: pip install "bocadillo[sessions]"'
    )
