import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import WebSocketDisconnect
from bocadillo.testing import AsyncClient, WebSocketDenied
from tests.bocadillo.testing.apps import after_lifespan

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}
DENY = {"type": "websocket.http.response.start", "status": 401}
DENIAL = "websocket.http.response.body"


def says(**data: Any) -> dict[str, Any]:
    return {"type": "websocket.send", **data}


def sending(*messages: Any, received: list[Any] | None = None, count: int = 0) -> Any:
    """Make an application that sends these messages, and then receives some."""

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "websocket.connect"}
        for message in messages:
            await send(message)
        for _ in range(count):
            (received or []).append(await receive())

    return app


async def test_client_that_closes_is_received_for_ever_after_what_it_has_sent() -> None:
    received: list[Any] = [None]
    app = sending(ACCEPT, received=received, count=4)
    async with AsyncClient(app) as client, client.websocket("/") as ws:
        await ws.send_text("a")
        await ws.send_bytes(b"b")
        await ws.close(3000, "bye")
    end = {"type": "websocket.disconnect", "code": 3000, "reason": "bye"}
    assert received[1:] == [
        {"type": "websocket.receive", "text": "a"},
        {"type": "websocket.receive", "bytes": b"b"},
        end,
        end,
    ]


@pytest.mark.parametrize(("vanishes", "code"), [(True, 1006), (False, 1000)])
async def test_code_tells_how_the_client_has_left(vanishes: bool, code: int) -> None:
    received: list[Any] = [None]
    app = sending(ACCEPT, received=received, count=1)
    async with AsyncClient(app) as client, client.websocket("/") as ws:
        if vanishes:
            ws.disconnect()
    assert received[1:] == [{"type": "websocket.disconnect", "code": code, "reason": ""}]


async def test_application_that_closes_receives_that_it_is_closed() -> None:
    received: list[Any] = [None]
    close = {**CLOSE, "code": 1012, "reason": "restart"}
    app = sending(ACCEPT, says(text="a"), close, received=received, count=1)
    async with AsyncClient(app) as client, client.websocket("/") as ws:
        assert await ws.receive() == "a"
        for action in (ws.receive(), ws.send_text("b")):
            with pytest.raises(WebSocketDisconnect) as caught:
                await action
            assert (caught.value.code, caught.value.reason) == (1012, "restart")
    assert received[1:] == [{"type": "websocket.disconnect", "code": 1012, "reason": "restart"}]


async def test_application_that_returns_without_closing_is_an_abnormal_end() -> None:
    async with AsyncClient(sending(ACCEPT)) as client, client.websocket("/") as ws:
        for action in (ws.receive(), ws.send_text("a")):
            with pytest.raises(WebSocketDisconnect) as caught:
                await action
            assert caught.value.code == 1006


async def test_client_that_has_left_neither_sends_nor_receives() -> None:
    app = sending(ACCEPT, says(text="a"), received=[None], count=1)
    async with AsyncClient(app) as client, client.websocket("/") as ws:
        ws.disconnect()
        for action in (ws.receive(), ws.send_text("b")):
            with pytest.raises(WebSocketDisconnect) as caught:
                await action
            assert (caught.value.code, caught.value.reason) == (1006, "this client has left")


@pytest.mark.parametrize(
    ("messages", "status", "text"),
    [
        ([CLOSE], 403, ""),
        ([DENY, {"type": DENIAL, "body": b"who?"}], 401, "who?"),
        ([DENY, {"type": DENIAL, "body": b"a", "more_body": True}, {"type": DENIAL}], 401, "a"),
    ],
)
async def test_denial_has_the_status_that_the_application_told(
    messages: list[Any], status: int, text: str
) -> None:
    async with AsyncClient(sending(*messages)) as client:
        with pytest.raises(WebSocketDenied) as caught:
            async with client.websocket("/"):
                pass
    assert (caught.value.response.status_code, caught.value.response.text) == (status, text)


