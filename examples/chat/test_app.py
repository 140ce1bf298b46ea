from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from bocadillo import create_client
from bocadillo.testing import AsyncClient, ClientWebSocket

import app as chat
from app import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with create_client(app) as client:
        yield client


def join(ws: WebSocketTestSession, name: str) -> Any:
    ws.send_json({"type": "join", "name": name})
    return ws.receive_json()


def say(ws: WebSocketTestSession, text: str) -> Any:
    ws.send_json({"type": "say", "text": text})
    return ws.receive_json()


# --8<-- [start:two]
def test_what_one_says_all_hear(client: TestClient) -> None:
    kitchen = "/rooms/kitchen"
    with client.websocket_connect(kitchen) as ada, client.websocket_connect(kitchen) as bob:
        assert join(ada, "Ada")["people"] == ["Ada"]
        assert join(bob, "Bob")["people"] == ["Ada", "Bob"]
        assert ada.receive_json() == {"type": "event", "what": "joined", "name": "Bob"}

        said = say(bob, "Tea?")
        assert (said["name"], said["text"]) == ("Bob", "Tea?")
        assert ada.receive_json() == said

        bob.close()
        assert ada.receive_json() == {"type": "event", "what": "left", "name": "Bob"}


# --8<-- [end:two]


def test_rooms_do_not_hear_each_other(client: TestClient) -> None:
    with (
        client.websocket_connect("/rooms/kitchen") as ada,
        client.websocket_connect("/rooms/terrace") as bob,
    ):
        join(ada, "Ada")
        assert join(bob, "Bob")["people"] == ["Bob"]
        say(bob, "What a sun!")
        assert say(ada, "What a smell!")["text"] == "What a smell!"


def test_who_comes_in_gets_what_was_said_last(client: TestClient) -> None:
    with client.websocket_connect("/rooms/counter") as ada:
        join(ada, "Ada")
        said = [say(ada, text) for text in ("one", "two")]
    with client.websocket_connect("/rooms/counter") as bob:
        assert join(bob, "Bob")["history"] == said
    assert said[0]["at"] < said[1]["at"]


@pytest.mark.anyio
async def test_history_is_bounded_and_no_two_of_its_times_are_the_same() -> None:
    room = chat.Room()
    for number in range(chat.KEPT + 10):
        room.say("Ada", f"message {number}")
    assert room.history[0].text == "message 10"
    assert len({said.at for said in room.history}) == chat.KEPT


def test_two_may_have_the_same_name(client: TestClient) -> None:
    counter = "/rooms/counter"
    with client.websocket_connect(counter) as one:
        join(one, "Ada")
        with client.websocket_connect(counter) as two:
            assert join(two, "Ada")["people"] == ["Ada", "Ada"]
        with client.websocket_connect(counter) as three:
            assert join(three, "Bob")["people"] == ["Ada", "Bob"]


# --8<-- [start:refused]
@pytest.mark.parametrize(
    ("message", "field"),
    [
        ('{"type": "say", "text": ""}', "text"),
        ('{"type": "say", "text": "   "}', "text"),
        (f'{{"type": "say", "text": "{"x" * 501}"}}', "text"),
        ('{"type": "join", "name": "Bob"}', "type"),
        ('{"type": "shout", "text": "hello"}', "type"),
        ("hello", ""),
    ],
)
def test_invalid_message_is_refused_and_the_talk_goes_on(
    client: TestClient, message: str, field: str
) -> None:
    with client.websocket_connect("/rooms/counter") as ws:
        join(ws, "Ada")
        ws.send_text(message)
        refused = ws.receive_json()
        assert refused["type"] == "refused"
        assert list(refused["errors"]) == [field]
        assert say(ws, "I mean: hello.")["type"] == "said"


# --8<-- [end:refused]


@pytest.mark.parametrize("name", ["", " ", " Ada", "Ada  L", "Ada\n", "x" * 21])
def test_name_that_cannot_be_is_refused_and_another_may_be_given(
    client: TestClient, name: str
) -> None:
    with client.websocket_connect("/rooms/counter") as ws:
        assert join(ws, name)["type"] == "refused"
        assert join(ws, "Ada L.")["type"] == "welcome"


def test_nobody_speaks_before_they_have_joined(client: TestClient) -> None:
    with client.websocket_connect("/rooms/counter") as ws:
        assert say(ws, "hello")["errors"] == {"type": "Join once, before all else."}
        assert join(ws, "Ada")["history"] == []


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def enter(ws: ClientWebSocket, name: str) -> None:
    await ws.send_json({"type": "join", "name": name})
    assert (await ws.receive_json())["type"] == "welcome"


# --8<-- [start:slow]
@pytest.mark.anyio
async def test_client_that_does_not_read_is_sent_away_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat, "PACE_SECONDS", 0)
    async with (
        AsyncClient(app) as client,
        client.websocket("/rooms/counter") as ada,
        client.websocket("/rooms/counter", buffer=0) as bob,
    ):
        await enter(ada, "Ada")
        await enter(bob, "Bob")
        bob.pause()
        heard = [await ada.receive_json()]
        while heard[-1].get("what") != "left":
            await ada.send_json({"type": "say", "text": "Are you asleep, Bob?"})
            heard.append(await ada.receive_json())
        assert 100 < len(heard) < 120
        bob.resume()
        with pytest.raises(WebSocketDisconnect) as caught:
            async for _ in bob:
                pass
        assert caught.value.code == 1008


# --8<-- [end:slow]


@pytest.mark.anyio
async def test_client_that_vanishes_has_left_and_nothing_is_kept_of_it() -> None:
    kept = chat.rooms()
    async with (
        AsyncClient(app, providers={"rooms": lambda: kept}) as client,
        client.websocket("/rooms/counter") as ada,
    ):
        await enter(ada, "Ada")
        async with client.websocket("/rooms/counter") as bob:
            await enter(bob, "Bob")
            bob.disconnect()
            assert [(await ada.receive_json())["what"] for _ in range(2)] == ["joined", "left"]
            assert list(kept["counter"].clients.values()) == ["Ada"]
        async with client.websocket("/rooms/counter"):
            pass  # it never joined, so nobody hears that it has left
        await ada.send_json({"type": "say", "text": "So quiet."})
        assert (await ada.receive_json())["type"] == "said"
    assert kept["counter"].clients == {}


@pytest.mark.anyio
async def test_what_somebody_says_before_leaving_is_heard() -> None:
    async with (
        AsyncClient(app) as client,
        client.websocket("/rooms/counter") as ada,
    ):
        await enter(ada, "Ada")
        async with client.websocket("/rooms/counter") as bob:
            await enter(bob, "Bob")
            for text in ("I", "am", "off"):
                await bob.send_json({"type": "say", "text": text})
            bob.disconnect()
            heard = [await ada.receive_json() for _ in range(5)]
    assert [message.get("text") or message["what"] for message in heard] == [
        *("joined", "I", "am", "off", "left")
    ]


@pytest.mark.anyio
async def test_server_that_stops_says_that_it_restarts() -> None:
    async with AsyncClient(app) as client, client.websocket("/rooms/counter") as ada:
        await enter(ada, "Ada")
        await client.drain()
        with pytest.raises(WebSocketDisconnect) as caught:
            await ada.receive()
        assert caught.value.code == 1012


def test_page_of_a_room_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.url.path == "/rooms/counter"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "new WebSocket" in answer.text


def test_there_are_no_other_rooms(client: TestClient) -> None:
    assert client.get("/rooms/cellar").status_code == 400
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect("/rooms/cellar"),
    ):
        pass
    assert denied.value.status_code == 400
