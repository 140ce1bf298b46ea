import logging
from pathlib import Path
from typing import Any

import pytest

from bocadillo import App, ClientDisconnect, HTTPError, Request, Response
from bocadillo._draining import Draining
from bocadillo._security import NO_SECURITY
from bocadillo._sources import send_response
from tests.bocadillo.calls import call, make_scope

started: list[str] = []


async def never() -> Any:
    """Receive nothing: the client stays."""
    import anyio

    await anyio.sleep_forever()


def streaming(*chunks: str, error: Exception | None = None, status: int = 200) -> Response:
    response = Response()
    response.status_code = status

    @response.stream
    async def feed() -> Any:
        started.append("feed")
        for chunk in chunks:
            yield chunk
        if error:
            raise error

    return response


async def call_nothing() -> None:
    """Stand for the handlers of "drain"."""


def make_draining() -> Draining:
    return Draining(call_nothing)


async def deliver(
    response: Response,
    method: str = "GET",
    *,
    messages: list[Any],
    gone_after: int = 99,
    draining: Draining | None = None,
) -> None:
    async def send(message: Any) -> None:
        if len(messages) == gone_after:
            raise OSError("gone")
        messages.append(message)

    scope = make_scope(method, "/path")
    await send_response(
        response,
        scope,
        never,
        send=send,
        security=NO_SECURITY,
        draining=draining or make_draining(),
    )


@pytest.fixture(autouse=True)
def _forget() -> None:
    started.clear()


async def test_stream_is_sent_chunk_by_chunk() -> None:
    messages: list[Any] = []
    await deliver(streaming("a", "b"), messages=messages)
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    assert messages == [
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": b"a", "more_body": True},
        {"type": "http.response.body", "body": b"b", "more_body": True},
        {"type": "http.response.body", "body": b"", "more_body": False},
    ]


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 205), ("GET", 304)]
)
async def test_stream_does_not_begin_where_there_is_no_body(method: str, status: int) -> None:
    messages: list[Any] = []
    await deliver(streaming("a", status=status), method, messages=messages)
    assert [message["type"] for message in messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert messages[0]["status"] == status
    assert messages[1]["body"] == b""
    assert started == []


async def test_file_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("content")
    for method, status, body in [("GET", 201, b"content"), ("HEAD", 201, b""), ("GET", 204, b"")]:
        response = Response()
        response.status_code = status
        await response.file(path)
        messages: list[Any] = []
        await deliver(response, method, messages=messages)
        assert messages[0]["status"] == status
        assert b"".join(message["body"] for message in messages[1:]) == body


@pytest.mark.parametrize("chunks", [(), ("a",)])
@pytest.mark.parametrize("error", [ZeroDivisionError("mine"), HTTPError(404)])
async def test_stream_that_fails_is_logged_once_and_never_started_twice(
    chunks: tuple[str, ...], error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[Any] = []
    with pytest.raises(type(error)):
        await deliver(streaming(*chunks, error=error), messages=messages)
    assert [message["type"] for message in messages] == [
        "http.response.start",
        *["http.response.body"] * len(chunks),
    ]
    assert all(message["more_body"] for message in messages[1:])
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bocadillo", logging.ERROR)
    assert record.getMessage() == "the response to GET '/path' broke off"
    assert record.exc_info
    assert record.exc_info[1] is error


async def test_stream_that_notices_the_disconnect_by_itself_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await deliver(streaming("a", error=ClientDisconnect()), messages=[])
    assert caplog.records == []


@pytest.mark.parametrize("gone_after", [0, 1, 2])
async def test_client_that_is_gone_is_no_error(
    gone_after: int, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[Any] = []
    await deliver(streaming("a", "b"), messages=messages, gone_after=gone_after)
    assert len(messages) == gone_after
    assert started == ["feed"] * (gone_after > 0)
    assert caplog.records == []


async def test_stream_is_refused_while_the_application_is_ending() -> None:
    messages: list[Any] = []
    draining = make_draining()
    draining.is_draining = True
    await deliver(streaming("a"), messages=messages, draining=draining)
    assert messages[0]["status"] == 503
    assert dict(messages[0]["headers"])[b"retry-after"] == b"1"
    assert messages[1]["body"] == b'{"error":"503 Service Unavailable","status":503}'
    assert started == []


async def test_head_of_a_stream_is_answered_while_the_application_is_ending() -> None:
    messages: list[Any] = []
    draining = make_draining()
    draining.is_draining = True
    await deliver(streaming("a"), "HEAD", messages=messages, draining=draining)
    assert messages[0]["status"] == 200


async def test_open_stream_is_known_until_it_has_ended() -> None:
    draining = make_draining()
    response, seen = Response(), []

    @response.stream
    async def feed() -> Any:
        seen.append(draining.count)
        yield "a"

    await deliver(response, messages=[], draining=draining)
    assert (seen, draining.count) == ([1], 0)


@pytest.mark.parametrize("error", [None, ClientDisconnect()])
async def test_tasks_run_when_a_stream_has_ended(error: Exception | None) -> None:
    app, log = App(), []

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.stream
        async def feed() -> Any:
            yield "a"
            log.append("streamed")
            if error is not None:
                raise error

        @res.background
        async def task() -> None:
            log.append("task")

    await call(app, "GET", "/")
    assert log == ["streamed", "task"]


async def test_error_that_is_answered_with_a_stream_is_raised_when_that_has_ended() -> None:
    app, log = App(), []

    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError) -> None:
        res.status_code = exc.status_code

        @res.stream
        async def feed() -> Any:
            yield "sorry"
            log.append("streamed")

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    sent: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        await call(app, "GET", "/", sent=sent)
    assert (log, sent[0]["status"]) == (["streamed"], 500)
