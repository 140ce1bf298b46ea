import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bocadillo import App, ClientDisconnect, HTTPError, Middleware, Request, Response
from tests.bocadillo.calls import call, make_scope, nothing

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


def make_app() -> App:
    """Make an application whose providers tell what becomes of them."""
    app = App()

    @app.provider
    async def db() -> AsyncIterator[str]:
        log.append("+db")
        try:
            yield "db"
        except BaseException as error:
            log.append(f"db: {error!r}")
            raise
        finally:
            log.append("-db")

    @app.provider
    def plain() -> Iterator[str]:
        log.append("+plain")
        try:
            yield "plain"
        except BaseException as error:
            log.append(f"plain: {error!r}")
            raise
        finally:
            log.append("-plain")

    @app.provider
    async def commit() -> AsyncIterator[str]:
        yield "commit"
        raise OSError("commit")

    @app.provider
    async def interrupt() -> AsyncIterator[str]:
        try:
            yield "interrupt"
        finally:
            raise KeyboardInterrupt

    return app


async def ask(app: App, method: str = "GET", path: str = "/", **changes: Any) -> list[Any]:
    """Call an application; tell in the log when something is sent."""

    def tell(message: Any) -> None:
        log.append(message["type"].rpartition(".")[2])

    return await call(app, method, path, fail=tell, **changes)


async def test_what_was_set_up_is_cleaned_up_before_the_response_is_sent() -> None:
    app = make_app()

    @app.route("/{word}")
    async def view(req: Request, res: Response, word: str, db: str, plain: str) -> None:
        log.append("view")
        res.text = f"{word} {db} {plain} {req.path_params} {req.app is app}"

    sent = await ask(app, path="/x")
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"x db plain {'word': 'x'} True"
    assert log == ["+db", "+plain", "view", "-plain", "-db", "start", "body"]


async def test_parameters_of_the_prefix_are_kept_where_the_application_is_mounted() -> None:
    app, outer = make_app(), App()

    @app.route("/{word}")
    async def view(req: Request, res: Response, word: str, plain: str) -> None:
        res.json = req.path_params

    outer.mount("/{room}", app)
    sent = await ask(outer, path="/a/b")
    assert sent[1]["body"] == b'{"room":"a","word":"b"}'


async def test_commit_that_fails_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, db: str, commit: str) -> None:
        res.text = "all is well"

    sent: list[Any] = []
    with pytest.raises(OSError, match="commit"):
        await ask(app, sent=sent)
    assert sent[0]["status"] == 500
    assert log == ["+db", "db: OSError('commit')", "-db", "start", "body"]
    [record] = caplog.records
    assert record.getMessage() == "no answer to GET '/'"
    assert record.exc_info
    assert isinstance(record.exc_info[1], OSError)


async def test_http_error_is_raised_in_the_providers_and_answered() -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, db: str, plain: str) -> None:
        raise HTTPError(404)

    sent = await ask(app)
    assert sent[0]["status"] == 404
    error = repr(HTTPError(404))
    assert log[2:] == [f"plain: {error}", "-plain", f"db: {error}", "-db", "start", "body"]


async def test_conversion_that_fails_opens_nothing() -> None:
    app = make_app()

    @app.route("/{pk}")
    async def view(req: Request, res: Response, pk: int, db: str) -> None:
        raise NotImplementedError

    assert (await ask(app, path="/x"))[0]["status"] == 400
    assert log == ["start", "body"]


async def test_what_the_view_returns_is_refused_and_the_providers_see_it() -> None:
    app = make_app()

    @app.route("/")  # type: ignore[type-var] # the mistake under test
    async def view(req: Request, res: Response, db: str) -> str:
        return "text"

    sent: list[Any] = []
    with pytest.raises(TypeError, match="returned 'text': views return nothing"):
        await ask(app, sent=sent)
    assert sent[0]["status"] == 500
    assert log[1].startswith("db: TypeError(")
    assert log[2:] == ["-db", "start", "body"]


def add_stream(
    app: App, path: str = "/", *, error: Exception | None = None, provider: str = "db"
) -> None:
    async def feed_view(req: Request, res: Response, **given: str) -> None:
        @res.stream
        async def feed() -> Any:
            log.append("feed")
            yield "a"
            if error is not None:
                raise error

        res.background(log.append, "task")

    namespace: dict[str, Any] = {"feed_view": feed_view}
    source = f"async def view(req, res, {provider}): await feed_view(req, res)"
    exec(source, namespace)
    app.route(path)(namespace["view"])


@pytest.mark.parametrize("provider", ["db", "plain"])
async def test_stream_keeps_its_providers_until_its_last_chunk(provider: str) -> None:
    app = make_app()
    add_stream(app, provider=provider)
    await ask(app)
    assert log == [f"+{provider}", "start", "feed", "body", "body", f"-{provider}", "task"]


async def test_stream_that_nobody_reads_is_cleaned_up_as_well() -> None:
    app = make_app()
    add_stream(app)
    await ask(app, "HEAD")
    assert log == ["+db", "start", "body", "-db", "task"]


async def test_stream_that_breaks_off_is_raised_in_its_providers() -> None:
    app = make_app()
    add_stream(app, error=ValueError("x"))
    with pytest.raises(ValueError, match="x"):
        await ask(app)
    assert log == ["+db", "start", "feed", "body", "db: ValueError('x')", "-db"]


