"""A chat: whoever is in a room hears at once what is said there, and who comes and goes."""

import asyncio
from collections import deque
from pathlib import Path
from time import time_ns
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, json

from bocadillo import App, Request, Response, WebSocket, provider

PAGE = Path(__file__).with_name("index.html")
KEPT = 50  # what was said last, for those who come in
PACE_SECONDS = 0.05  # between two messages of a client

RoomName = Literal["counter", "kitchen", "terrace"]

app = App()


# --8<-- [start:messages]
class Join(Struct, tag="join"):
    name: Annotated[str, Meta(max_length=20, pattern=r"^\S+( \S+)*\Z")]


class Say(Struct, tag="say"):
    text: Annotated[str, Meta(max_length=500, pattern=r"\S")]


class Said(Struct, tag="said"):
    at: int  # in milliseconds; no two of a room have the same
    name: str
    text: str


class Event(Struct, tag="event"):
    what: Literal["joined", "left"]
    name: str


# --8<-- [end:messages]
class Welcome(Struct, tag="welcome"):
    people: list[str]
    history: list[Said]


class Refused(Struct, tag="refused"):
    errors: dict[str, str]


# --8<-- [start:room]
class Room:
    def __init__(self) -> None:
        self.clients: dict[WebSocket, str] = {}  # with their names
        self.history: deque[Said] = deque(maxlen=KEPT)

    def tell(self, message: Said | Event) -> None:
        """Tell all who are in the room, and wait for nobody; the message is encoded once."""
        text = encode(message)
        for client in self.clients:
            client.send_nowait(text)

    def join(self, client: WebSocket, name: str) -> None:
        self.tell(Event("joined", name))
        self.clients[client] = name
        welcome = Welcome(list(self.clients.values()), list(self.history))
        client.send_nowait(encode(welcome))

    def leave(self, client: WebSocket) -> None:
        if name := self.clients.pop(client, None):
            self.tell(Event("left", name))

    # --8<-- [end:room]
    def say(self, name: str, text: str) -> None:
        newest = self.history[-1].at if self.history else 0
        said = Said(max(time_ns() // 1_000_000, newest + 1), name, text)
        self.history.append(said)
        self.tell(said)


def encode(message: Said | Event | Welcome | Refused) -> str:
    return json.encode(message).decode()


@provider(scope="app")
def rooms() -> dict[str, Room]:
    return {name: Room() for name in get_args(RoomName)}


# --8<-- [start:talk]
@app.websocket_route("/rooms/{name}", receive_type=Join | Say, send_type="text")
async def talk(ws: WebSocket, name: RoomName, rooms: dict[str, Room]) -> None:
    room = rooms[name]

    @ws.on_invalid
    async def refuse(message: str, errors: dict[str, str]) -> None:
        ws.send_nowait(encode(Refused(errors)))

    try:
        async for message in ws:
            match message:
                case Join(wanted) if ws not in room.clients:
                    room.join(ws, wanted)
                case Say(text) if ws in room.clients:
                    room.say(room.clients[ws], text)
                case _:
                    await refuse("", {"type": "Join once, before all else."})
            await asyncio.sleep(PACE_SECONDS)  # what comes faster waits on the client's side
    finally:
        room.leave(ws)


# --8<-- [end:talk]


@app.route("/")
async def index(req: Request, res: Response) -> None:
    res.redirect("/rooms/counter")


@app.route("/rooms/{name}")
async def show_room(req: Request, res: Response, name: RoomName) -> None:
    await res.file(PAGE, attach=False)
