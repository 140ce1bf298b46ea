"""What a view does with a WebSocket, without an application around it."""

import asyncio
from typing import Any

import msgspec
import pytest
from starlette import websockets as starlette_websockets

from bocadillo import WebSocket, WebSocketDisconnect
from tests.bocadillo.wires import CONNECT, Wire, leaves, make_ws_scope, says


class Said(msgspec.Struct, tag="said"):
    text: str


class Moved(msgspec.Struct, tag="moved"):
    x: int


async def make(*messages: dict[str, Any], **options: Any) -> tuple[WebSocket, Wire]:
    wire = Wire(CONNECT, *messages)
    ws = WebSocket(make_ws_scope("/chat"), wire.receive, wire.send, **options)
    await ws.accept()
    return ws, wire


async def test_it_is_starlettes_and_has_what_that_has() -> None:
    ws, _ = await make(says("a"), says(content=b"b"), says("[1]"), leaves(4000))
    assert isinstance(ws, starlette_websockets.WebSocket)
    assert issubclass(WebSocketDisconnect, starlette_websockets.WebSocketDisconnect)
    assert (ws.url.path, ws.headers["host"], ws.cookies) == ("/chat", "example.org", {})
    assert [message async for message in limited(ws.iter_text(), 1)] == ["a"]
    assert [message async for message in limited(ws.iter_bytes(), 1)] == [b"b"]
    assert [message async for message in ws.iter_json()] == [[1]]


async def limited(messages: Any, count: int) -> Any:
    for _ in range(count):
        yield await anext(messages)
    await messages.aclose()


async def test_messages_are_received_and_sent_by_kind() -> None:
    ws, wire = await make(says("a"), says(content=b"b"), says('{"c": 1}'), says(content=b"[2]"))
    assert await ws.receive_text() == "a"
    assert await ws.receive_bytes() == b"b"
    assert await ws.receive_json() == {"c": 1}
    assert await ws.receive_json("binary") == [2]
    await ws.send_text("a")
    await ws.send_bytes(b"b")
    await ws.send_json({"c": 1})
    await ws.send_json([2], "binary")
    kind = "websocket.send"
    assert wire.sent[1:] == [
        {"type": kind, "text": "a"},
        {"type": kind, "bytes": b"b"},
        {"type": kind, "text": '{"c":1}'},
        {"type": kind, "bytes": b"[2]"},
    ]
    for use in (ws.receive_json("soup"), ws.send_json(1, "soup")):
        with pytest.raises(ValueError, match="expected the mode 'text' or 'binary', got 'soup'"):
            await use


async def test_messages_are_of_the_types_of_the_route() -> None:
    ws, wire = await make(
        says('{"type": "said", "text": "hi"}'),
        says('{"type": "moved", "x": 1}'),
        receive_type=Said | Moved,
        send_type="bytes",
    )
    assert await ws.receive() == Said("hi")
    assert await ws.receive() == Moved(1)
    await ws.send(b"x")
    assert wire.sent[1:] == [{"type": "websocket.send", "bytes": b"x"}]


async def test_events_are_those_of_the_server() -> None:
    ws, wire = await make(says("a"), says("b"), leaves(), value_type="event")
    assert await ws.receive() == says("a")
    assert await ws.receive_event() == says("b")
    await ws.send({"type": "websocket.send", "text": "b"})
    await ws.send({"type": "websocket.close", "code": 4000})
    assert wire.types == ["accept", "send", "close"]
    assert wire.closed == (4000, "")
    with pytest.raises(WebSocketDisconnect):
        await ws.receive_event()


async def test_event_that_accepts_accepts() -> None:
    wire = Wire(CONNECT)
    ws = WebSocket(make_ws_scope(), wire.receive, wire.send)
    await ws.send_event({"type": "websocket.accept"})
    assert wire.types == ["accept"]


