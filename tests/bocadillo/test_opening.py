from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketState

from bocadillo import WebSocket, WebSocketDisconnect
from tests.bocadillo.wires import CONNECT, Wire, make_ws_scope


def make(*messages: dict[str, Any], **changes: Any) -> tuple[WebSocket, Wire]:
    wire = Wire(CONNECT, *messages)
    return WebSocket(make_ws_scope(**changes), wire.receive, wire.send), wire


async def test_it_is_accepted_with_a_subprotocol_and_headers() -> None:
    ws, wire = make(subprotocols=["chat", "soup"])
    await ws.accept("soup", {"X-Mine": "é"})
    assert wire.sent == [
        {
            "type": "websocket.accept",
            "subprotocol": "soup",
            "headers": [(b"x-mine", b"\xe9")],
        }
    ]
    ws, wire = make()
    await ws.accept(headers=[(b"x-mine", b"1"), (b"x-mine", b"2")])
    assert wire.sent[0]["headers"] == [(b"x-mine", b"1"), (b"x-mine", b"2")]


async def test_subprotocol_that_was_not_offered_is_refused() -> None:
    ws, wire = make(subprotocols=["chat"])
    with pytest.raises(ValueError, match="expected a subprotocol") as caught:
        await ws.accept("soup")
    assert str(caught.value) == (
        "expected a subprotocol that the client offers, of ['chat'], got 'soup': browsers refuse "
        "any other"
    )
    assert wire.sent == []


@pytest.mark.parametrize("headers", [{"x": "a\r\nb"}, [(b"x", b"a\r\nb")], {"a b": "c"}])
async def test_header_that_would_break_the_response_is_refused(headers: Any) -> None:
    ws, wire = make()
    with pytest.raises(ValueError, match="header"):
        await ws.accept(headers=headers)
    assert wire.sent == []


async def test_states_are_told_as_starlette_tells_them() -> None:
    ws, _ = make()
    seen = [ws.client_state]
    await ws.accept()
    seen.append(ws.client_state)
    await ws.close()
    seen.append(ws.client_state)
    assert seen == [
        WebSocketState.CONNECTING,
        WebSocketState.CONNECTED,
        WebSocketState.DISCONNECTED,
    ]
    assert ws.application_state is WebSocketState.DISCONNECTED


async def test_rejected_handshake_is_closed_before_it_is_accepted() -> None:
    ws, wire = make()
    await ws.reject()
    assert wire.types == ["close"]
    await ws.reject()
    with pytest.raises(WebSocketDisconnect):
        await ws.accept()
    assert wire.types == ["close"]


async def test_accepted_websocket_cannot_be_rejected() -> None:
    for deny in (WebSocket.reject, lambda ws: ws.send_denial_response(PlainTextResponse("no"))):
        ws, wire = make()
        await ws.accept()
        with pytest.raises(RuntimeError) as caught:
            await deny(ws)
        assert str(caught.value) == (
            "the WebSocket cannot be rejected: it is accepted. Register its route with "
            "`auto_accept=False`, or close it."
        )
        assert wire.types == ["accept"]


async def test_denial_is_a_response_of_starlette_where_the_server_knows_how() -> None:
    ws, wire = make()
    await ws.send_denial_response(PlainTextResponse("no", 401))
    assert wire.types == ["http.response.start", "http.response.body"]
    assert wire.sent[0]["status"] == 401
    ws, wire = make(extensions={})
    await ws.send_denial_response(PlainTextResponse("no", 401))
    assert wire.types == ["close"]


async def test_it_is_closed_once() -> None:
    ws, wire = make()
    await ws.accept()
    await ws.close(4000, "bye")
    await ws.close()
    await ws.ensure_closed(1001)
    assert wire.types == ["accept", "close"]
    assert wire.closed == (4000, "bye")


async def test_code_that_cannot_be_sent_is_refused_whether_it_is_open_or_not() -> None:
    ws, _ = make()
    for _ in range(2):
        with pytest.raises(ValueError, match="expected a close code"):
            await ws.close(1006)
        await ws.close()
