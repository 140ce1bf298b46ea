import pytest

from bocadillo import Response


def test_cookies_are_headers_of_the_response() -> None:
    res = Response()
    res.set_cookie("theme", "dark", max_age=60, httponly=True)
    res.delete_cookie("old", path="/app")
    first, second = res.headers.getlist("set-cookie")
    assert first == "theme=dark; Max-Age=60; Path=/; SameSite=lax; HttpOnly"
    assert second.startswith('old=""; expires=')
    assert second.endswith("; Max-Age=0; Path=/app; SameSite=lax")


def test_cookie_that_would_break_out_is_refused_where_it_is_set() -> None:
    with pytest.raises(ValueError, match="control character"):
        Response().set_cookie("a", "b\r\nx: y")
