"""A thermometer whose readings come to every browser that listens, at once."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from time import time_ns
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from bocadillo import App, Request, Response, provider, server_event

PAGE = Path(__file__).with_name("index.html")
KEPT = 1000  # readings that a client can still get after it was away

app = App()


# --8<-- [start:feed]
class Reading(NamedTuple):
    id: int  # when it came, in milliseconds; no two are the same
    celsius: float


class Feed:
    """The last readings, and the news of the next one."""

    def __init__(self) -> None:
        self.readings: deque[Reading] = deque(maxlen=KEPT)
        self.newest = 0
        self.news = asyncio.Condition()

    async def add(self, celsius: float) -> Reading:
        async with self.news:
            self.newest = max(time_ns() // 1_000_000, self.newest + 1)
            reading = Reading(self.newest, celsius)
            self.readings.append(reading)
            self.news.notify_all()
        return reading

    # --8<-- [end:feed]

    # --8<-- [start:follow]
    async def follow(self, last: int) -> AsyncGenerator[Reading, None]:
        """Yield the readings after the one with the id `last`, and then each that comes."""
        if last > self.newest:  # an id from the future: a clock was set back
            last = 0
        while True:
            for reading in [entry for entry in self.readings if entry.id > last]:
                yield reading
                last = reading.id
            async with self.news:
                while last == self.newest:
                    await self.news.wait()

    # --8<-- [end:follow]


@provider(scope="app")
async def feed() -> Feed:
    return Feed()


@app.route("/")
async def index(req: Request, res: Response) -> None:
    await res.file(PAGE, attach=False)


# --8<-- [start:views]
class NewReading(Struct):
    celsius: Annotated[float, Meta(ge=-273.15, le=1000)]


@app.route("/readings")
class Readings:
    async def post(self, req: Request, res: Response, new: NewReading, feed: Feed) -> None:
        reading = await feed.add(new.celsius)
        res.status_code = 201
        res.json = {"id": reading.id}

    async def get(self, req: Request, res: Response, feed: Feed) -> None:
        last = parse_id(req.last_event_id)

        @res.event_stream(goodbye=server_event(retry=1000))
        async def events() -> AsyncIterator[str]:
            async with aclosing(feed.follow(last)) as readings:
                async for number, celsius in readings:
                    yield server_event("reading", id=number, json={"celsius": celsius})


def parse_id(text: str | None) -> int:
    """Return the id that a client says it got last; 0 if it is none of ours."""
    return int(text) if text and re.fullmatch("[0-9]{1,15}", text) else 0


# --8<-- [end:views]
