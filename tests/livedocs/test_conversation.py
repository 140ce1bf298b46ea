import gzip
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from livedocs.conversation import Conversation, decode, printed
from livedocs.cookies import MissingCookieError
from livedocs.files import to_text
from livedocs.model import PLAIN, Headers, Manner, Request, Response

pytestmark = pytest.mark.anyio
Reply = tuple[int, Headers, bytes]
JAR = Manner(reads="jar", writes="jar")


def conversation(reply: Callable[[str, str, dict[str, str]], Reply]) -> Conversation:
    """Return a conversation with what answers by method, target and headers."""

    async def app(
        scope: Any, _receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        query = scope["query_string"].decode()
        target = scope["path"] + (f"?{query}" if query else "")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, pairs, body = reply(scope["method"], target, headers)
        raw = [(name.encode(), value.encode()) for name, value in pairs]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    return Conversation(app, {})


def visits(_method: str, target: str, headers: dict[str, str]) -> Reply:
    """Count in a cookie."""
    cookie = headers.get("cookie", "visits=0")
    number = int(cookie.rpartition("=")[2]) + 1
    return 200, (("set-cookie", f"visits={number}; path=/"),), f"{target} {cookie}".encode()


def redirecting(method: str, target: str, headers: dict[str, str]) -> Reply:
    """Answer `/303/x` with a redirect to `/x`, and so on; tell of other requests."""
    status, _, rest = target[1:].partition("/")
    if status.isdecimal():
        location = rest if rest.startswith("http") else f"/{rest}"
        return int(status), (("location", location),), b"moved"
    return 200, (), f"{method} {target} {headers.get('content-type')}".encode()


async def test_http_requests_send_the_cookies_that_they_show_and_no_other() -> None:
    talk = conversation(visits)
    await talk.send(Request("GET", "/a"))

    assert (await talk.send(Request("GET", "/b"))).body == "/b visits=0"
    shown = Request("GET", "/c", (("cookie", "visits=..."),))
    assert (await talk.send(shown)).body == "/c visits=1"
    assert (await talk.send(shown)).body == "/c visits=2"


async def test_cookie_that_nobody_has_set_is_not_sent() -> None:
    with pytest.raises(MissingCookieError):
        await conversation(visits).send(Request("GET", "/", (("cookie", "visits=..."),)))


async def test_cookie_files_are_read_and_written_as_the_options_say() -> None:
    talk = conversation(visits)
    bodies = [
        (await talk.send(Request("GET", "/"), manner)).body
        for manner in (
            Manner(writes="jar"),
            Manner(reads="jar"),
            Manner(reads="jar", writes="other"),
            JAR,
            JAR,
            Manner(reads="other"),
            Manner(reads="none"),
            Manner(writes="jar"),
        )
    ]

    assert [int(body.rpartition("=")[2]) for body in bodies] == [0, 1, 1, 1, 2, 2, 0, 0]


async def test_cookies_set_by_a_redirect_are_sent_to_where_it_leads() -> None:
    def reply(_method: str, target: str, headers: dict[str, str]) -> Reply:
        if target == "/login":
            return 303, (("location", "/"), ("set-cookie", "a=1")), b""
        return 200, (), headers.get("cookie", "none").encode()

    talk = conversation(reply)
    login = Request("POST", "/login")
    with_jar = await talk.send(login, Manner(follows=True, writes="jar"))
    without = await talk.send(login, Manner(follows=True))

    assert (with_jar.body, without.body) == ("a=1", "none")


@pytest.mark.parametrize(
    ("method", "target", "manner", "body"),
    [
        ("GET", "/302/x?a=1", Manner(follows=True), "GET /x?a=1 text/plain"),
        ("POST", "/301/x", Manner(follows=True), "GET /x None"),
        ("POST", "/302/303/x", Manner(follows=True), "GET /x None"),
        ("PUT", "/303/x", Manner(follows=True), "GET /x None"),
        ("POST", "/307/x", Manner(follows=True), "POST /x text/plain"),
        ("PUT", "/302/x", Manner(follows=True), "PUT /x text/plain"),
        ("PUT", "/303/x", Manner(follows=True, keeps_method=True), "PUT /x None"),
        ("GET", "/302/http://localhost:8000", Manner(follows=True), "GET / text/plain"),
        ("GET", "/302/x", PLAIN, "moved"),
        ("GET", "/201/x", Manner(follows=True), "moved"),
    ],
)
async def test_redirects_are_followed_as_curl_does(
    method: str, target: str, manner: Manner, body: str
) -> None:
    request = Request(method, target, (("content-type", "text/plain"),), "x")

    assert (await conversation(redirecting).send(request, manner)).body == body


async def test_head_stays_head_after_a_redirect() -> None:
    seen: list[str] = []

    def reply(method: str, target: str, headers: dict[str, str]) -> Reply:
        seen.append(method)
        return redirecting(method, target, headers)

    await conversation(reply).send(Request("HEAD", "/303/x"), Manner(follows=True))

    assert seen == ["HEAD", "HEAD"]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/", "more than 50 redirects from /"),
        ("//evil.example/x", "the redirect leaves the example: '//evil.example/x'"),
        (
            "http://localhost:8000.evil.example/",
            "the redirect leaves the example: 'http://localhost:8000.evil.example/'",
        ),
    ],
)
async def test_redirect_that_leads_nowhere_is_an_error(location: str, message: str) -> None:
    talk = conversation(lambda *_: (302, (("location", location),), b""))

    with pytest.raises(RuntimeError) as caught:
        await talk.send(Request("GET", "/"), Manner(follows=True))

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(b"caf\xc3\xa9")), ("deflate", zlib.compress(b"caf\xc3\xa9"))],
)
async def test_compressed_body_is_decompressed_on_demand(encoding: str, body: bytes) -> None:
    talk = conversation(lambda *_: (200, (("content-encoding", encoding),), body))

    assert (await talk.send(Request("GET", "/"), Manner(decodes=True))).body == "café"
    assert (await talk.send(Request("GET", "/"))).body == to_text(body)


