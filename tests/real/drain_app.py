"""An application that is told to stop while much is open: it tells what happens, line by line."""

import asyncio
import os
from collections.abc import AsyncGenerator

from bocadillo import App, Request, Response, WebSocket, configure, server_event

app = App()
configure(app, DRAIN_GRACE=2)


def tell(what: str) -> None:
    """Write a line at once, whole, whatever other processes write."""
    os.write(1, f"{os.getpid()} {what}\n".encode())


@app.provider(scope="app", autouse=True)
async def pool() -> AsyncGenerator[str, None]:
    tell("+pool")
    yield "pool"
    tell("-pool")


@app.provider
async def session(pool: str) -> AsyncGenerator[str, None]:
    try:
        yield f"session of {pool}"
    finally:
        await asyncio.sleep(0.05)
        tell("-session")


@app.on("drain")
async def drain() -> None:
    tell("drain")


@app.route("/")
async def index(req: Request, res: Response) -> None:
    res.text = "here"


@app.route("/events")
async def events(req: Request, res: Response, session: str) -> None:
    @res.event_stream(goodbye=server_event("shutdown", retry=500))
    async def feed() -> AsyncGenerator[str, None]:
        try:
            yield server_event(data=session)
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)
            tell("stream cleaned")


@app.route("/ticks")
async def ticks(req: Request, res: Response, session: str) -> None:
    @res.stream
    async def feed() -> AsyncGenerator[str, None]:
        try:
            while True:
                yield "tick"
                await asyncio.sleep(0.1)
        finally:
            tell("ticks cleaned")


@app.route("/wait")
async def wait(req: Request, res: Response, session: str) -> None:
    tell("waiting")
    await asyncio.sleep(1)
    res.text = "answered"


@app.websocket_route("/ws")
async def ws(ws: WebSocket, session: str) -> None:
    try:
        async for message in ws:
            await ws.send(message)
    finally:
        await asyncio.sleep(0.05)
        tell("view cleaned")


@app.websocket_route("/push")
async def push(ws: WebSocket, session: str) -> None:
    try:
        await ws.send("hello")
        await asyncio.sleep(3600)
    finally:
        await asyncio.sleep(0.05)
        tell("view cleaned")