async def test_cleanup_that_fails_after_a_stream_is_logged_and_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app()
    add_stream(app, provider="commit")
    with pytest.raises(OSError, match="commit"):
        await ask(app)
    assert log == ["start", "feed", "body", "body"]
    [record] = caplog.records
    assert (record.name, record.levelno) == ("bocadillo", logging.ERROR)
    assert record.getMessage() == "the cleanup failed after the response to GET '/'"
    assert record.exc_info


async def test_middleware_that_fails_ends_what_a_stream_would_have_used() -> None:
    class Failing(Middleware):
        async def after_dispatch(self, req: Request, res: Response) -> None:
            raise ZeroDivisionError

    app = make_app()
    app.add_middleware(Failing)
    add_stream(app)
    with pytest.raises(ZeroDivisionError):
        await ask(app)
    assert log == ["+db", "db: ZeroDivisionError()", "-db", "start", "body"]


async def test_client_that_leaves_while_its_body_is_read_is_answered_by_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app()

    @app.route("/", ["POST"])
    async def view(req: Request, res: Response, db: str) -> None:
        await req.body()

    sent = await ask(app, "POST", messages=[{"type": "http.disconnect"}])
    assert sent == []
    assert log[0] == "+db"
    assert "Disconnect" in log[1]
    assert log[2:] == ["-db"]
    assert caplog.records == []


async def test_client_that_is_gone_is_no_error_and_tasks_run() -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        res.background(log.append, "task")

    def gone(message: Any) -> None:
        raise OSError

    await call(app, "GET", "/", fail=gone)
    assert log == ["+db", "-db", "task"]


async def test_tasks_run_when_all_is_cleaned_up_and_get_providers_of_their_own() -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        @res.background
        async def task(db: str) -> None:
            log.append(f"task with {db}")

    await ask(app)
    assert log == ["+db", "-db", "start", "body", "+db", "task with db", "-db"]


async def test_error_that_no_handler_takes_is_answered_logged_and_raised() -> None:
    app = make_app()

    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError) -> None:
        res.background(log.append, "task")
        res.status_code = exc.status_code

    @app.route("/")
    async def view(req: Request, res: Response, db: str) -> None:
        raise ZeroDivisionError

    sent: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        await ask(app, sent=sent)
    assert sent[0]["status"] == 500
    assert log == ["+db", "db: ZeroDivisionError()", "-db", "start", "body", "task"]


async def test_interruption_is_not_answered() -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, interrupt: str) -> None:
        pass

    @app.route("/error")
    async def error(req: Request, res: Response, interrupt: str, db: str) -> None:
        raise HTTPError(404)

    for path in ("/", "/error"):
        with pytest.raises(KeyboardInterrupt):
            await ask(app, path=path)
    assert "start" not in log


async def test_interruption_of_the_cleanup_after_an_error_of_middleware_is_not_answered() -> None:
    class Failing(Middleware):
        async def after_dispatch(self, req: Request, res: Response) -> None:
            raise ZeroDivisionError

    app = make_app()
    app.add_middleware(Failing)

    @app.provider(name="quiet")
    async def interrupted() -> AsyncIterator[str]:
        try:
            yield "quiet"
        except ZeroDivisionError:
            raise KeyboardInterrupt from None

    add_stream(app, provider="quiet")
    with pytest.raises(KeyboardInterrupt):
        await ask(app)
    assert log == []


async def test_cancellation_of_the_view_cleans_up_and_nothing_is_sent() -> None:
    app = make_app()
    is_running = asyncio.Event()

    @app.route("/")
    async def view(req: Request, res: Response, db: str, plain: str) -> None:
        is_running.set()
        await asyncio.Event().wait()

    task = asyncio.get_running_loop().create_task(app(make_scope("GET", "/"), nothing, nothing))
    await is_running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    error = "CancelledError()"
    assert log == ["+db", "+plain", f"plain: {error}", "-plain", f"db: {error}", "-db"]


async def test_files_of_a_form_are_closed() -> None:
    app = make_app()
    forms: list[Any] = []

    @app.route("/", ["POST"])
    async def view(req: Request, res: Response, plain: str) -> None:
        form = await req.form()
        forms.append(form["file"])

    head = b'content-disposition: form-data; name="file"; filename="a"'
    body = b"--x\r\n" + head + b"\r\n\r\nhello\r\n--x--\r\n"
    await ask(
        app,
        "POST",
        messages=[{"type": "http.request", "body": body}],
        headers=[(b"host", b"a"), (b"content-type", b"multipart/form-data; boundary=x")],
    )
    assert forms[0].file.closed


async def test_disconnect_that_a_view_raises_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, plain: str) -> None:
        raise ClientDisconnect

    assert await ask(app) == []
    assert caplog.records == []
    assert log == ["+plain", "plain: ClientDisconnect()", "-plain"]


async def test_error_that_counts_as_false_is_raised_as_well() -> None:
    class NoErrors(Exception):  # noqa: N818 - a collection of errors, and empty
        def __len__(self) -> int:
            return 0

    app = make_app()

    @app.route("/")
    async def view(req: Request, res: Response, plain: str) -> None:
        raise NoErrors

    add_stream(app, "/stream", error=NoErrors(), provider="plain")
    for path in ("/", "/stream"):
        log.clear()
        with pytest.raises(NoErrors):
            await ask(app, path=path)
        assert log[:1] == ["+plain"]
        assert "-plain" in log
