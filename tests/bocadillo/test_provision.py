import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any

import pytest

from bocadillo._graph import Graph
from bocadillo._lifetimes import Lifetimes
from bocadillo._provision import NOTHING, Provision, Values, compile_provision, set_up
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider

log: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    log.clear()


def number() -> int:
    log.append("number")
    return 1


async def double(number: int) -> int:
    log.append("double")
    return number * 2


def plain(number: int) -> Iterator[int]:
    log.append("+plain")
    yield number
    log.append("-plain")


async def stream() -> AsyncIterator[int]:
    log.append("+stream")
    yield 1
    log.append("-stream")


async def heavy(stream: int) -> AsyncIterator[int]:
    log.append("+heavy")
    yield stream + 10
    log.append("-heavy")


def make_graph(**providers: Provider) -> Graph:
    return Graph(providers)


def compile_all(graph: Graph, *names: str, inputs: tuple[str, ...] = ("req", "res")) -> Provision:
    wanted = [graph.providers[name] for name in names]
    return compile_provision(graph, wanted, inputs=inputs, by="view `show`")


async def set_up_all(
    graph: Graph, *names: str, lifetimes: Lifetimes | None = None
) -> dict[str, Any]:
    values: Values = {}
    await set_up(compile_all(graph, *names), values, lifetimes or Lifetimes())
    return {key.name: value for key, value in values.items() if isinstance(key, Provider)}


def test_nothing_is_nothing() -> None:
    provision = compile_all(make_graph())
    assert provision == NOTHING
    assert not provision.is_scoped


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (Provider(number), (False, False, False)),
        (Provider(number, scope="app"), (False, False, False)),
        (Provider(stream, scope="app"), (False, False, False)),
        (Provider(plain), (True, False, True)),
        (Provider(stream), (True, True, True)),
        (Provider(number, is_lazy=True), (False, False, True)),
        (Provider(stream, is_lazy=True), (True, True, True)),
    ],
)
def test_provision_knows_what_its_providers_need(
    provider: Provider, expected: tuple[bool, bool, bool]
) -> None:
    graph = Graph({"number": Provider(number), provider.name: provider})
    provision = compile_all(graph, provider.name)
    found = provision.has_generators, provision.needs_guard, provision.is_scoped
    assert found == expected
    assert provision.app == ((provider,) if provider.scope == "app" else ())


def test_what_lazy_providers_ask_for_counts() -> None:
    graph = make_graph(
        number=Provider(number, scope="app"),
        stream=Provider(stream, is_lazy=True),
        heavy=Provider(heavy, is_lazy=True),
        double=Provider(double, is_lazy=True),
    )
    provision = compile_all(graph, "heavy", "double", "stream")
    assert provision.steps == ()
    own = [[step.provider.name for step in steps] for steps in provision.lazy]
    assert own == [["heavy"], ["double"], ["stream"]]
    assert provision.app == (graph.providers["number"],)
    assert provision.needs_guard

    once = compile_all(graph, "heavy")
    assert [steps[-1].provider.name for steps in once.lazy] == ["heavy", "stream"]


async def test_providers_are_set_up_in_order_with_what_they_ask_for() -> None:
    graph = make_graph(number=Provider(number), double=Provider(double), plain=Provider(plain))
    lifetimes = Lifetimes()
    values = await set_up_all(graph, "double", "plain", lifetimes=lifetimes)
    assert values == {"number": 1, "double": 2, "plain": 1}
    await lifetimes.leave()
    assert log == ["number", "double", "+plain", "-plain"]


async def test_values_that_are_there_are_not_made_again() -> None:
    graph = make_graph(number=Provider(number), double=Provider(double))
    values: Values = {graph.providers["number"]: 20}
    await set_up(compile_all(graph, "double"), values, Lifetimes())
    assert values[graph.providers["double"]] == 40
    assert log == ["double"]


