"""Views of WebSockets that await at many places, with providers that do so, too."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import msgspec

from bocadillo import App, HTTPError, WebSocket, WebSocketDisconnect

from .faults import Tally
from .test_provider_faults import Step, add_chain, add_late

__all__ = ["BUILDS", "SAYS", "Build"]

Build = Callable[[App, Tally, Step], None]


class Say(msgspec.Struct, tag="say"):
    text: str


class Bye(msgspec.Struct, tag="bye"):
    pass


def sending(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        tally.up("view")
        try:
            for _ in range(3):
                await ws.send(c)
                await step()
        finally:
            await step_out(step, tally)


async def step_out(step: Step, tally: Tally) -> None:
    """Clean up a view, which may be cancelled at that."""
    try:
        await step()
    finally:
        tally.down("view")


def receiving(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        tally.up("view")
        try:
            while await ws.receive() != "bye":
                await step()
        finally:
            await step_out(step, tally)


def iterating(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        tally.up("view")
        try:
            async for message in ws:
                await step()
                await ws.send(message)
                if message == "bye":
                    return
        finally:
            await step_out(step, tally)


def grouped(app: App, tally: Tally, step: Step) -> None:
    """Let two tasks send what a third one does not."""
    add_chain(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        async def tick() -> None:
            for _ in range(2):
                await ws.send("tick")
                await step()

        tally.up("view")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(tick())
                group.create_task(tick())
                async for message in ws:
                    await ws.send(message)
                    if message == "bye":
                        break
        finally:
            await step_out(step, tally)


def read_by_task(app: App, tally: Tally, step: Step) -> None:
    """Let a task receive what the view sends, through a queue."""
    add_chain(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue(1)

        async def read() -> None:
            async for message in ws:
                await queue.put(message)

        tally.up("view")
        try:
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(read())
                while (message := await queue.get()) != "bye":
                    await ws.send(message)
                    await step()
                reader.cancel()
        finally:
            await step_out(step, tally)


def typed(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/", value_type=Say | Bye)
    async def view(ws: WebSocket, c: str) -> None:
        @ws.on_invalid
        async def tell(text: str, errors: Any) -> None:
            await step()
            await ws.send(Say(text))

        async for message in ws:
            if isinstance(message, Bye):
                return
            await ws.send(message)


def closing(app: App, tally: Tally, step: Step) -> None:
    """Let a message that is invalid close the WebSocket, and the view hear of it."""
    add_chain(app, tally, step)

    @app.websocket_route("/", value_type=Say | Bye)
    async def view(ws: WebSocket, c: str) -> None:
        try:
            while True:
                await ws.send(await ws.receive())
        except WebSocketDisconnect:
            await step()


def by_hand(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket, c: str) -> None:
        await step()
        async with ws:
            await step()
            await ws.send(await ws.receive())
            await ws.close(4000, "enough")
            await step()


def refused(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket, c: str) -> None:
        await step()
        raise HTTPError(401)


def refused_by_handler(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.error_handler(KeyError)
    async def handle(req: Any, res: Any, exc: KeyError) -> None:
        await step()
        res.status_code = 410

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket, c: str) -> None:
        await step()
        raise KeyError


def rejected(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket, c: str) -> None:
        await step()
        await ws.reject()
        await step()


def lazy(app: App, tally: Tally, step: Step) -> None:
    add_late(app, tally, step)

    @app.websocket_route("/")
    async def view(ws: WebSocket, late: Awaitable[str]) -> None:
        await ws.send(await ws.receive())
        await ws.send(await late)
        await step()


def inner_generator(app: App, tally: Tally, step: Step) -> None:
    """Let a view send what a generator of its own yields."""
    add_chain(app, tally, step)

    async def numbers() -> AsyncGenerator[str, None]:
        tally.up("view")
        try:
            for number in range(3):
                await step()
                yield str(number)
        finally:
            await step_out(step, tally)

    @app.websocket_route("/")
    async def view(ws: WebSocket, c: str) -> None:
        async with aclosing(numbers()) as found:
            async for number in found:
                await ws.send(number)


def provider_talks(app: App, tally: Tally, step: Step) -> None:
    """Let a provider receive the first message, and send the last one."""
    add_chain(app, tally, step)

    @app.provider
    async def user(ws: WebSocket, b: str) -> AsyncGenerator[str, None]:
        await ws.accept()
        name = await ws.receive()
        tally.up("user")
        try:
            yield name
            await ws.send("farewell")
        finally:
            await step()
            tally.down("user")

    @app.websocket_route("/", auto_accept=False)
    async def view(ws: WebSocket, user: str, c: str) -> None:
        await ws.send(user)
        await ws.receive()


def alone(app: App, tally: Tally, step: Step) -> None:
    """Have a view without providers, and so without a guard."""

    @app.websocket_route("/")
    async def view(ws: WebSocket) -> None:
        tally.up("view")
        try:
            async for message in ws:
                await ws.send(message)
                await step()
                if message == "bye":
                    return
        finally:
            await step_out(step, tally)


BUILDS: list[Build] = [
    sending, receiving, iterating, grouped, read_by_task, typed, closing, by_hand, refused,
    refused_by_handler, rejected, lazy, inner_generator, provider_talks,
    alone,
]  # fmt: skip
SAYS: dict[Build, tuple[str, ...]] = dict.fromkeys(BUILDS, ("one", "two", "bye"))
SAYS[typed] = SAYS[closing] = ('{"type":"say","text":"one"}', '{"type":"shout"}', '{"type":"bye"}')
