from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bocadillo.patterns import parse_pattern
from bocadillo.plans import Plan
from bocadillo.routing import Route, Table
from bocadillo.views import inspect_view


async def view(req: Any, res: Any, **params: str) -> None:
    pass


async def run(request: Any, response: Any, params: Any) -> None:
    pass


def make_table(*patterns: str, methods: tuple[str, ...] = ("GET",)) -> tuple[Table, list[Plan]]:
    """Make a table in which every route has a plan of its own, to tell them apart."""
    routes = [Route(parse_pattern(p), inspect_view(view), methods, "view") for p in patterns]
    plans = [Plan(partial(run)) for _ in routes]
    return Table(list(zip(routes, plans, strict=True))), plans


def scan(patterns: list[str], path: str) -> tuple[int, dict[str, str]] | None:
    """Find the first pattern that matches, one after the other: what the table must equal."""
    for i, text in enumerate(patterns):
        pattern = parse_pattern(text)
        values = pattern.match(path)
        if values is not None:
            named = zip(pattern.names, values, strict=True)
            return i, {name: value for name, value in named if name}
    return None


SEGMENTS = ["", "a", "b", "{}", "{x}", "a{x}", "{x}b", "{x}-{y}", "a-{y}", "{x:path}", "{y:path}"]
PIECES = ["/", "a", "b", "-", "a-b", "//", "\n"]


def is_pattern(text: str) -> bool:
    try:
        parse_pattern(text)
    except ValueError:
        return False
    return True


patterns_strategy = st.lists(
    st.one_of(
        st.just("{}"),
        st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map(
            lambda segments: "/" + "/".join(segments)
        ),
    ).filter(is_pattern),
    max_size=8,
)
paths_strategy = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@given(patterns_strategy, st.lists(paths_strategy, max_size=12))
@example(["/{x}", "/a"], ["/a"])
@example(["/{x}/b", "/a/{x}", "/{x:path}", "/a/b"], ["/a/b", "/a/c", "/c", "/"])
@example(["{}", "/a"], ["/a", "", "a/b"])
@example(["/a", "/a"], ["/a"])
@example(["/{x}/{y}/z", "/a/{y}", "/{x}/{y}"], ["/a/1"])
@example(["/a/{x}", "/{y}/b", "/{x:path}"], ["/a/b", ""])
def test_table_matches_what_a_linear_scan_matches(patterns: list[str], paths: list[str]) -> None:
    table, plans = make_table(*patterns)
    for path in [*paths, *(f"/{path}" for path in paths), *patterns]:
        plan, params = table.match("GET", path)
        expected = scan(patterns, path)
        if expected is None:
            assert plan not in plans
            assert params == {}
        else:
            assert plan is plans[expected[0]]
            assert params == expected[1]


@pytest.mark.parametrize(
    ("methods", "request_method", "is_answered"),
    [
        (("GET",), "GET", True),
        (("GET",), "HEAD", True),
        (("HEAD",), "GET", False),
        (("POST",), "HEAD", False),
        (("POST", "OPTIONS"), "OPTIONS", True),
        (("GET",), "OPTIONS", False),
        (("GET",), "get", False),
        (("GET",), "TRACE", False),
    ],
)
@pytest.mark.parametrize("pattern", ["/a", "/{x}"])
def test_methods_choose_the_plan(
    methods: tuple[str, ...], request_method: str, is_answered: bool, pattern: str
) -> None:
    table, plans = make_table(pattern, methods=methods)
    assert (table.match(request_method, "/a")[0] is plans[0]) == is_answered


def test_route_that_matches_with_other_methods_does_not_fall_through() -> None:
    get = Route(parse_pattern("/{x}"), inspect_view(view), ("GET",), "view")
    post = Route(parse_pattern("/a"), inspect_view(view), ("POST",), "view")
    plans = [Plan(partial(run)), Plan(partial(run))]
    table = Table([(get, plans[0]), (post, plans[1])])
    assert table.match("POST", "/a")[0] not in plans


def test_label_names_methods_and_pattern() -> None:
    route = Route(parse_pattern("x/{pk}"), inspect_view(view), ("GET", "POST"), "view")
    assert route.label == "GET POST /x/{pk}"


def test_ten_thousand_routes_are_found_without_looking_at_all() -> None:
    patterns = [f"/group{i // 100}/resource{i % 100}/{{name}}" for i in range(10_000)]
    table, plans = make_table(*patterns)
    for i in (0, 5_000, 9_999):
        plan, params = table.match("GET", f"/group{i // 100}/resource{i % 100}/tea")
        assert plan is plans[i]
        assert params == {"name": "tea"}
