import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import cookie_parser

from bocadillo import App, Request, Response, create_client
from bocadillo._cookies import format_cookie, parse_cookies

PLAIN: dict[str, Any] = {
    "max_age": None,
    "expires": None,
    "path": None,
    "domain": None,
    "secure": False,
    "httponly": False,
    "samesite": None,
    "partitioned": False,
}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "a=b"),
        ({"max_age": 60}, "a=b; Max-Age=60"),
        ({"max_age": 0}, "a=b; Max-Age=0"),
        ({"path": "/", "domain": "x.org"}, "a=b; Domain=x.org; Path=/"),
        ({"samesite": "lax", "secure": True}, "a=b; SameSite=lax; Secure"),
        ({"httponly": True, "partitioned": True}, "a=b; HttpOnly; Partitioned"),
        (
            {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"},
            "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ),
        (
            {"expires": datetime(2015, 10, 21, 7, 28, tzinfo=UTC)},
            "a=b; expires=Wed, 21 Oct 2015 07:28:00 GMT",
        ),
    ],
)
def test_cookie_is_formatted(options: dict[str, Any], expected: str) -> None:
    assert format_cookie("a", "b", **{**PLAIN, **options}) == expected


def test_expiry_in_seconds_counts_from_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    cookie = format_cookie("a", "b", **{**PLAIN, "expires": 86400})
    assert cookie == "a=b; expires=Fri, 02 Jan 1970 00:00:00 GMT"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_value_is_read_back_as_it_was_set(value: str) -> None:
    text = format_cookie("a", value, **PLAIN)
    assert ";" not in text
    assert parse_cookies(text) == {"a": value}


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", {}),
        (";;=;", {}),
        ("a=b; c=d", {"a": "b", "c": "d"}),
        ("a=b=c;d", {"a": "b=c", "": "d"}),
        (" a = b ;c=", {"a": "b", "c": ""}),
        ("=a", {"": "a"}),
        ("a=1; a=2", {"a": "2"}),
        ('a="b c"', {"a": "b c"}),
        (r'a="\073\"\\\x\8\400"', {"a": ';"\\x8400'}),
        ('a="', {"a": '"'}),
        ('a=""', {"a": ""}),
        ('a="\\"', {"a": "\\"}),
        (r"a=\073", {"a": r"\073"}),
    ],
)
def test_cookies_are_parsed(header: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(header) == cookies


@given(st.text(alphabet='ab=; "\\0347é\n', max_size=40))
def test_cookies_are_parsed_as_starlette_does(header: str) -> None:
    assert parse_cookies(header) == cookie_parser(header)


def test_cookie_of_backslashes_takes_no_time() -> None:
    header = 'a="' + r"\"" * 500_000 + '"'
    started = time.monotonic()
    assert parse_cookies(header) == {"a": '"' * 500_000}
    assert time.monotonic() - started < 5  # hours, if each looked at all that follow


@pytest.mark.parametrize(
    ("key", "value", "options", "message"),
    [
        ("a b", "", {}, "expected a cookie name of letters, digits and hyphens, got 'a b'"),
        ("", "", {}, "expected a cookie name of letters, digits and hyphens, got ''"),
        ("a", "x\r\ny", {}, "cookie 'a' cannot have the value 'x\\r\\ny': control character"),
        ("a", "", {"samesite": "no"}, "expected samesite 'strict', 'lax' or 'none', got 'no'"),
        (
            "a",
            "",
            {"samesite": "None"},
            "cookie 'a' needs secure=True with samesite='none': browsers refuse it otherwise",
        ),
        (
            "a",
            "",
            {"path": "/; Domain=x"},
            (
                "cookie 'a' cannot have Path '/; Domain=x': semicolons and control characters "
                "would end the attribute"
            ),
        ),
        (
            "a",
            "",
            {"domain": "x\n"},
            (
                "cookie 'a' cannot have Domain 'x\\n': semicolons and control characters would end "
                "the attribute"
            ),
        ),
    ],
)
def test_malformed_cookie_is_refused(
    key: str, value: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=r"cookie|samesite") as caught:
        format_cookie(key, value, **{**PLAIN, **options})
    assert str(caught.value) == message


def test_cookie_comes_back_from_the_client_and_can_be_deleted() -> None:
    app = App()

    @app.route("/set")
    async def set_cookie(req: Request, res: Response) -> None:
        res.set_cookie("theme", 'dark; "very"')

    @app.route("/get")
    async def get_cookie(req: Request, res: Response) -> None:
        res.json = req.cookies

    @app.route("/delete")
    async def delete_cookie(req: Request, res: Response) -> None:
        res.delete_cookie("theme")

    client = create_client(app)
    client.get("/set")
    assert client.get("/get").json() == {"theme": 'dark; "very"'}
    assert client.get("/delete").headers["set-cookie"].startswith('theme=""; expires=')
    assert client.get("/get").json() == {}


def test_value_that_is_not_text_is_refused() -> None:
    with pytest.raises(TypeError, match="expected the value of cookie 'visits' as str, got 3"):
        format_cookie("visits", 3, **PLAIN)  # type: ignore[arg-type] # the mistake under test


parts = st.text(max_size=12) | st.text('ab; ,="\\\r\n\0é', max_size=12)


@given(parts, parts, parts, parts)
def test_any_cookie_is_refused_or_is_a_single_one(
    name: str, value: str, path: str, domain: str
) -> None:
    try:
        text = format_cookie(name, value, **{**PLAIN, "path": path, "domain": domain})
    except ValueError:
        return
    assert not set(text) & set("\r\n\0")
    first, *attributes = text.split("; ")
    assert parse_cookies(first) == {name: value}
    expected = [("Domain", domain), ("Path", path)]
    assert attributes == [f"{key}={given}" for key, given in expected if given]
