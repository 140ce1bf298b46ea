"""Error handlers of WebSockets that go wrong: one answer, one entry in the log, and no loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from bocadillo import App, HTTPError, Request, Response, WebSocket

from .faults import Conversation, Steps, nothing_is_left, serve

PLAIN_500 = b'{"error":"500 Internal Server Error","status":500}'
Add = Callable[[App, list[str]], None]


def fails(app: App, asked: list[str]) -> None:
    @app.error_handler(KeyError)
    async def handle(req: Request, res: Response, exc: KeyError) -> None:
        asked.append("handle")
        raise ValueError("secret")


def raises_again(app: App, asked: list[str]) -> None:
    @app.error_handler(KeyError)
    async def handle(req: Request, res: Response, exc: KeyError) -> None:
        asked.append("handle")
        raise exc


def fails_one_another(app: App, asked: list[str]) -> None:
    @app.error_handler(KeyError)
    async def first(req: Request, res: Response, exc: KeyError) -> None:
        asked.append("first")
        raise ValueError("secret")

    @app.error_handler(ValueError)
    async def second(req: Request, res: Response, exc: ValueError) -> None:
        asked.append("second")
        raise KeyError("secret")


def fails_at_all(app: App, asked: list[str]) -> None:
    @app.error_handler(Exception)
    async def handle(req: Request, res: Response, exc: Exception) -> None:
        asked.append("handle")
        raise ValueError("secret")


def fails_at_the_500(app: App, asked: list[str]) -> None:
    @app.error_handler(HTTPError)
    async def handle(req: Request, res: Response, exc: HTTPError) -> None:
        asked.append("handle")
        raise ValueError("secret")


def fails_with_a_provider(app: App, asked: list[str]) -> None:
    @app.provider
    async def resource() -> AsyncGenerator[str, None]:
        yield "open"
        asked.append("cleaned")

    @app.provider
    async def broken(resource: str) -> str:
        raise ValueError("secret")

    @app.error_handler(KeyError)
    async def handle(req: Request, res: Response, exc: KeyError, broken: str) -> None:
        raise NotImplementedError


def make_app(add: Add, asked: list[str], raised: BaseException) -> App:
    app = App()
    add(app, asked)

    @app.websocket_route("/early", auto_accept=False)
    async def early(ws: WebSocket) -> None:
        raise raised

    @app.websocket_route("/late")
    async def late(ws: WebSocket) -> None:
        raise raised

    return app


HANDLERS: list[tuple[Add, list[str]]] = [
    (fails, ["handle"]),
    (raises_again, ["handle"]),
    (fails_one_another, ["first", "second"]),
    (fails_at_all, ["handle"]),
    (fails_at_the_500, ["handle"]),
    (fails_with_a_provider, []),
]


@pytest.mark.parametrize(("add", "expected"), HANDLERS)
async def test_handler_that_raises_denies_the_handshake_with_one_plain_500(
    add: Add, expected: list[str]
) -> None:
    asked: list[str] = []
    talk = Conversation(make_app(add, asked, KeyError("secret")), Steps(), "/early", says=())
    with nothing_is_left(errors=1) as records:
        assert isinstance(await serve(talk), Exception)
    start, body = talk.sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 500)
    assert body["body"] == PLAIN_500
    assert asked == expected
    assert [record.getMessage() for record in records] == ["the WebSocket '/early' failed"]


@pytest.mark.parametrize("add", [add for add, _ in HANDLERS])
async def test_accepted_websocket_is_closed_with_1011_and_no_handler_is_asked(add: Add) -> None:
    asked: list[str] = []
    talk = Conversation(make_app(add, asked, KeyError("secret")), Steps(), "/late", says=())
    with nothing_is_left(errors=1) as records:
        assert isinstance(await serve(talk), KeyError)
    assert talk.sent[1:] == [{"type": "websocket.close", "code": 1011, "reason": ""}]
    assert asked == []
    assert [record.getMessage() for record in records] == ["the WebSocket '/late' failed"]


@pytest.mark.parametrize("path", ["/early", "/late"])
async def test_cancellation_in_the_view_is_for_no_handler(path: str) -> None:
    asked: list[str] = []
    app = make_app(fails_at_all, asked, asyncio.CancelledError())
    talk = Conversation(app, Steps(), path, says=())
    with nothing_is_left():
        assert isinstance(await serve(talk), asyncio.CancelledError)
    assert asked == []
    assert [message["type"] for message in talk.sent] == ["websocket.accept"] * (path == "/late")
