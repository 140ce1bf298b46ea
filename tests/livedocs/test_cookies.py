import pytest

from livedocs.cookies import Jar, MissingCookieError, add_cookies, fill
from livedocs.model import Request, Response


def kept(*values: str, target: str = "/a/b?c=/d") -> Jar:
    jar = Jar()
    for value in values:
        jar.keep(Response(200, (("x", "y=1"), ("set-cookie", value)), ""), target=target)
    return jar


@pytest.mark.parametrize(
    ("values", "target", "header"),
    [
        ((), "/", ""),
        (("a=1", "b=2; Path=/; HttpOnly; SameSite=Lax"), "/a/x", "a=1; b=2"),
        (("a=1",), "/", ""),
        (("a=1; path=/", "a=2; path=/"), "/", "a=2"),
        (("a=1; path=/a",), "/ab", ""),
        (("a=1; path=/", "b=2; path=/a"), "/a?x", "b=2; a=1"),
        (("a=x=y==; path=relative",), "/a/", "a=x=y=="),
        (("a=1; path=/", "a=gone; path=/; max-age=0"), "/", ""),
        (("a=1; path=/; max-age=-1",), "/", ""),
        (("a=1; path=/; max-age=60",), "/", "a=1"),
        (("a=1; path=/; max-age=x; expires=nonsense",), "/", "a=1"),
        (("a=1; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT",), "/", ""),
        (("a=1; path=/; expires=Thu, 01 Jan 1970 00:00:00 -0000",), "/", ""),
        (("a=1; path=/; expires=Fri, 01 Jan 2100 00:00:00 GMT",), "/", "a=1"),
    ],
)
def test_a_jar_sends_what_belongs_to_a_path(
    values: tuple[str, ...], target: str, header: str
) -> None:
    assert kept(*values).header(target) == header


def test_a_cookie_without_a_path_belongs_to_the_folder_of_its_target() -> None:
    assert kept("a=1", target="/login").header("/") == "a=1"


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("session=...", "session=5"),
        ("a=1; session=...; b=...x", "a=1; session=5; b=...x"),
        ("a=1", "a=1"),
    ],
)
def test_an_open_cookie_gets_the_value_that_was_set(shown: str, sent: str) -> None:
    request = Request("GET", "/", (("accept", "session=..."), ("cookie", shown)))

    filled = fill(request, kept("session=5; path=/elsewhere"))

    assert filled.headers == (("accept", "session=..."), ("cookie", sent))


def test_an_open_cookie_that_was_never_set_names_the_cure() -> None:
    with pytest.raises(MissingCookieError) as caught:
        fill(Request("GET", "/", (("cookie", "session=..."),)), Jar())

    assert str(caught.value) == (
        "no response so far has set the cookie 'session', which this request sends: make the "
        "request that sets it first."
    )


def test_cookies_of_a_jar_stand_before_those_of_the_request() -> None:
    jar = kept("a=1; path=/")

    assert add_cookies(Request("GET", "/"), jar).headers == (("cookie", "a=1"),)
    assert add_cookies(Request("GET", "/", (("cookie", "b=2"), ("x", "y"))), jar).headers == (
        ("x", "y"),
        ("cookie", "a=1; b=2"),
    )
    assert add_cookies(Request("GET", "/"), Jar()) == Request("GET", "/")
