from typing import Annotated, Any

import pytest
from typing_extensions import TypeAliasType

from bocadillo._graph import Graph
from bocadillo.errors import ProviderError
from bocadillo.providers import Provider, declare, find_declared, stand_in
from bocadillo.views import Parameter, locate
from tests.bocadillo.calls import make_providing


def database() -> str:
    return "db"


def users(database: str) -> str:
    return f"users of {database}"


def audit(req: object, res: object, ws: object, users: str, limit: int = 3) -> None:
    raise NotImplementedError


def make_graph(*functions: Any, **options: Any) -> Graph:
    return make_providing(*functions, **options).graph


def names(providers: list[Provider]) -> list[str]:
    return [provider.name for provider in providers]


def parameter(name: str, annotation: Any = Any, *, has_default: bool = False) -> Parameter:
    return Parameter(name, annotation, has_default)


def test_parameter_is_given_what_has_its_name() -> None:
    graph = make_graph(database)
    assert graph.find(parameter("database")) is graph.providers["database"]
    assert graph.find(parameter("databases")) is None


def test_parameter_is_given_what_its_annotation_names_whatever_its_own_name() -> None:
    def connect() -> str:
        raise NotImplementedError

    declare({}, connect, scope="request", name=None, lazy=False, autouse=False)
    declared = find_declared(connect)
    assert declared
    graph = make_graph(database)
    asked = parameter("database", Annotated[str, "some text", connect])
    assert graph.find(asked) is declared
    assert graph.find(parameter("x", Annotated[str, "some text"])) is None
    make: Any = TypeAliasType
    alias = make("alias", make("inner", Annotated[str, connect]))
    assert graph.find(parameter("x", alias)) is declared
    assert graph.refer(connect, by="view") is declared

    override = stand_in(declared, "fake")
    overridden = Graph(graph.providers, {"connect": override})
    assert overridden.find(asked) is override
    assert overridden.refer(connect, by="view") is override


def test_override_stands_in_for_the_provider_of_its_name() -> None:
    graph = make_graph(database, users)
    override = stand_in(graph.providers["database"], "fake")
    overridden = Graph(graph.providers, {"database": override})
    assert overridden.refer("database", by="view") is override
    assert overridden.dependencies(overridden.providers["users"]) == [override]
    assert graph.refer("database", by="view") is graph.providers["database"]


def test_name_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(ProviderError) as caught:
        make_graph(database).refer("databse", by="view `show` (app.py:3, GET /)")
    assert str(caught.value) == (
        "view `show` (app.py:3, GET /) uses the provider `databse`, which does not exist. Did you "
        "mean the provider `database`?"
    )
    with pytest.raises(ProviderError, match=r"which does not exist\.$"):
        make_graph().refer("database", by="view")


def test_provider_may_ask_for_the_connection_and_keep_its_defaults() -> None:
    graph = make_graph(database, users, audit)
    asking = graph.providers["audit"]
    assert graph.sources(asking) == {
        "req": "req",
        "res": "res",
        "ws": "ws",
        "users": graph.providers["users"],
    }
    assert graph.sources(asking) is graph.sources(asking)
    assert graph.dependencies(asking) == [graph.providers["users"]]


def test_provider_that_asks_for_what_does_not_exist_is_refused_with_the_nearest() -> None:
    def databases() -> str:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        make_graph(users, databases).order(make_graph(users).providers.values())
    assert str(caught.value) == (
        f"provider `users` ({locate(users)}) asks for `database`, which is neither a provider, nor "
        "`req`, `res` or `ws`. Did you mean the provider `databases`?"
    )


