"""The limit: a hand-written ASGI application without any abstraction, and msgspec for JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from msgspec.json import decode, encode

from tests.benchmarks.cases import (
    CHUNK,
    CHUNKS,
    EVENT_NAME,
    EVENTS,
    HELLO,
    NEWS,
    PAYLOAD,
    route_path,
)

ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]

TEXT = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"13")]
HELLO_BYTES = HELLO.encode()


async def lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def respond(
    send: Any, body: bytes, kind: bytes = b"application/json", status: int = 200
) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def plaintext(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": TEXT})
    await send({"type": "http.response.body", "body": HELLO_BYTES})


async def not_found(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, b"Not Found", b"text/plain; charset=utf-8", 404)


async def as_json(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, encode(PAYLOAD))


async def items(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, encode({"id": int(scope["path"][7:])}))


async def query(scope: Any, receive: Any, send: Any) -> None:
    q = dict(parse_qsl(scope["query_string"].decode()))
    await respond(send, encode({"q": q["q"], "page": int(q["page"]), "limit": int(q["limit"])}))


async def echo(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    body = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    await respond(send, encode(decode(body)))


async def stream(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/octet-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(CHUNKS):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


TABLE = {
    "/": plaintext,
    "/json": as_json,
    "/query": query,
    "/echo": echo,
    "/stream": stream,
}


def hello() -> ASGIApp:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        serve = plaintext(scope, receive, send) if scope["type"] == "http" else None
        await (serve or lifespan(receive, send))

    return app


def basic() -> ASGIApp:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await lifespan(receive, send)
            return
        path = scope["path"]
        view = TABLE.get(path)
        if view is None:
            view = items if path.startswith("/items/") else not_found
        await view(scope, receive, send)

    return app


def providers() -> ASGIApp:
    async def session(scope: Any) -> str | None:
        for name, value in scope["headers"]:
            if name == b"cookie":
                for part in value.decode("latin-1").split("; "):
                    if part.startswith("session="):
                        return str(part[8:])
        return None

    async def user(session: str | None) -> str:
        return "alice" if session else "anonymous"

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await lifespan(receive, send)
            return
        own = await session(scope)
        await respond(send, encode({"user": await user(own), "session": own}))

    return app


def middleware() -> ASGIApp:
    app = basic()

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return outer


asgi_middleware = middleware


EVENT_HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]


def greeting() -> dict[str, Any]:
    body = b"event: %b\ndata: %b\n\n" % (EVENT_NAME.encode(), encode(PAYLOAD))
    return {"type": "http.response.body", "body": body, "more_body": True}


async def events(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": EVENT_HEADERS})
    for _ in range(EVENTS):
        await send(greeting())
    await send({"type": "http.response.body", "body": b""})


async def news(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": EVENT_HEADERS})
    await send(greeting())
    async with asyncio.TaskGroup() as group:  # waits for news, and for the client's leaving
        waiter = group.create_task(NEWS.wait())
        while (await receive())["type"] != "http.disconnect":
            pass
        waiter.cancel()


async def socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": message["text"]})


def realtime() -> ASGIApp:
    clients: set[Any] = set()

    async def room(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        clients.add(send)
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                told = {"type": "websocket.send", "text": message["text"]}
                for client in list(clients):
                    await client(told)
        finally:
            clients.discard(send)

    table = {"/events": events, "/news": news, "/socket": socket, "/room": room}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        await table[scope["path"]](scope, receive, send)

    return app


def routing(*, routes: int, param: bool) -> ASGIApp:
    """Look a path up in a dict; the last segment is the parameter."""
    table = {route_path(number, param=False): plaintext for number in range(routes)}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await lifespan(receive, send)
            return
        path = scope["path"]
        if param:
            path, _, scope["name"] = path.rpartition("/")
        await table.get(path, not_found)(scope, receive, send)

    return app
