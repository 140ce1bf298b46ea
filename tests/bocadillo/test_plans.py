from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Annotated, Any

import pytest
from msgspec import Meta

from bocadillo import HTTPError, Request, Response
from bocadillo.errors import ProviderError, RouteError
from bocadillo.patterns import parse_pattern
from bocadillo.plans import Plan, compile_plan
from bocadillo.views import ViewFunction, inspect_view, locate
from tests.bocadillo.calls import make_providing


async def run(view: ViewFunction, pattern: str, params: dict[str, str], query: str = "") -> Any:
    plan = compile_view(view, pattern)
    scope = {"type": "http", "query_string": query.encode(), "headers": []}
    response = Response()
    await plan.run(Request(scope, no_receive, no_send), response, params)
    return response.content.decode()


def compile_view(view: ViewFunction, pattern: str, *functions: Callable[..., Any]) -> Plan:
    return compile_plan(
        inspect_view(view),
        parse_pattern(pattern),
        label=f"GET {pattern}",
        providing=make_providing(*functions),
    )


async def no_receive() -> Any:
    raise NotImplementedError


async def no_send(message: Any) -> None:
    raise NotImplementedError


async def test_view_that_asks_for_nothing_is_just_called() -> None:
    async def view(req: Request, res: Response) -> None:
        res.text = "hello"

    assert await run(view, "/", {}) == "hello"


async def test_text_parameters_are_passed_as_they_are() -> None:
    async def view(req: Request, res: Response, a: str, b) -> None:  # type: ignore[no-untyped-def] # as a user may
        res.text = a + b

    assert await run(view, "/{a}/{b}", {"a": "x", "b": "y"}) == "xy"


async def test_all_errors_are_reported_at_once() -> None:
    async def view(
        req: Request, res: Response, pk: int, page: int = 1, tag: list[int] | None = None
    ) -> None:
        raise NotImplementedError

    with pytest.raises(HTTPError) as caught:
        await run(view, "/{pk}", {"pk": "x"}, "page=y&tag=1&tag=z")
    assert caught.value.as_json() == {
        "error": "400 Bad Request",
        "status": 400,
        "detail": {
            "pk": "Expected `int`, got `x`",
            "page": "Expected `int`, got `y`",
            "tag[1]": "Expected `int`, got `z`",
        },
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "[1, 'all', [], None]"),
        ("page=2&page=3", "[3, 'all', [], None]"),
        ("q=a+b&tag=1&tag=2&day=", "[1, 'a b', [1, 2], '']"),
        ("unknown=1", "[1, 'all', [], None]"),
    ],
)
async def test_query_parameters_have_defaults(query: str, expected: str) -> None:
    async def view(
        req: Request,
        res: Response,
        page: int = 1,
        q: str = "all",
        tag: list[int] = [],  # noqa: B006 - as a user may
        day: str | None = None,
    ) -> None:
        res.text = str([page, q, tag, day])

    assert await run(view, "/", {}, query) == expected


async def test_route_parameters_are_converted_beside_text() -> None:
    async def view(req: Request, res: Response, pk: int, **rest: str) -> None:
        res.text = str([pk, rest])

    assert await run(view, "/{pk}/{x}", {"pk": "1", "x": "y"}) == "[1, {'x': 'y'}]"


async def test_decorated_view_gets_its_one_parameter_by_name() -> None:
    async def view(req: Request, res: Response, pk: int) -> None:
        res.json = pk + 1

    @wraps(view)
    async def wrapper(req: Request, res: Response, **params: Any) -> None:
        await view(req, res, **params)

    assert await run(wrapper, "/{pk}", {"pk": "3"}) == "4"


def test_unknown_parameter_names_view_place_route_and_near_miss() -> None:
    async def show(req: Request, res: Response, pkk: int) -> None:
        pass

    with pytest.raises(ProviderError) as caught:
        compile_view(show, "/{pk}")
    assert str(caught.value) == (
        f"view `show` ({locate(show)}, GET /{{pk}}) asks for `pkk`, which is neither a route "
        "parameter, nor a provider, nor a query parameter with a default. Did you mean the route "
        "parameter `pk`?"
    )


def test_unknown_parameter_without_a_near_miss_guesses_nothing() -> None:
    async def show(req: Request, res: Response, database: int) -> None:
        pass

    with pytest.raises(ProviderError, match=r"with a default\.$"):
        compile_view(show, "/{pk}")


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (Annotated[int, Meta(min_length=1)], "Can only set `min_length` on a str, bytes"),
        (Annotated[int | None, Meta(ge=0)], "Can only set `ge` on a numeric type"),
        (Annotated[Decimal, Meta(ge=0)], "Can only set `ge` on a numeric type"),
    ],
)
@pytest.mark.parametrize("pattern", ["/", "/{pk}"])
def test_constraint_that_does_not_fit_the_type_is_an_error_at_the_start(
    annotation: Any, message: str, pattern: str
) -> None:
    async def view(req: Request, res: Response, pk: Any = None) -> None:
        raise NotImplementedError

    view.__annotations__["pk"] = annotation
    with pytest.raises(RouteError) as caught:
        compile_view(view, pattern)
    assert str(caught.value).startswith(
        f"view `view` ({locate(view)}) annotates `pk` with a constraint that does not "
        f"fit: {message}"
    )


async def test_view_that_asks_for_providers_gets_them_beside_its_parameters() -> None:
    def database() -> str:
        return "db"

    async def view(req: Request, res: Response, pk: int, database: str, page: int = 1) -> None:
        res.text = f"{pk} {database} {page}"

    plan = compile_view(view, "/{pk}", database)
    assert [step.function for step in plan.provision.steps] == [database]
    assert plan.place == f"view `view` ({locate(view)}, GET /{{pk}})"
    request = Request({"type": "http", "query_string": b"page=2", "headers": []})
    response = Response()
    assert await plan.run(request, response, {"pk": "7"}) is None
    assert response.content == b"7 db 2"
