"""What providers, and requests that have some, do when something in them fails."""

import asyncio
import contextvars
import gc
import logging
import traceback
import weakref
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import suppress
from typing import Annotated, Any

import pytest

import bocadillo
from bocadillo import App, HTTPError, Middleware, Response, _lifetimes
from bocadillo.errors import ProviderError
from tests.bocadillo.calls import call, make_scope

from .faults import FAULTS, Request, Steps, nothing_is_left, serve

Generator = AsyncGenerator[Any, None]


def make_chain(seen: list[str], **failures: Exception) -> App:
    """Make an application with providers `a`, `b(a)`, `c(b)`; what fails is named `b_down`."""
    app = App()

    def point(name: str) -> None:
        if name in failures:
            seen.append(name)
            raise failures[name]

    def add(name: str, needed: Any) -> Any:
        @app.provider(name=name)
        async def provide(needed: needed = None) -> Generator:
            await asyncio.sleep(0)
            point(f"{name}_up")
            try:
                yield name
                seen.append(f"{name} ends")
            except Exception as error:
                seen.append(f"{name} sees {error}")
                raise
            finally:
                await asyncio.sleep(0)
                point(f"{name}_down")

        return provide

    add("c", Annotated[Any, add("b", Annotated[Any, add("a", Any)])])

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, c: str) -> None:
        point("view")

    @app.error_handler(KeyError)
    async def handle(req: bocadillo.Request, res: Response, exc: KeyError) -> None:
        res.status_code = 409

    return app


@pytest.mark.parametrize(
    ("failures", "status", "seen"),
    [
        ((), 200, ["c ends", "b ends", "a ends"]),
        (("c_up",), 409, ["c_up", "b sees 'c_up'", "a sees 'c_up'"]),
        (("view",), 409, ["view", "c sees 'view'", "b sees 'view'", "a sees 'view'"]),
        (("b_down",), 409, ["c ends", "b ends", "b_down", "a sees 'b_down'"]),
        (("view", "b_down"), 409,
         ["view", "c sees 'view'", "b sees 'view'", "b_down", "a sees 'b_down'"]),
        (("c_down", "b_down", "a_down"), 409,
         ["c ends", "c_down", "b sees 'c_down'", "b_down", "a sees 'b_down'", "a_down"]),
    ],
)  # fmt: skip
async def test_failure_anywhere_is_seen_by_the_providers_before_and_answered(
    failures: tuple[str, ...], status: int, seen: list[str]
) -> None:
    happened: list[str] = []
    app = make_chain(happened, **{name: KeyError(name) for name in failures})
    with nothing_is_left():
        request = Request(app, Steps())
        assert await serve(request) is None
        assert request.sent[0]["status"] == status
    assert happened == seen


YIELDS = "`odd` (test_provider_failures.py:{line}) yields {how}: expected one `yield`"


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("count", [0, 2])
async def test_provider_that_does_not_yield_once_is_named(count: int, is_async: bool) -> None:
    app = App()
    seen = []

    @app.provider
    async def first() -> Generator:
        try:
            yield
        finally:
            seen.append("cleaned")

    async def odd_async(first: None) -> Generator:
        for _ in range(count):
            yield

    def odd(first: None) -> Iterator[None]:
        for _ in range(count):
            yield

    app.provider(name="odd")(odd_async if is_async else odd)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, odd: None) -> None: ...

    how = "twice" if count else "nothing"
    with nothing_is_left(errors=1), pytest.raises(ProviderError, match=rf"`odd` .* yields {how}"):
        await call(app, "GET", "/")
    assert seen == ["cleaned"]


