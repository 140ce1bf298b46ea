import functools
from collections.abc import AsyncIterator
from datetime import date
from typing import TYPE_CHECKING, Any, Optional

import pytest

from bocadillo import ExpectedAsync, Request, Response
from bocadillo.errors import RouteError
from bocadillo.views import Parameter, expect_arguments, inspect_view, locate

if TYPE_CHECKING:
    from decimal import Decimal as HiddenDecimal
    from fractions import Fraction as Later


async def view(req: Request, res: Response, pk: int, *, page: "int" = 1, **rest: Any) -> None:
    pass


def test_parameters_beyond_the_first_two_are_read() -> None:
    inspected = inspect_view(view)
    assert inspected.parameters == (Parameter("pk", int, False), Parameter("page", int, True))
    assert inspected.takes_any
    assert inspected.name == "view"


def test_view_may_be_the_handler_of_an_owner() -> None:
    owner = object()
    assert inspect_view(view).owner is None
    assert inspect_view(view, owner=owner).owner is owner


def test_location_is_relative_to_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    line = view.__code__.co_firstlineno
    monkeypatch.chdir(__file__.rpartition("/")[0])
    assert inspect_view(view).location == f"test_views.py:{line}"
    monkeypatch.chdir(tmp_path)
    assert inspect_view(view).location == f"{__file__}:{line}"


def test_location_of_an_object_is_its_module() -> None:
    assert locate(functools.reduce) == "_functools"


def test_partial_is_named_after_its_function_and_asks_for_what_is_left() -> None:
    inspected = inspect_view(functools.partial(view, page=2))
    assert (inspected.name, inspected.location) == ("view", locate(view))
    assert inspected.parameters == (Parameter("pk", int, False),)


def test_parameter_behind_the_rest_is_read() -> None:
    async def index(*args: Any, pk: int) -> None:
        pass

    assert inspect_view(index).parameters == (Parameter("pk", int, False),)


def test_names_are_read_before_annotations_are_evaluated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def forward(req: Request, res: Response, day: "Later | None" = None) -> None:
        pass

    inspected = inspect_view(forward)
    assert inspected.names == ("day",)
    monkeypatch.setitem(globals(), "Later", date)
    assert inspected.parameters == (Parameter("day", date | None, True),)


def test_annotation_that_names_a_type_in_part_is_evaluated() -> None:
    async def index(req: Request, res: Response, pk: Any) -> None:
        pass

    index.__annotations__["pk"] = Optional["Parameter"]
    assert inspect_view(index).parameters[0].annotation == Parameter | None


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
        "resolved: name 'HiddenDecimal' is not defined. Import or define it at the top of the "
        "module, outside `if TYPE_CHECKING`."
    )


def test_view_that_is_not_async_is_refused_with_a_hint() -> None:
    def index(req: Request, res: Response) -> None:
        pass

    with pytest.raises(ExpectedAsync) as caught:
        inspect_view(index)  # type: ignore[arg-type] # the mistake under test
    assert str(caught.value) == (
        f"view `index` ({locate(index)}) is not async. Did you mean `async def index`?"
    )


def make_plain(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


async def generate(req: Request, res: Response) -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (3, "view `3` (unknown) is not async. Expected an `async def` function."),
        (
            generate,
            (
                f"view `generate` ({locate(generate)}) is not async. It is a generator: take the "
                "`yield` out."
            ),
        ),
        (
            make_plain(view),
            (
                f"view `view` ({locate(view)}) is not async. It was before it was decorated: make "
                "the decorator's wrapper `async def`."
            ),
        ),
    ],
)
def test_what_is_not_async_in_another_way_has_its_own_cure(mistake: Any, message: str) -> None:
    with pytest.raises(ExpectedAsync) as caught:
        inspect_view(mistake)
    assert str(caught.value) == message


def test_function_must_take_what_it_is_given() -> None:
    def close(pool: Any) -> None:
        pass

    expect_arguments(close, "pool", what="handler")
    expect_arguments({}.clear, "", what="handler")
    expect_arguments(dict, "anything", what="handler")  # does not tell what it takes
    with pytest.raises(TypeError) as caught:
        expect_arguments(close, "", what="handler")
    assert str(caught.value) == (
        f"handler `close` ({locate(close)}) is `close{inspect_signature(close)}`: expected "
        "`close()`"
    )
    expect_arguments(close, "", what="handler", keywords=["pool"])
    with pytest.raises(TypeError) as caught:
        expect_arguments(close, "pool", what="handler", keywords=["poll"])
    assert str(caught.value).endswith(": expected `close(pool, poll=...)`")
    with pytest.raises(TypeError, match="expected a function as handler, got 3"):
        expect_arguments(3, "", what="handler")


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
