"""Views that are cancelled when their clients leave."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from bocadillo import App, ClientDisconnect, Request, Response, _attending
from tests.bocadillo.calls import make_scope

Log = list[Any]
View = Callable[..., Awaitable[None]]


class Server:
    """A server with one request: it hands over what is put in, then waits for the client."""

    def __init__(self, *messages: Any) -> None:
        self.sent: list[Any] = []
        self.asked = 0
        self.incoming: asyncio.Queue[Any] = asyncio.Queue()
        for message in messages or [body(b"")]:
            self.incoming.put_nowait(message)

    async def receive(self) -> Any:
        self.asked += 1
        message = await self.incoming.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    def leave(self) -> None:
        self.incoming.put_nowait({"type": "http.disconnect"})

    async def serve(self, app: App, method: str = "GET") -> None:
        before = asyncio.all_tasks()
        async with asyncio.timeout(5):
            await app(make_scope(method, "/"), self.receive, self.send)
        assert asyncio.all_tasks() == before


def body(content: bytes, *, is_last: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": not is_last}


def make_app(view: View, **options: Any) -> App:
    app = App()
    app.route("/", methods=["GET", "POST"], cancel_on_disconnect=True, **options)(view)
    return app


async def test_view_that_waits_is_cancelled_and_nothing_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, log = Server(), list[Any]()

    async def view(req: Request, res: Response) -> None:
        try:
            server.leave()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            log.append("cleaned")

    await server.serve(make_app(view))
    assert log == ["cleaned"]
    assert server.sent == []
    assert caplog.records == []


async def test_view_whose_client_stays_is_as_any_other() -> None:
    server = Server(body(b'{"a"', is_last=False), body(b": 1}"))

    async def view(req: Request, res: Response) -> None:
        res.json = [await req.json(), await req.is_disconnected()]

    scope_headers = [(b"host", b"x"), (b"content-type", b"application/json")]
    app = make_app(view)
    await app(make_scope("POST", "/", headers=scope_headers), server.receive, server.send)
    assert server.sent[1]["body"] == b'[{"a":1},false]'


async def test_without_it_the_view_goes_on() -> None:
    app, server, log = App(), Server(), list[Any]()

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        server.leave()
        await asyncio.sleep(0.01)
        log.append("done")

    await server.serve(app)
    assert log == ["done"]


async def test_view_that_reads_the_body_is_told_there() -> None:
    server, log = Server(body(b"a", is_last=False)), list[Any]()

    async def view(req: Request, res: Response) -> None:
        chunks = aiter(req)
        log.append(await anext(chunks))
        server.leave()
        try:
            await anext(chunks)
        except ClientDisconnect:
            log.append("told")
            await asyncio.sleep(0.01)
            log.append("done")
            raise

    await server.serve(make_app(view), "POST")
    assert log == [b"a", "told", "done"]
    assert server.sent == []


async def test_providers_see_that_the_client_has_left_and_clean_up_undisturbed() -> None:
    server, log = Server(), list[Any]()

    async def view(req: Request, res: Response, database: str) -> None:
        server.leave()
        await asyncio.Event().wait()

    app = make_app(view)

    @app.provider
    async def database() -> AsyncIterator[str]:
        try:
            yield "database"
        except ClientDisconnect:
            await asyncio.sleep(0.01)
            log.append("rolled back")
            raise

    await server.serve(app)
    assert log == ["rolled back"]
    assert server.sent == []


async def test_parameters_are_given_as_ever() -> None:
    app, server = App(), Server()

    @app.route("/{pk}", cancel_on_disconnect=True)
    async def view(req: Request, res: Response, pk: int, q: str = "q") -> None:
        res.json = [pk, q]

    await app(make_scope("GET", "/7"), server.receive, server.send)
    assert server.sent[1]["body"] == b'[7,"q"]'


async def test_mistakes_are_told_as_ever() -> None:
    async def view(req: Request, res: Response) -> Any:
        return 1

    async def failing(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    with pytest.raises(TypeError, match="view `view`"):
        await Server().serve(make_app(view))
    server = Server()
    with pytest.raises(ZeroDivisionError):
        await server.serve(make_app(failing))
    assert server.sent[0]["status"] == 500


async def test_view_that_does_not_give_in_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_attending, "CLEANUP_SECONDS", 0.01)
    server, log = Server(), list[Any]()

    async def view(req: Request, res: Response) -> None:
        server.leave()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        log.append("stays")
        await asyncio.Event().wait()

    with caplog.at_level(logging.ERROR):
        await server.serve(make_app(view))
    assert log == ["stays"]
    (record,) = caplog.records
    assert record.getMessage().startswith("view `view` (")
    assert record.getMessage().endswith(
        ", GET POST /) was cut: it had not ended 0.01 seconds after its client left"
    )


async def test_other_cancellations_pass() -> None:
    server, started = Server(), asyncio.Event()

    async def view(req: Request, res: Response) -> None:
        started.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.serve(make_app(view)))
        await started.wait()
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("broken")])
async def test_server_that_fails_is_a_client_that_leaves_or_an_error(error: Exception) -> None:
    server = Server(body(b""), error)

    async def view(req: Request, res: Response) -> None:
        await asyncio.Event().wait()

    if isinstance(error, OSError):
        await server.serve(make_app(view))
        assert server.sent == []
    else:
        with pytest.raises(RuntimeError, match="broken"):
            await server.serve(make_app(view))


async def test_unread_body_is_read_ahead_up_to_a_limit() -> None:
    piece = bytes(_attending.READ_AHEAD_BYTES // 2)
    server = Server(*[body(piece, is_last=False)] * 9, body(piece))
    log: Log = []

    async def view(req: Request, res: Response) -> None:
        for _ in range(30):
            await asyncio.sleep(0)
        log.append(server.asked)
        log.append(len(await req.body()) // len(piece))
        server.leave()
        await asyncio.Event().wait()

    await server.serve(make_app(view), "POST")
    assert log == [3, 10]
    assert server.sent == []


async def test_server_that_repeats_the_end_of_the_body_keeps_nobody_from_working() -> None:
    server, reads = Server(), []

    async def view(req: Request, res: Response) -> None:
        reads.append(await req.body())
        await asyncio.sleep(0)
        res.text = "worked"

    async def receive() -> Any:
        return body(b"all")

    async with asyncio.timeout(5):
        await make_app(view)(make_scope("GET", "/"), receive, server.send)
    assert reads == [b"all"]
    assert server.sent[-1]["body"] == b"worked"


async def test_stream_that_follows_notices_by_itself() -> None:
    server, log = Server(body(b"a", is_last=False), body(b"b")), list[Any]()

    async def view(req: Request, res: Response) -> None:
        await asyncio.sleep(0)

        @res.stream
        async def feed() -> AsyncIterator[str]:
            try:
                yield "first"
                server.leave()
                await asyncio.Event().wait()
            finally:
                log.append("cleaned")

    await server.serve(make_app(view), "POST")
    assert log == ["cleaned"]


async def test_stream_of_a_view_with_providers_asks_the_server_itself() -> None:
    server, log = Server(body(b"a", is_last=False), body(b"b")), list[Any]()

    async def view(req: Request, res: Response, session: str) -> None:
        @res.stream
        async def feed() -> AsyncIterator[str]:
            yield (await req.body()).decode()
            server.leave()
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cleaned")

    app = make_app(view)

    @app.provider
    async def session() -> AsyncIterator[str]:
        yield "session"
        log.append("closed")

    await server.serve(app, "POST")
    assert log == ["cleaned", "closed"]


async def test_class_views_are_attended_to_as_well() -> None:
    app, server, log = App(), Server(), list[Any]()

    @app.route("/", cancel_on_disconnect=True)
    class Slow:
        async def get(self, req: Request, res: Response) -> None:
            server.leave()
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cleaned")

    await server.serve(app)
    assert log == ["cleaned"]
