"""What servers refuse, or change, before an application sees it: here it does see it.

Another server may be less strict than those of `tests/real/test_bad_input.py`. What belongs to real
time (WebSockets, event streams) has its own tests.
"""

import logging
from typing import Any

import pytest

from bocadillo import App, HTTPError, Request, Response, SettingsError, configure
from bocadillo._limits import Limits
from bocadillo.sessions import SessionError
from tests.bocadillo.calls import HOST, call
from tests.whole_app import KEY, make_site, make_whole_app

JSON = (b"content-type", b"application/json")
FRIEND = b"https://friend.example"


@pytest.fixture(params=[True, False], ids=["with middleware", "without"], scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> App:
    return make_whole_app(make_site(tmp_path_factory.mktemp("bad")), [], is_noting=request.param)


async def ask(
    app: Any, method: str, path: str, *headers: tuple[bytes, bytes], **changes: Any
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent = await call(app, method, path, **{"headers": [HOST, *headers], **changes})
    assert [message["type"] for message in sent[:2]] == [
        "http.response.start",
        "http.response.body",
    ]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


# Methods: a closed verb table; never an attribute looked up by the client's text.
@pytest.mark.parametrize(
    "method",
    [
        "get", "Get", "__class__", "__init__", "helper", "secret", "handle", "HANDLE", "", " ",
        "GET ",
        "GET\r\n", "\0", "É", "TRACE", "CONNECT", "PROPFIND", "*", "GET,POST", "x" * 100_000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/things", "/every", "/static/a.txt", "/items/1"])
async def test_odd_method_is_a_405(app: App, method: str, path: str) -> None:
    status, headers, body = await ask(app, method, path)
    assert status == 405
    assert b"GET" in headers[b"allow"]
    assert b"secret" not in body


# Patterns match the whole path; redirects are path-absolute. A path that is none, or that no server
# would decode so, leads nowhere.
@pytest.mark.parametrize(
    "path",
    [
        "", "admin", "*", "//admin", "/admin\n", "/admin\0", "\n/admin",
        "http://evil.example/slashed/a",
        "//evil.example/slashed/a", "slashed/a", "shop:443", "/\\evil.example",
        "/static/../secret.txt",
        "/static/..\\secret.txt", "/static//etc/passwd", "/static/\0", "/static/\ud800",
        "/static/a.txt\n", "/static/C:\\secret", "/static/" + "x" * 100_000, "/\udcff",
    ],
)  # fmt: skip
async def test_odd_path_is_a_404(app: App, path: str) -> None:
    status, headers, body = await ask(app, "GET", path)
    assert (status, body) == (404, b'{"error":"404 Not Found","status":404}')
    assert b"location" not in headers


# Integers: ASCII digits only.
@pytest.mark.parametrize(
    "text",
    ["\uff11", "\u0663", "1\n", "\n1", " 1", "1_0", "\xb2", "9" * 5000, "1\0", "\uff11" * 30],
)
async def test_odd_digits_are_a_400(app: App, text: str) -> None:
    status, _, body = await ask(app, "GET", f"/items/{text}")
    assert status == 400
    assert b"Expected `int`" in body


# Host: none or two on HTTP/1.1 is 400.
@pytest.mark.parametrize("hosts", [[], [HOST, HOST], [HOST, (b"host", b"evil.example")]])
@pytest.mark.parametrize("path", ["/", "/none", "/things", "/static/a.txt", "/wsgi/", "/html/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_not_exactly_one_host_is_a_400(
    app: App, hosts: list[tuple[bytes, bytes]], path: str, method: str
) -> None:
    status, headers, body = await ask(app, method, path, headers=hosts)
    assert (status, body) == (400, b'{"error":"400 Bad Request","status":400}')
    assert b"location" not in headers


@pytest.mark.parametrize(
    "host", [b"", b"\0", b"\r\n", b"evil/..", b"a b", b"\xff", b"x" * 70_000, b"@"]
)
async def test_redirect_is_never_built_from_the_host(app: App, host: bytes) -> None:
    status, headers, _ = await ask(app, "GET", "/slashed/a", headers=[(b"host", host)])
    assert (status, headers[b"location"]) == (302, b"/slashed/a/")


# Control characters in headers, which servers refuse.
@pytest.mark.parametrize(
    ("path", "header", "statuses"),
    [
        ("/", (b"accept-encoding", b"gzip\r\nx: y"), {200}),
        ("/", (b"accept-encoding", b"\0"), {200}),
        ("/", (b"origin", FRIEND + b"\r\nx-evil: 1"), {200}),
        ("/", (b"origin", FRIEND + b"\0"), {200}),
        ("/me", (b"cookie", b"session=\r\n\0"), {200}),
        ("/cookies", (b"cookie", b'a="\\012\\015\\000"; \0=\r'), {200}),
        ("/last", (b"last-event-id", b"\0"), {400}),
        ("/last", (b"last-event-id", b"a\r\nb"), {200}),
        ("/static/a.txt", (b"range", b"bytes=0-1\r\n"), {200, 206}),
        ("/static/a.txt", (b"range", "bytes=\uff11-\uff12".encode()), {200}),
        ("/static/a.txt", (b"if-none-match", b'"\0"'), {200}),
        ("/static/a.txt", (b"if-modified-since", b"\r\n\0"), {200}),
    ],
)
async def test_control_characters_in_headers_come_to_nothing(
    app: App, path: str, header: tuple[bytes, bytes], statuses: set[int]
) -> None:
    status, headers, _ = await ask(app, "GET", path, header)
    assert status in statuses
    assert b"x-evil" not in headers
    assert b"access-control-allow-origin" not in headers
    assert not any(char in value for value in headers.values() for char in b"\r\n\0")


# JSON: `application/json` or `+json` only; what is no content type is none of these.
@pytest.mark.parametrize(
    "kind", [b"text/plain\r\n+json", b"\0/x+json", b"application/json\0", b"a/+json"]
)
@pytest.mark.parametrize("path", ["/json", "/todos", "/models"])
async def test_odd_content_type_is_a_415(app: App, kind: bytes, path: str) -> None:
    assert (await ask(app, "POST", path, (b"content-type", kind)))[0] == 415


# NaN and Infinity are never emitted, lone surrogates never a 500 of what a client sent.
async def test_what_json_cannot_hold_is_not_emitted() -> None:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.json = [float("nan"), float("inf"), -float("inf")]

    assert (await ask(app, "GET", "/"))[2] == b"[null,null,null]"


# Bodies: 10 MiB, 20 s between chunks. Forms: 200 fields, 20 files, 1 MiB per field.
def test_limits_are_those_that_are_promised() -> None:
    assert Limits() == Limits(
        max_body_size=10 * 1024 * 1024,
        body_timeout=20,
        max_fields=200,
        max_files=20,
        max_field_size=1024 * 1024,
    )
    app = App()
    assert app.settings.MAX_BODY_SIZE == 10 * 1024 * 1024
    assert app.settings.BODY_TIMEOUT == 20


@pytest.mark.parametrize(
    "length", [b"3", b"x", b"-1", b"+3", b"0x3", "\uff13".encode(), b"9" * 5000]
)
async def test_odd_length_is_not_believed(app: App, length: bytes) -> None:
    messages = [{"type": "http.request", "body": b"abc"}]
    headers = (b"content-length", length)
    status, _, body = await ask(app, "POST", "/size", headers, messages=messages)
    assert status == (413 if len(length) > 1000 else 200)
    assert body == b"3" or status == 413


# Sessions: Secure on https.
@pytest.mark.parametrize(("scheme", "is_secure"), [("https", True), ("http", False)])
async def test_cookie_of_the_session_is_secure_on_https(
    app: App, scheme: str, is_secure: bool
) -> None:
    status, headers, _ = await ask(app, "POST", "/login", scheme=scheme)
    attributes = headers[b"set-cookie"].split(b"; ")[1:]
    assert status == 200
    assert (b"Secure" in attributes) == is_secure
    assert {b"HttpOnly", b"SameSite=lax", b"Path=/"} <= set(attributes)


# A session above 4 KB is an error, and no cookie is sent.
async def test_session_that_is_too_large_is_an_error() -> None:
    app = configure(App(), sessions={"secret_key": KEY})

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        req.session["text"] = "x" * 5000

    sent: list[Any] = []
    with pytest.raises(SessionError, match="browsers keep 4096"):
        await call(app, "GET", "/", sent=sent)
    assert sent[0]["status"] == 500
    assert b"set-cookie" not in dict(sent[0]["headers"])


# `rotate()` on login: what was signed before is another session.
async def test_login_starts_another_session(app: App) -> None:
    cookies = []
    for user in (b"user=ada", b"user=ada"):
        _, headers, _ = await ask(app, "POST", "/login", query_string=user)
        cookies.append(headers[b"set-cookie"].partition(b";")[0])
    assert cookies[0] != cookies[1]
    for cookie in cookies:
        assert (await ask(app, "GET", "/me", (b"cookie", cookie)))[2] == b'"ada"'
        changed = cookie[:-1] + (b"A" if cookie[-1:] != b"A" else b"B")
        assert (await ask(app, "GET", "/me", (b"cookie", changed)))[2] == b"null"


# CORS `*` with credentials is a startup error; an empty key is a SettingsError.
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cors": {"allow_origins": ["*"], "allow_credentials": True}}, "with credentials"),
        ({"cors": {"allow_origins": ["null"], "allow_credentials": True}}, "with credentials"),
        ({"cors": {"allow_origin_regex": ".*", "allow_credentials": True}}, "with credentials"),
        ({"cors": {"allow_origins": ["https://*.example.com"]}}, "letter by letter"),
        ({"sessions": True}, "needs a key"),
        ({"sessions": True, "secret_key": ""}, "needs a key"),
        ({"sessions": {"secret_key": ""}}, "needs a key"),
        ({"allowed_hosts": []}, "is empty"),
        ({"allowed_hosts": ["https://example.com"]}, "without scheme and port"),
    ],
)
def test_dangerous_settings_are_refused_at_startup(
    settings: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(SettingsError, match=message):
        configure(App(), **settings)


async def test_short_key_is_warned_of_at_startup() -> None:
    app = configure(App(), sessions=True, secret_key="short")
    with pytest.warns(UserWarning, match="can be guessed"):
        await call(app, "GET", "/")


async def test_keys_can_be_rotated() -> None:
    def make(keys: Any) -> App:
        app = configure(App(), sessions={"secret_key": keys})

        @app.route("/", methods=["GET", "POST"])
        async def index(req: Request, res: Response) -> None:
            if req.method == "POST":
                req.session["user"] = "ada"
            res.json = req.session.get("user")

        return app

    old, new = "o" * 32, "n" * 32
    _, headers, _ = await ask(make(old), "POST", "/")
    cookie = (b"cookie", headers[b"set-cookie"].partition(b";")[0])
    assert (await ask(make([new, old]), "GET", "/", cookie))[2] == b'"ada"'
    assert (await ask(make([new]), "GET", "/", cookie))[2] == b"null"


# HTTPS redirect and HSTS are two settings with their own names.
@pytest.mark.parametrize(
    ("settings", "scheme", "status", "has_header"),
    [
        ({"https_redirect": True}, "http", 307, False),
        ({"https_redirect": True}, "https", 200, False),
        ({"hsts": {}}, "https", 200, True),
        ({"hsts": {}}, "http", 200, False),
        ({}, "http", 200, False),
    ],
)
async def test_https_redirect_and_hsts_are_two_settings(
    settings: dict[str, Any], scheme: str, status: int, has_header: bool
) -> None:
    app = configure(App(), **settings)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    answer = await ask(app, "GET", "/", scheme=scheme)
    assert answer[0] == status
    assert (b"strict-transport-security" in answer[1]) == has_header


# The security headers: one setting to change.
async def test_security_headers_are_one_setting() -> None:
    def make(value: Any) -> App:
        app = configure(App(), security_headers=value)

        @app.route("/")
        async def index(req: Request, res: Response) -> None:
            res.html = "<p>hello"

        return app

    names = {b"x-content-type-options", b"referrer-policy", b"x-frame-options"}
    assert names <= set((await ask(make(True), "GET", "/"))[1])
    assert not names & set((await ask(make(False), "GET", "/"))[1])
    changed = (await ask(make({"x-frame-options": "SAMEORIGIN"}), "GET", "/"))[1]
    assert changed[b"x-frame-options"] == b"SAMEORIGIN"


# Debug pages: off by default; log lines use `%r` for client text.
@pytest.mark.parametrize("path", ["/a\nERROR forged", "/a\r\x1b[31m", "/a\u2028b"])
async def test_unhandled_error_tells_nothing_and_forges_no_line_of_the_log(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.route("/{name}")
    async def fail(req: Request, res: Response, name: str) -> None:
        secret = "local"  # noqa: F841 - a debug page must not show it
        raise ZeroDivisionError("internals")

    sent: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        await call(app, "GET", path, sent=sent, headers=[HOST, (b"accept", b"text/html")])
    assert sent[1]["body"] == b'{"error":"500 Internal Server Error","status":500}'
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == f"no answer to GET {path!r}"
    assert record.getMessage().isprintable()


async def test_refusal_of_another_site_forges_no_line_of_the_log(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    status, _, _ = await ask(app, "POST", "/login", (b"origin", b"x\nERROR forged"))
    assert status == 403
    [record] = caplog.records
    assert record.getMessage().isprintable()


async def test_error_with_a_header_of_the_client_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="line breaks"):
        HTTPError(400, headers={"x-a": "b\r\nx-evil: 1"})