@pytest.mark.parametrize(
    ("event", "error", "expected"),
    [
        ("hello", TypeError, "expected a message of ASGI, a dict with a 'type', got 'hello'"),
        ({}, TypeError, "expected a message of ASGI, a dict with a 'type', got {}"),
        (
            {"type": "http.send"},
            ValueError,
            "expected a message of the type 'websocket.send', 'websocket.accept' or ",
        ),
    ],
)
async def test_event_of_another_type_is_refused(
    event: Any, error: type[Exception], expected: str
) -> None:
    ws, _ = await make()
    with pytest.raises(error) as caught:
        await ws.send_event(event)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("value_type", "message", "code", "reason"),
    [
        ("text", says(content=b"x"), 1003, "Expected text, got bytes"),
        ("bytes", says("x"), 1003, "Expected bytes, got text"),
        ("json", says("{"), 1007, "JSON is malformed."),
        (Said | Moved, says('{"type": "moved"}'), 1007, "x: Missing required field"),
    ],
)
@pytest.mark.parametrize("is_iterated", [False, True])
async def test_message_of_another_type_closes_it(
    value_type: Any, message: Any, code: int, reason: str, is_iterated: bool
) -> None:
    ws, wire = await make(message, value_type=value_type)
    with pytest.raises(WebSocketDisconnect) as caught:
        await (anext(ws) if is_iterated else ws.receive())
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert wire.closed == (code, reason)


@pytest.mark.parametrize("is_iterated", [False, True])
async def test_invalid_messages_are_given_to_who_asked_for_them(is_iterated: bool) -> None:
    messages = [says('{"type": "moved"}'), says("{"), says('{"type": "moved", "x": 1}')]
    ws, wire = await make(*messages, says(content=b"x"), value_type=Said | Moved)

    @ws.on_invalid
    async def tell(message: str, errors: dict[str, str]) -> None:
        await ws.send_json({"message": message, "errors": errors})

    assert await (anext(ws) if is_iterated else ws.receive()) == Moved(1)
    assert [msgspec.json.decode(text) for text in wire.texts] == [
        {"message": '{"type": "moved"}', "errors": {"x": "Missing required field"}},
        {"message": "{", "errors": {"": "JSON is malformed."}},
    ]
    with pytest.raises(WebSocketDisconnect):
        await ws.receive()
    assert wire.closed == (1003, "Expected text, got bytes")


@pytest.mark.parametrize(
    ("codes", "code", "is_caught"),
    [
        (None, 1000, True),
        (None, 1001, True),
        (None, 1006, False),
        (None, 4000, False),
        (all, 4000, True),
        (all, 1006, True),
        ((), 1000, False),
        ((4000,), 4000, True),
        ((4000,), 1000, False),
    ],
)
async def test_caught_codes_end_iteration_and_block(codes: Any, code: int, is_caught: bool) -> None:
    ws, wire = await make(says("a"), leaves(code), caught_close_codes=codes)
    found = []

    async def iterate() -> None:
        async for message in ws:
            found.append(message)  # noqa: PERF401 - it may end with an error

    async def enter() -> None:
        async with ws:
            await ws.receive()

    for use in (iterate, enter):
        if is_caught:
            await use()
        else:
            with pytest.raises(WebSocketDisconnect) as caught:
                await use()
            assert caught.value.code == code
    assert found == ["a"]
    assert wire.types == ["accept"]


async def test_block_accepts_and_closes() -> None:
    wire = Wire(CONNECT)
    ws = WebSocket(make_ws_scope(), wire.receive, wire.send)
    async with ws as entered, ws as again:
        assert entered is again is ws
        await ws.send("a")
    assert wire.types == ["accept", "send", "close"]
    assert wire.closed == (1000, "")
    async with ws:
        pass
    assert len(wire.sent) == 3


async def test_inner_block_leaves_it_open() -> None:
    ws, wire = await make()
    async with ws:
        async with ws:
            pass
        assert wire.closed is None
    assert wire.closed == (1000, "")


@pytest.mark.parametrize(
    ("error", "closed"),
    [(ValueError("secret"), (1011, "")), (asyncio.CancelledError(), None), (SystemExit(), None)],
)
async def test_block_that_ends_with_an_error_closes_with_1011(
    error: BaseException, closed: tuple[int, str] | None
) -> None:
    ws, wire = await make()
    with pytest.raises(type(error)):
        async with ws:
            raise error
    assert wire.closed == closed


async def test_sending_after_closing_raises_a_disconnect_and_nothing_else() -> None:
    ws, wire = await make()
    await ws.close(4000, "bye")
    for use in (ws.send("a"), ws.send_json(1), ws.receive(), ws.receive_event()):
        with pytest.raises(WebSocketDisconnect) as caught:
            await use
        assert caught.value.code == 4000
    assert wire.types == ["accept", "close"]
