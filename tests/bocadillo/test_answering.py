import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import pytest

from bocadillo import App, ClientDisconnect, HTTPError, Middleware, Redirect, Request, Response
from tests.bocadillo.calls import call

GONE = {"type": "http.disconnect"}


def make_app() -> App:
    app = App()

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    @app.route("/echo", methods=["POST"])
    async def echo(req: Request, res: Response) -> None:
        res.content = await req.body()

    @app.route("/fail", methods=all)
    async def fail(req: Request, res: Response) -> None:
        res.text = "half"
        raise ZeroDivisionError("secret")

    @app.route("/wait")
    async def wait(req: Request, res: Response) -> None:
        await anyio.sleep_forever()

    return app


async def test_request_is_answered_with_two_messages() -> None:
    start, body = await call(make_app(), "GET", "/")
    assert start["status"] == 200
    assert body == {"type": "http.response.body", "body": b"hello"}


async def test_unhandled_error_is_answered_logged_once_and_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        await call(make_app(), "POST", "/fail", sent=sent)
    start, body = sent
    assert start["status"] == 500
    assert body["body"] == b'{"error":"500 Internal Server Error","status":500}'
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bocadillo", logging.ERROR)
    assert record.getMessage() == "no answer to POST '/fail'"
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


async def test_unhandled_error_has_the_form_of_the_others_and_is_logged_once_if_that_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app()

    @app.error_handler(HTTPError)
    async def render(req: Request, res: Response, exc: HTTPError) -> None:
        res.text = f"Oh no: {exc.title}"
        if "broken" in req.url.query:
            raise KeyError("template")

    for query, expected in (
        (b"", b"Oh no: 500 Internal Server Error"),
        (b"broken", b'{"error":"500 Internal Server Error","status":500}'),
    ):
        caplog.clear()
        sent: list[Any] = []
        with pytest.raises(ZeroDivisionError):
            await call(app, "POST", "/fail", sent=sent, query_string=query)
        assert [message.get("body") for message in sent] == [None, expected]
        assert caplog.messages == ["no answer to POST '/fail'"]
    assert "Its answer failed, too: KeyError('template')" in caplog.text


async def test_client_that_leaves_while_its_body_is_read_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = await call(make_app(), "POST", "/echo", messages=[GONE])
    assert sent == []
    assert caplog.records == []


async def test_client_that_leaves_is_nothing_for_handlers_and_may_come_in_a_group(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()

    @app.error_handler(Exception)
    async def handle(req: Request, res: Response, exc: Exception) -> None:
        await req.body()

    @app.route("/group", methods=["POST"])
    async def group(req: Request, res: Response) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(req.body)

    @app.route("/fail", methods=["POST"])
    async def fail(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    for path in ("/group", "/fail"):
        assert await call(app, "POST", path, messages=[GONE]) == []
    assert caplog.records == []


async def test_cancellation_passes_and_sends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Any] = []
    with anyio.CancelScope() as scope:
        scope.cancel()
        await call(make_app(), "GET", "/wait", sent=sent)
    assert sent == []
    assert caplog.records == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
async def test_only_exceptions_become_replies(error: type[BaseException]) -> None:
    app = App()

    @app.route("/")
    async def stop(req: Request, res: Response) -> None:
        raise error

    sent: list[Any] = []
    with pytest.raises(error):
        await call(app, "GET", "/", sent=sent)
    assert sent == []


async def test_disconnect_that_a_view_turns_into_an_error_is_an_error() -> None:
    app = App()

    @app.route("/", methods=["POST"])
    async def view(req: Request, res: Response) -> None:
        try:
            await req.body()
        except ClientDisconnect:
            raise HTTPError(400) from None

    start, _ = await call(app, "POST", "/", messages=[GONE])
    assert start["status"] == 400


async def test_application_below_a_root_path_sees_its_own_paths() -> None:
    start, _ = await call(make_app(), "GET", "/api/", root_path="/api")
    assert start["status"] == 200


@pytest.mark.parametrize(("method", "body"), [("GET", b"hello"), ("HEAD", b"")])
@pytest.mark.parametrize("has_middleware", [True, False])
async def test_head_is_answered_as_get_without_the_body(
    method: str, body: bytes, has_middleware: bool
) -> None:
    app = make_app()
    if has_middleware:
        app.add_middleware(Middleware)
    start, sent = await call(app, method, "/")
    assert start["headers"] == [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"5"),
    ]
    assert sent["body"] == body


async def test_view_sees_its_application_and_parameters_in_the_request() -> None:
    app = App()
    seen: list[Any] = []

    @app.route("/{pk}/{}")
    async def view(req: Request, res: Response, pk: int) -> None:
        seen.append((req.app, req.path_params, pk))

    await call(app, "GET", "/7/x")
    assert seen == [(app, {"pk": "7"}, 7)]


async def test_redirect_can_be_raised_from_an_error_handler() -> None:
    app = make_app()

    @app.error_handler(ZeroDivisionError)
    async def handle(req: Request, res: Response, exc: ZeroDivisionError) -> None:
        raise Redirect("/sorry", permanent=True)

    start, _ = await call(app, "GET", "/fail")
    assert (start["status"], start["headers"]) == (
        301,
        [(b"location", b"/sorry"), (b"content-length", b"0")],
    )


async def test_files_of_a_form_are_closed_however_the_request_ends() -> None:
    app = App()
    files: list[Any] = []

    @app.route("/{how}", methods=["POST"])
    async def upload(req: Request, res: Response, how: str) -> None:
        files.append((await req.form())["file"])
        if how == "fail":
            raise ZeroDivisionError
        if how == "stop":
            raise KeyboardInterrupt
        if how in ("stream", "break off"):

            @res.stream
            async def again() -> AsyncIterator[bytes]:
                assert not files[-1].file.closed
                yield b"hi"
                if how == "break off":
                    raise ZeroDivisionError

    content = (
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhi\r\n--x--\r\n'
    )
    headers = [(b"host", b"x"), (b"content-type", b"multipart/form-data; boundary=x")]
    errors: dict[str, Any] = {
        "work": (),
        "fail": ZeroDivisionError,
        "stop": KeyboardInterrupt,
        "stream": (),
        "break off": ZeroDivisionError,
    }
    for how, error in errors.items():
        message = {"type": "http.request", "body": content}
        with suppress(error):
            await call(app, "POST", f"/{how}", messages=[message], headers=headers)
        assert files.pop().file.closed


async def test_content_that_is_sent_may_have_no_length() -> None:
    app = App()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        res.text = "x"
        res.chunked = True

    start, _ = await call(app, "GET", "/")
    assert b"content-length" not in dict(start["headers"])


@pytest.mark.parametrize("fails_at", ["http.response.start", "http.response.body"])
async def test_client_that_is_gone_when_the_response_is_sent_is_no_error(
    fails_at: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: Any) -> None:
        if message["type"] == fails_at:
            raise OSError("gone")

    sent = await call(make_app(), "GET", "/", fail=fail)
    assert len(sent) == (fails_at == "http.response.body")
    assert caplog.records == []


async def test_error_of_sending_that_is_no_disconnect_is_raised_and_not_answered() -> None:
    def fail(message: Any) -> None:
        raise RuntimeError("the server is wrong")

    with pytest.raises(RuntimeError, match="the server is wrong"):
        await call(make_app(), "GET", "/", fail=fail)
