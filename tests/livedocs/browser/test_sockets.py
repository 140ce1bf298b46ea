"""What the page is told of WebSockets; `test_runner` plays with a whole runner."""

import asyncio
from typing import Any

import pytest

from livedocs.browser import sockets
from livedocs.browser.sockets import Sockets, perform
from livedocs.conversation import Conversation
from livedocs.model import Request
from livedocs.talk_text import parse_talk

pytestmark = pytest.mark.anyio

PATH = Request("GET", "/")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Echo, as `/echo`; deny, as `/denied`; flood, as any other path."""
    await receive()
    if scope["path"] == "/denied":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while scope["path"] == "/flood":
        await send({"type": "websocket.send", "text": "drop"})
        await asyncio.sleep(0)
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "bye":
            await send({"type": "websocket.close", "code": 4000, "reason": "bye"})
        else:
            await send({**message, "type": "websocket.send"})


class Page:
    """Stands in for the page: keeps the lines that are posted, and lets a test wait for them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def post(self, kind: str, /, **fields: Any) -> None:
        assert (kind, fields["exchange"]) == ("turn", 7)
        self.lines.append(f"{fields['client']}{fields['way']} {fields['kind']}: {fields['text']}")
        self._news.set()

    async def until(self, count: int) -> None:
        while len(self.lines) < count:
            self._news.clear()
            await self._news.wait()


async def test_a_documented_conversation_is_shown_and_judged() -> None:
    page = Page()
    source = "ada /echo\nada> hi\nada< hi\nada> 0x00\nada< ho\nada> bye\nada< close 4000\n"

    fields = await perform(Conversation(echo, {}), parse_talk(source, 1), 7, post=page.post)

    assert page.lines == [
        "ada+ accepted: accepted",
        "ada> text: hi",
        "ada< text: hi",
        "ada> binary: 0x00",
        "ada< binary: 0x00",
        "ada> text: bye",
        "ada< close: close 4000 bye",
    ]
    difference = {"what": "line 5", "expected": "ada< ho", "got": "ada< 0x00"}
    assert fields == {"verdict": "differs", "differences": [difference]}


async def test_a_reader_speaks_until_either_side_ends_it() -> None:
    page = Page()
    open_ones = Sockets(page.post)
    async with asyncio.TaskGroup() as group:
        live = group.create_task(open_ones.live(Conversation(echo, {}), PATH, 7))
        await page.until(1)
        open_ones.say(7, "hello")
        await page.until(3)
        open_ones.say(7, "close")
        open_ones.say(7, "close 4000 enough")

    open_ones.say(7, "too late")
    assert page.lines == [
        "+ accepted: accepted",
        "> text: hello",
        "< text: hello",
        ("! text: expected a code, as in `close 1000`, got 'close'; `\\close` would be the text."),
        "> close: close 4000 enough",
    ]
    assert live.result() == {"verdict": "undocumented", "differences": []}


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/denied", ["+ denied: denied 403"]),
        ("/echo", ["+ accepted: accepted", "> text: bye", "< close: close 4000 bye"]),
    ],
)
async def test_the_application_ends_it(path: str, lines: list[str]) -> None:
    page = Page()
    open_ones = Sockets(page.post)
    async with asyncio.TaskGroup() as group:
        group.create_task(open_ones.live(Conversation(echo, {}), Request("GET", path), 7))
        await page.until(1)
        open_ones.say(7, "bye")

    assert page.lines == lines


async def test_an_error_when_the_reader_has_left_is_told() -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise LookupError("lost")

    page = Page()
    open_ones = Sockets(page.post)

    async def leave() -> None:
        await page.until(1)
        open_ones.say(7, "close 1000")

    async with asyncio.TaskGroup() as group:
        group.create_task(leave())
        with pytest.raises(LookupError, match="lost"):
            await open_ones.live(Conversation(app, {}), PATH, 7)


async def test_a_reader_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "LIMIT", 3)
    page = Page()

    await Sockets(page.post).live(Conversation(echo, {}), Request("GET", "/flood"), 7)

    assert page.lines[:4] == ["+ accepted: accepted", *["< text: drop"] * 3]
    assert page.lines[-1] == "> close: close 1000"
