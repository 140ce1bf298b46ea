from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from bocadillo import App, Request, Response, create_client
from bocadillo._needs import Needs, check_route, find_needs
from bocadillo.errors import ProviderError, RouteError
from bocadillo.patterns import parse_pattern
from bocadillo.views import ViewFunction, inspect_view, locate
from tests.bocadillo.calls import make_providing


def find(view: ViewFunction, pattern: str, *functions: Callable[..., Any]) -> Needs:
    graph = make_providing(*functions).graph
    return find_needs(
        inspect_view(view), parse_pattern(pattern), label=f"GET {pattern}", graph=graph
    )


def test_needs_are_resolved_by_name() -> None:
    async def view(req: Request, res: Response, pk: int, name: str, page: int = 1) -> None:
        raise NotImplementedError

    needs = find(view, "/{name}/{pk}/{}")
    assert needs.names == ("name", "pk")
    assert list(needs.converters) == ["pk"]
    assert [query.name for query in needs.queries] == ["page"]
    assert needs.body is None


def test_what_nothing_provides_is_refused_with_the_nearest_name() -> None:
    async def view(req: Request, res: Response, pk: int, nam: str) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        find(view, "/{pk}/{name}")
    assert str(caught.value) == (
        f"view `view` ({locate(view)}, GET /{{pk}}/{{name}}) asks for `nam`, which is neither a "
        "route parameter, nor a provider, nor a query parameter with a default. Did you mean the "
        "route parameter `name`?"
    )


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [(dict, "dict"), (list[int], "list[int]"), (dict[str, int], "dict[str, int]")],
)
def test_body_that_is_no_record_is_told_how_to_be_read(annotation: Any, shown: str) -> None:
    async def view(req: Request, res: Response, *, data: Any) -> None:
        raise NotImplementedError

    view.__annotations__["data"] = annotation
    with pytest.raises(ProviderError) as caught:
        find(view, "/")
    assert str(caught.value).endswith(
        "nor a query parameter with a default. If it is to be the body: annotate a record, or call "
        f"`await req.json({shown})`."
    )


def test_bound_beyond_64_bits_is_refused_naming_the_view() -> None:
    async def view(req: Request, res: Response, pk: Annotated[int, Meta(le=2**64)]) -> None:
        raise NotImplementedError

    with pytest.raises(RouteError) as caught:
        find(view, "/{pk}")
    assert str(caught.value).startswith(
        f"view `view` ({locate(view)}) annotates `pk` with a constraint that does not fit: Integer "
        "bounds constraints (`ge`, `le`, ...) that don't fit in an int64"
    )


def database() -> str:
    raise NotImplementedError


def test_provider_comes_before_a_query_parameter_and_the_body() -> None:
    async def view(req: Request, res: Response, database: Todo, clock: int = 3) -> None:
        raise NotImplementedError

    needs = find(view, "/", database)
    assert [(name, p.function) for name, p in needs.providers.items()] == [("database", database)]
    assert needs.body is None
    assert [query.name for query in needs.queries] == ["clock"]


def test_provider_with_the_name_of_a_route_parameter_is_refused() -> None:
    async def show(req: Request, res: Response, database: int) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError) as caught:
        find(show, "/{database}", database)
    assert str(caught.value) == (
        f"view `show` ({locate(show)}, GET /{{database}}) asks for `database`, which is a "
        f"parameter of its route, and provider `database` ({locate(database)}): rename one of "
        "them."
    )


def test_near_miss_may_be_a_provider() -> None:
    async def show(req: Request, res: Response, databse: int) -> None:
        raise NotImplementedError

    with pytest.raises(ProviderError, match=r"Did you mean the provider `database`\?$"):
        find(show, "/", database)


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


class Todo(msgspec.Struct):
    title: str
    priority: int = 0


async def create(
    req: Request, res: Response, pk: int, todo: Todo, other: Todo | None = None
) -> None:
    raise NotImplementedError


def test_body_that_is_asked_for_twice_is_refused() -> None:
    with pytest.raises(RouteError) as caught:
        find(create, "/{pk}")
    assert str(caught.value) == (
        f"view `create` ({locate(create)}, GET /{{pk}}) asks for the body twice, as `todo` and "
        "`other`: put both into one type."
    )


def make_app() -> App:
    app = App()

    @app.route("/needed/{pk}", ["POST"])
    async def needed(req: Request, res: Response, pk: int, todo: Todo, page: int = 1) -> None:
        res.json = [pk, page, todo]

    @app.route("/optional", ["POST"])
    async def optional(req: Request, res: Response, todo: Todo | None = None) -> None:
        res.json = todo

    return app


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        ("/needed/7?page=2", b'{"title":"x"}', 200, [7, 2, {"title": "x", "priority": 0}]),
        ("/needed/7", b"{", 400, "JSON is malformed."),
        ("/needed/7", b"", 400, "JSON is malformed."),
        ("/needed/7", b'{"title":1}', 400, {"title": "Expected `str`, got `int`"}),
        (
            "/needed/x?page=y",
            b'{"title":1}',
            400,
            {
                "pk": "Expected `int`, got `x`",
                "page": "Expected `int`, got `y`",
                "title": "Expected `str`, got `int`",
            },
        ),
        (
            "/needed/x",
            b"{",
            400,
            {"pk": "Expected `int`, got `x`", "todo": "JSON is malformed."},
        ),
        ("/optional", b"", 200, None),
        ("/optional", b'{"title":"x"}', 200, {"title": "x", "priority": 0}),
        ("/optional", b"null", 200, None),
    ],
)
def test_body_is_decoded_and_its_errors_join_the_others(
    path: str, body: bytes, status: int, expected: Any
) -> None:
    headers = {"content-type": "application/json"}
    answer = create_client(make_app()).post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert (answer.json() if status == 200 else answer.json()["detail"]) == expected


@pytest.mark.parametrize("path", ["/needed/7", "/needed/x", "/optional"])
def test_body_that_is_no_json_is_a_415_whatever_else_is_wrong(path: str) -> None:
    answer = create_client(make_app()).post(path, content=b'{"title":"x"}')
    assert answer.status_code == 415


def test_body_of_a_route_may_have_a_limit_of_its_own() -> None:
    app = App()

    @app.route("/", ["POST"], max_body_size=20)
    async def view(req: Request, res: Response, todo: Todo) -> None:
        res.json = todo

    client = create_client(app)
    assert client.post("/", json={"title": "x"}).status_code == 200
    assert client.post("/", json={"title": "x" * 20}).status_code == 413
