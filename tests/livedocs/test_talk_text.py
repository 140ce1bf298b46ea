import pytest
from hypothesis import given
from hypothesis import strategies as st

from livedocs.errors import MarkupError
from livedocs.model import Frame, Request, Turn
from livedocs.talk_text import parse_frame, parse_talk, write_frame, write_turn

CHAT = """\
ada /chat?name=ada
Origin: https://example.com
Sec-WebSocket-Protocol: chat

ada< accepted chat
bob /chat?name=bob
ada> hello
   there,

   bob
bob< ...
bob> 0x00 FF
ada< 0x...ff
bob> close 4000 good bye
ada< {
  "left": "bob"
 }
ada< close 1001

bob /chat
bob< denied 403
"""


def text(said: str) -> Frame:
    return Frame("text", said)


def test_a_conversation_is_read_line_by_line() -> None:
    talk = parse_talk(CHAT, 10)

    headers = (("origin", "https://example.com"), ("sec-websocket-protocol", "chat"))
    ada, bob = Request("GET", "/chat?name=ada", headers), Request("GET", "/chat?name=bob")
    assert talk.turns == (
        Turn("+", "ada", 10, 13, request=ada),
        Turn("<", "ada", 14, 15, Frame("accepted", "chat")),
        Turn("+", "bob", 15, 16, request=bob),
        Turn(">", "ada", 16, 20, text("hello\nthere,\n\nbob")),
        Turn("<", "bob", 20, 21, Frame("any")),
        Turn(">", "bob", 21, 22, Frame("binary", "00ff")),
        Turn("<", "ada", 22, 23, Frame("binary", "...ff")),
        Turn(">", "bob", 23, 24, Frame("close", "good bye", 4000)),
        Turn("<", "ada", 24, 27, text('{\n"left": "bob"\n}')),
        Turn("<", "ada", 27, 28, Frame("close", "", 1001)),
        Turn("+", "bob", 29, 30, request=Request("GET", "/chat")),
        Turn("<", "bob", 30, 31, Frame("denied", "", 403)),
    )
    assert talk.handshakes == {"ada": ada, "bob": bob}
    assert (talk.source, talk.line) == (CHAT, 10)


@pytest.mark.parametrize(
    ("said", "frame"),
    [
        ("", text("")),
        ("close the door", text("close the door")),
        ("closed", text("closed")),
        ("\\close 1000", text("close 1000")),
        ("\\\\", text("\\")),
        ("0x", Frame("binary", "")),
        ("0xfog", text("0xfog")),
        ("close 1000", Frame("close", "", 1000)),
    ],
)
@pytest.mark.parametrize("comes", [True, False])
def test_words_of_their_own_are_told_from_text(said: str, frame: Frame, *, comes: bool) -> None:
    assert parse_frame(said, 1, comes=comes) == frame
    assert parse_frame(write_frame(frame), 1, comes=comes) == frame


@pytest.mark.parametrize(
    ("said", "frame"),
    [
        ("...", Frame("any")),
        ("accepted", Frame("accepted")),
        ("accepted it is", text("accepted it is")),
        ('denied 401 {"a":\n 1}', Frame("denied", '{"a":\n 1}', 401)),
        ("0x00...", Frame("binary", "00...")),
    ],
)
def test_only_applications_shake_hands_and_say_anything(said: str, frame: Frame) -> None:
    assert parse_frame(said, 1, comes=True) == frame
    assert parse_frame(said, 1, comes=False) == text(said)
    assert write_frame(frame) == said


def test_only_what_comes_may_end_without_a_close() -> None:
    assert parse_frame("close 1006", 1, comes=True) == Frame("close", "", 1006)


@given(st.text(), st.booleans())
def test_any_text_can_be_written_and_read_again(said: str, comes: bool) -> None:
    frame = text(said)
    if said != "..." or not comes:
        assert parse_frame(write_frame(frame), 1, comes=comes) == frame


@pytest.mark.parametrize(
    ("turn", "frame", "line"),
    [
        (Turn("<", "bob", 1, 2), text("one\ntwo"), "bob< one\n     two"),
        (Turn(">", "", 1, 2), text(""), ">"),
        (Turn("+", "", 1, 2), Frame("denied", "no", 403), "< denied 403 no"),
    ],
)
def test_a_line_is_written_as_it_is_read(turn: Turn, frame: Frame, line: str) -> None:
    assert write_turn(turn, frame) == line


KINDS = "(the client says it), `< hello` (the application does) or a path such as `/chat`"

FURTHER = "A further line of a message begins with spaces."


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("hello\n", 5, f"expected `> hello` {KINDS}, got 'hello'. {FURTHER}"),
        ("/a\n  b\n", 6, f"expected `> hello` {KINDS}, got '  b'. {FURTHER}"),
        ("> hello\n", 5, "nobody has connected here: begin with a path, as in `/chat`."),
        ("/a\nada> hello\n", 6, "nobody has connected here: begin with a path, as in `ada /chat`."),
        (
            "ada /a\nbob /a\n> hello\n",
            7,
            "which client is it (`ada`, `bob`)? Write its name first, as in `ada> hello`.",
        ),
        ("GET /a\n< hi\n", 5, "a WebSocket has no method: write the path alone, `/a`."),
        (
            "/a\n/b\n",
            6,
            (
                "a client without a name is connected already: give each its own name, as in "
                "`ada /b`, and then `ada> hello`."
            ),
        ),
        (
            "bob /a\nbob /b\n",
            6,
            (
                "the client 'bob' is connected already: give each its own name, as in `ada /b`, "
                "and then `ada> hello`."
            ),
        ),
        (
            "/a\n\nOrigin: b\n",
            7,
            "a header stands right below the path that it is sent with, got 'Origin: b'.",
        ),
        (
            "Origin: b\n",
            5,
            "a header stands right below the path that it is sent with, got 'Origin: b'.",
        ),
        (
            "/a\n> close 1000\n< bye\n",
            7,
            "the client is not connected any more: write a path above to connect it again.",
        ),
        (
            "ada /a\nada< denied 403\nada> hello\n",
            7,
            "the client 'ada' is not connected any more: write a path above to connect it again.",
        ),
        (
            "/a\n< hi\n< denied 403\n",
            7,
            (
                "a handshake is denied before anything is said: write that line right below the "
                "path. `\\denied` would be the text."
            ),
        ),
        (
            "/a\n> close\n",
            6,
            "expected a code, as in `close 1000`, got 'close'; `\\close` would be the text.",
        ),
        (
            "/a\n> close 1006\n",
            6,
            (
                "expected a code, as in `close 1000`, got 'close 1006'; `\\close 1006` would be "
                "the text."
            ),
        ),
        (
            "/a\n< denied 99\n",
            6,
            (
                "expected a status, as in `denied 403`, got 'denied 99'; `\\denied 99` would be "
                "the text."
            ),
        ),
        (
            "/a\n> 0x123\n",
            6,
            (
                "expected two digits for each byte, as in `0x00ff`, got '0x123'; `\\0x123` would "
                "be the text."
            ),
        ),
    ],
)
def test_what_is_no_conversation_is_explained_where_it_stands(
    source: str, line: int, message: str
) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_talk(source, 5)

    assert (caught.value.line, caught.value.message) == (line, message)
