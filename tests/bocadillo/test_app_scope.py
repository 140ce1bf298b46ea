import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from bocadillo import _app_scope
from bocadillo._app_scope import AppScope, Users
from bocadillo._graph import Graph
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider, stand_in

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


async def pool() -> AsyncIterator[str]:
    log.append("+pool")
    try:
        yield "pool"
    except BaseException as error:
        log.append(f"pool: {error!r}")
        raise
    finally:
        log.append("-pool")


def users(pool: str) -> Iterator[str]:
    log.append("+users")
    yield f"users of {pool}"
    log.append("-users")


def clock() -> str:
    log.append("clock")
    return "clock"


def per_request(users: str) -> str:
    raise NotImplementedError


def make_scope(*functions: Callable[..., Any], wanted: str = "") -> AppScope:
    """Make a scope that provides what functions do; by default all of it is wanted."""
    providers = {function.__name__: Provider(function, scope="app") for function in functions}
    scope = AppScope(Graph(providers))
    names = wanted.split() if wanted else list(providers)
    scope.add(providers[name] for name in names)
    return scope


def values(scope: AppScope) -> dict[str, Any]:
    return {
        provider.name: value
        for provider, value in scope.values.items()
        if isinstance(provider, Provider)
    }


def override(scope: AppScope, name: str, value: Any, *, wanted: str) -> AppScope:
    """Make the scope that inherits from another, with one provider overridden."""
    graph = scope._graph
    overrides = {**graph.overrides, name: stand_in(graph.providers[name], value)}
    overridden = AppScope(Graph(graph.providers, overrides))
    overridden.add(overridden._graph.providers[name] for name in wanted.split())
    overridden.inherit(scope)
    return overridden


async def test_scope_of_nothing_is_ready() -> None:
    scope = AppScope(Graph({}))
    assert scope.is_ready
    async with scope as entered:
        assert entered is scope
    assert scope.is_ready


async def test_what_is_wanted_is_set_up_in_order_and_cleaned_up_in_reverse() -> None:
    scope = make_scope(users, pool, clock, wanted="users")
    ready = [scope.is_ready]
    async with scope:
        ready.append(scope.is_ready)
        assert values(scope) == {"pool": "pool", "users": "users of pool"}
        log.append("serving")
    assert log == ["+pool", "+users", "serving", "-users", "-pool"]
    assert values(scope) == {}
    assert [*ready, scope.is_ready] == [False, True, False]


async def test_scope_can_be_entered_again() -> None:
    scope = make_scope(pool)
    for _ in range(2):
        async with scope:
            assert values(scope) == {"pool": "pool"}
    assert log == ["+pool", "-pool"] * 2


def test_start_sets_up_anew_what_requests_in_an_event_loop_that_has_ended_set_up() -> None:
    scope = make_scope(pool)
    asyncio.run(scope.start())
    assert log == ["+pool", "pool: GeneratorExit()", "-pool"]  # the loop closed it

    async def live() -> None:
        async with scope:
            assert (log[3:], values(scope)) == (["+pool"], {"pool": "pool"})

    asyncio.run(live())
    assert log[3:] == ["+pool", "-pool"]


async def test_start_raises_what_an_earlier_set_up_raises_when_it_is_cleaned_up() -> None:
    def oven() -> Iterator[str]:
        yield "oven"
        raise OSError("stuck")

    scope = make_scope(oven)
    await scope.start()
    with pytest.raises(OSError, match="stuck"):
        async with scope:
            raise NotImplementedError


async def test_scope_that_is_entered_twice_at_once_is_set_up_once() -> None:
    scope = make_scope(pool)
    async with scope, scope:
        assert log == ["+pool"]
    assert log == ["+pool", "-pool"]


async def test_what_only_requests_live_for_is_not_set_up() -> None:
    request_wide = Provider(per_request)
    providers = {"users": Provider(users, scope="app"), "pool": Provider(pool, scope="app")}
    scope = AppScope(Graph({**providers, "per_request": request_wide}))
    scope.add([request_wide])
    assert [provider.name for provider in scope.ordered] == ["pool", "users"]


async def test_several_that_start_at_once_set_up_once() -> None:
    is_open = asyncio.Event()

    async def slow() -> str:
        log.append("slow")
        await is_open.wait()
        return "slow"

    scope = make_scope(slow)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(scope.start())
        await asyncio.sleep(0)
        is_open.set()
    assert log == ["slow"]
    assert scope.is_ready


async def test_what_is_wanted_later_is_set_up_then_and_the_rest_stays() -> None:
    scope = make_scope(pool, clock, wanted="clock")
    async with scope:
        scope.add([scope._graph.providers["clock"]])
        ready = [scope.is_ready]
        scope.add([scope._graph.providers["pool"]])
        assert [*ready, scope.is_ready] == [True, False]
        await scope.start()
        assert values(scope) == {"clock": "clock", "pool": "pool"}
    assert log == ["clock", "+pool", "-pool"]


