"""A chat: whoever is in a room hears at once what is said there, and who comes and goes."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time_ns
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, json

from bocadillo import App, Request, Response, WebSocket, WebSocketDisconnect, provider

PAGE = Path(__file__).with_name("index.html")
KEPT = 50  # what was said last, for those who come in
WAITING = 100  # messages that wait for a client which is slow to read
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


# --8<-- [start:client]
class Client:
    def __init__(self) -> None:
        self.name = ""  # until it joins
        self.waiting: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self.stay = asyncio.timeout(None)

    def tell(self, message: str) -> None:
        """Have a message sent, without waiting; end the stay of a client that does not read."""
        try:
            self.waiting.put_nowait(message)
        except asyncio.QueueFull:
            if self.stay.when() is None:
                self.stay.reschedule(0)

    async def write(self, ws: WebSocket) -> None:
        with suppress(WebSocketDisconnect):  # what it said before it left is still to be heard
            while True:
                await ws.send(await self.waiting.get())


# --8<-- [end:client]


# --8<-- [start:room]
class Room:
    def __init__(self) -> None:
        self.clients: list[Client] = []
        self.history: deque[Said] = deque(maxlen=KEPT)

    def tell(self, message: Said | Event) -> None:
        """Tell all who are in the room; the message is encoded once."""
        text = encode(message)
        for client in self.clients:
            client.tell(text)

    @contextmanager
    def seat(self) -> Iterator[Client]:
        client = Client()
        try:
            yield client
        finally:
            if client in self.clients:
                self.clients.remove(client)
                self.tell(Event("left", client.name))

    # --8<-- [end:room]
    # --8<-- [start:hear]
    def join(self, client: Client, name: str) -> None:
        client.name = name
        self.tell(Event("joined", name))
        self.clients.append(client)
        people = [client.name for client in self.clients]
        client.tell(encode(Welcome(people, list(self.history))))

    def say(self, client: Client, text: str) -> None:
        newest = self.history[-1].at if self.history else 0
        said = Said(max(time_ns() // 1_000_000, newest + 1), client.name, text)
        self.history.append(said)
        self.tell(said)

    # --8<-- [end:hear]


def encode(message: Said | Event | Welcome | Refused) -> str:
    return json.encode(message).decode()


@provider(scope="app")
def rooms() -> dict[str, Room]:
    return {name: Room() for name in get_args(RoomName)}


# --8<-- [start:talk]
@app.websocket_route("/rooms/{name}", receive_type=Join | Say, send_type="text")
async def talk(ws: WebSocket, name: RoomName, rooms: dict[str, Room]) -> None:
    room = rooms[name]
    with room.seat() as client, suppress(TimeoutError):

        @ws.on_invalid
        async def refuse(message: str, errors: dict[str, str]) -> None:
            client.tell(encode(Refused(errors)))

        async with client.stay, asyncio.TaskGroup() as group:
            writer = group.create_task(client.write(ws))
            async for message in ws:
                match message:
                    case Join(wanted) if not client.name:
                        room.join(client, wanted)
                    case Say(text) if client.name:
                        room.say(client, text)
                    case _:
                        await refuse("", {"type": "Join once, before all else."})
                await asyncio.sleep(PACE_SECONDS)  # what comes faster waits on the client's side
            writer.cancel()
    if client.stay.expired():
        await ws.close(1013, "You did not read what was said.")


# --8<-- [end:talk]


@app.route("/")
async def index(req: Request, res: Response) -> None:
    res.redirect("/rooms/counter")


@app.route("/rooms/{name}")
async def show_room(req: Request, res: Response, name: RoomName) -> None:
    await res.file(PAGE, attach=False)
