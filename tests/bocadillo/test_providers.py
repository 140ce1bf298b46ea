import inspect
import sys
import time
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bocadillo import App, discover_providers, provider, useprovider
from bocadillo._kinds import find_kind
from bocadillo.errors import ProviderError, RouteError
from bocadillo.providers import (
    Provider,
    discover_convention,
    find_declared,
    find_uses,
    live_shared,
    stand_in,
)
from bocadillo.views import Parameter, locate
from tests.bocadillo.callables import Clock, async_generator, coroutine, generator, plain

Shared = dict[str, Provider]


@pytest.mark.parametrize(
    ("function", "is_generator"),
    [(plain, False), (coroutine, False), (generator, True), (async_generator, True)],
)
def test_generators_have_something_to_clean_up(
    function: Callable[..., Any], is_generator: bool
) -> None:
    declared = Provider(function)
    assert declared.is_generator == is_generator
    assert declared.kind == find_kind(function)


@pytest.mark.parametrize("value", [3, "name", Clock])
def test_what_is_no_function_is_refused(value: Any) -> None:
    for declare in (Provider, provider(scope="app"), App().provider(scope="app")):
        with pytest.raises(TypeError) as caught:
            declare(value)
        assert str(caught.value) == f"expected a function as a provider, got {value!r}"


def test_name_is_that_of_the_function_unless_another_is_given() -> None:
    assert Provider(plain).name == "plain"
    assert Provider(plain, name="number").name == "number"


@pytest.mark.parametrize(
    ("function", "name", "got"),
    [
        (lambda: 1, None, "<lambda>"),
        (partial(plain), None, ""),
        (Clock(), None, ""),
        (plain, "not a name", "not a name"),
        (plain, "class", "class"),
    ],
)
def test_name_that_no_parameter_can_have_is_refused(
    function: Callable[..., Any], name: str | None, got: str
) -> None:
    with pytest.raises(ValueError, match="parameter can have") as caught:
        Provider(function, name=name)
    assert str(caught.value) == (
        f"a provider needs a name that a parameter can have, got {got!r} ({locate(function)}): "
        "write @provider(name='...')"
    )


@pytest.mark.parametrize("name", ["req", "res", "ws"])
def test_names_of_the_connection_are_not_those_of_providers(name: str) -> None:
    with pytest.raises(ValueError, match="what providers ask for") as caught:
        Provider(plain, name=name)
    assert str(caught.value) == (
        f"`{name}` is what providers ask for the connection by: give another name to provider "
        f"`{name}` ({locate(plain)})"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"scope": "session"},
            "expected the scope 'request' or 'app' of {label}, got 'session'",
        ),
        (
            {"scope": "app", "is_lazy": True},
            (
                "{label} cannot be lazy: what lives as long as the application is set up when "
                "that starts. Leave `lazy=True` out, or let the provider return a function."
            ),
        ),
        (
            {"is_lazy": True, "is_autouse": True},
            "{label} cannot be both lazy and autouse: nobody would await its value",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="plain") as caught:
        Provider(plain, **options)
    assert str(caught.value) == message.format(label=f"provider `plain` ({locate(plain)})")


def test_parameters_are_what_it_asks_for_by_name() -> None:
    def asks(a: int, *args: Any, b: "str" = "", **kwargs: Any) -> None:
        raise NotImplementedError

    a, b = Parameter("a", int, has_default=False), Parameter("b", str, has_default=True)
    assert Provider(asks).parameters == (a, b)
    assert Provider(partial(asks, b="x"), name="asks").parameters == (a,)
    assert Provider(partial(asks, 1), name="asks").parameters == (b,)


def test_function_that_does_not_tell_what_it_takes_asks_for_nothing() -> None:
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(max)
    assert Provider(max).parameters == ()


def test_parameter_by_position_only_is_refused() -> None:
    def asks(database: int, /) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        _ = Provider(asks).parameters
    assert str(caught.value) == (
        f"provider `asks` ({locate(asks)}) takes `database` by position only: what it asks for is "
        "passed by name. Take the `/` out."
    )


def test_annotation_that_cannot_be_evaluated_names_the_provider() -> None:
    def asks(database: "Hidden") -> None:  # type: ignore[name-defined] # noqa: F821 - the mistake
        raise NotImplementedError

    with pytest.raises(RouteError) as caught:
        _ = Provider(asks).parameters
    assert str(caught.value).startswith(
        f"provider `asks` ({locate(asks)}) annotates `database` with `Hidden`, which cannot be "
        "resolved"
    )


def test_decorator_declares_and_returns_the_same_function(shared_providers: Shared) -> None:
    def other() -> int:
        raise NotImplementedError

    assert provider(plain) is plain
    assert provider(scope="app", name="count", autouse=True)(other) is other
    assert list(shared_providers) == ["plain", "count"]
    declared = shared_providers["count"]
    assert (declared.scope, declared.is_autouse, declared.is_lazy) == ("app", True, False)
    assert find_declared(other) is declared
    assert find_declared(coroutine) is None
    assert live_shared() == shared_providers


def test_methods_and_builtin_functions_go_by_their_names_alone(shared_providers: Shared) -> None:
    provider(Clock().tick)
    provider(name="now")(time.time)
    assert [declared.kind for declared in live_shared().values()] == ["async function", "function"]
    assert list(live_shared()) == ["tick", "now"]
    assert find_declared(time.time) is None