async def test_cleanup_that_takes_too_long_is_cut_layer_by_layer_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each layer waits for the same dead connection, as that of a transaction in a pool would."""
    monkeypatch.setattr(_lifetimes, "CLEANUP_SECONDS", 0.01)
    app = App()
    seen = []

    @app.provider
    async def outer() -> Generator:
        try:
            yield
        except ProviderError as error:
            seen.append(str(error))
            raise

    @app.provider
    async def dead(outer: None) -> Generator:
        try:
            try:
                yield
            finally:
                await asyncio.sleep(60)
        finally:
            await asyncio.sleep(60)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, dead: None) -> None: ...

    sent: list[Any] = []
    with (
        nothing_is_left(errors=2),
        pytest.raises(ProviderError, match=r"`dead` .* was cut: .* longer than 0\.01 seconds"),
    ):
        await asyncio.wait_for(call(app, "GET", "/", sent=sent), 5)
    assert sent[0]["status"] == 500
    assert len(seen) == 1


async def test_cancelled_request_waits_for_its_cleanup_no_longer_than_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_lifetimes, "CLEANUP_SECONDS", 0.01)
    app, steps = App(), Steps()

    @app.provider
    async def dead() -> Generator:
        try:
            yield
        finally:
            await asyncio.sleep(60)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, dead: None) -> None:
        await steps.step()

    for fault in ("cancel", "cancel twice", "scope of anyio", "timeout", "group"):
        happen, around = FAULTS[fault]
        steps.let(happen, at=1)
        with nothing_is_left(errors=1) as records:
            raised = await serve(Request(app, steps), around)
            assert isinstance(raised, asyncio.CancelledError)
        assert "`dead`" in records[0].getMessage()


@pytest.mark.parametrize("is_async", [True, False])
async def test_any_error_of_a_view_goes_on_as_it_is(is_async: bool) -> None:
    """Python lets no generator raise StopAsyncIteration, which `anext` raises in a view."""
    app = App()

    async def one_async() -> Generator:
        yield

    def one() -> Iterator[None]:
        yield

    app.provider(name="one")(one_async if is_async else one)

    @app.error_handler(Exception)
    async def handle(req: bocadillo.Request, res: Response, exc: Exception) -> None:
        res.text = repr(exc)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, one: None) -> None:
        raise error

    group = ExceptionGroup("two", [KeyError(1), ValueError(2)])
    for error in (StopAsyncIteration(), group, ExceptionGroup("one", [KeyError(1)])):
        sent = await call(app, "GET", "/")
        expected = KeyError(1) if error.args[:1] == ("one",) else error
        assert sent[1]["body"].decode() == repr(expected)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
async def test_what_is_no_error_of_the_application_cleans_up_and_passes(
    kind: type[BaseException],
) -> None:
    app = App()
    seen = []

    @app.provider
    async def one() -> Generator:
        try:
            yield
        except BaseException as error:
            await asyncio.sleep(0)
            seen.append(type(error))
            raise

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, one: None) -> None:
        raise kind

    sent: list[Any] = []
    with nothing_is_left(), pytest.raises(kind):
        await call(app, "GET", "/", sent=sent)
    assert seen == [kind]
    assert sent == []


async def test_traceback_of_an_error_ends_in_the_view() -> None:
    app = App()

    @app.provider
    async def one() -> Generator:
        yield

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, one: None) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        await call(app, "GET", "/")
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert frames[0].name == "test_traceback_of_an_error_ends_in_the_view"
    assert frames[-1].name == "view"
    assert "one" not in [frame.name for frame in frames]
    assert raised.value.__cause__ is raised.value.__context__ is None


variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")


class Around:
    """ASGI middleware that shares a context variable with what it wraps."""

    seen = ""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        variable.set("around")
        try:
            await self.app(scope, receive, send)
        finally:
            Around.seen = variable.get()


@pytest.mark.parametrize("error", [None, HTTPError(418), ZeroDivisionError()])
@pytest.mark.parametrize("path", ["/with", "/without"])
async def test_context_variables_are_shared_with_what_is_around(
    path: str, error: Exception | None
) -> None:
    app = App()
    app.add_middleware(Around)
    seen = []

    @app.provider
    async def one() -> Generator:
        token = variable.set("provider")
        yield variable.get()
        seen.append(variable.get())
        variable.reset(token)

    async def view(req: bocadillo.Request, res: Response) -> None:
        seen.append(variable.get())
        variable.set("view")
        if error is not None:
            raise error

    @app.route("/with")
    async def with_providers(req: bocadillo.Request, res: Response, two: None) -> None:
        await view(req, res)

    @app.provider
    async def two() -> Generator:
        yield

    app.route("/without")(view)
    request = Request(app, Steps(), path)
    with nothing_is_left(errors=isinstance(error, ZeroDivisionError)):
        assert type(await serve(request)) in (type(None), type(error))
    assert seen == ["around"]
    assert Around.seen == "view"


@pytest.mark.parametrize("error", [None, KeyError(), HTTPError(400), ZeroDivisionError()])
async def test_request_is_forgotten_when_it_is_over_without_the_garbage_collector(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("bocadillo"), "disabled", True)  # pytest keeps records
    seen: dict[str, Any] = {}
    app = make_chain([])

    @app.provider
    def watched(req: bocadillo.Request, c: str) -> Iterator[None]:
        seen["request"] = weakref.ref(req)
        yield

    @app.route("/watched")
    async def view(req: bocadillo.Request, res: Response, watched: None) -> None:
        if error is not None:
            raise type(error)(*error.args)

    gc.collect()
    gc.disable()
    try:
        with suppress(ZeroDivisionError):
            await app(make_scope("GET", "/watched"), anything, anything)
        assert seen["request"]() is None
    finally:
        gc.enable()


async def anything(*args: Any) -> Any:
    """Stand for `receive` and `send`."""


async def test_two_lazy_providers_that_share_another_set_it_up_once() -> None:
    app = App()
    count = 0

    @app.provider
    async def shared() -> Generator:
        nonlocal count
        count += 1
        await asyncio.sleep(0)
        yield count

    @app.provider(lazy=True)
    async def left(shared: int) -> int:
        return shared

    @app.provider(lazy=True)
    async def right(shared: int, left: Awaitable[int]) -> int:
        return shared + await left

    @app.route("/")
    async def view(
        req: bocadillo.Request, res: Response, left: Awaitable[int], right: Awaitable[int]
    ) -> None:
        async def get(value: Awaitable[int]) -> int:
            return await value

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(get(value)) for value in (left, right, left)]
        res.json = [task.result() for task in tasks]

    with nothing_is_left():
        assert (await call(app, "GET", "/"))[1]["body"] == b"[1,2,1]"
    assert count == 1


async def test_lazy_provider_whose_first_use_is_cancelled_is_set_up_by_the_second() -> None:
    app = App()
    count = 0
    begun = asyncio.Event()

    @app.provider(lazy=True)
    async def late() -> Generator:
        nonlocal count
        count += 1
        begun.set()
        await asyncio.sleep(0)
        yield count

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, late: Awaitable[int]) -> None:
        async def get() -> int:
            return await late

        async with asyncio.TaskGroup() as group:
            first = group.create_task(get())
            second = group.create_task(get())
            await begun.wait()
            first.cancel()
        res.json = [first.cancelled(), second.result()]

    with nothing_is_left():
        assert (await call(app, "GET", "/"))[1]["body"] == b"[true,2]"


async def test_lazy_provider_that_a_forgotten_task_sets_up_is_cleaned_up_at_once() -> None:
    app = App()
    seen: list[str] = []
    tasks: list[asyncio.Task[Any]] = []
    go = asyncio.Event()

    @app.provider(lazy=True)
    async def late() -> Generator:
        await go.wait()
        try:
            yield
        finally:
            seen.append("cleaned")

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, late: Awaitable[int]) -> None:
        async def forgotten() -> None:
            await late

        tasks.append(asyncio.create_task(forgotten()))  # noqa: TID251 - the user's mistake
        await asyncio.sleep(0)

    with nothing_is_left():
        await call(app, "GET", "/")
        go.set()
        await asyncio.wait(tasks)
        with pytest.raises(ProviderError, match=r"`late` .* was set up when its request was over"):
            tasks[0].result()
    assert seen == ["cleaned"]


def make_watched(seen: list[str]) -> App:
    """Make an application with a provider that tells which error it sees, and when it ends."""
    app = App()

    @app.provider
    async def watched() -> Generator:
        try:
            yield
        except BaseException as error:
            seen.append(repr(error))
            raise
        finally:
            await asyncio.sleep(0)
            seen.append("cleaned")

    return app


def add_stream(app: App, seen: list[str]) -> None:
    """Add a view whose stream says that it has begun."""

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, watched: None) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            seen.append("begun")
            yield "first"


async def test_client_that_leaves_while_its_body_is_read_ends_the_view_quietly() -> None:
    seen: list[str] = []
    app = make_watched(seen)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, watched: None) -> None:
        await req.body()

    request = Request(app, Steps())
    request.gone.set()
    with nothing_is_left():
        assert await serve(request) is None
    assert seen == ["ClientDisconnect()", "cleaned"]
    assert request.sent == []


async def test_head_of_a_stream_does_not_begin_it_and_cleans_up() -> None:
    seen: list[str] = []
    app = make_watched(seen)
    add_stream(app, seen)

    with nothing_is_left():
        sent = await call(app, "HEAD", "/")
    assert [message.get("body") for message in sent] == [None, b""]
    assert seen == ["cleaned"]


async def test_middleware_that_fails_after_a_view_that_streams_cleans_up() -> None:
    seen: list[str] = []
    app = make_watched(seen)

    class Failing(Middleware):
        async def after_dispatch(self, req: bocadillo.Request, res: Response) -> None:
            raise HTTPError(503)

    app.add_middleware(Failing)
    add_stream(app, seen)

    with nothing_is_left():
        sent = await call(app, "GET", "/")
    assert sent[0]["status"] == 503
    assert seen == ["HTTPError(503, '')", "cleaned"]


async def test_stream_that_fails_is_seen_by_its_providers_and_logged_once() -> None:
    seen: list[str] = []
    app = make_watched(seen)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, watched: None) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "first"
            raise KeyError("broken")

    request = Request(app, Steps())
    with nothing_is_left(errors=1):
        assert isinstance(await serve(request), KeyError)
    assert [message.get("body") for message in request.sent] == [None, b"first"]
    assert seen == ["KeyError('broken')", "cleaned"]


async def test_cleanup_that_fails_after_a_stream_is_logged_and_raised() -> None:
    app = make_chain([], b_down=KeyError("commit"))

    @app.route("/stream")
    async def view(req: bocadillo.Request, res: Response, c: str) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            yield "first"

    request = Request(app, Steps(), "/stream")
    with nothing_is_left(errors=1) as records:
        assert isinstance(await serve(request), KeyError)
    assert [message.get("body") for message in request.sent] == [None, b"first", b""]
    assert records[0].getMessage() == "the cleanup failed after the response to GET '/stream'"
