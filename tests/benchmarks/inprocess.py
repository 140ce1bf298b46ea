"""What a request costs inside the process: Bocadillo beside Starlette and hand-written ASGI.

The driver's own cost is measured with an application that does nothing, and subtracted. Rounds are
interleaved, so that a slow moment of the machine hits everyone.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from bocadillo import App, Request, Response

ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]
BODY = json.dumps({"name": "Calamares", "price": 5.5, "tags": ["fried", "Madrid"]}).encode()


@dataclass(frozen=True)
class Case:
    """A request that each application answers the same way."""

    name: str
    method: str
    path: str
    body: bytes = b""
    status: int = 200
    answer: bytes | None = None


CASES = [
    Case("plaintext", "GET", "/", answer=b"Hello, World!"),
    Case("json", "GET", "/json", answer=b'{"message":"Hello, World!"}'),
    Case("param", "GET", "/todos/42", answer=b'{"pk":42}'),
    Case("POST echo", "POST", "/echo", body=BODY),
    Case("404", "GET", "/nowhere", status=404),
]


def make_bocadillo() -> ASGIApp:
    """Return the application under test."""
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "Hello, World!"

    @app.route("/json")
    async def as_json(req: Request, res: Response) -> None:
        res.json = {"message": "Hello, World!"}

    @app.route("/todos/{pk}")
    async def todo(req: Request, res: Response, pk: int) -> None:
        res.json = {"pk": pk}

    @app.route("/echo", methods=["POST"])
    async def echo(req: Request, res: Response) -> None:
        res.json = await req.json()

    return app


def make_starlette() -> ASGIApp:
    """Return the same, written with Starlette."""

    async def index(_: StarletteRequest) -> StarletteResponse:
        return PlainTextResponse("Hello, World!")

    async def as_json(_: StarletteRequest) -> StarletteResponse:
        return JSONResponse({"message": "Hello, World!"})

    async def todo(request: StarletteRequest) -> StarletteResponse:
        return JSONResponse({"pk": request.path_params["pk"]})

    async def echo(request: StarletteRequest) -> StarletteResponse:
        return JSONResponse(await request.json())

    return Starlette(
        routes=[
            Route("/", index),
            Route("/json", as_json),
            Route("/todos/{pk:int}", todo),
            Route("/echo", echo, methods=["POST"]),
        ]
    )


def make_raw() -> ASGIApp:
    """Return the same, written by hand: the limit."""
    text = [(b"content-type", b"text/plain; charset=utf-8")]
    as_json = [(b"content-type", b"application/json")]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path, status, headers = scope["path"], 200, as_json
        if path == "/":
            body, headers = b"Hello, World!", text
        elif path == "/json":
            body = msgspec.json.encode({"message": "Hello, World!"})
        elif path == "/echo":
            body = msgspec.json.encode(msgspec.json.decode((await receive())["body"]))
        elif path.startswith("/todos/"):
            body = msgspec.json.encode({"pk": int(path[7:])})
        else:
            status, body = 404, msgspec.json.encode({"error": "404 Not Found", "status": 404})
        length = (b"content-length", b"%d" % len(body))
        start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return app


async def do_nothing(scope: Any, receive: Any, send: Any) -> None:
    """Return at once: what is left is the driver's cost."""


APPS: dict[str, Callable[[], ASGIApp]] = {
    "raw ASGI": make_raw,
    "Bocadillo": make_bocadillo,
    "Starlette": make_starlette,
}


def make_scope(case: Case) -> dict[str, Any]:
    """Return what uvicorn gives for the request."""
    headers = [(b"host", b"localhost:8000"), (b"accept", b"*/*")]
    if case.body:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", b"%d" % len(case.body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": case.method,
        "scheme": "http",
        "path": case.path,
        "raw_path": case.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def check(app: ASGIApp, case: Case) -> None:
    """Refuse to measure an application that answers something else."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": case.body, "more_body": False}

    await app(make_scope(case), receive, send)
    assert sent[0]["status"] == case.status, (case, sent)
    if case.answer is not None:
        assert sent[1]["body"] == case.answer, (case, sent)


async def measure(app: ASGIApp, case: Case, requests: int) -> float:
    """Return the CPU seconds of one request."""
    template = make_scope(case)
    message = {"type": "http.request", "body": case.body, "more_body": False}

    async def receive() -> dict[str, Any]:
        return message

    async def send(message: Any) -> None:
        pass

    start = time.process_time()
    for _ in range(requests):
        await app({**template}, receive, send)
    return (time.process_time() - start) / requests


async def run(*, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """Return microseconds per request, by case and application: medians over the rounds."""
    table: dict[str, dict[str, float]] = {}
    apps = {name: make() for name, make in APPS.items()}
    for case in CASES:
        for app in apps.values():
            await check(app, case)
        samples: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(rounds):
            base = await measure(do_nothing, case, requests)
            for name, app in apps.items():
                samples[name].append(await measure(app, case, requests) - base)
        table[case.name] = {name: statistics.median(found) * 1e6 for name, found in samples.items()}
    return table


def main(*, rounds: int = 15, requests: int = 2000) -> None:
    """Print the table."""
    table = asyncio.run(run(rounds=rounds, requests=requests))
    print(f"CPU per request, in µs: median of {rounds} interleaved rounds of {requests} requests\n")
    print(f"{'':12}" + "".join(f"{name:>12}" for name in APPS) + f"{'/ raw':>9}{'/ Starlette':>13}")
    for case, row in table.items():
        ours = row["Bocadillo"]
        cells = "".join(f"{row[name]:12.2f}" for name in APPS)
        ratios = f"{ours / row['raw ASGI']:9.2f}{ours / row['Starlette']:13.2f}"
        print(f"{case:12}{cells}{ratios}")
