"""Raw applications, spoken to over WebSockets in process."""

import asyncio
from typing import Any

import pytest

from livedocs.asgi import ASGIApp
from livedocs.model import Frame, Request, Response
from livedocs.sockets import ClientLeftError, open_sockets, websocket_scope

pytestmark = pytest.mark.anyio

PATH = Request("GET", "/a%20b?c=d")
ACCEPT = {"type": "websocket.accept"}


def sends(*messages: dict[str, Any], error: Exception | None = None) -> ASGIApp:
    """Return an application that sends these messages, and then raises."""

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        assert await receive() == {"type": "websocket.connect"}
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    return app


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(ACCEPT)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


async def test_messages_go_both_ways_until_the_client_leaves() -> None:
    async with open_sockets(echo, {}) as connect:
        socket = await connect(PATH)
        for frame in (Frame("text", "é"), Frame("binary", "00ff"), Frame("text", "")):
            await socket.send(frame)
            assert await socket.receive() == frame
        await socket.leave(1000, "bye")
        assert await socket.receive() == Frame("close", "bye", 1000)
        await socket.send(Frame("text", "lost"))
        await socket.leave(1001, "again")

    assert (socket.handshake.status, socket.error) == (101, None)


async def test_the_application_gets_to_know_who_connects_and_how_it_ended() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await receive()
        await send({**ACCEPT, "subprotocol": "b", "headers": [(b"X-A", b"1")]})
        seen.append(await receive())

    headers = (("sec-websocket-protocol", "a, b"), ("origin", "http://x"))
    async with open_sockets(app, {"pool": 1}) as connect:
        socket = await connect(Request("GET", "/a%20b?c=d", headers))
        await socket.leave(4000, "why")

    scope, message = seen
    assert (scope["type"], scope["scheme"], scope["path"]) == ("websocket", "ws", "/a b")
    assert (scope["query_string"], scope["state"]) == (b"c=d", {"pool": 1})
    assert scope["subprotocols"] == ["a", "b"]
    assert "method" not in scope
    assert {(b"origin", b"http://x"), (b"upgrade", b"websocket")} <= set(scope["headers"])
    assert message == {"type": "websocket.disconnect", "code": 4000, "reason": "why"}
    assert socket.handshake == Response(101, (("x-a", "1"), ("sec-websocket-protocol", "b")), "")


def test_a_client_that_offers_no_subprotocol_offers_none() -> None:
    assert websocket_scope(PATH, {})["subprotocols"] == []


DENIAL: list[dict[str, Any]] = [
    {"type": "websocket.http.response.start", "status": 401, "headers": [(b"A", b"b")]},
    {"type": "websocket.http.response.body", "body": b"wh", "more_body": True},
    {"type": "websocket.http.response.body", "body": b"o?"},
]


@pytest.mark.parametrize(
    ("app", "handshake"),
    [
        (sends({"type": "websocket.close"}), Response(403, (), "")),
        (sends(*DENIAL), Response(401, (("a", "b"),), "who?")),
        (sends(), Response(500, (), "Internal Server Error")),
        (sends(error=LookupError("lost")), Response(500, (), "Internal Server Error")),
    ],
)
async def test_a_handshake_may_be_denied(app: ASGIApp, handshake: Response) -> None:
    async with open_sockets(app, {}) as connect:
        socket = await connect(PATH)
        await socket.leave(1000, "")

    assert socket.handshake == handshake


async def test_who_is_denied_is_gone() -> None:
    heard: list[Any] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close"})
        heard.append(await receive())

    async with open_sockets(app, {}) as connect:
        await (await connect(PATH)).leave(1000, "")

    assert heard == [{"type": "websocket.disconnect", "code": 1006, "reason": ""}]