@pytest.mark.parametrize("is_input", [True, False])
def test_provider_of_the_application_cannot_ask_for_what_lives_for_a_request(
    is_input: bool,
) -> None:
    def pool(req: object) -> None:
        raise NotImplementedError

    app_wide = Provider(pool if is_input else users, scope="app")
    graph = Graph({app_wide.name: app_wide, "database": Provider(database)})
    with pytest.raises(ProviderError) as caught:
        graph.order([app_wide])
    what = "`req`" if is_input else f"provider `database` ({locate(database)})"
    assert str(caught.value) == (
        f"{app_wide.label} lives as long as the application, and asks for {what}, which lives for "
        "a request: take @provider(scope='app') off the one, or put it on the other"
    )


def test_provider_of_the_application_may_ask_for_another() -> None:
    graph = make_graph(users, database, scope="app")
    assert names(graph.order(graph.providers.values())) == ["database", "users"]


def test_providers_are_ordered_each_after_those_that_it_asks_for() -> None:
    def both(users: str, database: str) -> str:
        raise NotImplementedError

    graph = make_graph(both, users, database)
    assert names(graph.order([graph.providers["both"]])) == ["database", "users", "both"]
    assert names(graph.order([])) == []
    assert names(graph.order(graph.providers.values())) == ["database", "users", "both"]


def test_what_a_lazy_provider_asks_for_is_not_set_up_unless_something_else_asks_for_it() -> None:
    lazy = Provider(users, is_lazy=True)
    graph = Graph({"users": lazy, "database": Provider(database)})
    assert names(graph.order([lazy])) == ["users"]
    assert names(graph.order([lazy, graph.providers["database"]])) == ["users", "database"]


@pytest.mark.parametrize("is_lazy", [True, False])
def test_circle_is_refused_showing_all_of_it(is_lazy: bool) -> None:
    def entry(a: object) -> None:
        raise NotImplementedError

    def a(b: object) -> None:
        raise NotImplementedError

    def b(c: object) -> None:
        raise NotImplementedError

    def c(a: object) -> None:
        raise NotImplementedError

    graph = make_graph(entry, a, b, c, is_lazy=is_lazy)
    with pytest.raises(ProviderError) as caught:
        graph.order(graph.providers.values())
    assert str(caught.value) == (
        "providers ask for each other in a circle: `a` → `b` → `c` → `a`. Begin with provider `a` "
        f"({locate(a)}): take one of the parameters out."
    )


def test_provider_that_asks_for_itself_is_a_circle() -> None:
    def a(a: object) -> None:
        raise NotImplementedError

    graph = make_graph(a)
    with pytest.raises(ProviderError, match="in a circle: `a` → `a`"):
        graph.order(graph.providers.values())


def test_those_of_every_view_are_known() -> None:
    everywhere = Provider(database, is_autouse=True)
    assert Graph({"database": everywhere, "users": Provider(users)}).autouse == [everywhere]


def test_function_that_another_application_has_declared_as_well_is_what_this_one_made_it() -> None:
    def connect() -> str:
        raise NotImplementedError

    own: dict[str, Provider] = {}
    other: dict[str, Provider] = {}
    declare(own, connect, scope="request", name="database", lazy=False, autouse=False)
    declare(other, connect, scope="app", name="pool", lazy=False, autouse=False)
    for registry in (own, other):
        [expected] = registry.values()
        graph = Graph(registry)
        assert graph.find(parameter("x", Annotated[str, connect])) is expected
        assert graph.refer(connect, by="view") is expected
        override = stand_in(expected, "fake")
        overridden = Graph(registry, {expected.name: override})
        assert overridden.refer(connect, by="view") is override


def test_values_stand_in_for_the_providers_of_their_names() -> None:
    graph = make_graph(database, users)
    standing = graph.stand_in({"database": "fake", "users": clock})
    assert standing["database"].function() == "fake"
    assert standing["users"].function is clock
    with pytest.raises(ProviderError) as caught:
        graph.stand_in({"databse": 1})
    assert str(caught.value) == (
        "override_providers uses the provider `databse`, which does not exist. Did you mean the "
        "provider `database`?"
    )


def clock() -> int:
    raise NotImplementedError
