"""Providers of the application that fail, hang or are cancelled at startup, in use, at shutdown."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

import pytest

import bocadillo
from bocadillo import App, Response, _app_scope, _lifetimes
from bocadillo.errors import ProviderError
from tests.bocadillo.calls import call

from .faults import FAULTS, Request, Steps, Tally, nothing_is_left, serve

Generator = AsyncGenerator[Any, None]


class Server:
    """Run the lifespan of an application, as a server does."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.sent: asyncio.Queue[Any] = asyncio.Queue()

    async def run(self) -> None:
        await self.app({"type": "lifespan"}, self.messages.get, self.sent.put)

    async def tell(self, what: str) -> str:
        """Tell the application to start or to end, and return what it answers."""
        self.messages.put_nowait({"type": f"lifespan.{what}"})
        async with asyncio.timeout(5):
            return str((await self.sent.get())["type"])


def make_app(tally: Tally, act: Callable[[str], Any]) -> App:
    """Make an application with five providers, one upon the other; a view uses the fifth."""
    app = App()
    needed: Any = Any
    for name in ("one", "two", "three", "four", "five"):
        needed = Annotated[Any, add(app, name, needed, tally=tally, act=act)]

    @app.provider(name="local")
    async def local(five: str) -> Generator:
        tally.up("local")
        try:
            yield
        finally:
            await act("local down")
            tally.down("local")

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, local: None) -> None:
        await act("view")

    @app.route("/plain")
    async def plain(req: bocadillo.Request, res: Response, five: str) -> None:
        res.text = five

    @app.provider(scope="app")
    async def later(five: str) -> Generator:
        await act("later up")
        tally.up("later")
        yield "later"
        tally.down("later")

    @app.route("/background")
    async def background(req: bocadillo.Request, res: Response, five: str) -> None:
        @res.background
        async def task(later: str, five: str) -> None:
            await act("task")

    return app


def add(app: App, name: str, needed: Any, *, tally: Tally, act: Callable[[str], Any]) -> Any:
    @app.provider(name=name, scope="app")
    async def provide(needed: needed = None) -> Generator:
        await act(f"{name} up")
        tally.up(name)
        try:
            yield name
        finally:
            try:
                await act(f"{name} down")
            finally:
                tally.down(name)

    return provide


def fail_at(place: str, *others: str) -> Callable[[str], Any]:
    async def act(where: str) -> None:
        await asyncio.sleep(0)
        if where == place or where in others:
            raise OSError(where)

    return act


def hang_at(place: str, reached: asyncio.Event) -> Callable[[str], Any]:
    async def act(where: str) -> None:
        await asyncio.sleep(0)
        if where == place:
            reached.set()
            await asyncio.sleep(60)

    return act


UP = ["+one", "+two", "+three", "+four", "+five"]
DOWN = ["-five", "-four", "-three", "-two", "-one"]


async def test_startup_that_fails_cleans_up_what_was_set_up_and_names_the_provider() -> None:
    tally = Tally()
    server = Server(make_app(tally, fail_at("three up")))
    with nothing_is_left():
        with pytest.raises(ExceptionGroup) as raised:  # noqa: PT012 - the group is the server
            async with asyncio.TaskGroup() as group:
                group.create_task(server.run())
                assert await server.tell("startup") == "lifespan.startup.failed"
        error = raised.value.exceptions[0]
        assert isinstance(error, ProviderError)
        assert str(error).startswith("provider `three` (")
        assert str(error).endswith("failed to start: OSError('three up')")
        assert isinstance(error.__cause__, OSError)
        del raised, error
    assert tally.history == ["+one", "+two", "-two", "-one"]


async def test_startup_that_hangs_is_cancelled_and_cleans_up() -> None:
    tally, reached = Tally(), asyncio.Event()
    server = Server(make_app(tally, hang_at("three up", reached)))
    with nothing_is_left():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(server.run())
            server.messages.put_nowait({"type": "lifespan.startup"})
            await reached.wait()
            task.cancel()
        assert task.cancelled()
    assert tally.history == ["+one", "+two", "-two", "-one"]


@pytest.mark.parametrize("place", ["five down", "three down", "one down"])
async def test_cleanup_that_fails_at_shutdown_lets_the_others_run(place: str) -> None:
    seen: list[str] = []
    fail = fail_at(place)

    async def act(where: str) -> None:
        if where.endswith("down"):
            seen.append(where)
        await fail(where)

    server = Server(make_app(Tally(), act))
    with nothing_is_left():
        with pytest.raises(ExceptionGroup) as raised:  # noqa: PT012 - the group is the server
            async with asyncio.TaskGroup() as group:
                group.create_task(server.run())
                assert await server.tell("startup") == "lifespan.startup.complete"
                assert await server.tell("shutdown") == "lifespan.shutdown.failed"
        assert str(raised.value.exceptions[0]) == place
        del raised
    assert seen == [f"{name[1:]} down" for name in DOWN]


async def test_cleanup_that_hangs_at_shutdown_is_cut_and_lets_the_others_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_lifetimes, "CLEANUP_SECONDS", 0.01)
    seen: list[str] = []
    hang = hang_at("three down", asyncio.Event())

    async def act(where: str) -> None:
        if where.endswith("down"):
            seen.append(where)
        await hang(where)

    server = Server(make_app(Tally(), act))
    with nothing_is_left():
        with pytest.raises(ExceptionGroup) as raised:  # noqa: PT012 - the group is the server
            async with asyncio.TaskGroup() as group:
                group.create_task(server.run())
                assert await server.tell("startup") == "lifespan.startup.complete"
                assert await server.tell("shutdown") == "lifespan.shutdown.failed"
        assert "`three`" in str(raised.value.exceptions[0])
        assert "was cut" in str(raised.value.exceptions[0])
        del raised
    assert seen == [f"{name[1:]} down" for name in DOWN]