def test_what_the_connection_does_not_have_is_refused_also_of_lazy_ones() -> None:
    def greeting(ws: object) -> None:
        raise NotImplementedError

    def outer(greeting: object) -> None:
        raise NotImplementedError

    for is_lazy in (True, False):
        graph = make_graph(greeting=Provider(greeting), outer=Provider(outer, is_lazy=is_lazy))
        assert compile_all(graph, "outer", inputs=("ws",)).is_scoped == is_lazy
        with pytest.raises(ProviderError) as caught:
            compile_all(graph, "outer")
        assert str(caught.value) == (
            f"view `show` uses {graph.providers['greeting'].label}, which asks for `ws`: there is "
            "only `req` and `res`"
        )


def lazy_graph() -> Graph:
    return make_graph(stream=Provider(stream), heavy=Provider(heavy, is_lazy=True))


async def test_lazy_provider_that_nobody_awaits_is_not_set_up() -> None:
    lifetimes = Lifetimes()
    await set_up_all(lazy_graph(), "heavy", lifetimes=lifetimes)
    await lifetimes.leave()
    assert log == []


async def test_lazy_provider_is_set_up_once_with_what_it_asks_for() -> None:
    lifetimes = Lifetimes()
    values = await set_up_all(lazy_graph(), "heavy", lifetimes=lifetimes)
    assert log == []
    assert await values["heavy"] == 11
    assert await values["heavy"] == 11
    await lifetimes.leave()
    assert log == ["+stream", "+heavy", "-heavy", "-stream"]


async def test_lazy_provider_shares_what_else_was_set_up() -> None:
    lifetimes = Lifetimes()
    values = await set_up_all(lazy_graph(), "heavy", "stream", lifetimes=lifetimes)
    assert log == ["+stream"]
    assert await values["heavy"] == 11
    await lifetimes.leave()
    assert log == ["+stream", "+heavy", "-heavy", "-stream"]


async def test_lazy_provider_that_several_await_at_once_is_set_up_once() -> None:
    is_open, tries = asyncio.Event(), []

    async def slow() -> int:
        tries.append(1)
        await is_open.wait()
        return 7

    values = await set_up_all(make_graph(slow=Provider(slow, is_lazy=True)), "slow")

    async def ask(lazy: Awaitable[int]) -> None:
        found.append(await lazy)

    found: list[int] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(ask(values["slow"]))
        await asyncio.sleep(0)
        is_open.set()
    assert found == [7, 7, 7]
    assert tries == [1]


async def test_lazy_provider_that_fails_fails_for_all_that_await_it() -> None:
    error, tries = ValueError("no"), []

    async def fail() -> None:
        tries.append(1)
        raise error

    values = await set_up_all(make_graph(fail=Provider(fail, is_lazy=True)), "fail")
    for _ in range(2):
        with pytest.raises(ValueError, match="no") as caught:
            await values["fail"]
        assert caught.value is error
    assert tries == [1]


async def test_lazy_provider_whose_first_awaiting_is_cancelled_is_set_up_by_the_next() -> None:
    never, tries = asyncio.Event(), []

    async def slow() -> int:
        tries.append(1)
        if len(tries) == 1:
            await never.wait()
        return 7

    values = await set_up_all(make_graph(slow=Provider(slow, is_lazy=True)), "slow")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await values["slow"]
    assert await values["slow"] == 7
    assert tries == [1, 1]


async def test_lazy_provider_may_ask_for_another() -> None:
    async def outer(heavy: Awaitable[int]) -> int:
        log.append("outer")
        return await heavy + 100

    graph = make_graph(
        stream=Provider(stream),
        heavy=Provider(heavy, is_lazy=True),
        outer=Provider(outer, is_lazy=True),
    )
    lifetimes = Lifetimes()
    values = await set_up_all(graph, "outer", lifetimes=lifetimes)
    assert await values["outer"] == 111
    await lifetimes.leave()
    assert log == ["outer", "+stream", "+heavy", "-heavy", "-stream"]


async def test_lazy_provider_that_is_first_awaited_too_late_is_refused() -> None:
    lifetimes = Lifetimes()
    graph = lazy_graph()
    values = await set_up_all(graph, "heavy", lifetimes=lifetimes)
    await lifetimes.leave()
    with pytest.raises(ProviderError) as caught:
        await values["heavy"]
    assert str(caught.value) == (
        f"{graph.providers['heavy'].label} was first awaited when its request was over: await it "
        "in the view, or let the background task ask for it"
    )
    assert log == []