@pytest.mark.parametrize(
    ("app", "frame"),
    [
        (sends(ACCEPT, {"type": "websocket.close"}), Frame("close", "", 1000)),
        (
            sends(ACCEPT, {"type": "websocket.close", "code": 4001, "reason": "full"}),
            Frame("close", "full", 4001),
        ),
        (sends(ACCEPT), Frame("close", "", 1006)),
        (sends(ACCEPT, error=LookupError("lost")), Frame("close", "", 1006)),
    ],
)
async def test_an_application_ends_a_conversation(app: ASGIApp, frame: Frame) -> None:
    async with open_sockets(app, {}) as connect:
        socket = await connect(PATH)
        assert await socket.receive() == frame
        await socket.leave(1000, "")


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        (
            [{"type": "websocket.send", "text": "a"}],
            (
                "expected 'websocket.accept', 'websocket.close' or the two of "
                "'websocket.http.response' from the application, got 'websocket.send'"
            ),
        ),
        (
            [DENIAL[0], ACCEPT],
            (
                "expected 'websocket.accept', 'websocket.close' or the two of "
                "'websocket.http.response' from the application, got 'websocket.accept'"
            ),
        ),
        (
            [ACCEPT, ACCEPT],
            (
                "expected 'websocket.send' or 'websocket.close' from the application, got "
                "'websocket.accept'"
            ),
        ),
        (
            [ACCEPT, {"type": "websocket.close"}, {"type": "websocket.send", "text": "a"}],
            "the application sent 'websocket.send' after its end",
        ),
    ],
)
async def test_an_application_that_breaks_the_protocol_is_told_so(
    messages: list[dict[str, Any]], message: str
) -> None:
    async with open_sockets(sends(*messages), {}) as connect:
        socket = await connect(PATH)
        await socket.leave(1000, "")

    assert str(socket.error) == message


async def test_who_sends_to_a_client_that_has_left_is_told_so() -> None:
    caught: list[Exception] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await receive()
        try:
            await send({"type": "websocket.send", "text": "a"})
        except OSError as error:
            caught.append(error)
            raise

    async with open_sockets(app, {}) as connect:
        socket = await connect(PATH)
        await socket.leave(1000, "")

    assert [str(error) for error in caught] == ["the client has left"]
    assert isinstance(caught[0], ClientLeftError)
    assert socket.error is None


async def deaf(_scope: Any, _receive: Any, send: Any) -> None:
    await send(ACCEPT)
    await asyncio.Event().wait()


async def lingering(_scope: Any, _receive: Any, send: Any) -> None:
    await send(ACCEPT)
    await send({"type": "websocket.close"})
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("app", "why"), [(deaf, "its client left"), (lingering, "its WebSocket was closed")]
)
async def test_an_application_that_goes_on_is_told_so(
    app: ASGIApp, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livedocs.sockets.LEAVE_SECONDS", 0.01)

    with pytest.raises(RuntimeError) as caught:
        async with open_sockets(app, {}) as connect:
            await (await connect(PATH)).leave(1000, "")

    assert str(caught.value) == (
        f"the application had not ended 0.01 second after {why}: WebSocket /a%20b?c=d"
    )


async def test_an_error_after_the_client_has_left_is_told_from_others() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        if scope["path"] == "/late":
            await receive()
        raise LookupError("lost")

    async with open_sockets(app, {}) as connect:
        late, soon = await connect(Request("GET", "/late")), await connect(PATH)
        assert await soon.receive() == Frame("close", "", 1006)
        for socket in (late, soon):
            await socket.leave(1000, "")

    assert [str(socket.error) for socket in (late, soon)] == ["lost", "lost"]
    assert (late.late_error, soon.late_error) == (late.error, None)


async def test_who_sends_without_end_lets_others_read_and_leave() -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        while True:
            await send({"type": "websocket.send", "text": "drop"})

    async with open_sockets(app, {}) as connect:
        socket = await connect(PATH)
        assert await socket.receive() == Frame("text", "drop")
        await socket.leave(1000, "")

    assert socket.error is None


async def test_who_is_there_at_the_end_is_cut_off() -> None:
    ended: list[str] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cut")

    async with open_sockets(app, {}) as connect:
        await connect(PATH)

    assert ended == ["cut"]
