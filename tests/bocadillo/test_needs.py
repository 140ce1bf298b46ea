import pytest

from bocadillo import Request, Response
from bocadillo._needs import check_route, find_needs
from bocadillo.errors import ProviderError, RouteError
from bocadillo.patterns import parse_pattern
from bocadillo.views import inspect_view, locate


def test_needs_are_resolved_by_name() -> None:
    async def view(req: Request, res: Response, pk: int, name: str, page: int = 1) -> None:
        raise NotImplementedError

    needs = find_needs(inspect_view(view), parse_pattern("/{name}/{pk}/{}"), label="GET /")
    assert needs.names == ("name", "pk")
    assert list(needs.converters) == ["pk"]
    assert [query.name for query in needs.queries] == ["page"]
    assert needs.body is None


def test_what_nothing_provides_is_refused_with_the_nearest_name() -> None:
    async def view(req: Request, res: Response, pk: int, nam: str) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        find_needs(inspect_view(view), parse_pattern("/{pk}/{name}"), label="GET /{pk}/{name}")
    assert str(caught.value) == (
        f"view `view` ({locate(view)}, GET /{{pk}}/{{name}}) asks for `nam`, which is neither a "
        "route parameter, nor a provider, nor a query parameter with a default. Did you mean the "
        "route parameter `name`?"
    )


def test_route_parameter_that_the_view_does_not_take_is_refused() -> None:
    async def show(req: Request, res: Response, pk: int = 0) -> None:
        pass

    with pytest.raises(RouteError) as caught:
        check_route(inspect_view(show), parse_pattern("/{pkk}"), label="GET /{pkk}")
    assert str(caught.value) == (
        f"view `show` ({locate(show)}, GET /{{pkk}}) does not take the route parameter `pkk`. "
        "Did you mean the parameter `pk`? Add it to the view, or write `{}` in the pattern to "
        "ignore it."
    )


@pytest.mark.parametrize(("pattern", "is_fine"), [("/{a}/{}", True), ("/{req}", False)])
def test_view_with_keywords_takes_any_name_but_the_first_two(pattern: str, is_fine: bool) -> None:
    async def show(req: Request, res: Response, **rest: str) -> None:
        pass

    if is_fine:
        check_route(inspect_view(show), parse_pattern(pattern), label="")
    else:
        with pytest.raises(RouteError, match="does not take the route parameter `req`"):
            check_route(inspect_view(show), parse_pattern(pattern), label="")
