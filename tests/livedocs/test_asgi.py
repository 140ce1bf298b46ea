import asyncio
from functools import partial
from typing import Any

import pytest

from livedocs.asgi import ASGIApp, Exchange, Lifespan, StartupError, exchange, http_scope
from livedocs.model import Request, Response

pytestmark = pytest.mark.anyio
GET = Request("GET", "/")
START = {"type": "http.response.start", "status": 200, "headers": [(b"A", b"b")]}


def sends(*messages: dict[str, Any], error: Exception | None = None) -> ASGIApp:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    return app


def body(text: str, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


def test_a_scope_is_that_of_a_server() -> None:
    request = Request("POST", "//a%20b/é?x=1?2", (("X-Name", "日本"),), "é")

    scope = http_scope(request, {"a": 1})

    assert scope["path"] == "//a b/é"
    assert scope["raw_path"] == "//a%20b/é".encode()
    assert scope["query_string"] == b"x=1?2"
    assert scope["headers"] == [
        (b"host", b"localhost:8000"),
        (b"x-name", "日本".encode()),
        (b"content-length", b"2"),
    ]
    assert scope["state"] == {"a": 1}


def test_a_given_host_and_length_are_kept() -> None:
    headers = (("Host", "a.example"), ("Content-Length", "1"))

    scope = http_scope(Request("POST", "/", headers, "x"), {})

    assert scope["headers"] == [(b"host", b"a.example"), (b"content-length", b"1")]


@pytest.mark.parametrize(
    ("method", "chunks", "expected"),
    [
        ("GET", [body("a", more=True), body("b")], "ab"),
        ("GET", [{"type": "http.response.body"}], ""),
        ("HEAD", [body("a")], ""),
        ("GET", [body("日本")], "日本"),
        ("GET", [{"type": "http.response.body", "body": b"\xff"}], "\udcff"),
    ],
)
async def test_a_response_is_what_was_sent(
    method: str, chunks: list[dict[str, Any]], expected: str
) -> None:
    response = await exchange(sends(START, *chunks), Request(method, "/"), {})

    assert response == Response(200, (("a", "b"),), expected)


async def test_an_app_hears_of_the_end_of_its_response() -> None:
    heard: list[dict[str, Any]] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())
        await send(START)
        await send(body(""))
        heard.append(await receive())

    await exchange(app, Request("POST", "/", body="é"), {})

    assert heard == [
        {"type": "http.request", "body": "é".encode(), "more_body": False},
        {"type": "http.disconnect"},
    ]


@pytest.mark.parametrize("messages", [[], [START], [START, body("half", more=True)]])
async def test_an_error_before_the_response_is_complete_is_raised(
    messages: list[dict[str, Any]],
) -> None:
    with pytest.raises(LookupError, match="lost"):
        await exchange(sends(*messages, error=LookupError("lost")), GET, {})


async def test_an_error_after_the_response_takes_nothing_back() -> None:
    app = sends(START, body("whole"), error=LookupError("lost"))

    assert (await exchange(app, GET, {})).body == "whole"


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "the application returned without a response: GET /"),
        ([START], "the application returned before its response was complete: GET /"),
        (
            [START, body("a", more=True)],
            "the application returned before its response was complete: GET /",
        ),
        ([START, START], "the application started its response twice"),
    ],
)
async def test_an_app_that_breaks_the_protocol_is_told_so(
    messages: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(RuntimeError) as caught:
        await exchange(sends(*messages), GET, {})

    assert str(caught.value) == message


def lifespan_app(log: list[str], *, reply: str = "complete", error: str = "") -> ASGIApp:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["pool"] = 1
        for phase in ("startup", "shutdown"):
            log.append((await receive())["type"])
            if error == phase:
                raise LookupError("lost")
            await send({"type": f"lifespan.{phase}.{reply}"})

    return app


async def test_a_lifespan_surrounds_its_requests() -> None:
    log: list[str] = []

    async with Lifespan(lifespan_app(log)) as lifespan:
        assert log == ["lifespan.startup"]
        assert lifespan.state == {"pool": 1}

    assert log == ["lifespan.startup", "lifespan.shutdown"]


async def returns(_scope: Any, _receive: Any, _send: Any) -> None:
    """Knows no lifespan, and returns."""


async def refuses(_scope: Any, _receive: Any, _send: Any) -> None:
    raise NotImplementedError("no lifespan here")


@pytest.mark.parametrize("app", [returns, refuses])
async def test_an_app_needs_no_lifespan(app: ASGIApp) -> None:
    async with Lifespan(app) as lifespan:
        assert lifespan.state == {}


async def fails(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})
    await receive()  # a server would never answer


async def fails_silently(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed"})


@pytest.mark.parametrize(
    ("app", "message"),
    [(fails, "no database"), (fails_silently, "the application sent lifespan.startup.failed")],
)
async def test_an_app_may_refuse_to_start(app: ASGIApp, message: str) -> None:
    with pytest.raises(StartupError) as caught:
        async with Lifespan(app):
            pass

    assert str(caught.value) == message


async def test_an_app_that_refuses_with_an_error_gives_the_error() -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "a traceback"})
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        async with Lifespan(app):
            pass


async def test_an_error_at_shutdown_is_raised() -> None:
    with pytest.raises(LookupError, match="lost"):
        async with Lifespan(lifespan_app([], error="shutdown")):
            await asyncio.sleep(0)


EVENTS = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
}


async def listen(_scope: Any, receive: Any, send: Any, *, heard: list[str]) -> None:
    await receive()
    await send(EVENTS)
    for data in "abc":
        await send(body(f"data: {data}\n\n", more=True))
    heard.append((await receive())["type"])
    await send(body("data: too late\n\n", more=True))


async def test_a_client_of_an_event_stream_leaves_after_its_events() -> None:
    heard: list[str] = []
    shown: list[str] = []

    response = await exchange(
        partial(listen, heard=heard), GET, {}, events=2, show=lambda _, text: shown.append(text)
    )

    assert heard == ["http.disconnect"]
    assert response.body == "data: a\n\ndata: b\n\n"
    assert shown == ["data: a\n\n", "data: b\n\n"]


async def test_a_reader_may_leave_an_event_stream_at_any_time() -> None:
    heard: list[str] = []

    def leave(talk: Exchange, _text: str) -> None:
        talk.leave()
        talk.leave()

    response = await exchange(partial(listen, heard=heard), GET, {}, show=leave)

    assert (heard, response.body) == (["http.disconnect"], "data: a\n\n")


async def test_an_app_that_goes_on_without_its_client_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("livedocs.asgi.LEAVE_SECONDS", 0.01)

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(EVENTS)
        await send(body("data: a\n\n", more=True))
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError) as caught:
        await exchange(app, GET, {}, events=1)

    message = "the application had not ended 0.01 second after its client left: GET /"
    assert str(caught.value) == message


@pytest.mark.parametrize("error", [LookupError("lost"), TimeoutError("mine")])
async def test_an_error_when_the_client_has_left_is_raised(error: Exception) -> None:
    app = sends(EVENTS, body("data: a\n\n", more=True), error=error)

    with pytest.raises(type(error), match=str(error)):
        await exchange(app, GET, {}, events=1)
