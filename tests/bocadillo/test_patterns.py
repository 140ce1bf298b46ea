import enum
from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocadillo.patterns import Literal, Part, Tail, Whole, parse_pattern

MATCHES = [
    ("/", "/", ()),
    ("", "/", ()),
    ("todos", "/todos", ()),
    ("/todos", "/todos", ()),
    ("/todos", "/todos/", None),
    ("/todos", "/todos\n", None),
    ("/a.b", "/axb", None),
    ("/a+(b)", "/a+(b)", ()),
    ("/{pk}", "/1", ("1",)),
    ("/{pk}", "/", None),
    ("/{pk}", "/1/", None),
    ("/{pk}", "/1\n", ("1\n",)),
    ("/{pk}/x", "/1/x", ("1",)),
    ("/chat-{room}", "/chat-tea", ("tea",)),
    ("/chat-{room}", "/chat-", None),
    ("/chat-{room}", "/chat-a/b", None),
    ("/{a}-{b}", "/x-y", ("x", "y")),
    ("/{a}-{b}", "/x-y-z", ("x", "y-z")),
    ("/{a}-{b}", "/-x-y", ("-x", "y")),
    ("/{a}-{b}", "/x-", None),
    ("/{a}.{b}.json", "/x.y.z.json", ("x", "y.z")),
    ("/{a}.{b}.json", "/x.json", None),
    ("/{a}-x/{b}", "/q-x-x/1", ("q-x", "1")),
    ("/{path:path}", "/", ("",)),
    ("/{path:path}", "/a/b", ("a/b",)),
    ("/files/{path:path}", "/files/", ("",)),
    ("/files/{path:path}", "/files", None),
    ("/files/{path:path}", "/files/a\nb/c", ("a\nb/c",)),
    ("/x{path:path}", "/x", None),
    ("/x{path:path}", "/xa/b", ("a/b",)),
    ("/{user}/{path:path}", "/joe/a/b", ("joe", "a/b")),
    ("/{path:path}/edit", "/a/edit/edit", ("a/edit",)),
    ("/{path:path}/edit", "//edit", None),
    ("/{}", "/x", ("x",)),
    ("/{}", "/", None),
    ("/a/{}/{b}", "/a/1/2", ("1", "2")),
    ("/{:path}", "/a/b", ("a/b",)),
    ("{}", "/", ("/",)),
    ("{}", "/a/b\n", ("/a/b\n",)),
    ("{}", "", ("",)),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), MATCHES)
def test_pattern_matches_the_whole_path(
    pattern: str, path: str, expected: tuple[str, ...] | None
) -> None:
    assert parse_pattern(pattern).match(path) == expected


def test_matching_takes_time_linear_in_the_path() -> None:
    pattern = parse_pattern("/{a}-{b}-{c}-{d}x/{rest:path}!")
    assert pattern.match("/" + "-" * 60_000) is None
    assert pattern.match("/a-b-c-dx/" + "/" * 60_000) is None


@pytest.mark.parametrize(
    ("pattern", "segments"),
    [
        ("/", (Literal(""),)),
        ("/todos/", (Literal("todos"), Literal(""))),
        ("/todos/{pk}", (Literal("todos"), Whole("pk"))),
        ("/{a}-{b}/x", (Part(r"(?>([^/]+?)\-)([^/]+)", ("a", "b")), Literal("x"))),
        ("/files/{p:path}/edit", (Literal("files"), Tail())),
        ("{}", (Tail(),)),
    ],
)
def test_pattern_is_cut_into_segments(pattern: str, segments: tuple[object, ...]) -> None:
    assert parse_pattern(pattern).segments == segments


@pytest.mark.parametrize(
    ("pattern", "shape", "takes_rest"),
    [
        ("/todos/new", "/todos/new", False),
        ("todos/{pk}", "/todos/{}", False),
        ("/todos/{}", "/todos/{}", False),
        ("/{a}-{b}", "/{}-{}", False),
        ("/files/{rest:path}", "/files/{:path}", True),
        ("{}", "{}", True),
    ],
)
def test_shape_of_a_pattern_has_no_names(pattern: str, shape: str, takes_rest: bool) -> None:
    parsed = parse_pattern(pattern)
    assert (parsed.shape, parsed.takes_rest) == (shape, takes_rest)


def test_pattern_knows_its_names_and_whether_it_is_static() -> None:
    assert parse_pattern("/{a}/{}/{b}").names == ("a", "", "b")
    assert not parse_pattern("/{}").is_static
    assert parse_pattern("x").is_static
    assert parse_pattern("x").text == "/x"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "/{a}/{a}",
            "duplicate parameter name 'a' in pattern '/{a}/{a}'\n    /{a}/{a}\n         ^",
        ),
        ("/{a", "unbalanced brace in pattern '/{a'\n    /{a\n     ^"),
        ("/{a{b}}", "unbalanced brace in pattern '/{a{b}}'\n    /{a{b}}\n     ^"),
        ("/a}", "unbalanced brace in pattern '/a}'\n    /a}\n      ^"),
        ("{a}}", "unbalanced brace in pattern '/{a}}'\n    /{a}}\n        ^"),
        ("/{1a}", "expected a parameter name, got '1a' in pattern '/{1a}'\n    /{1a}\n      ^"),
        (
            "/{a}{b}",
            (
                "nothing separates this parameter from the one before in pattern '/{a}{b}'\n"
                "    /{a}{b}\n        ^"
            ),
        ),
        (
            "/{a:path}/{b}",
            (
                "no parameter can follow one that takes the rest of the path in pattern "
                "'/{a:path}/{b}'\n    /{a:path}/{b}\n              ^"
            ),
        ),
    ],
)
def test_malformed_pattern_is_shown_with_a_caret(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match="in pattern") as caught:
        parse_pattern(pattern)
    assert str(caught.value) == message