def test_declaring_a_name_again_replaces_it_and_remembers_the_place(
    shared_providers: Shared,
) -> None:
    provider(name="database")(plain)
    provider(name="database")(plain)
    assert shared_providers["database"].label == f"provider `database` ({locate(plain)})"

    def later() -> int:
        raise NotImplementedError

    provider(name="database")(later)
    assert shared_providers["database"].function is later
    assert shared_providers["database"].label == (
        f"provider `database` ({locate(later)}, replaces {locate(plain)})"
    )


def make_module(name: str) -> Any:
    """Make a module that declares a provider, as an import does."""
    module: Any = ModuleType(name)
    source = "from bocadillo import provider\n@provider\ndef declared(): ..."
    exec(source, vars(module))
    return module


def test_providers_of_modules_that_are_gone_are_not_used(
    shared_providers: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = make_module("coming_and_going")
    assert list(shared_providers) == ["declared"]
    assert live_shared() == {}
    monkeypatch.setitem(sys.modules, "coming_and_going", module)
    assert list(live_shared()) == ["declared"]
    monkeypatch.setitem(sys.modules, "coming_and_going", ModuleType("coming_and_going"))
    assert live_shared() == {}


def test_what_a_decorator_or_a_partial_wraps_tells_whether_its_module_is_gone(
    shared_providers: Shared,
) -> None:
    module = make_module("coming_and_going")

    @wraps(module.declared)
    def wrapper() -> None:
        raise NotImplementedError

    provider(wrapper)
    provider(name="part")(partial(module.declared))
    provider(name="clock")(Clock())
    provider(name="mine")(partial(plain))
    assert list(live_shared()) == ["clock", "mine"]


def test_use_of_a_provider_is_by_name_or_by_the_function(shared_providers: Shared) -> None:
    provider(plain)

    @useprovider("a", plain)
    @useprovider("b")
    async def view() -> None:
        raise NotImplementedError

    assert find_uses(view) == ("a", plain, "b")
    assert find_uses(coroutine, None) == ()


@pytest.mark.parametrize("reference", [3, coroutine, None])
def test_use_of_what_is_no_provider_is_refused(reference: Any) -> None:
    with pytest.raises(TypeError) as caught:
        useprovider("fine", reference)
    assert str(caught.value) == (
        f"expected the name of a provider, or a function declared with @provider, got {reference!r}"
    )


def test_uses_are_found_on_classes_and_what_they_derive_from_methods_and_partials() -> None:
    @useprovider("base")
    class Base:
        @useprovider("method")
        async def get(self) -> None:
            raise NotImplementedError

        @useprovider("static")
        @staticmethod
        async def post() -> None:
            raise NotImplementedError

        @useprovider("class")
        @classmethod
        async def put(cls) -> None:
            raise NotImplementedError

    @useprovider("derived")
    class Derived(Base):
        pass

    view = Derived()
    assert find_uses(view) == ("derived", "base")
    assert find_uses(Base()) == ("base",)
    assert find_uses(view.get, view.post, view.put) == ("method", "static", "class")
    assert find_uses(useprovider("outer")(partial(view.get))) == ("outer", "method")


def test_stand_in_is_called_when_it_is_a_function_and_is_the_value_otherwise() -> None:
    declared = Provider(plain, name="clock", scope="request", is_lazy=True)
    for function in (generator, partial(plain), Clock().tick, time.time):
        standing = stand_in(declared, function)
        assert standing.function is function
        assert (standing.name, standing.is_lazy) == ("clock", True)
    for value in (3, None, Clock(), Clock):
        assert stand_in(declared, value).function() is value
    app_wide = stand_in(Provider(plain, scope="app", is_autouse=True), 3)
    assert (app_wide.scope, app_wide.is_autouse) == ("app", True)


def write_package(path: Path, name: str) -> None:
    """Write a package whose modules each declare a provider of their name."""
    inner = path / name / "inner"
    inner.mkdir(parents=True)
    for package, prefix in ((path / name, "outer"), (inner, "inner")):
        for module in ("__init__", "first"):
            (package / f"{module}.py").write_text(
                "from bocadillo import provider\n\n"
                f"@provider\ndef {prefix}{module.strip('_')}():\n    return __name__\n"
            )
    (path / name / "__main__.py").write_text("raise SystemExit('this is a program')\n")


def test_discovery_imports_packages_with_all_their_modules_but_no_program(
    shared_providers: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(tmp_path, "found_providers")
    (tmp_path / "found_alone.py").write_text(
        "from bocadillo import provider\n\n@provider\ndef alone():\n    return 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    discover_providers("found_alone", "found_providers")
    assert sorted(live_shared()) == ["alone", "innerfirst", "innerinit", "outerfirst", "outerinit"]
    for name in [name for name in sys.modules if name.startswith("found_")]:
        del sys.modules[name]
    assert live_shared() == {}


def test_discovery_of_a_module_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module'"):
        discover_providers("no_such_module")


def test_convention_is_a_module_of_its_name_if_there_is_one(
    shared_providers: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    discover_convention()
    assert shared_providers == {}
    (tmp_path / "providerconf.py").write_text(
        "from bocadillo import provider\n\n@provider\ndef conventional():\n    return 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    discover_convention()
    assert list(live_shared()) == ["conventional"]
    del sys.modules["providerconf"]


def test_convention_that_cannot_import_something_itself_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "providerconf.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="'no_such_module'"):
        discover_convention()