async def test_failure_names_the_provider_and_cleans_up_what_was_set_up() -> None:
    def broken(pool: str) -> None:
        raise OSError("no route")

    scope = make_scope(pool, broken)
    for _ in range(2):
        log.clear()
        with pytest.raises(ProviderError) as caught:
            await scope.start()
        label = scope._graph.providers["broken"].label
        assert str(caught.value) == f"{label} failed to start: OSError('no route')"
        assert isinstance(caught.value.__cause__, OSError)
        assert log == ["+pool", f"pool: {caught.value!r}", "-pool"]
        assert not scope.is_ready
        assert values(scope) == {}


async def test_failure_to_clean_up_after_a_failure_is_what_is_raised() -> None:
    async def fragile() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            raise KeyError("fragile")

    def broken(fragile: int) -> None:
        raise OSError

    with pytest.raises(KeyError) as caught:
        await make_scope(fragile, broken).start()
    assert isinstance(caught.value.__context__, ProviderError)


async def test_cancellation_of_the_start_cleans_up_what_was_set_up() -> None:
    is_waiting = asyncio.Event()

    async def slow(pool: str) -> None:
        is_waiting.set()
        await asyncio.Event().wait()

    scope = make_scope(slow, pool)
    task = asyncio.get_running_loop().create_task(scope.start())
    await is_waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["+pool", "pool: CancelledError()", "-pool"]


async def test_error_that_ends_the_application_is_raised_in_its_providers() -> None:
    with pytest.raises(ZeroDivisionError):
        async with make_scope(pool):
            raise ZeroDivisionError
    assert log == ["+pool", "pool: ZeroDivisionError()", "-pool"]


async def test_failure_to_clean_up_does_not_stop_the_others_and_is_raised() -> None:
    def fragile(pool: str) -> Iterator[int]:
        yield 1
        raise KeyError("fragile")

    with pytest.raises(KeyError):
        async with make_scope(pool, fragile):
            pass
    assert log == ["+pool", "pool: KeyError('fragile')", "-pool"]


async def test_overridden_scope_keeps_the_values_that_the_override_does_not_go_into() -> None:
    scope = make_scope(users, pool, clock)
    async with scope:
        log.clear()
        overridden = override(scope, "pool", "fake", wanted="users clock")
        assert not overridden.is_ready
        await overridden.start()
        assert values(overridden) == {
            "clock": "clock",
            "pool": "fake",
            "users": "users of fake",
        }
        assert values(scope)["users"] == "users of pool"
        assert log == ["+users"]
        log.clear()
    assert log == ["-users", "-users", "-pool"]


async def test_overridden_scope_without_anything_to_set_up_is_ready_at_once() -> None:
    scope = make_scope(users, pool)
    async with scope:
        overridden = override(scope, "pool", "fake", wanted="")
        assert overridden.is_ready


async def test_overridden_scope_of_one_that_has_set_nothing_up_is_cleaned_up_with_it() -> None:
    scope = AppScope(make_scope(pool, users)._graph)
    async with scope:
        overridden = override(scope, "users", lambda pool: f"fake of {pool}", wanted="users")
        await overridden.start()
        assert values(overridden) == {"pool": "pool", "users": "fake of pool"}
    assert log == ["+pool", "-pool"]


async def test_scopes_that_inherit_from_each_other_are_cleaned_up_the_last_first() -> None:
    def first() -> Iterator[str]:
        log.append("+first")
        yield "first"
        log.append("-first")

    def second() -> Iterator[str]:
        log.append("+second")
        yield "second"
        log.append("-second")

    scope = make_scope(pool)
    async with scope:
        outer = override(scope, "pool", first, wanted="pool")
        await outer.start()
        inner = override(outer, "pool", second, wanted="pool")
        await inner.start()
        assert (values(outer), values(inner)) == ({"pool": "first"}, {"pool": "second"})
    assert log == ["+pool", "+first", "+second", "-second", "-first", "-pool"]
    assert not inner.is_ready


async def test_scope_is_cleaned_up_when_those_that_use_it_have_ended() -> None:
    scope = make_scope(pool)

    async def serve() -> None:
        async with scope:
            scope.users.add()
            scope.users.add()

    task = asyncio.get_running_loop().create_task(serve())
    for _ in range(2):
        for _ in range(5):
            await asyncio.sleep(0)
        assert log == ["+pool"]
        scope.users.remove()
    await task
    assert log == ["+pool", "-pool"]


async def test_users_that_do_not_end_are_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_app_scope, "CLEANUP_SECONDS", 0.01)
    users = Users()
    users.add()
    assert await users.wait() is None
    assert caplog.messages == ["1 requests had not ended 0.01 seconds after the application was to"]
    users.remove()
    assert await users.wait() is None


async def test_cancellation_of_the_waiting_for_users_is_raised_when_all_is_cleaned_up() -> None:
    scope = make_scope(pool)

    async def serve() -> None:
        async with scope:
            scope.users.add()

    task = asyncio.get_running_loop().create_task(serve())
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["+pool", "pool: CancelledError()", "-pool"]


async def test_overridden_scope_is_used_by_the_same_requests() -> None:
    scope = make_scope(pool)
    async with scope:
        assert override(scope, "pool", "fake", wanted="pool").users is scope.users
