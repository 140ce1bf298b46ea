"""Drives an ASGI application inside the process: `await app(scope, receive, send)`, no server."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.benchmarks.cases import HELLO, MESSAGES, Case

__all__ = ["count_calls", "do_nothing", "drive", "make_runner", "problem", "start", "timed"]

Message = dict[str, Any]
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]


class Exchange:
    """One HTTP request: `receive` gives what uvicorn would, `send` collects.

    A second `receive` waits for the end of the response, and then says that the client is gone.
    """

    __slots__ = ("body", "messages", "served", "waiter")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.messages: list[Message] = []
        self.served = False
        self.waiter: asyncio.Future[None] | None = None

    async def receive(self) -> Message:
        if not self.served:
            self.served = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        if not (self.messages and is_last(self.messages[-1])):
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        if self.waiter is not None and is_last(message) and not self.waiter.done():
            self.waiter.set_result(None)


class Conversation:
    """One WebSocket, whose client waits for each answer before it says more, and leaves at last."""

    __slots__ = ("messages", "received", "waiter")

    def __init__(self, body: bytes) -> None:
        self.messages: list[Message] = []
        self.received = -1  # the handshake comes first
        self.waiter: asyncio.Future[None] | None = None

    async def receive(self) -> Message:
        count = self.received
        self.received = count + 1
        if count < 0:
            return {"type": "websocket.connect"}
        if len(self.messages) <= count:  # the acceptance, and an answer to each message
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
        if count < MESSAGES:
            return {"type": "websocket.receive", "text": HELLO}
        return {"type": "websocket.disconnect", "code": 1000, "reason": ""}

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        if (
            self.waiter is not None
            and len(self.messages) >= self.received
            and not self.waiter.done()
        ):
            self.waiter.set_result(None)


# How each type of connection is driven.
EXCHANGES: dict[str, type[Exchange] | type[Conversation]] = {
    "http": Exchange,
    "websocket": Conversation,
}


def is_last(message: Message) -> bool:
    """Tell whether nothing of the response follows."""
    return message["type"] == "http.response.body" and not message.get("more_body")


async def do_nothing(scope: Any, receive: Any, send: Any) -> None:
    """Return at once: what is left is the driver's own cost."""


def make_runner() -> asyncio.Runner:
    """Return what runs coroutines on one event loop: uvloop's, as uvicorn does, if it is there."""
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def start(app: ASGIApp) -> object:
    """Start the application up, as a server does; the lifespan goes on until the process ends."""
    loop = asyncio.get_running_loop()
    started: asyncio.Future[Message] = loop.create_future()
    asked: list[bool] = []

    async def receive() -> Message:
        if asked:
            await loop.create_future()
        asked.append(True)
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        if not started.done():
            started.set_result(message)

    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}

    async def live() -> None:
        await app(scope, receive, send)

    task = loop.create_task(live())  # it outlives this function, as the lifespan does
    either: list[asyncio.Future[Any]] = [started, task]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if started.done() and started.result()["type"] != "lifespan.startup.complete":
        raise RuntimeError(str(started.result()))
    return task  # without a lifespan, requests are served all the same


async def drive(app: ASGIApp, case: Case, requests: int = 1) -> list[Message]:
    """Make requests one after the other; return the last answer."""
    return await repeat(app, case.scope(), case.body.encode(), requests)


async def repeat(
    app: ASGIApp, scope: dict[str, Any], body: bytes, requests: int = 1
) -> list[Message]:
    """Make one request again and again, each with its own copy of the scope."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    exchange = EXCHANGES[scope["type"]]
    for _ in range(requests):
        own = scope.copy()
        own["headers"] = headers.copy()
        own["state"] = {}
        talk = exchange(body)
        await app(own, talk.receive, talk.send)
    return talk.messages


async def timed(app: ASGIApp, case: Case, requests: int) -> float:
    """Return the CPU seconds of so many requests."""
    scope, body = case.scope(), case.body.encode()
    begun = time.process_time()
    await repeat(app, scope, body, requests)
    return time.process_time() - begun


async def count_calls(app: ASGIApp, case: Case) -> int:
    """Return the Python and C calls of one request, with the driver's own: without noise."""
    count = 0

    def see(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    scope, body = case.scope(), case.body.encode()
    sys.setprofile(see)
    try:
        await repeat(app, scope, body)
    finally:
        sys.setprofile(None)
    return count


def problem(case: Case, messages: list[Message]) -> str:
    """Return what is wrong with an answer; empty when it is right."""
    if case.messages:
        return problem_of_websocket(case, messages)
    if not messages or messages[0]["type"] != "http.response.start":
        return f"no response, but {messages!r:.200}"
    if not is_last(messages[-1]):
        return "the response has no end"
    status = messages[0]["status"]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    if status != case.status:
        return f"status {status}, body {body[:200]!r}"
    return "" if case.is_right(body) else f"body {body[:200]!r}"


def problem_of_websocket(case: Case, messages: list[Message]) -> str:
    """Return what is wrong with what was sent over a WebSocket."""
    if not messages or messages[0]["type"] != "websocket.accept":
        return f"not accepted, but {messages!r:.200}"
    texts = [message.get("text") for message in messages if message["type"] == "websocket.send"]
    if texts != [case.answer] * case.messages:
        return f"{len(texts)} messages, of which the first is {texts[:1]!r}"
    return ""