async def test_application_that_answers_no_handshake_is_an_error() -> None:
    async with AsyncClient(sending()) as client:
        with pytest.raises(RuntimeError) as caught:
            async with client.websocket("/a"):
                pass
    assert str(caught.value) == (
        "WebSocket /a: the application returned, and neither accepted nor denied the handshake"
    )


async def test_application_that_does_not_answer_the_handshake_is_a_timeout() -> None:
    async with AsyncClient(sending(received=[], count=1)) as client:
        with pytest.raises(TimeoutError) as caught:
            async with client.websocket("/a", timeout=0.01):
                pass
    assert str(caught.value) == (
        "WebSocket /a: the handshake was neither accepted nor denied within 0.01 seconds"
    )


@after_lifespan
async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/denied":
        await send(CLOSE)
    if scope["path"] == "/open":
        await send(ACCEPT)
        await send({**CLOSE, "code": 1011})
    raise ZeroDivisionError


@pytest.mark.parametrize("path", ["/", "/denied", "/open"])
async def test_what_the_application_raises_is_raised_in_the_test(path: str) -> None:
    async with AsyncClient(failing) as client:
        with pytest.raises(ZeroDivisionError):
            async with client.websocket(path) as ws:
                await ws.receive()


async def test_what_the_application_raises_can_be_what_a_client_sees() -> None:
    async with AsyncClient(failing, raise_app_exceptions=False) as client:
        for path, status in (("/", 500), ("/denied", 403)):
            with pytest.raises(WebSocketDenied) as denied:
                async with client.websocket(path):
                    pass
            assert denied.value.response.status_code == status
        async with client.websocket("/open") as ws:
            with pytest.raises(WebSocketDisconnect) as caught:
                await ws.receive()
        assert caught.value.code == 1011


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        (
            [says(text="a")],
            (
                "expected 'websocket.accept', 'websocket.close' or 'websocket.http.response.start'"
                ", the application sent 'websocket.send'"
            ),
        ),
        (
            [DENY, ACCEPT],
            "expected 'websocket.http.response.body', the application sent 'websocket.accept'",
        ),
        (
            [ACCEPT, ACCEPT],
            (
                "expected 'websocket.send' or 'websocket.close', the application sent "
                "'websocket.accept'"
            ),
        ),
        (
            [ACCEPT, CLOSE, CLOSE],
            "expected nothing, for the WebSocket is closed, the application sent 'websocket.close'",
        ),
        (
            [ACCEPT, says(text="a", bytes=b"a")],
            (
                "expected either 'text' or 'bytes', the application sent "
                "{'type': 'websocket.send', 'text': 'a', 'bytes': b'a'}"
            ),
        ),
    ],
)
async def test_messages_that_no_server_takes_are_refused(messages: list[Any], problem: str) -> None:
    async with AsyncClient(sending(*messages)) as client:
        with pytest.raises(RuntimeError) as caught:
            async with client.websocket("/a") as ws:
                await ws.receive()
    assert str(caught.value) == f"WebSocket /a: {problem}"


async def test_slow_reader_holds_the_application_up_and_no_longer_than_it_stays() -> None:
    sent: list[str] = []

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        for text in "abcd":
            await send(says(text=text))
            sent.append(text)

    async with AsyncClient(app) as client, client.websocket("/", buffer=0) as ws:
        assert await ws.receive() == "a"
        await asyncio.sleep(0.01)
        assert sent == ["a"]
        ws.pause()
        assert await ws.receive() == "b"
        await asyncio.sleep(0.01)
        assert sent == ["a"]
        ws.resume()
        assert await ws.receive() == "c"
    assert sent == ["a", "b"] or sent == ["a", "b", "c"]


async def test_close_that_nobody_reads_up_to_holds_nobody_up() -> None:
    sent: list[str] = []

    @after_lifespan
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(ACCEPT)
        async with asyncio.TaskGroup() as group:
            group.create_task(send(says(text="a")))  # type: ignore[arg-type] # it is a coroutine
            await asyncio.sleep(0)
            await send(CLOSE)
            sent.append("close")

    async with AsyncClient(app) as client, client.websocket("/", buffer=0):
        await asyncio.sleep(0.01)
        assert sent == ["close"]
