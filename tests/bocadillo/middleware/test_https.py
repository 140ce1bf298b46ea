from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from bocadillo.middleware._https import HSTSMiddleware, HTTPSRedirectMiddleware


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
    elif scope["type"] == "http":
        own = {"strict-transport-security": "max-age=1"} if scope["path"] == "/own" else None
        await PlainTextResponse("hello", headers=own)(scope, receive, send)


async def redirect(**scope: Any) -> tuple[int, dict[str, str], bytes]:
    """Return the answer to a request over http."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is received")

    hosts = scope.pop("hosts", ["example.com"])
    full = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", host.encode()) for host in hosts],
        **scope,
    }
    await HTTPSRedirectMiddleware(app)(full, receive, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


@pytest.mark.parametrize(
    ("scope", "location"),
    [
        ({}, "https://example.com/"),
        ({"hosts": ["example.com:80"]}, "https://example.com/"),
        ({"hosts": ["example.com:443"]}, "https://example.com/"),
        ({"hosts": ["example.com:8000"]}, "https://example.com:8000/"),
        ({"hosts": ["[::1]:80"]}, "https://[::1]/"),
        ({"hosts": ["127.0.0.1"]}, "https://127.0.0.1/"),
        ({"raw_path": b"/caf%C3%A9/a%2Fb"}, "https://example.com/caf%C3%A9/a%2Fb"),
        ({"raw_path": b"/a?b=1"}, "https://example.com/a"),
        ({"path": "/café/a b"}, "https://example.com/caf%C3%A9/a%20b"),
        ({"raw_path": b"/a", "query_string": b"b=1&c=%20"}, "https://example.com/a?b=1&c=%20"),
        ({"raw_path": b"//evil.com"}, "https://example.com//evil.com"),
        ({"raw_path": b"@evil.com"}, "https://example.com/@evil.com"),
        ({"raw_path": b".evil.com"}, "https://example.com/.evil.com"),
        ({"path": "*"}, "https://example.com/%2A"),
        ({"raw_path": b"/\r\nx: y"}, "https://example.com/%0D%0Ax:%20y"),
        ({"raw_path": b"/", "query_string": b"a\r\nb"}, "https://example.com/?a%0D%0Ab"),
        ({"raw_path": b"/\\evil"}, "https://example.com/%5Cevil"),
    ],
)
async def test_http_is_redirected_to_https(scope: dict[str, Any], location: str) -> None:
    assert await redirect(**scope) == (
        307,
        {"location": location, "content-length": "0", "x-content-type-options": "nosniff"},
        b"",
    )


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["a.com", "b.com"],
        ["evil.com/path"],
        ["user@evil.com"],
        ["evil.com#"],
        ["evil.com?"],
        ["evil.com\\"],
        ["evil.com:"],
        ["evil.com:80:80"],
        ["evil.com\n"],
        ["evil com"],
        ["[::1"],
        ["é.com"],
    ],
)
async def test_host_that_is_not_one_is_refused(hosts: list[str]) -> None:
    status, headers, body = await redirect(hosts=hosts)
    assert status == 400
    assert "location" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-length"] == str(len(body))
    assert body == b"The host of the request is missing or malformed."


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_redirect_keeps_the_method(method: str) -> None:
    client = TestClient(HTTPSRedirectMiddleware(app), follow_redirects=False)
    answer = client.request(method, "/a?b=1")
    assert (answer.status_code, answer.headers["location"]) == (307, "https://testserver/a?b=1")


def test_https_passes_through() -> None:
    client = TestClient(HTTPSRedirectMiddleware(app), base_url="https://testserver")
    assert client.get("/").text == "hello"
    assert TestClient(HTTPSRedirectMiddleware(app)).get("/").url == "https://testserver/"


def test_websocket_must_be_encrypted() -> None:
    client = TestClient(HTTPSRedirectMiddleware(app))
    with pytest.raises(WebSocketDisconnect) as caught, client.websocket_connect("/"):
        pass
    assert caught.value.code == 1008
    with client.websocket_connect("wss://testserver/"):
        pass


async def test_lifespan_passes_through() -> None:
    async def nothing(*args: Any) -> Any: ...

    for cls in (HTTPSRedirectMiddleware, HSTSMiddleware):
        await cls(app)({"type": "lifespan"}, nothing, nothing)


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, "max-age=31536000"),
        ({"max_age": 0}, "max-age=0"),
        ({"include_subdomains": True}, "max-age=31536000; includeSubDomains"),
        (
            {"max_age": 63072000, "include_subdomains": True, "preload": True},
            "max-age=63072000; includeSubDomains; preload",
        ),
    ],
)
def test_https_responses_carry_the_header(options: dict[str, Any], value: str) -> None:
    client = TestClient(HSTSMiddleware(app, **options), base_url="https://testserver")
    assert client.get("/").headers["strict-transport-security"] == value
    assert client.get("/own").headers.get_list("strict-transport-security") == ["max-age=1"]


def test_http_responses_do_not_carry_the_header() -> None:
    client = TestClient(HSTSMiddleware(app))
    assert "strict-transport-security" not in client.get("/").headers
    with client.websocket_connect("/"):
        pass
