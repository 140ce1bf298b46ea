"""What a preview is told of its requests and WebSockets, byte for byte."""

import asyncio
from base64 import b64decode, b64encode
from typing import Any

import pytest

from livedocs.browser import visits
from livedocs.browser.visits import Visits
from livedocs.conversation import Conversation

pytestmark = pytest.mark.anyio


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


async def respond(scope: Any, receive: Any, send: Any) -> None:
    """Answer by the path, over HTTP and over WebSockets."""
    path = scope["path"]
    if path == "/burnt":
        raise RuntimeError("burnt")
    if path == "/nothing":
        return
    if scope["type"] == "websocket":
        await talk(path, receive, send)
        return
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 201, "headers": [(b"A", b"b")]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if path == "/endless":
        await receive()
    if path == "/stubborn":
        await asyncio.Event().wait()
    while path == "/flood":
        await send({"type": "http.response.body", "body": b"drop", "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"\xff" * (path == "/echo")})
    if path == "/careless":
        raise RuntimeError("after the answer")


async def talk(path: str, receive: Any, send: Any) -> None:
    await receive()
    if path == "/denied":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept", "subprotocol": "chat"})
    while path == "/flood":
        await send({"type": "websocket.send", "text": "drop"})
        await asyncio.sleep(0)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
    if path == "/careless":
        raise RuntimeError(f"after {message['code']}")


class Page:
    """Stands in for the page: keeps what is posted, and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self._news = asyncio.Event()
        self.visits = Visits(Conversation(respond, {}), self.post, explain=repr)

    def post(self, kind: str, /, *, visit: int, **fields: Any) -> None:
        assert visit == 7
        if "data" in fields:
            fields["data"] = b64decode(fields["data"])
        self.told.append((kind, *fields.values()))
        self._news.set()

    async def until(self, count: int) -> None:
        while len(self.told) < count:
            self._news.clear()
            await self._news.wait()

    async def live(self, kind: str, target: str, **fields: Any) -> None:
        request = {"method": "POST", "target": target, "headers": [], **fields}
        await self.visits.live({"type": kind, "visit": 7, "request": request})

    def say(self, kind: str, /, **fields: Any) -> None:
        self.visits.receive({"type": kind, "visit": 7, **fields})


HEAD = ("head", 201, "Created", [["a", "b"]])
OVER = ("over", None)
UNANSWERED = "the application returned without a response"


async def test_a_request_and_its_response_are_the_same_bytes() -> None:
    page = Page()
    await page.live("fetch", "/echo", body=encoded(b"\x00\xfe"))
    assert page.told == [HEAD, ("chunk", b"\x00\xfe"), ("chunk", b"\xff"), OVER]


async def test_a_head_has_no_body() -> None:
    page = Page()
    await page.live("fetch", "/echo", method="HEAD", body=encoded(b"x"))
    assert page.told == [HEAD, OVER]


async def test_what_is_abandoned_ends_and_is_told_nothing_more() -> None:
    page = Page()
    async with asyncio.TaskGroup() as group:
        group.create_task(page.live("fetch", "/endless"))
        await page.until(1)
        page.say("abandon")
    assert page.told == [HEAD, OVER]
    page.say("abandon")  # it has ended: nothing happens


async def test_an_app_that_goes_on_when_its_client_has_left_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("livedocs.asgi.LEAVE_SECONDS", 0.01)
    page = Page()
    async with asyncio.TaskGroup() as group:
        group.create_task(page.live("fetch", "/stubborn"))
        await page.until(1)
        page.say("abandon")
    [_, (_, error)] = page.told
    assert "had not ended 0.01 second after its client left: POST /stubborn" in error


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/burnt", [("over", "RuntimeError('burnt')")]),
        ("/nothing", [("over", f"RuntimeError('{UNANSWERED}: POST /nothing')")]),
        ("/careless", [HEAD, OVER]),
    ],
)
async def test_errors_are_told_unless_the_answer_was_complete(path: str, told: Any) -> None:
    page = Page()
    await page.live("fetch", path)
    assert page.told == told


@pytest.mark.parametrize("kind", ["fetch", "socket"])
async def test_what_floods_is_left(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "LIMIT", 10)
    page = Page()
    await page.live(kind, "/flood")
    assert len([entry for entry in page.told if entry[0] != "over"]) <= 6
    ending = page.told[-1][1] or "it has ended"
    assert ("had not ended" if kind == "fetch" else "has ended") in ending


async def test_a_socket_carries_text_bytes_and_its_end() -> None:
    page = Page()
    async with asyncio.TaskGroup() as group:
        group.create_task(page.live("socket", "/talk"))
        await page.until(1)
        page.say("frame", kind="text", data=encoded("hé".encode()))
        page.say("frame", kind="binary", data=encoded(b"\x00\xff"))
        await page.until(3)
        page.say("frame", kind="close", data=encoded(b"bye"), code=4000)
    assert page.told == [
        ("head", 101, "Switching Protocols", [["sec-websocket-protocol", "chat"]]),
        ("frame", "text", "hé".encode(), 0),
        ("frame", "binary", b"\x00\xff", 0),
        ("frame", "close", b"bye", 4000),
        OVER,
    ]


async def test_a_page_that_is_left_goes_away_and_late_errors_are_told() -> None:
    page = Page()
    async with asyncio.TaskGroup() as group:
        group.create_task(page.live("socket", "/careless"))
        await page.until(1)
        page.say("abandon")
    assert page.told[-1] == ("over", "RuntimeError('after 1001')")


async def test_a_denied_socket_has_its_status() -> None:
    page = Page()
    await page.live("socket", "/denied")
    assert page.told == [("head", 403, "Forbidden", []), OVER]
