import asyncio

import pytest

from bocadillo import App, HTTPError, WebSocket, WebSocketDisconnect
from bocadillo.testing import AsyncClient, WebSocketDenied


def make_app() -> App:
    app = App()

    @app.websocket_route("/echo", value_type="event")
    async def echo(ws: WebSocket) -> None:
        async for message in ws:
            data = {key: message[key] for key in ("text", "bytes") if message.get(key) is not None}
            await ws.send({"type": "websocket.send", **data})

    @app.websocket_route("/count/{code}")
    async def count(ws: WebSocket, code: int) -> None:
        for number in range(3):
            await ws.send(str(number))
        await ws.close(code)

    @app.websocket_route("/private", auto_accept=False)
    async def private(ws: WebSocket) -> None:
        raise HTTPError(401, "Who are you?")

    return app


async def test_messages_of_every_kind_go_both_ways() -> None:
    async with AsyncClient(make_app()) as client, client.websocket("/echo") as ws:
        await ws.send_text("é")
        assert await ws.receive_text() == "é"
        await ws.send_bytes(b"\0")
        assert await ws.receive_bytes() == b"\0"
        await ws.send_json({"a": ["é"]})
        assert await ws.receive() == '{"a":["é"]}'
        await ws.send_json(1, mode="binary")
        assert await ws.receive() == b"1"
        await ws.send_json([1])
        assert await ws.receive_json() == [1]
        await ws.send_json([2], mode="binary")
        assert await ws.receive_json(mode="binary") == [2]


async def test_message_of_the_other_type_is_refused() -> None:
    async with AsyncClient(make_app()) as client, client.websocket("/echo") as ws:
        await ws.send_bytes(b"a")
        with pytest.raises(TypeError) as caught:
            await ws.receive_text()
        assert str(caught.value) == "WebSocket /echo: expected text, got b'a'"
        await ws.send_text("a")
        with pytest.raises(TypeError) as caught:
            await ws.receive_bytes()
        assert str(caught.value) == "WebSocket /echo: expected bytes, got 'a'"


async def test_only_text_is_sent_as_text_and_only_bytes_as_bytes() -> None:
    async with AsyncClient(make_app()) as client, client.websocket("/echo") as ws:
        with pytest.raises(TypeError) as caught:
            await ws.send_text(b"a")  # type: ignore[arg-type] # the mistake
        assert str(caught.value) == "expected text to send, a str, got b'a'"
        with pytest.raises(TypeError) as caught:
            await ws.send_bytes("a")  # type: ignore[arg-type] # the mistake
        assert str(caught.value) == "expected bytes to send, got 'a'"


@pytest.mark.parametrize("code", [1000, 1001])
async def test_loop_ends_when_the_application_closes(code: int) -> None:
    async with AsyncClient(make_app()) as client, client.websocket(f"/count/{code}") as ws:
        assert [message async for message in ws] == ["0", "1", "2"]


async def test_other_close_codes_are_raised() -> None:
    async with AsyncClient(make_app()) as client, client.websocket("/count/4000") as ws:
        with pytest.raises(WebSocketDisconnect) as caught:
            async for _ in ws:
                pass
    assert caught.value.code == 4000


async def test_message_that_does_not_come_is_a_timeout_and_a_cancelled_wait_loses_nothing() -> None:
    async with (
        AsyncClient(make_app()) as client,
        client.websocket("/echo", timeout=0.02) as ws,
    ):
        with pytest.raises(TimeoutError) as caught:
            await ws.receive()
        assert str(caught.value) == "WebSocket /echo: no message came within 0.02 seconds"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await ws.receive()
        await ws.send_text("a")
        assert await ws.receive() == "a"


@pytest.mark.parametrize("code", [0, 999, 5000])
async def test_close_code_that_cannot_be_is_refused(code: int) -> None:
    async with AsyncClient(make_app()) as client, client.websocket("/echo") as ws:
        with pytest.raises(ValueError, match="expected") as caught:
            await ws.close(code)
    assert str(caught.value) == f"expected a close code from 1000 to 4999, got {code}"


async def test_denial_tells_what_was_answered() -> None:
    async with AsyncClient(make_app(), raise_app_exceptions=False) as client:
        with pytest.raises(WebSocketDenied) as caught:
            async with client.websocket("/private"):
                pass
    assert str(caught.value) == (
        "/private: the handshake was denied with 401 Unauthorized: "
        '\'{"error":"401 Unauthorized","status":401,"detail":"Who are you?"}\''
    )
