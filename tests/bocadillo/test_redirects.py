import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bocadillo._redirects import check_target


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/", "/"),
        ("/todos?page=2&q=a+b#end", "/todos?page=2&q=a+b#end"),
        ("todos", "todos"),
        ("../x", "../x"),
        ("?page=2", "?page=2"),
        ("#top", "#top"),
        ("/café au lait", "/caf%C3%A9%20au%20lait"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a:b@c", "/a:b@c"),
        ("/next=https://example.org", "/next=https://example.org"),
        ('/"<>', "/%22%3C%3E"),
        ("/／evil.example", "/%EF%BC%8Fevil.example"),  # noqa: RUF001 - a slash that is none
    ],
)
def test_target_on_this_site_is_percent_encoded(url: str, expected: str) -> None:
    assert check_target(url) == check_target(url, external=True) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        " /x",
        "/x ",
        "/x\r\nset-cookie: a=b",
        "/\t/evil.example",
        "\x00/x",
        "/\\evil.example",
        "\\\\evil.example",
        "/x\u2028",
        "/\u00a0x",
    ],
)
@pytest.mark.parametrize("external", [False, True])
def test_target_that_a_browser_may_read_otherwise_is_refused(url: str, external: bool) -> None:
    with pytest.raises(ValueError, match="cannot redirect") as caught:
        check_target(url, external=external)
    assert str(caught.value) == (
        f"cannot redirect to {url!r}: expected a path such as '/todos', without spaces around it, "
        "control characters or backslashes"
    )


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://",
        "https://?x",
        "ftp://evil.example",
        "mailto:joe@example.org",
    ],
)
@pytest.mark.parametrize("external", [False, True])
def test_target_that_is_neither_path_nor_web_address_is_refused(url: str, external: bool) -> None:
    with pytest.raises(ValueError, match="cannot redirect") as caught:
        check_target(url, external=external)
    assert str(caught.value) == (
        f"cannot redirect to {url!r}: expected a path such as '/todos', or an address that begins "
        "with 'https://'"
    )


@pytest.mark.parametrize("url", ["https://example.org/x", "HTTP://example.org", "https://a@b"])
def test_other_site_must_be_asked_for(url: str) -> None:
    assert check_target(url, external=True) == url
    with pytest.raises(ValueError, match="may be another site") as caught:
        check_target(url)
    assert str(caught.value) == (
        f"cannot redirect to {url!r}, which may be another site: pass external=True when the "
        "address does not come from the client, or a path such as '/todos'"
    )


@pytest.mark.parametrize("url", [None, b"/x", 3])
def test_target_that_is_not_text_is_refused(url: Any) -> None:
    with pytest.raises(TypeError) as caught:
        check_target(url)
    assert str(caught.value) == f"expected the target of a redirect as str, got {url!r}"


targets = st.text(max_size=12) | st.text("/\\:@.?#ahtps;%\t\n\r\0 \u2028\uff0f", max_size=12)


@given(targets)
@example("/\t/evil.example")
@example("https:evil.example")
@example("/.//evil.example")
def test_any_target_is_refused_or_stays_on_the_site(url: str) -> None:
    try:
        target = check_target(url)
    except ValueError:
        return
    assert target.isascii()
    assert target.isprintable()
    # As browsers have it: a backslash is a slash, and what is no character is left out.
    read = re.sub(r"[\t\r\n]", "", target).replace("\\", "/")
    address = urlsplit(urljoin("https://shop.example/a/b?c", read))
    assert (address.scheme, address.netloc) == ("https", "shop.example")
