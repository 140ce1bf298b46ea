import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bocadillo._app_scope import AppScope
from bocadillo._graph import Graph
from bocadillo._providing import Providing
from bocadillo._provision import Values
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider
from bocadillo.views import HTTP_INPUTS
from tests.bocadillo.calls import make_providing

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


async def session(req: str) -> AsyncIterator[str]:
    log.append("+session")
    try:
        yield f"session of {req}"
    except BaseException as error:
        log.append(f"session: {error!r}")
        raise
    finally:
        log.append("-session")


def transaction(session: str) -> Iterator[str]:
    log.append("+transaction")
    yield f"transaction in {session}"
    log.append("-transaction")


def pool() -> str:
    log.append("pool")
    return "pool"


def app_wide() -> tuple[Providing, Provider]:
    provider = Provider(pool, scope="app")
    graph = Graph({"pool": provider})
    return Providing(graph, AppScope(graph)), provider


def test_what_is_compiled_is_wanted_of_the_application() -> None:
    providing, provider = app_wide()
    assert providing.scope.is_ready
    assert providing.compile([provider], by="view").app == (provider,)
    assert providing.scope.ordered == [provider]
    assert not providing.scope.is_ready


def test_inputs_are_those_of_http_unless_others_are_named() -> None:
    assert HTTP_INPUTS == ("req", "res")
    providing = make_providing(session)
    wanted = [providing.graph.providers["session"]]
    assert providing.compile(wanted, by="view").has_generators
    with pytest.raises(ProviderError, match=r"view uses .* asks for `req`: there is only `ws`"):
        providing.compile(wanted, by="view", inputs=("ws",))


async def test_values_of_the_application_are_set_up_at_their_first_use() -> None:
    providing, provider = app_wide()
    inputs: Values = {"req": 1}
    assert await providing.begin(providing.compile([], by="view"), inputs) == {"req": 1}
    provision = providing.compile([provider], by="view")
    assert log == []
    for _ in range(2):
        assert await providing.begin(provision, inputs) == {"req": 1, provider: "pool"}
    assert log == ["pool"]
    assert inputs == {"req": 1}


async def call(
    providing: Providing, *names: str, error: BaseException | None = None
) -> dict[str, Any]:
    given: dict[str, Any] = {}

    async def function(**values: Any) -> None:
        log.append("called")
        given.update(values)
        if error is not None:
            raise error

    extras = {f"my_{name}": providing.graph.providers[name] for name in names}
    provision = providing.compile(extras.values(), by="task")
    await providing.call(function, extras, provision=provision, inputs={"req": "GET /"})
    return given


async def test_function_is_called_with_what_it_asks_for_in_lifetimes_of_its_own() -> None:
    providing = make_providing(session, transaction)
    for _ in range(2):
        log.clear()
        assert await call(providing, "transaction", "session") == {
            "my_transaction": "transaction in session of GET /",
            "my_session": "session of GET /",
        }
        assert log == ["+session", "+transaction", "called", "-transaction", "-session"]


async def test_function_that_asks_for_nothing_is_just_called() -> None:
    assert await call(make_providing()) == {}
    assert log == ["called"]


async def test_function_may_ask_for_what_lives_as_long_as_the_application() -> None:
    providing, _ = app_wide()
    for _ in range(2):
        assert await call(providing, "pool") == {"my_pool": "pool"}
    assert log == ["pool", "called", "called"]


@pytest.mark.parametrize("error", [ZeroDivisionError(), asyncio.CancelledError()])
async def test_what_the_function_raises_is_raised_in_what_it_asked_for(
    error: BaseException,
) -> None:
    providing = make_providing(session)
    with pytest.raises(type(error)) as caught:
        await call(providing, "session", error=error)
    assert caught.value is error
    assert log == ["+session", "called", f"session: {error!r}", "-session"]


async def test_provider_that_fails_is_raised_and_the_function_not_called() -> None:
    def broken(session: str) -> None:
        raise ZeroDivisionError

    providing = make_providing(session, broken)
    with pytest.raises(ZeroDivisionError):
        await call(providing, "broken")
    assert log == ["+session", "session: ZeroDivisionError()", "-session"]


async def test_what_cannot_be_provided_names_who_asked() -> None:
    def greeting(ws: object) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError, match=r"^task uses provider `greeting`"):
        await call(make_providing(greeting), "greeting")


async def test_cancellation_waits_for_the_cleanup() -> None:
    is_closing, may_close = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[int]:
        yield 1
        is_closing.set()
        await may_close.wait()
        log.append("closed")

    task = asyncio.get_running_loop().create_task(call(make_providing(slow), "slow"))
    await is_closing.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_close.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["called", "closed"]


async def test_error_that_counts_as_false_is_raised_as_well() -> None:
    class NoErrors(Exception):  # noqa: N818 - a collection of errors, and empty
        def __len__(self) -> int:
            return 0

    with pytest.raises(NoErrors):
        await call(make_providing(session), "session", error=NoErrors())