async def end(app: App) -> None:
    """Start and end an application: it sets up anew what requests have set up before."""
    server = Server(app)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.run())
        assert await server.tell("startup") == "lifespan.startup.complete"
        assert await server.tell("shutdown") == "lifespan.shutdown.complete"


@pytest.mark.parametrize("path", ["/", "/plain"])
async def test_first_requests_at_the_same_time_set_up_once(path: str) -> None:
    steps, tally = Steps(), Tally(by_any=True)
    app = make_app(tally, lambda where: steps.step())
    with nothing_is_left():
        requests = [Request(app, steps, path) for _ in range(3)]
        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(request.run())
        assert [request.sent[0]["status"] for request in requests] == [200] * 3
        assert [entry for entry in tally.history if "local" not in entry] == UP
        await end(app)
    assert [entry for entry in tally.history if "local" not in entry] == (UP + DOWN) * 2


@pytest.mark.parametrize("path", ["/", "/plain"])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "disconnect"])
async def test_first_request_that_is_cancelled_leaves_the_set_up_to_the_second(
    fault: str, path: str
) -> None:
    """Whatever it waits for: the set-up of one of the five, or their cleanup after that."""
    happen, around = FAULTS[fault]
    with nothing_is_left():
        for at in range(1, 6):
            steps, tally = Steps(), Tally(by_any=True)
            app = make_app(tally, lambda where, steps=steps: steps.step())  # type: ignore[misc] # the default binds it now
            steps.let(happen, at=at)
            first, second = Request(app, Steps(), path), Request(app, Steps(), path)
            steps.request = first
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(serve(first, around)),
                    group.create_task(serve(second)),
                ]
            assert isinstance(tasks[0].result(), asyncio.CancelledError)
            assert tasks[1].result() is None
            assert (first.sent, second.sent[0]["status"]) == ([], 200)
            used = [entry for entry in tally.history if "local" not in entry]
            assert used == UP[: at - 1] + DOWN[6 - at :] + UP
            assert tally.open == [(name[1:], False) for name in UP]
            await end(app)
            assert tally.open == []


async def test_provider_that_only_a_task_uses_and_that_fails_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tally = Tally(by_any=True)
    app = make_app(tally, fail_at("later up"))
    server = Server(app)
    with nothing_is_left(errors=2):
        async with asyncio.TaskGroup() as group:
            group.create_task(server.run())
            assert await server.tell("startup") == "lifespan.startup.complete"
            for _ in range(2):
                await call(app, "GET", "/background")
            assert tally.history == UP
            assert await server.tell("shutdown") == "lifespan.shutdown.complete"
    assert tally.history == UP + DOWN
    assert "`later`" in caplog.text


async def test_provider_that_only_a_task_uses_is_cleaned_up_first() -> None:
    tally = Tally(by_any=True)
    app = make_app(tally, fail_at("nowhere"))
    server = Server(app)
    with nothing_is_left():
        async with asyncio.TaskGroup() as group:
            group.create_task(server.run())
            assert await server.tell("startup") == "lifespan.startup.complete"
            for _ in range(2):
                await call(app, "GET", "/background")
            assert await server.tell("shutdown") == "lifespan.shutdown.complete"
    assert tally.history == [*UP, "+later", "-later", *DOWN]


@pytest.mark.parametrize("path", ["/", "/background"])
async def test_shutdown_waits_for_requests_that_clean_up(path: str) -> None:
    """A server whose patience is over cancels requests and ends the application at once."""
    tally, reached = Tally(by_any=True), asyncio.Event()
    released = asyncio.Event()

    async def act(where: str) -> None:
        if where in ("view", "task"):
            reached.set()
            try:
                await asyncio.sleep(60)
            finally:
                await released.wait()

    app = make_app(tally, act)
    server = Server(app)
    with nothing_is_left():
        async with asyncio.TaskGroup() as group:
            group.create_task(server.run())
            assert await server.tell("startup") == "lifespan.startup.complete"
            request = group.create_task(call(app, "GET", path))
            await reached.wait()
            request.cancel()
            server.messages.put_nowait({"type": "lifespan.shutdown"})
            for _ in range(10):
                await asyncio.sleep(0)
            assert not [entry for entry in tally.history if entry.startswith("-")]
            released.set()
            assert (await server.sent.get())["type"] == "lifespan.shutdown.complete"
    own = ["+local", "-local"] if path == "/" else ["+later", "-later"]
    assert tally.history == UP + own + DOWN


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_shutdown_waits_for_requests_no_longer_than_the_deadline(
    is_cancelled: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_app_scope, "CLEANUP_SECONDS", 60 if is_cancelled else 0.01)
    tally, reached = Tally(by_any=True, in_order=False), asyncio.Event()
    app = make_app(tally, hang_at("view", reached))
    server = Server(app)
    with nothing_is_left(errors=not is_cancelled):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(server.run())
            assert await server.tell("startup") == "lifespan.startup.complete"
            request = group.create_task(call(app, "GET", "/"))
            await reached.wait()
            server.messages.put_nowait({"type": "lifespan.shutdown"})
            if is_cancelled:
                for _ in range(20):  # it has drained by then
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.wait([task])
            assert tally.history == [*UP, "+local", *DOWN]
            request.cancel()
    assert ("1 requests had not ended 0.01 seconds after" in caplog.text) is not is_cancelled
