"""Every fault at every await of a request with providers: each is cleaned up once, in reverse."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Annotated, Any

import pytest

import bocadillo
from bocadillo import App, HTTPError, Response, hooks, server_event

from .faults import FAULTS, Request, Steps, Tally, nothing_is_left, serve

Step = Callable[[], Awaitable[None]]
Build = Callable[[App, Tally, Step], None]


def add_chain(app: App, tally: Tally, step: Step, **options: Any) -> None:
    """Add providers `a`, `b(a)` and `c(b)`, each of which awaits several times."""

    def add(name: str, needed: Any) -> Any:
        @app.provider(name=name, **options)
        async def provide(needed: needed = None) -> AsyncGenerator[str, None]:
            await step()
            await step()
            tally.up(name)
            try:
                yield name
                await step()
            finally:
                await step()
                await step()
                tally.down(name)

        return provide

    a = add("a", Any)
    b = add("b", Annotated[str, a])
    add("c", Annotated[str, b])


def add_late(app: App, tally: Tally, step: Step) -> None:
    """Add a chain, and the lazy provider `late(c)`."""
    add_chain(app, tally, step)

    @app.provider(lazy=True)
    async def late(c: str) -> AsyncGenerator[str, None]:
        await step()
        tally.up("late")
        try:
            yield c
        finally:
            await step()
            tally.down("late")


def plain(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, c: str) -> None:
        await step()
        res.text = c
        await step()


def sync(app: App, tally: Tally, step: Step) -> None:
    @app.provider
    def first() -> Iterator[str]:
        tally.up("first")
        try:
            yield "1"
        finally:
            tally.down("first")

    @app.provider
    async def second(first: str) -> str:
        await step()
        return first

    @app.provider
    def third(second: str) -> Iterator[str]:
        tally.up("third")
        try:
            yield second
        finally:
            tally.down("third")

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, third: str) -> None:
        await step()
        res.text = third
        await step()


def mixed(app: App, tally: Tally, step: Step) -> None:
    sync(app, tally, step)
    add_chain(app, tally, step, autouse=True)


def lazy(app: App, tally: Tally, step: Step) -> None:
    add_late(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, late: Awaitable[str]) -> None:
        await step()
        await late
        await step()
        res.text = await late


def stream(app: App, tally: Tally, step: Step, *, is_told: bool = False) -> None:
    add_chain(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, c: str) -> None:
        await step()

        @res.stream(raise_on_disconnect=is_told)
        async def chunks() -> AsyncGenerator[str, None]:
            tally.up("chunks")
            try:
                await step()
                yield c
                await step()
                yield c
            finally:
                try:
                    await step()  # the end of a stream is not guarded: it may be cancelled here
                finally:
                    tally.down("chunks")


def told_stream(app: App, tally: Tally, step: Step) -> None:
    stream(app, tally, step, is_told=True)


def event_stream(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, c: str) -> None:
        @res.event_stream
        async def events() -> AsyncGenerator[str, None]:
            tally.up("events")
            try:
                await step()
                yield server_event(data=c)
                await step()
                yield server_event(data=c)
            finally:
                try:
                    await step()
                finally:
                    tally.down("events")


def sync_stream(app: App, tally: Tally, step: Step) -> None:
    """Stream with providers that need no guard."""
    sync(app, tally, step)

    @app.route("/stream")
    async def view(req: bocadillo.Request, res: Response, third: str) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            await step()
            yield third
            await step()


def lazy_stream(app: App, tally: Tally, step: Step) -> None:
    """Stream with a provider that is set up, with what it asks for, while it is sent."""
    lazy(app, tally, step)

    @app.route("/stream")
    async def view(req: bocadillo.Request, res: Response, late: Awaitable[str]) -> None:
        @res.stream
        async def chunks() -> AsyncGenerator[str, None]:
            await step()
            yield await late
            await step()


def hooked(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    async def hook(req: bocadillo.Request, res: Response, params: Any, c: str) -> None:
        await step()

    @app.route("/")
    @hooks.before(hook)
    @hooks.after(hook)
    async def view(req: bocadillo.Request, res: Response, b: str) -> None:
        await step()


def handled(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.error_handler(KeyError)
    async def handle(req: bocadillo.Request, res: Response, exc: KeyError, c: str) -> None:
        await step()
        res.text = c

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, b: str) -> None:
        await step()
        raise KeyError


def handled_alone(app: App, tally: Tally, step: Step) -> None:
    """Let an error handler have providers where the view has none."""
    add_chain(app, tally, step)

    @app.error_handler(HTTPError)
    async def handle(req: bocadillo.Request, res: Response, exc: HTTPError, c: str) -> None:
        await step()
        res.text = c

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response) -> None:
        raise HTTPError(418)


def background(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response, a: str) -> None:
        @res.background
        async def first(c: str) -> None:
            await step()

        @res.background
        async def second(b: str) -> None:
            await step()


def background_alone(app: App, tally: Tally, step: Step) -> None:
    add_chain(app, tally, step)

    @app.route("/")
    async def view(req: bocadillo.Request, res: Response) -> None:
        @res.background
        async def later(c: str) -> None:
            await step()


BUILDS: list[Build] = [
    plain, sync, mixed, lazy, stream, told_stream, event_stream, sync_stream, lazy_stream, hooked,
    handled, handled_alone, background, background_alone,
]  # fmt: skip
STREAMS: dict[Build, str] = {
    stream: "/",
    told_stream: "/",
    event_stream: "/",
    sync_stream: "/stream",
    lazy_stream: "/stream",
}


def prepare(build: Build) -> tuple[App, Steps, Tally]:
    app, steps, tally = App(), Steps(), Tally()
    build(app, tally, steps.step)
    return app, steps, tally


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("build", BUILDS)
async def test_fault_at_any_await_leaves_everything_cleaned_up(build: Build, fault: str) -> None:
    happen, around = FAULTS[fault]
    app, steps, tally = prepare(build)
    with nothing_is_left():
        assert await serve(Request(app, steps, STREAMS.get(build, "/"))) is None
        whole, count = tally.history, steps.count
        assert count > 0
        assert tally.open == []
        for at in range(1, count + 1):
            tally.history = []
            steps.let(happen, at=at)
            request = Request(app, steps, STREAMS.get(build, "/"))
            raised = await serve(request, around)
            assert tally.open == [], (at, tally.history)
            assert request.sent_before is not None
            if fault != "disconnect":
                assert isinstance(raised, asyncio.CancelledError), (at, raised)
                assert len(request.sent) == request.sent_before, at
            else:
                assert raised is None, (at, raised)
                if build in STREAMS:  # whose sending is what listens for it
                    assert len(request.sent) <= max(request.sent_before, 1), at
                else:
                    assert tally.history == whole


@pytest.mark.parametrize("build", BUILDS)
async def test_transport_that_fails_at_any_message_leaves_everything_cleaned_up(
    build: Build,
) -> None:
    app, steps, tally = prepare(build)
    with nothing_is_left():
        for at in range(1, 6):
            tally.history = []
            request = Request(app, steps, STREAMS.get(build, "/"), broken_at=at)
            assert await serve(request) is None
            assert tally.open == [], (at, tally.history)
