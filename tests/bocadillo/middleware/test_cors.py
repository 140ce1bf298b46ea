from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from bocadillo.middleware._cors import CORSMiddleware

SITE = "https://app.example.com"
HEADERS = {"vary": "Cookie"}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello", headers=HEADERS)(scope, receive, send)


def get(origin: str | None, **options: Any) -> dict[str, str]:
    """Return the CORS headers of a response, and `vary`."""
    headers = {"origin": origin} if origin is not None else {}
    answer = TestClient(CORSMiddleware(app, **options)).get("/", headers=headers)
    assert answer.text == "hello"
    return {
        name.removeprefix("access-control-"): value
        for name, value in answer.headers.items()
        if name == "vary" or name.startswith("access-control-")
    }


def test_allowed_origin_is_granted() -> None:
    assert get(SITE, allow_origins=[SITE], allow_credentials=True, expose_headers=["x-a"]) == {
        "allow-origin": SITE,
        "allow-credentials": "true",
        "expose-headers": "x-a",
        "vary": "Cookie, Origin",
    }


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://evil.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.com",
        "https://appXexample.com",
        "https://APP.example.com",
        "https://app.example.com/",
        "https://app.example.co",
        "null",
        "",
    ],
)
def test_other_origin_is_granted_nothing_and_caches_know(origin: str | None) -> None:
    headers = get(origin, allow_origins=[SITE], allow_credentials=True, expose_headers=["x-a"])
    assert headers == {"vary": "Cookie, Origin"}


@pytest.mark.parametrize("origin", [None, SITE])
def test_any_origin_varies_too(origin: str | None) -> None:
    headers = get(origin, allow_origins=["*"])
    assert headers.pop("vary") == "Cookie, Origin"
    assert headers == ({} if origin is None else {"allow-origin": "*"})


def test_pattern_matches_the_whole_origin() -> None:
    options = {"allow_origin_regex": r"https://\w+\.example\.com"}
    assert get(SITE, **options)["allow-origin"] == SITE
    assert "allow-origin" not in get(f"{SITE}.evil.com", **options)


def preflight(origin: str, method: str = "GET", **options: Any) -> Any:
    headers = {"origin": origin, "access-control-request-method": method}
    return TestClient(CORSMiddleware(app, **options)).options("/", headers=headers)


def test_preflight_is_answered() -> None:
    answer = preflight(SITE, "PUT", allow_origins=[SITE], allow_methods=["GET", "PUT"])
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["access-control-allow-methods"] == "GET, PUT"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Origin" in answer.headers["vary"].split(", ")


@pytest.mark.parametrize(("origin", "method"), [("https://evil.com", "GET"), (SITE, "DELETE")])
def test_preflight_is_refused(origin: str, method: str) -> None:
    answer = preflight(origin, method, allow_origins=[SITE])
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers.get("access-control-allow-origin") in (None, SITE)
    assert "Origin" in answer.headers["vary"].split(", ")


async def test_response_without_headers_gets_them() -> None:
    sent: list[Any] = []

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is received")

    scope = {"type": "http", "method": "GET", "headers": []}
    await CORSMiddleware(bare)(scope, receive, send)
    assert sent[0]["headers"] == [(b"vary", b"Origin")]
