from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from bocadillo.middleware._hosts import AllowedHostsMiddleware
from tests.bocadillo.calls import call

ALLOWED = ["www.example.com", "[::1]"]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await PlainTextResponse("hello")(scope, receive, send)


@pytest.mark.parametrize(
    ("host", "status", "text"),
    [
        ("www.example.com", 200, "hello"),
        ("WWW.example.com:8000", 200, "hello"),
        ("[::1]:80", 200, "hello"),
        ("evil.com", 400, "Invalid host header"),
        ("", 400, "Invalid host header"),
        ("www.example.com:80@evil.com", 400, "Invalid host header"),
        ("example.com:80@evil.com", 400, "Invalid host header"),
        ("www.example.com/evil", 400, "Invalid host header"),
        ("www.example.com.", 400, "Invalid host header"),
        ("example.com", 307, ""),
    ],
)
def test_other_hosts_are_refused_with_text_that_is_text(host: str, status: int, text: str) -> None:
    with TestClient(AllowedHostsMiddleware(app, allowed_hosts=ALLOWED)) as client:
        answer = client.get("/a?b", headers={"host": host}, follow_redirects=False)
    assert (answer.status_code, answer.text) == (status, text)
    # What the application answers is its own.
    expected = None if status == 200 else "nosniff"
    assert answer.headers.get("x-content-type-options") == expected


def test_host_without_www_is_redirected_to_the_one_listed() -> None:
    client = TestClient(AllowedHostsMiddleware(app, allowed_hosts=ALLOWED))
    headers = {"host": "example.com"}
    answer = client.get("http://testserver//evil.com/a?b", headers=headers, follow_redirects=False)
    assert answer.headers["location"] == "http://www.example.com//evil.com/a?b"


async def test_query_that_is_no_text_is_redirected_too() -> None:
    wrapped = AllowedHostsMiddleware(app, allowed_hosts=ALLOWED)
    headers = [(b"host", b"example.com")]
    start, _ = await call(wrapped, "GET", "/", headers=headers, query_string=b"\xff")
    assert (b"location", b"http://www.example.com/?%FF") in start["headers"]
