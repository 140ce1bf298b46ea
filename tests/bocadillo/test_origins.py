import pytest

from bocadillo._origins import (
    is_cross_origin,
    may_open,
    own_origin,
    parse_allowed,
    parse_origins,
)

TRUSTED = frozenset({"https://app.example.com", "capacitor://localhost"})

Headers = dict[str, str] | list[tuple[str, str]]


def scope(
    headers: Headers, *, method: str = "POST", scheme: str = "https", host: str = "example.com"
) -> dict[str, object]:
    pairs = headers.items() if isinstance(headers, dict) else headers
    raw = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
    if host:
        raw.append((b"host", host.encode()))
    return {"type": "http", "method": method, "scheme": scheme, "headers": raw}


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        # Not a browser, or one that is old, on the page itself.
        ({}, False),
        # The browser tells how the origins relate.
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": ""}, True),
        ({"sec-fetch-site": "Same-Origin"}, True),
        ({"sec-fetch-site": "same-origin, cross-site"}, True),
        ([("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], True),
        # It is believed: behind a proxy that rewrites the host, only it is right. A form of a page
        # with `Referrer-Policy: no-referrer` has the origin `null`, even when it is our own.
        ({"sec-fetch-site": "same-origin", "origin": "https://public.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        # A redirect by another site taints the request, whatever its origin.
        ({"sec-fetch-site": "cross-site", "origin": "https://example.com"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, True),
        # Without it, the origin must be ours, letter by letter.
        ({"origin": "https://example.com"}, False),
        ({"origin": "http://example.com"}, True),
        ({"origin": "https://example.com:8443"}, True),
        ({"origin": "https://example.com:443"}, True),
        ({"origin": "https://EXAMPLE.com"}, True),
        ({"origin": "https://www.example.com"}, True),
        ({"origin": "https://com"}, True),
        ({"origin": "https://example.com.evil.org"}, True),
        ({"origin": "https://evil.org#example.com"}, True),
        ({"origin": "https://example.com@evil.org"}, True),
        ({"origin": "https://example.com/"}, True),
        ({"origin": "https://example.com https://evil.org"}, True),
        ({"origin": "https://example.com\xe9"}, True),
        ({"origin": "//example.com"}, True),
        ({"origin": "example.com"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ([("origin", "https://example.com"), ("origin", "https://example.com")], True),
        # Trusted origins are trusted whatever the site.
        ({"origin": "https://app.example.com"}, False),
        ({"origin": "https://app.example.com", "sec-fetch-site": "same-site"}, False),
        ({"origin": "capacitor://localhost", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://app.example.com", "sec-fetch-site": "cross-site"}, True),
        ({"origin": "https://app.example.com:8443", "sec-fetch-site": "same-site"}, True),
    ],
)
def test_unsafe_request_is_taken_from_the_own_pages_only(
    headers: Headers, is_refused: bool
) -> None:
    assert is_cross_origin(scope(headers), TRUSTED) is is_refused


@pytest.mark.parametrize(
    ("method", "is_refused"),
    [
        ("GET", False),
        ("HEAD", False),
        ("OPTIONS", False),
        ("TRACE", False),
        ("POST", True),
        ("PUT", True),
        ("PATCH", True),
        ("DELETE", True),
        ("get", True),
        ("PROPFIND", True),
        ("", True),
    ],
)
def test_only_methods_known_to_be_safe_are_let_through(method: str, is_refused: bool) -> None:
    request = scope({"origin": "https://evil.org"}, method=method)

    assert is_cross_origin(request, frozenset()) is is_refused


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("http", "example.com", "http://example.com"),
        ("https", "example.com", "https://example.com"),
        ("wss", "example.com", "https://example.com"),
        ("ws", "example.com", "http://example.com"),
        ("http", "example.com:80", "http://example.com"),
        ("https", "example.com:443", "https://example.com"),
        ("https", "example.com:80", "https://example.com:80"),
        ("http", "example.com:443", "http://example.com:443"),
        ("http", "example.com:8080", "http://example.com:8080"),
        ("http", "Example.COM", "http://example.com"),
        ("http", "[::1]", "http://[::1]"),
        ("http", "[::1]:80", "http://[::1]"),
        ("http", "[::1]:8000", "http://[::1]:8000"),
        ("https", "[2001:DB8::443]", "https://[2001:db8::443]"),
        ("http", "localhost:8000", "http://localhost:8000"),
        ("http", "", None),
    ],
)
def test_own_origin_is_written_as_browsers_do(scheme: str, host: str, origin: str | None) -> None:
    request = scope({}, scheme=scheme, host=host)

    assert own_origin(request) == origin


def test_request_with_no_host_or_several_has_no_origin_that_is_its_own() -> None:
    origin = {"origin": "https://example.com"}

    assert is_cross_origin(scope(origin, host=""), frozenset())
    assert is_cross_origin(scope({**origin, "host": "evil.org"}), frozenset())
    assert own_origin(scope({"host": ""}, host="")) is None


def test_scheme_is_http_unless_the_server_tells() -> None:
    request = scope({"origin": "http://example.com"})
    del request["scheme"]

    assert not is_cross_origin(request, frozenset())


def test_origins_of_a_setting_are_kept_when_written_as_browsers_do() -> None:
    origins = ["https://a.example", "http://[::1]:8000", "tauri://localhost", "https://a_b.c:1"]

    assert parse_origins(origins) == frozenset(origins)
    assert parse_origins(()) == frozenset()


@pytest.mark.parametrize(
    ("origin", "meant"),
    [
        ("https://A.example", "https://a.example"),
        ("HTTPS://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example/path", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        (" https://a.example\n", "https://a.example"),
    ],
)
def test_origin_written_in_another_way_is_refused_with_the_right_one(
    origin: str, meant: str
) -> None:
    with pytest.raises(ValueError, match="Did you mean") as caught:
        parse_origins([origin])
    assert str(caught.value) == (
        f"expected an origin as browsers send it, got {origin!r}. Did you mean {meant!r}?"
    )


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "", "a.example", "https://", "https://*.example", "https://é.example", None]
    + [f"https://{host}" for host in ("u@a.example", "a.example?x", "a.example:x", "a b")],
)
def test_what_is_no_origin_is_refused(origin: object) -> None:
    with pytest.raises(ValueError, match="expected an origin") as caught:
        parse_origins([origin])
    assert str(caught.value) == (
        "expected an origin as browsers send it: scheme, host in ASCII and port, such as "
        f"'https://app.example.com', got {origin!r}"
    )


@pytest.mark.parametrize("origins", ["https://a.example", None, 1])
def test_origins_must_be_a_list(origins: object) -> None:
    with pytest.raises(TypeError) as caught:
        parse_origins(origins)
    assert str(caught.value) == (
        f"expected a list of origins, such as ['https://app.example.com'], got {origins!r}"
    )


@pytest.mark.parametrize(
    ("headers", "host", "is_allowed"),
    [
        # Not a browser.
        ({}, "example.com", True),
        ({}, "", True),
        # The page is of the same host, whatever the scheme: a proxy may decrypt.
        ({"origin": "https://example.com"}, "example.com", True),
        ({"origin": "http://example.com"}, "example.com", True),
        ({"origin": "https://example.com"}, "EXAMPLE.com:443", True),
        ({"origin": "http://localhost:8000"}, "localhost:8000", True),
        ({"origin": "http://[::1]:8000"}, "[::1]:8000", True),
        ({"origin": "https://app.example.com"}, "example.com", True),  # it is trusted
        ({"origin": "https://example.com:8443"}, "example.com", False),
        ({"origin": "http://localhost:3000"}, "localhost:8000", False),
        ({"origin": "https://www.example.com"}, "example.com", False),
        ({"origin": "https://example.com.evil.org"}, "example.com", False),
        ({"origin": "https://evil.org"}, "example.com", False),
        ({"origin": "http://app.example.com"}, "example.com", False),
        ({"origin": "https://example.com"}, "", False),
        ({"origin": "example.com"}, "example.com", False),
        ({"origin": "null"}, "example.com", False),
        ({"origin": ""}, "example.com", False),
        ([("origin", "https://example.com"), ("origin", "https://evil.org")], "example.com", False),
        ([("host", "evil.org"), ("origin", "https://evil.org")], "example.com", False),
    ],
)
def test_page_may_open_a_websocket_of_its_own_host_or_when_it_is_trusted(
    headers: Headers, host: str, is_allowed: bool
) -> None:
    handshake = scope(headers, scheme="ws", host=host)
    assert may_open(handshake, TRUSTED) is is_allowed
    assert may_open(handshake, frozenset({"*"}))


def test_any_page_may_be_allowed() -> None:
    assert parse_allowed(["*"]) == {"*"}
    assert parse_allowed(("https://a.example", "*")) == {"https://a.example", "*"}
    assert parse_allowed({"https://a.example"}) == {"https://a.example"}
    with pytest.raises(ValueError, match="Did you mean"):
        parse_allowed(["https://a.example/", "*"])
    with pytest.raises(TypeError, match="expected a list of origins"):
        parse_allowed("*")
