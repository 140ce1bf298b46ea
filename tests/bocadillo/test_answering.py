import logging
from typing import Any

import anyio
import pytest

from bocadillo import App, ClientDisconnect, HTTPError, Request, Response
from bocadillo._answering import strip_root


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


async def call(
    app: Any, method: str, path: str, *, message: Any = None, root: str = ""
) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        return message or {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
    if root:
        scope["root_path"] = root
    try:
        await app(scope, receive, send)
    finally:
        call.sent = sent  # type: ignore[attr-defined] # for the tests in which it raises
    return sent


async def test_request_is_answered_with_two_messages() -> None:
    start, body = await call(make_app(), "GET", "/")
    assert start["status"] == 200
    assert body == {"type": "http.response.body", "body": b"hello"}


async def test_unhandled_error_is_answered_logged_once_and_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ZeroDivisionError):
        await call(make_app(), "POST", "/fail")
    start, body = call.sent  # type: ignore[attr-defined] # see `call`
    assert start["status"] == 500
    assert body["body"] == b'{"error":"500 Internal Server Error","status":500}'
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bocadillo", logging.ERROR)
    assert record.getMessage() == "no answer to POST '/fail'"
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


async def test_client_that_leaves_while_its_body_is_read_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = await call(make_app(), "POST", "/echo", message={"type": "http.disconnect"})
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
        assert await call(app, "POST", path, message={"type": "http.disconnect"}) == []
    assert caplog.records == []


async def test_cancellation_passes_and_sends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await call(make_app(), "GET", "/wait")
    assert call.sent == []  # type: ignore[attr-defined] # see `call`
    assert caplog.records == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
async def test_only_exceptions_become_replies(error: type[BaseException]) -> None:
    app = App()

    @app.route("/")
    async def stop(req: Request, res: Response) -> None:
        raise error

    with pytest.raises(error):
        await call(app, "GET", "/")
    assert call.sent == []  # type: ignore[attr-defined] # see `call`


async def test_disconnect_that_a_view_turns_into_an_error_is_an_error() -> None:
    app = App()

    @app.route("/", methods=["POST"])
    async def view(req: Request, res: Response) -> None:
        try:
            await req.body()
        except ClientDisconnect:
            raise HTTPError(400) from None

    start, _ = await call(app, "POST", "/", message={"type": "http.disconnect"})
    assert start["status"] == 400


async def test_application_below_a_root_path_sees_its_own_paths() -> None:
    start, _ = await call(make_app(), "GET", "/api/", root="/api")
    assert start["status"] == 200


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/api/x", "/api", "/x"),
        ("/api/x", "/api/", "/x"),
        ("/api/", "/api", "/"),
        ("/api", "/api", ""),
        ("/apix", "/api", "/apix"),
        ("/x", "/api", "/x"),
        ("/x", "/", "/x"),
    ],
)
def test_root_is_taken_off_the_path(path: str, root: str, expected: str) -> None:
    assert strip_root(path, root) == expected
