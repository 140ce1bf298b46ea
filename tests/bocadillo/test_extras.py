from functools import partial
from typing import Annotated, Any

import pytest

from bocadillo._extras import find_extras
from bocadillo.errors import ProviderError, RouteError
from bocadillo.providers import Provider, declare
from bocadillo.views import locate
from tests.bocadillo.calls import make_providing


def database() -> str:
    raise NotImplementedError


def clock() -> int:
    raise NotImplementedError


declare({}, clock, scope="request", name=None, lazy=False, autouse=False)

graph = make_providing(database, clock).graph


def hook(req: object, res: object, params: object, *words: str, database: str) -> None:
    raise NotImplementedError


class Notifier:
    async def __call__(self, text: str, database: str) -> None:
        raise NotImplementedError

    def notify(self, text: str, *, clock: int, **more: Any) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "count", "given", "expected"),
    [
        (lambda: None, 0, (), []),
        (lambda database: None, 1, (), []),
        (lambda database: None, 0, (), ["database"]),
        (lambda database: None, 0, ("database",), []),
        (partial(lambda database: None, database=1), 0, (), []),
        (partial(lambda database, clock: None, 1), 0, (), ["clock"]),
        (lambda database=None, size=3: None, 0, (), ["database"]),
        (lambda a, b, *rest, clock, **more: None, 2, (), ["clock"]),
        (lambda a, /, clock: None, 1, (), ["clock"]),
        (hook, 3, (), ["database"]),
        (Notifier(), 1, (), ["database"]),
        (Notifier().notify, 1, (), ["clock"]),
        (range, 0, (), []),  # what it takes cannot be known
    ],
)
def test_extras_are_what_is_neither_given_by_position_nor_by_name(
    function: Any, count: int, given: tuple[str, ...], expected: list[str]
) -> None:
    found = find_extras(function, graph, count=count, given=given, what="hook")
    assert found == {name: graph.providers[name] for name in expected}


def test_annotation_may_name_the_provider() -> None:
    def task(now: Annotated[int, clock]) -> None:
        raise NotImplementedError

    found = find_extras(task, graph, count=0, what="background task")
    assert [(name, provider.function) for name, provider in found.items()] == [("now", clock)]
    assert all(isinstance(provider, Provider) for provider in found.values())


@pytest.mark.parametrize(
    ("name", "suffix"), [("databse", " Did you mean the provider `database`?"), ("zzz", "")]
)
def test_what_nothing_provides_is_refused_with_the_nearest(name: str, suffix: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"async def check(req, res, exc, {name}): ...", namespace)
    check = namespace["check"]
    with pytest.raises(ProviderError) as caught:
        find_extras(check, graph, count=3, what="error handler")
    assert str(caught.value) == (
        f"error handler `check` ({locate(check)}) asks for `{name}`, which is not given to it, and "
        f"which is no provider.{suffix}"
    )


def test_object_without_a_name_is_shown() -> None:
    notifier = Notifier()
    with pytest.raises(ProviderError, match=r"^hook `<.*Notifier object at .*>` \(.*`text`"):
        find_extras(notifier, graph, count=0, what="hook")


def test_annotation_that_cannot_be_evaluated_names_the_function() -> None:
    def task(database: "Hidden") -> None:  # type: ignore[name-defined] # noqa: F821 - the mistake
        raise NotImplementedError

    with pytest.raises(RouteError, match=r"^background task `task` \(.*annotates `database`"):
        find_extras(task, graph, count=0, what="background task")
