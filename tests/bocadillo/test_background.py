import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bocadillo import App, HTTPError, Request, Response, create_client
from bocadillo._background import run_background
from bocadillo._providing import Providing
from bocadillo.views import locate
from tests.bocadillo.calls import call, make_providing, make_scope


async def run(*tasks: Callable[..., Any], providing: Providing | None = None) -> None:
    request = Request(make_scope("GET", "/todos"))
    providing = providing or make_providing()
    await run_background(tasks, request, Response(), providing=providing)


class Notifier:
    def __init__(self) -> None:
        self.done: list[Any] = []

    async def __call__(self, word: str) -> None:
        self.done.append((word, threading.current_thread()))


async def test_tasks_run_in_order_plain_ones_in_a_thread() -> None:
    here = threading.current_thread()
    notifier = Notifier()
    done = notifier.done

    async def first() -> None:
        done.append(("first", threading.current_thread()))

    def second(word: str) -> None:
        done.append((word, threading.current_thread()))

    await run(
        first,
        partial(second, "second"),
        partial(notifier, "third"),
        lambda: notifier("fourth"),
        partial(first),
    )
    assert [word for word, _ in done] == ["first", "second", "third", "fourth", "first"]
    assert [thread is here for _, thread in done] == [True, False, True, True, True]


async def test_task_that_raises_is_logged_and_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    async def fail(word: str) -> None:
        raise ValueError(word)

    class Failing:
        def __call__(self) -> None:
            raise KeyError

        def __repr__(self) -> str:
            return "Failing()"

    await run(partial(fail, "x"), Failing(), partial(done.append, "after"))
    assert done == ["after"]
    name = fail.__qualname__
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        ("bocadillo", logging.ERROR, f"background task `{name}` of GET '/todos' failed"),
        ("bocadillo", logging.ERROR, "background task `Failing()` of GET '/todos' failed"),
    ]
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [
        ValueError,
        KeyError,
    ]


async def test_generator_that_would_do_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def feed() -> Any:
        yield 1

    def plain() -> Any:
        yield 1

    await run(feed, plain)
    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == [
        "a generator does nothing in the background: take the `yield` out"
    ] * 2


async def test_tasks_get_what_they_ask_for_beside_their_arguments() -> None:
    done: list[Any] = []

    def database(req: Request, res: Response) -> str:
        return f"{req.method} {res.status_code}"

    def plain(word: str, database: str) -> None:
        done.append((word, database))

    async def other(*, database: str = "none", word: str = "default") -> None:
        done.append((word, database))

    providing = make_providing(database)
    await run(
        partial(plain, "first"),
        partial(plain, "second", database="given"),
        other,
        partial(other, word="last"),
        providing=providing,
    )
    provided = "GET 200"
    assert done == [
        ("first", provided),
        ("second", "given"),
        ("default", provided),
        ("last", provided),
    ]


async def test_task_that_asks_for_what_nothing_provides_is_logged_and_does_not_stop_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    def task(database: str) -> None:
        raise NotImplementedError

    await run(task, partial(done.append, "after"))
    assert done == ["after"]
    [record] = caplog.records
    assert record.exc_info
    assert str(record.exc_info[1]) == (
        f"background task `task` ({locate(task)}) asks for `database`, which is not given to it, "
        "and which is no provider."
    )


async def test_tasks_run_after_the_response_even_if_the_client_is_gone() -> None:
    app = App()
    sent: list[Any] = []
    seen: list[int] = []

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        @res.background
        async def count() -> None:
            seen.append(len(sent))

        res.background(seen.append, -1)
        res.text = "x"

    @app.route("/stream")
    async def stream(req: Request, res: Response) -> None:
        await view(req, res)

        @res.stream
        async def feed() -> Any:
            yield "x"

    await call(app, "GET", "/", sent=sent)
    assert seen == [2, -1]
    sent.clear()
    await call(app, "HEAD", "/stream", sent=sent)
    assert seen[2:] == [2, -1]
    sent.clear()
    await call(app, "GET", "/stream", sent=sent)
    assert seen[4:] == [3, -1]

    def gone(message: Any) -> None:
        raise OSError

    for path in ("/", "/stream"):
        sent.clear()
        await call(app, "GET", path, sent=sent, fail=gone)
        assert seen[-2:] == [0, -1]


def test_tasks_of_a_view_that_fails_do_not_run_but_those_of_the_error_handler_do() -> None:
    app = App()
    done: list[str] = []

    @app.error_handler(ZeroDivisionError)
    async def handle(req: Request, res: Response, exc: ZeroDivisionError) -> None:
        res.background(done.append, "handler")

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        res.background(done.append, "view")
        raise ZeroDivisionError

    @app.route("/http")
    async def http(req: Request, res: Response) -> None:
        res.background(done.append, "view")
        raise HTTPError(400)

    client = create_client(app)
    assert client.get("/").status_code == 200
    assert client.get("/http").status_code == 400
    assert done == ["handler"]


async def test_tasks_do_not_run_when_a_stream_breaks_off() -> None:
    app = App()
    done: list[str] = []

    @app.route("/")
    async def view(req: Request, res: Response) -> None:
        res.background(done.append, "x")

        @res.stream
        async def feed() -> Any:
            yield "x"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await call(app, "GET", "/")
    assert done == []


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        Response().background(3)  # type: ignore[type-var] # the mistake under test
    assert str(caught.value) == "expected a function to run, and not its result, got 3"