def test_body_that_is_not_compressed_stays() -> None:
    assert decode(Response(200, (), "x")) == "x"


@pytest.mark.parametrize(
    ("manner", "shown"),
    [
        (PLAIN, "moved"),
        (Manner(discards=True), ""),
        (Manner(discards=True, template=r"%{http_code}\n"), "302\n"),
        (Manner(template=r"\t100%% %{content_type}"), "moved\t100% text/plain"),
        (
            Manner(discards=True, template="%{redirect_url} %{url_effective} %{num_redirects}"),
            "http://localhost:8000/b http://localhost:8000/a 2",
        ),
        (Manner(discards=True, template="%{size_download} %{response_code}"), "5 302"),
    ],
)
def test_what_is_printed_is_what_the_options_say(manner: Manner, shown: str) -> None:
    headers = (("content-type", "text/plain"), ("location", "/b"))
    response = Response(302, headers, "moved", target="/a", redirects=2)

    assert printed(response, manner).body == shown


def test_variables_without_a_value_are_empty() -> None:
    manner = Manner(template="%{content_type}|%{redirect_url}")

    assert printed(Response(200, (), "x", target="/"), manner).body == "x|"


async def test_a_handshake_sends_and_sets_cookies_as_a_request_does() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        cookie = dict(scope["headers"]).get(b"cookie", b"none")
        headers = [(b"set-cookie", b"who=ada; path=/")]
        await send({"type": "websocket.accept", "headers": headers})
        await send({"type": "websocket.send", "text": cookie.decode()})

    shown = Request("GET", "/", (("cookie", "who=..."),))
    async with Conversation(app, {}).sockets() as connect:
        with pytest.raises(MissingCookieError):
            await connect(shown)
        texts = [
            await (await connect(request)).receive() for request in (Request("GET", "/"), shown)
        ]

    assert [frame.text for frame in texts] == ["none", "who=ada"]
