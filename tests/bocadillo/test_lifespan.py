from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NoReturn

import pytest

from bocadillo._app_scope import AppScope
from bocadillo._graph import Graph
from bocadillo.lifespan import Lifespan
from bocadillo.views import locate
from tests.bocadillo.calls import make_providing


def empty_scope() -> AppScope:
    return AppScope(Graph({}))


async def drain_nothing(pass_on: Callable[[], None]) -> None:
    pass_on()


async def follow(
    lifespan: Lifespan,
    *,
    freeze: Callable[[], AppScope] = empty_scope,
    drain: Callable[[Callable[[], None]], Awaitable[None]] = drain_nothing,
) -> tuple[list[str], Exception | None]:
    """Drive the protocol to its end; return what was sent, and what was raised."""
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    try:
        await lifespan.run(receive, send, freeze=freeze, drain=drain)
    except ZeroDivisionError as error:
        assert "Traceback" in sent[-1]["message"]
        return [message["type"] for message in sent], error
    return [message["type"] for message in sent], None


async def test_handlers_run_in_order_async_or_not() -> None:
    calls: list[str] = []
    lifespan = Lifespan()

    async def connect() -> None:
        calls.append("connect")

    lifespan.add("startup", connect)
    lifespan.add("startup", lambda: calls.append("warm"))
    lifespan.add("shutdown", lambda: calls.append("close"))

    def freeze() -> AppScope:
        calls.append("freeze")
        return empty_scope()

    sent, error = await follow(lifespan, freeze=freeze)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert calls == ["freeze", "connect", "warm", "close"]
    assert error is None


async def test_providers_of_the_application_live_around_the_handlers() -> None:
    calls: list[str] = []
    lifespan = Lifespan()
    lifespan.add("startup", lambda: calls.append("startup"))
    lifespan.add("shutdown", lambda: calls.append("shutdown"))

    def pool() -> Iterator[str]:
        calls.append("+pool")
        yield "pool"
        calls.append("-pool")

    def freeze() -> AppScope:
        providing = make_providing(pool, scope="app")
        providing.scope.add(providing.graph.providers.values())
        return providing.scope

    await follow(lifespan, freeze=freeze)
    assert calls == ["+pool", "startup", "shutdown", "-pool"]


async def test_failure_of_a_handler_is_raised_in_the_providers() -> None:
    seen: list[BaseException] = []

    def pool() -> Iterator[str]:
        try:
            yield "pool"
        except BaseException as error:
            seen.append(error)
            raise

    for event in ("startup", "shutdown"):
        providing = make_providing(pool, scope="app")
        providing.scope.add(providing.graph.providers.values())
        lifespan = Lifespan()
        lifespan.add(event, fail)
        sent, error = await follow(lifespan, freeze=lambda: providing.scope)  # noqa: B023 - at once
        assert sent[-1] == f"lifespan.{event}.failed"
        assert seen.pop() is error


def fail() -> NoReturn:
    raise ZeroDivisionError("no")


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ("startup", ["lifespan.startup.failed"]),
        ("shutdown", ["lifespan.startup.complete", "lifespan.shutdown.failed"]),
    ],
)
async def test_failure_is_reported_and_raised(event: str, sent: list[str]) -> None:
    lifespan = Lifespan()
    lifespan.add(event, fail)
    got, error = await follow(lifespan)
    assert got == sent
    assert isinstance(error, ZeroDivisionError)


async def test_every_handler_of_shutdown_is_called_though_others_fail() -> None:
    calls: list[str] = []
    lifespan = Lifespan()
    lifespan.add("shutdown", fail)
    lifespan.add("shutdown", lambda: calls.append("closed"))
    _, error = await follow(lifespan)
    assert calls == ["closed"]
    assert isinstance(error, ZeroDivisionError)

    lifespan.add("shutdown", fail)
    with pytest.raises(ExceptionGroup, match="handlers of shutdown failed") as caught:
        await follow(lifespan)
    assert len(caught.value.exceptions) == 2


async def test_handlers_of_startup_stop_at_the_first_failure() -> None:
    calls: list[str] = []
    lifespan = Lifespan()
    lifespan.add("startup", fail)
    lifespan.add("startup", lambda: calls.append("warm"))
    await follow(lifespan)
    assert calls == []


async def test_failure_to_freeze_is_a_failure_of_startup() -> None:
    got, error = await follow(Lifespan(), freeze=fail)
    assert got == ["lifespan.startup.failed"]
    assert isinstance(error, ZeroDivisionError)


def test_unknown_event_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the event 'startup', 'drain' or 'shutdown'"):
        Lifespan().add("stop", fail)


def test_generator_is_refused_because_nothing_would_run_it() -> None:
    async def connect() -> AsyncIterator[None]:
        yield

    def warm() -> Iterator[None]:
        yield

    for handler in (connect, warm):
        with pytest.raises(TypeError) as caught:
            Lifespan().add("startup", handler)
        assert str(caught.value) == (
            f"startup handler `{handler.__name__}` ({locate(handler)}) is a generator: write one "
            "handler for 'startup', and one for 'shutdown'"
        )


def test_handler_that_takes_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match=r"shutdown handler `<lambda>` .* expected `<lambda>\(\)`"):
        Lifespan().add("shutdown", lambda app: None)  # type: ignore[arg-type, misc] # the mistake
