from collections.abc import Callable
from typing import Any

import pytest

from bocadillo import Request, Response, useprovider
from bocadillo._asking import Asked, ask
from bocadillo._providing import Providing
from bocadillo.errors import ProviderError
from bocadillo.hooks import after, before
from bocadillo.patterns import parse_pattern
from bocadillo.providers import Provider
from bocadillo.views import View, inspect_view, locate
from tests.bocadillo.calls import make_providing


def database() -> str:
    raise NotImplementedError


def users(database: str) -> str:
    raise NotImplementedError


def transaction() -> str:
    raise NotImplementedError


def clock() -> str:
    raise NotImplementedError


def log() -> str:
    raise NotImplementedError


async def note(req: Request, res: Response, params: object, word: str, *, clock: str) -> None:
    raise NotImplementedError


async def finish(req: Request, res: Response, params: object, log: str, clock: str = "") -> None:
    raise NotImplementedError


def make_all() -> Providing:
    providing = make_providing(database, users, transaction, clock)
    everywhere = Provider(log, is_autouse=True)
    providing.graph.providers["log"] = everywhere
    return providing


def ask_all(
    view: Callable[..., Any] | View, pattern: str = "/", *, providing: Providing | None = None
) -> Asked:
    inspected = view if isinstance(view, View) else inspect_view(view)
    return ask(
        inspected,
        parse_pattern(pattern),
        label="GET /",
        providing=providing or make_all(),
        place="view `show` (app.py:1, GET /)",
    )


def names(asked: Asked) -> list[str]:
    return [step.provider.name for step in asked.provision.steps]


def test_view_that_asks_for_nothing_gets_what_every_view_gets() -> None:
    async def view(req: Request, res: Response, pk: int) -> None:
        raise NotImplementedError

    asked = ask_all(view, "/{pk}")
    assert names(asked) == ["log"]
    assert [(reason, provider.name) for reason, provider in asked.wanted] == [("autouse", "log")]
    assert asked.needs.providers == {}
    assert list(asked.needs.converters) == ["pk"]
    assert (asked.before, asked.after) == ([], [])
    assert asked.view.function is view


def test_order_is_that_of_the_reasons() -> None:
    @before(note, "word")
    @useprovider("transaction")
    @after(finish)
    async def view(req: Request, res: Response, users: str) -> None:
        raise NotImplementedError

    asked = ask_all(view)
    assert names(asked) == ["log", "transaction", "database", "users", "clock"]
    assert [(reason, provider.name) for reason, provider in asked.wanted] == [
        ("autouse", "log"),
        ("useprovider", "transaction"),
        ("parameter", "users"),
        ("hook", "clock"),
        ("hook", "log"),
        ("hook", "clock"),
    ]
    assert list(asked.needs.providers) == ["users"]
    [bound] = asked.before
    assert (bound.hook.call, list(bound.extras)) == (note, ["clock"])
    [bound] = asked.after
    assert (bound.hook.call, list(bound.extras)) == (finish, ["log", "clock"])


def test_what_decorates_a_class_and_its_methods_is_asked_for() -> None:
    @useprovider("users")
    @before(note, word="word")
    class Page:
        @useprovider("transaction")
        @after(note, word="word", clock="of its own")
        async def get(self, req: Request, res: Response) -> None:
            raise NotImplementedError

    page = Page()
    for view in (inspect_view(page.get), inspect_view(page.get, owner=page)):
        asked = ask_all(view)
        assert names(asked) == ["log", "database", "users", "transaction", "clock"]
        assert [list(bound.extras) for bound in (*asked.before, *asked.after)] == [["clock"], []]


def test_use_of_what_does_not_exist_names_the_view() -> None:
    @useprovider("transactions")
    async def view(req: Request, res: Response) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        ask_all(view)
    assert str(caught.value) == (
        "view `show` (app.py:1, GET /) uses the provider `transactions`, which does not exist. Did "
        "you mean the provider `transaction`?"
    )


def test_hook_that_asks_for_what_nothing_provides_is_refused() -> None:
    async def hook(req: Request, res: Response, params: object, clok: str) -> None:
        raise NotImplementedError

    @before(hook)
    async def view(req: Request, res: Response) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        ask_all(view)
    assert str(caught.value) == (
        f"hook `hook` ({locate(hook)}) asks for `clok`, which is not given to it, and which is no "
        "provider. Did you mean the provider `clock`?"
    )


def test_provider_that_needs_a_websocket_is_refused_naming_the_view() -> None:
    def greeting(ws: object) -> None:
        raise NotImplementedError

    async def view(req: Request, res: Response, greeting: str) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError, match=r"^view `show` \(app.py:1, GET /\) uses .*greeting"):
        ask_all(view, providing=make_providing(greeting))
