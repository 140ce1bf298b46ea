from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bocadillo._handlers import find_handlers
from bocadillo._mounts import mount_pattern
from bocadillo.patterns import Pattern, parse_pattern
from bocadillo.plans import Plan
from bocadillo.routing import Leaf, Mount, Route, Table, allowed_methods


async def view(req: Any, res: Any, **params: str) -> None:
    raise NotImplementedError


async def run(request: Any, response: Any, params: Any) -> None:
    raise NotImplementedError


MISSING = Plan(run, place="missing")


def make_table(*patterns: str) -> Table:
    """Make a table whose plans tell the method, and where their pattern stands."""
    leaves: list[tuple[Pattern, Leaf]] = []
    for rank, pattern in enumerate(map(parse_pattern, patterns)):
        plans = {"GET": Plan(run, place=f"GET {rank}")}
        other = Plan(run, place=f"other {rank}")
        leaves.append((pattern, Leaf(rank, pattern.names, plans=plans, other=other)))
    return Table(leaves, missing=MISSING)


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
    table = make_table(*patterns)
    for path in [*paths, *(f"/{path}" for path in paths), *patterns]:
        expected = scan(patterns, path)
        assert table.has(path) == (expected is not None)
        for method in ("GET", "POST"):
            plan, params = table.match(method, path)
            if expected is None:
                assert (plan, params) == (MISSING, {})
            else:
                rank, named = expected
                assert plan.place == f"{'GET' if method == 'GET' else 'other'} {rank}"
                assert params == named


def test_path_that_matches_with_other_methods_does_not_fall_through() -> None:
    table = make_table("/{x}", "/a", "/b", "/{y}")
    assert table.match("POST", "/a")[0].place == "other 0"


def test_parameters_of_each_match_are_their_own() -> None:
    table = make_table("/a", "/{x}")
    for path in ("/a", "/x", "/none/x"):
        table.match("GET", path)[1]["added"] = "x"
        assert "added" not in table.match("GET", path)[1]


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        (["GET"], "GET, HEAD, OPTIONS"),
        (["GET", "POST"], "GET, HEAD, POST, OPTIONS"),
        (["GET", "HEAD"], "GET, HEAD, OPTIONS"),
        (["HEAD"], "HEAD, OPTIONS"),
        (["OPTIONS", "PUT"], "OPTIONS, PUT"),
    ],
)
def test_allow_names_what_is_answered(methods: list[str], expected: str) -> None:
    assert allowed_methods(iter(methods)) == expected


def test_label_names_methods_and_pattern() -> None:
    views = find_handlers(view, ("GET", "POST")).views
    route = Route(parse_pattern("x/{pk}"), views, "view", "view `view` (app.py:1)")
    assert route.methods == ("GET", "POST")
    assert route.label == "GET POST /x/{pk}"


@pytest.mark.parametrize(
    ("prefix", "label"),
    [("static/", "mount /static"), ("/", "mount /"), ("/{a}/b", "mount /{a}/b")],
)
def test_label_of_a_mount_names_its_prefix(prefix: str, label: str) -> None:
    async def app(*args: Any) -> None:
        raise NotImplementedError

    assert Mount(mount_pattern(prefix), app, "").label == label


def test_ten_thousand_routes_are_found_without_looking_at_all() -> None:
    patterns = [f"/group{i // 100}/resource{i % 100}/{{name}}" for i in range(10_000)]
    table = make_table(*patterns)
    for i in (0, 5_000, 9_999):
        plan, params = table.match("GET", f"/group{i // 100}/resource{i % 100}/tea")
        assert plan.place == f"GET {i}"
        assert params == {"name": "tea"}
