"""What is asked of every application, and what it must answer before it is timed.

A case is data: to add one, add a line to `CASES`, and its route to the applications in `apps`. Only
the standard library is imported: this module is loaded in each framework's own process.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CASES",
    "CHUNK",
    "CHUNKS",
    "EVENTS",
    "EVENT_NAME",
    "HELLO",
    "HUNDREDS",
    "MESSAGES",
    "NEWS",
    "PAYLOAD",
    "Case",
    "lookup_case",
    "route_path",
]

HELLO = "Hello, World!"
PAYLOAD = {"message": HELLO, "id": 1, "ok": True}
CHUNK = b"x" * 64
CHUNKS = 100
MESSAGES = 100
EVENTS = 100
EVENT_NAME = "greeting"
NEWS = asyncio.Event()  # which never come

# About a kilobyte of nested JSON, as a form would post it.
ORDER = {
    "id": 4711,
    "title": "Sandwiches for the office",
    "paid": True,
    "price": 129.95,
    "tags": ["breakfast", "delivery", "gluten-free", "invoice"],
    "address": {"street": "12 Calle Mayor", "city": "Madrid", "zip": "28013", "country": "ES"},
    "lines": [
        {"sku": f"BOC-{i:05d}", "name": f"Bocadillo number {i}", "quantity": i, "price": 4.5 + i}
        for i in range(10)
    ],
    "note": "x" * 60,
}

# What a browser sends, through uvicorn: names in lower case.
HEADERS = [
    ("host", "127.0.0.1:8000"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br"),
    ("connection", "keep-alive"),
    ("cookie", "session=6f1ed002ab5595859014ebf0951522d9; theme=dark"),
    ("upgrade-insecure-requests", "1"),
    ("cache-control", "max-age=0"),
    ("sec-fetch-mode", "navigate"),
]


@dataclass(frozen=True)
class Case:
    """A request, or a WebSocket, and the answer that is right.

    Attributes:
        name: how the command line and the results call it.
        title: how tables call it.
        kind: the kind of application that is asked: a function of the modules in `apps`.
        answer: the text that must come back; None for any.
        document: the JSON that must come back; None for any.
        events: how many events must come, each with the document; 0 for another answer.
        messages: how many messages go there and back over a WebSocket; 0 for a request.
    """

    name: str
    title: str
    kind: str = "basic"
    method: str = "GET"
    path: str = "/"
    query: str = ""
    body: str = ""
    status: int = 200
    answer: str | None = None
    document: Any = None
    events: int = 0
    messages: int = 0

    def scope(self) -> dict[str, Any]:
        """Return what uvicorn gives for the request: ten headers, two more with a body."""
        headers = [(name.encode(), value.encode()) for name, value in HEADERS]
        if self.body:
            headers.append((b"content-type", b"application/json"))
            headers.append((b"content-length", b"%d" % len(self.body)))
        return {
            **self.protocol(),
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 54321),
            "root_path": "",
            "headers": headers,
            "state": {},
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
        }

    def protocol(self) -> dict[str, Any]:
        """Return what of the scope depends on whether it is a request or a WebSocket."""
        if self.messages:
            extensions: dict[str, Any] = {"websocket.http.response": {}}
            return {
                "type": "websocket",
                "scheme": "ws",
                "subprotocols": [],
                "extensions": extensions,
            }
        return {"type": "http", "scheme": "http", "method": self.method}

    def is_right(self, body: bytes) -> bool:
        """Tell whether a response body is the right one."""
        if self.answer is not None:
            return body == self.answer.encode()
        if self.events:
            return read_events(body) == [(EVENT_NAME, self.document)] * self.events
        return self.document is None or bool(json.loads(body) == self.document)


def read_events(body: bytes) -> list[tuple[str, Any]]:
    """Return the names of events and their data, which is JSON; comments and the rest are skipped.

    Source: WHATWG HTML, section 9.2.6, for events with one line of data.
    """
    events, fields = [], {"event": "message"}
    for line in body.decode().replace("\r\n", "\n").split("\n"):
        name, _, value = line.partition(":")
        if not line and "data" in fields:
            events.append((fields["event"], json.loads(fields["data"])))
        fields = {**fields, name: value.removeprefix(" ")} if line else {"event": "message"}
    return events


CASES = [
    Case("plaintext", "plaintext", answer=HELLO),
    Case("json", "JSON", path="/json", document=PAYLOAD),
    Case("param", "param", path="/items/42", document={"id": 42}),
    Case(
        "query",
        "query",
        path="/query",
        query="q=hello+world&page=2&limit=50",
        document={"q": "hello world", "page": 2, "limit": 50},
    ),
    Case(
        "echo",
        "echo",
        method="POST",
        path="/echo",
        body=json.dumps(ORDER, separators=(",", ":")),
        document=ORDER,
    ),
    Case("notfound", "404", path="/no/such/page", status=404),
    Case(
        "di",
        "providers",
        kind="providers",
        path="/di",
        document={"user": "alice", "session": "6f1ed002ab5595859014ebf0951522d9"},
    ),
    Case("middleware", "middleware", kind="middleware", path="/json", document=PAYLOAD),
    Case("asgi", "ASGI middleware", kind="asgi_middleware", path="/json", document=PAYLOAD),
    Case("stream", "stream", path="/stream", answer=(CHUNK * CHUNKS).decode()),
    Case("sse", "events", kind="realtime", path="/events", document=PAYLOAD, events=EVENTS),
    Case(
        "websocket", "WebSocket", kind="realtime", path="/socket", answer=HELLO, messages=MESSAGES
    ),
]

HUNDREDS = ("stream", "sse", "websocket")
"""The cases of a hundred chunks, events or messages: tables show them apart from requests."""

LOOKUPS = ("first", "last", "missing")


def route_path(number: int, *, param: bool, name: str = "{name}") -> str:
    """Return the path of a generated route: 50 resources for each group, as real APIs nest them."""
    base = f"/api/v1/group{number // 50}/resource{number % 50}"
    return f"{base}/{name}" if param else base


def lookup_case(where: str, *, routes: int, param: bool) -> Case:
    """Return the case that asks for the first, the last, or a missing one of many routes."""
    if where == "missing":
        path = "/api/v1/group0/absent" + ("/alice" if param else "")
        return Case(where, where, path=path, status=404)
    number = 0 if where == "first" else routes - 1
    return Case(where, where, path=route_path(number, param=param, name="alice"), answer=HELLO)
