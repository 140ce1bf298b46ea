import functools
from typing import TYPE_CHECKING, Any

import pytest

from bocadillo import ExpectedAsync, Request, Response
from bocadillo.errors import RouteError
from bocadillo.views import Parameter, inspect_view, locate

if TYPE_CHECKING:
    from decimal import Decimal as HiddenDecimal


async def view(req: Request, res: Response, pk: int, *, page: "int" = 1, **rest: Any) -> None:
    pass


def test_parameters_beyond_the_first_two_are_read() -> None:
    inspected = inspect_view(view)
    assert inspected.parameters == (Parameter("pk", int, False), Parameter("page", int, True))
    assert inspected.takes_any
    assert inspected.name == "view"


def test_location_is_relative_to_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    line = view.__code__.co_firstlineno
    monkeypatch.chdir(__file__.rpartition("/")[0])
    assert inspect_view(view).location == f"test_views.py:{line}"
    monkeypatch.chdir(tmp_path)
    assert inspect_view(view).location == f"{__file__}:{line}"


def test_location_of_an_object_is_its_module() -> None:
    assert locate(functools.partial(view)) == "functools"


def test_partial_is_a_view_named_by_its_type() -> None:
    inspected = inspect_view(functools.partial(view, pk=1))
    assert inspected.name == "partial"


def test_annotation_for_the_type_checker_of_another_parameter_does_no_harm() -> None:
    async def hidden(req: "HiddenDecimal", res: "HiddenDecimal", pk: "int") -> None:
        pass

    assert inspect_view(hidden).parameters == (Parameter("pk", int, False),)


def test_annotation_that_cannot_be_resolved_tells_what_to_import() -> None:
    async def hidden(req: Request, res: Response, price: "HiddenDecimal") -> None:
        pass

    with pytest.raises(RouteError) as caught:
        _ = inspect_view(hidden).parameters
    assert str(caught.value) == (
        f"view `hidden` ({locate(hidden)}) annotates `price` with `HiddenDecimal`, which cannot be "
        "resolved: name 'HiddenDecimal' is not defined. Import it at the top of the module, "
        "outside `if TYPE_CHECKING`."
    )


def test_view_that_is_not_async_is_refused_with_a_hint() -> None:
    def index(req: Request, res: Response) -> None:
        pass

    with pytest.raises(ExpectedAsync) as caught:
        inspect_view(index)  # type: ignore[arg-type] # the mistake under test
    assert str(caught.value) == (
        f"view `index` ({locate(index)}) is not async. Did you mean `async def index`?"
    )
    with pytest.raises(ExpectedAsync, match=r"view `3` \(unknown\) is not async"):
        inspect_view(3)  # type: ignore[arg-type] # the mistake under test


def test_view_must_take_the_request_and_the_response() -> None:
    async def index(req: Request) -> None:
        pass

    with pytest.raises(RouteError) as caught:
        inspect_view(index)
    assert str(caught.value) == (
        f"view `index` ({locate(index)}) is `index{inspect_signature(index)}`: expected "
        "`index(req, res, ...)`"
    )


def test_view_may_take_everything() -> None:
    async def index(*args: Any, **kwargs: Any) -> None:
        pass

    assert inspect_view(index).parameters == ()


def test_parameters_by_position_only_are_refused() -> None:
    async def index(req: Request, res: Response, pk: int, /) -> None:
        pass

    with pytest.raises(RouteError) as caught:
        inspect_view(index)
    assert str(caught.value) == (
        f"view `index` ({locate(index)}) takes `pk` by position only: parameters are passed by "
        "name. Move it behind the `/`."
    )


def inspect_signature(function: Any) -> str:
    import inspect

    return str(inspect.signature(function))
