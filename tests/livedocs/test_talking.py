import asyncio
from collections.abc import Iterable

import pytest

from livedocs.compare import compare_talk
from livedocs.model import Frame, Request, Response, Turn
from livedocs.talk_text import parse_talk, write_frame
from livedocs.talking import Heard, converse, handshake_of

pytestmark = pytest.mark.anyio


class Script:
    """A connection that says what it is told to, and notes what it hears."""

    def __init__(self, says: Iterable[Frame] = (), handshake: Response | None = None) -> None:
        self.handshake = handshake or Response(101, (), "")
        self.heard: list[Frame] = []
        self._says = iter(says)

    async def send(self, frame: Frame) -> None:
        self.heard.append(frame)

    async def receive(self) -> Frame:
        frame = next(self._says, None)
        if frame is None:
            await asyncio.Event().wait()
        assert frame is not None
        return frame

    async def leave(self, code: int, reason: str) -> None:
        self.heard.append(Frame("close", reason, code))


async def hold(source: str, *scripts: Script) -> tuple[list[Heard], list[str]]:
    """Return what was heard in a conversation with scripts, and what was shown of it."""
    waiting = iter(scripts)
    shown: list[str] = []

    async def connect(_request: Request) -> Script:
        return next(waiting)

    def show(turn: Turn, frame: Frame) -> None:
        shown.append(f"{turn.client}{turn.way} {write_frame(frame)}")

    return await converse(parse_talk(source, 1), connect, show=show, patience=0.01), shown


def text(said: str) -> Frame:
    return Frame("text", said)


async def test_each_line_is_said_in_its_order_and_who_is_left_leaves() -> None:
    ada, bob = Script([text("b")]), Script([Frame("close", "why", 4000)])

    heard, shown = await hold(
        "ada /\nbob /\nada> a\nada< b\nbob< close 4000\nada> 0x00\n", ada, bob
    )

    assert compare_talk(heard) == []
    assert shown == [
        "ada+ accepted", "bob+ accepted", "ada> a", "ada< b", "bob< close 4000 why", "ada> 0x00",
    ]  # fmt: skip
    assert ada.heard == [text("a"), Frame("binary", "00"), Frame("close", "", 1000)]
    assert bob.heard == [Frame("close", "why", 4000)]


async def test_a_client_leaves_with_its_own_code() -> None:
    script = Script()

    heard, _ = await hold("/\n> close 4000 bye\n", script)

    assert (compare_talk(heard), script.heard) == ([], [Frame("close", "bye", 4000)])


async def test_what_does_not_come_in_time_is_missed_and_the_rest_goes_on() -> None:
    heard, shown = await hold("/\n< a\n> b\n", script := Script())

    assert [entry.frame for entry in heard] == [Frame("accepted"), None, text("b")]
    assert list(map(str, compare_talk(heard))) == ["line 2: expected '< a', got 'nothing came'"]
    assert (shown[-1], script.heard[0]) == ("> b", text("b"))


async def test_nothing_more_is_said_to_a_client_that_was_sent_away() -> None:
    script = Script([Frame("close", "", 1011)])

    heard, _ = await hold("/\n< a\n> b\n< c\n", script)

    assert len(heard) == 2
    assert list(map(str, compare_talk(heard))) == ["line 2: expected '< a', got '< close 1011'"]
    assert script.heard == [Frame("close", "", 1011)]


async def test_a_client_that_connects_again_has_left_before() -> None:
    first, second = Script([text("a")]), Script([text("b")])

    heard, _ = await hold("/\n< close 1000\n/\n< b\n", first, second)

    assert list(map(str, compare_talk(heard))) == ["line 2: expected '< close 1000', got '< a'"]
    assert (first.heard, second.heard) == ([Frame("close", "", 1000)], first.heard)


DENIED = Response(401, (), '{"error": "who?"}\n')


@pytest.mark.parametrize(
    ("source", "handshake", "differences"),
    [
        ("/\n< denied 401\n", DENIED, []),
        ('/\n< denied 401 {"error": ...}\n', DENIED, []),
        (
            "/\n< denied 403\n",
            DENIED,
            ["""line 2: expected '< denied 403', got '< denied 401 {"error": "who?"}'"""],
        ),
        (
            "/\n> a\n< b\n",
            DENIED,
            ["""line 1: expected '< accepted', got '< denied 401 {"error": "who?"}'"""],
        ),
        ("/\n< denied 403\n", None, ["line 2: expected '< denied 403', got '< accepted'"]),
        ("/\n< accepted\n", None, []),
        ("/\n< accepted a\n", None, ["line 2: expected '< accepted a', got '< accepted'"]),
    ],
)
async def test_a_handshake_is_compared(
    source: str, handshake: Response | None, differences: list[str]
) -> None:
    heard, _ = await hold(source, Script(handshake=handshake))

    assert list(map(str, compare_talk(heard))) == differences


def test_an_accepted_handshake_has_its_subprotocol() -> None:
    accepted = Response(101, (("sec-websocket-protocol", "chat"),), "")
    assert handshake_of(Script(handshake=accepted)) == Frame("accepted", "chat")
