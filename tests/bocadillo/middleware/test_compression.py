import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bocadillo.middleware._compression import THREAD_BYTES, CompressionMiddleware

TEXT = b"the same words again and again, " * 100
Pairs = Iterable[tuple[str, str]]


def start(status: int = 200, headers: Pairs = (("content-type", "text/plain"),)) -> Message:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": raw}


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def whole(data: bytes = TEXT, status: int = 200, extra: Pairs = ()) -> list[Message]:
    named = dict(extra)
    named.setdefault("content-type", "text/plain")
    return [start(status, {**named, "content-length": str(len(data))}.items()), body(data)]


async def exchange(
    messages: Sequence[Message], *, accept: str = "gzip", method: str = "GET", **options: Any
) -> list[Message]:
    """Send the messages of an application through the middleware; return what comes out."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    async def receive() -> Message:
        raise AssertionError("nothing is received")

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", accept.encode())] if accept else []
    scope = {"type": "http", "method": method, "headers": headers}
    await CompressionMiddleware(app, **options)(scope, receive, send)
    return sent


def headers_of(sent: Sequence[Message]) -> dict[str, str]:
    first = next(message for message in sent if message["type"] == "http.response.start")
    return {name.decode(): value.decode() for name, value in first["headers"]}


def gunzip(sent: Sequence[Message]) -> bytes:
    data = b"".join(message.get("body", b"") for message in sent)
    return zlib.decompressobj(31).decompress(data)


async def test_whole_response_is_compressed_with_its_length() -> None:
    messages = whole(extra=[("etag", '"abc"'), ("accept-ranges", "bytes")])
    sent = await exchange(messages)
    assert headers_of(sent) == {
        "content-type": "text/plain",
        "content-encoding": "gzip",
        "content-length": str(len(sent[1]["body"])),
        "etag": 'W/"abc"',
        "vary": "Accept-Encoding",
    }
    assert gunzip(sent) == TEXT
    assert len(sent) == 2


async def test_messages_of_the_application_are_left_as_they_are() -> None:
    messages = whole()
    before = [dict(messages[0], headers=list(messages[0]["headers"])), dict(messages[1])]
    await exchange(messages)
    await exchange(messages, accept="")
    assert messages == before


async def test_weak_etag_stays() -> None:
    assert headers_of(await exchange(whole(extra=[("etag", 'W/"a"')])))["etag"] == 'W/"a"'


@pytest.mark.parametrize(
    ("messages", "varies"),
    [
        pytest.param(whole(b"small"), True, id="small"),
        pytest.param(whole(extra=[("content-type", "image/png")]), False, id="image"),
        pytest.param(whole(extra=[("content-type", "application/zip")]), False, id="archive"),
        pytest.param(whole(extra=[("content-type", "")]), False, id="unknown"),
        pytest.param(whole(extra=[("content-encoding", "br")]), False, id="encoded"),
        pytest.param(whole(extra=[("cache-control", "public, No-Transform")]), False, id="as-is"),
        pytest.param(whole(status=206), False, id="partial"),
        pytest.param(
            [start(200, [("content-type", "text/event-stream; charset=utf-8")]), body(b"data: 1")],
            False,
            id="events",
        ),
        pytest.param([start(204, []), body(b"")], False, id="no-content"),
        pytest.param([start(205, []), body(b"")], False, id="reset"),
        pytest.param([start(304, [("etag", '"a"')]), body(b"")], True, id="not-modified"),
    ],
)
async def test_response_is_sent_as_it_is(messages: list[Message], varies: bool) -> None:
    sent = await exchange(messages)
    before, after = headers_of(messages), headers_of(sent)
    assert after.pop("vary", None) == ("Accept-Encoding" if varies else None)
    assert after == before
    assert sent[1:] == messages[1:]


@pytest.mark.parametrize(("accept", "method"), [("", "GET"), ("gzip;q=0", "GET"), ("gzip", "HEAD")])
async def test_response_may_vary_where_it_is_not_compressed(accept: str, method: str) -> None:
    messages = whole()
    sent = await exchange(messages, accept=accept, method=method)
    assert headers_of(sent) == {**headers_of(messages), "vary": "Accept-Encoding"}
    assert sent[1] == messages[1]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html; charset=utf-8",
        "TEXT/CSS",
        "application/json",
        "application/problem+json",
        "application/javascript",
        "image/svg+xml",
        "application/wasm",
        "font/ttf",
    ],
)
async def test_text_of_any_type_is_compressed(content_type: str) -> None:
    sent = await exchange(whole(extra=[("content-type", content_type)]))
    assert headers_of(sent)["content-encoding"] == "gzip"


async def test_response_without_a_type_is_compressed() -> None:
    sent = await exchange([start(200, []), body(TEXT)])
    assert gunzip(sent) == TEXT


async def test_size_that_is_small_is_an_option() -> None:
    small = whole(b"")
    assert headers_of(await exchange(small, minimum_size=0))["content-encoding"] == "gzip"
    edge = whole(b"x" * 20)
    assert "content-encoding" in headers_of(await exchange(edge, minimum_size=20))
    assert "content-encoding" not in headers_of(await exchange(edge, minimum_size=21))


async def test_stream_starts_at_once_and_each_chunk_can_be_read() -> None:
    chunks = [body(b"one", more=True), body(b"", more=True), body(b"two", more=True), body(b"")]
    sent = await exchange([start(), *chunks])
    assert headers_of(sent) == {
        "content-type": "text/plain",
        "content-encoding": "gzip",
        "vary": "Accept-Encoding",
    }
    decoder = zlib.decompressobj(31)
    assert [decoder.decompress(message["body"]) for message in sent[1:]] == [
        b"one", b"", b"two", b"",
    ]  # fmt: skip
    assert decoder.eof
    assert [message["more_body"] for message in sent[1:]] == [True, True, True, False]
    assert (await exchange([start()]))[0]["type"] == "http.response.start"


async def test_stream_of_known_length_loses_its_length() -> None:
    first = start(200, [("content-type", "text/plain"), ("content-length", str(2 * len(TEXT)))])
    sent = await exchange([first, body(TEXT, more=True), body(TEXT)])
    assert "content-length" not in headers_of(sent)
    assert gunzip(sent) == TEXT + TEXT


async def test_large_body_is_compressed_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    async def run_in_thread(function: Any) -> Any:
        calls.append(function)
        return function()

    monkeypatch.setattr("bocadillo.middleware._compression.run_in_thread", run_in_thread)
    large = b"x" * THREAD_BYTES
    assert gunzip(await exchange(whole(large))) == large
    assert len(calls) == 1
    await exchange(whole(large[:-1]))
    assert len(calls) == 1


async def test_file_that_the_server_sends_itself_is_not_compressed() -> None:
    path: Message = {"type": "http.response.pathsend", "path": "a.txt"}
    first = start(200, [("content-type", "text/plain"), ("content-length", "5000")])
    sent = await exchange([first, path])
    assert sent[1] == path
    assert headers_of(sent) == {**headers_of([first]), "vary": "Accept-Encoding"}


async def test_other_messages_pass() -> None:
    early: Message = {"type": "http.response.early_hint", "links": []}
    trailers: Message = {"type": "http.response.trailers", "headers": [], "more_trailers": False}
    sent = await exchange([early, *whole(), trailers])
    assert (sent[0], sent[-1]) == (early, trailers)
    assert gunzip(sent) == TEXT


async def test_best_coding_is_chosen() -> None:
    for accept, coding in (("gzip, br, zstd", "zstd"), ("br, gzip", "br"), ("gzip", "gzip")):
        sent = await exchange(whole(), accept=accept)
        assert headers_of(sent)["content-encoding"] == coding
    sent = await exchange(whole(), accept="gzip, br, zstd", codings=["gzip"])
    assert headers_of(sent)["content-encoding"] == "gzip"


async def test_other_connections_pass_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*args: Any) -> Any: ...

    for kind in ("websocket", "lifespan"):
        await CompressionMiddleware(app)({"type": kind}, nothing, nothing)
    assert seen == ["websocket", "lifespan"]