@pytest.mark.parametrize("converter", ["d", "int", ""])
def test_unknown_converter_names_what_exists(converter: str) -> None:
    with pytest.raises(TypeError) as caught:
        parse_pattern(f"/{{pk:{converter}}}")
    assert str(caught.value) == (
        f"unknown converter {converter!r} of parameter 'pk' in pattern '/{{pk:{converter}}}': "
        "only 'path' exists. Annotate the parameter of the view to convert it."
    )


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("pattern", "params", "expected"),
    [
        ("/", {}, "/"),
        ("/café au lait", {}, "/caf%C3%A9%20au%20lait"),
        ("/{pk}", {"pk": 7}, "/7"),
        ("/{pk}", {"pk": "\\evil ?#%é"}, "/%5Cevil%20%3F%23%25%C3%A9"),
        ("/{pk}", {"pk": Color.RED}, "/red"),
        ("/{pk}", {"pk": date(2026, 11, 24)}, "/2026-11-24"),
        ("/{a}-{b}/x", {"a": "1", "b": "2"}, "/1-2/x"),
        ("/files/{path:path}", {"path": "a b/c"}, "/files/a%20b/c"),
        ("/files/{path:path}", {"path": ""}, "/files/"),
        ("/{path:path}", {"path": "/evil.example"}, "/%2Fevil.example"),
    ],
)
def test_pattern_is_formatted_as_a_path_of_this_site_that_it_matches(
    pattern: str, params: dict[str, object], expected: str
) -> None:
    parsed = parse_pattern(pattern)
    assert parsed.format(params) == expected
    assert parsed.match(unquote(expected)) is not None


@pytest.mark.parametrize(
    ("pattern", "params", "message"),
    [
        ("/{pk}", {}, "pattern '/{pk}' needs a value for parameter 'pk'"),
        ("/{pk}", {"pk": None}, "pattern '/{pk}' needs a value for parameter 'pk'"),
        ("/{}", {}, "pattern '/{}' needs a value for an anonymous parameter"),
        ("{}", {}, "pattern '{}' needs a value for an anonymous parameter"),
        ("/{pk}", {"pk": 1, "b": 2, "a": 3}, "pattern '/{pk}' has no parameter 'a'"),
        *[
            (
                "/{pk}",
                {"pk": value},
                (
                    f"pattern '/{{pk}}' does not match with 'pk' being {value!r}: expected text "
                    "that is not empty and holds no slash"
                ),
            )
            for value in ("", "a/b", "/")
        ],
        (
            "/x{rest:path}",
            {"rest": ""},
            "pattern '/x{rest:path}' does not match '/x', which it would make",
        ),
    ],
)
def test_pattern_is_not_formatted_as_what_it_does_not_match(
    pattern: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match="pattern") as caught:
        parse_pattern(pattern).format(params)
    assert str(caught.value) == message


def test_pattern_that_is_not_text_is_refused() -> None:
    with pytest.raises(TypeError, match="expected the pattern of a route as str, got 3"):
        parse_pattern(3)  # type: ignore[arg-type] # the mistake under test


pieces = st.sampled_from(
    ["/", "a", ".", "+", "-", "{a}", "{b}", "{c:path}", "{}", "{", "}", "(", "\n", "é"]
)
pattern_texts = st.lists(pieces, max_size=8).map("".join)
path_pieces = st.sampled_from(["/", "a", "b", ".", "+", "-", "\n", "(", "é", "%", "?", "{a}"])
path_texts = st.lists(path_pieces, max_size=10).map(lambda parts: "/" + "".join(parts))


@given(pattern_texts, path_texts)
def test_what_a_pattern_takes_of_a_path_makes_that_path(text: str, path: str) -> None:
    try:
        pattern = parse_pattern(text)
    except (TypeError, ValueError):
        return
    values = pattern.match(path)
    if values is not None and all(pattern.names):
        assert unquote(pattern.format(dict(zip(pattern.names, values, strict=True)))) == path


@given(pattern_texts, st.text(min_size=1).filter(lambda value: "/" not in value))
def test_what_a_pattern_makes_it_matches(text: str, value: str) -> None:
    try:
        pattern = parse_pattern(text)
    except (TypeError, ValueError):
        return
    if all(pattern.names):
        try:
            url = pattern.format(dict.fromkeys(pattern.names, value))
        except (UnicodeEncodeError, ValueError):
            return
        assert url.isascii()
        assert not url.startswith("//")
        assert pattern.match(unquote(url)) is not None


@given(st.text().filter(lambda text: not {"{", "}"} & set(text)), st.text())
def test_text_matches_itself_and_nothing_else(text: str, path: str) -> None:
    pattern = parse_pattern(f"/{text}")
    assert pattern.match(f"/{text}") == ()
    assert (pattern.match(path) is not None) == (path == f"/{text}")
