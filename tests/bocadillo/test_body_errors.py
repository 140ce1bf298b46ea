import json
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from bocadillo import _body_errors
from bocadillo._body_errors import compile_errors

MISSING, UNKNOWN = "Missing required field", "Unknown field"


class Dish(Struct):
    name: Annotated[str, Meta(min_length=1)]
    count: Annotated[int, Meta(ge=1)] = 1


class Order(Struct):
    dishes: Annotated[list[Dish], Meta(min_length=1)]
    at: date | None = None
    notes: dict[str, str] = {}


class Guest(Struct, forbid_unknown_fields=True, rename="camel"):
    first_name: str
    is_vegetarian: bool = False


class Card(Struct, tag=True, forbid_unknown_fields=True):
    number: str
    owner: str


class Cash(Struct, tag=True):
    euros: int


class Coin(Struct, tag=7, tag_field="kind"):
    euros: int


class Dot(Struct, array_like=True):
    x: int
    y: int


class Circle(Struct, array_like=True, tag="circle"):
    center: Dot
    radius: float


class Square(Struct, array_like=True, tag="square"):
    corner: Dot
    side: float


class Pair(NamedTuple):
    left: int
    right: str = ""


class Film(TypedDict):
    name: str
    year: NotRequired[int]


@dataclass
class Page:
    number: int
    title: str
    tags: list[str] = field(default_factory=list)


class Stay(Struct):
    arrival: int
    departure: int

    def __post_init__(self) -> None:
        if self.departure == 0:
            raise KeyError("a bug of the application")
        if self.departure <= self.arrival:
            raise ValueError("Expected `departure` after `arrival`")


class Tree(Struct):
    value: int
    children: list["Tree"] = []


class Color(Enum):
    RED = "red"


class Thing:
    pass


class Holder(Struct):
    thing: Thing
    number: int


def make_other(kind: type, value: Any) -> Any:
    raise ValueError(f"Expected a thing, got {value!r}")


def find_errors(body: bytes, annotation: Any) -> dict[str, str]:
    """Find the errors of a body; none if msgspec takes it."""
    try:
        msgspec.json.decode(body, type=annotation, dec_hook=make_other)
    except msgspec.ValidationError as error:
        return compile_errors(annotation, make_other)(body, str(error))
    return {}


def is_refused(body: bytes, annotation: Any) -> bool:
    try:
        msgspec.json.decode(body, type=annotation)
    except msgspec.ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    ("annotation", "value", "errors"),
    [
        (
            Order,
            {"dishes": [{"name": ""}, {"count": 0}, {"name": 1, "count": "2"}], "at": "soon"},
            {
                "dishes[0].name": "Expected `str` of length >= 1",
                "dishes[1].name": MISSING,
                "dishes[1].count": "Expected `int` >= 1",
                "dishes[2].name": "Expected `str`, got `int`",
                "dishes[2].count": "Expected `int`, got `str`",
                "at": "Invalid RFC3339 encoded date",
            },
        ),
        (Order, {}, {"dishes": MISSING}),
        (
            Order,
            {"dishes": [], "notes": {"a": 1, "b": "x", "c": None}},
            {
                "dishes": "Expected `array` of length >= 1",
                "notes.a": "Expected `str`, got `int`",
                "notes.c": "Expected `str`, got `null`",
            },
        ),
        (Order, 5, {"body": "Expected `object`, got `int`"}),
        (Order | None, 5, {"body": "Expected `object | null`, got `int`"}),
        (
            list[Order] | None,
            [{}, 5, None],
            {
                "[0].dishes": MISSING,
                "[1]": "Expected `object`, got `int`",
                "[2]": "Expected `object`, got `null`",
            },
        ),
        (
            Guest,
            {"first_name": "Ada", "isVegetarian": 1},
            {
                "firstName": MISSING,
                "isVegetarian": "Expected `bool`, got `int`",
                "first_name": UNKNOWN,
            },
        ),
        (Guest, {"firstName": "", "x" * 60: 1}, {"x" * 50 + "…": UNKNOWN}),
        (
            Card | Cash,
            {"type": "Card", "number": 1, "iban": ""},
            {"number": "Expected `str`, got `int`", "owner": MISSING, "iban": UNKNOWN},
        ),
        (Card | Cash, {"type": "Cash"}, {"euros": MISSING}),
        (Card | Cash, {"type": "Olives"}, {"type": "Invalid value 'Olives'"}),
        (Card | Cash, {"number": 1}, {"type": MISSING}),
        (Card | Cash, {"type": [1], "number": 1}, {"type": "Expected `str`"}),
        (Cash, {"euros": "many"}, {"euros": "Expected `int`, got `str`"}),
        (Cash, {"type": "Card", "euros": "many"}, {"type": "Invalid value 'Card'"}),
        (list[Coin], [{"kind": 7}, {"kind": 8}], {
            "[0].euros": MISSING, "[1].kind": "Invalid value 8",
        }),
        (Dot, ["1", "2"], {"[0]": "Expected `int`, got `str`", "[1]": "Expected `int`, got `str`"}),
        (Dot, [1], {"body": "Expected `array` of at least length 2, got 1"}),
        (
            Circle | Square,
            ["square", [1, "2"], None],
            {"[1][1]": "Expected `int`, got `str`", "[2]": "Expected `float`, got `null`"},
        ),
        (Circle | Square, [], {"body": "Expected `array` of at least length 1, got 0"}),
        (Circle | Square, ["oval"], {"[0]": "Invalid value 'oval'"}),
        (Pair, ["1", 2], {"[0]": "Expected `int`, got `str`", "[1]": "Expected `str`, got `int`"}),
        (
            tuple[int, Dish],
            ["1", {}],
            {"[0]": "Expected `int`, got `str`", "[1].name": MISSING},
        ),
        (tuple[int, int], [1, 2, 3], {"body": "Expected `array` of length 2"}),
        (
            Annotated[set[int], Meta(min_length=2)],
            [1, 1],
            {"body": "Expected `array` of length >= 2"},
        ),
        (set[int], [1, "1"], {"[1]": "Expected `int`, got `str`"}),
        (Film, {"year": "1"}, {"name": MISSING, "year": "Expected `int`, got `str`"}),
        (
            Page,
            {"tags": [1, "a", 2]},
            {
                "number": MISSING,
                "title": MISSING,
                "tags[0]": "Expected `str`, got `int`",
                "tags[2]": "Expected `str`, got `int`",
            },
        ),
        (
            dict[int, dict[Literal["a"], int]],
            {"x": {"a": 1}, "1": {"a": "1", "b": 1}, "y": {}},
            {
                "x": "Expected `int`, got `str` for a key",
                "y": "Expected `int`, got `str` for a key",
                "1.a": "Expected `int`, got `str`",
                "1.b": "Invalid enum value 'b' for a key",
            },
        ),
        (
            list[Stay],
            [
                {"arrival": 1, "departure": 1},
                {"arrival": 1, "departure": 2},
                {"arrival": "1", "departure": 0},
                {"arrival": 1, "departure": 0},
            ],
            {
                "[0]": "Expected `departure` after `arrival`",
                "[2].arrival": "Expected `int`, got `str`",
            },
        ),
        (
            list[Annotated[int, Meta(title="A number", ge=1)]],
            [0, 1, 0],
            {"[0]": "Expected `int` >= 1", "[2]": "Expected `int` >= 1"},
        ),
        (list[Color], ["x - at `$.y", "red"], {"[0]": "Invalid enum value 'x - at `$.y'"}),
        (
            Holder,
            {"thing": 1, "number": "2"},
            {"thing": "Expected a thing, got 1", "number": "Expected `int`, got `str`"},
        ),
        (
            Tree,
            {"value": "1", "children": [{"children": [{"value": None}]}]},
            {
                "value": "Expected `int`, got `str`",
                "children[0].value": MISSING,
                "children[0].children[0].value": "Expected `int`, got `null`",
            },
        ),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told_by_its_path(
    annotation: Any, value: Any, errors: dict[str, str]
) -> None:
    assert find_errors(json.dumps(value).encode(), annotation) == errors


@pytest.mark.parametrize(
    ("body", "annotation", "errors"),
    [
        (b'[{"name": 1}, ', list[Dish], {"[0].name": "Expected `str`, got `int`"}),
        (b'{"name": 1, "x": "\xff"}', Dish, {"name": "Expected `str`, got `int`"}),
        (b'{"name": 1, "name": "x"}', Dish, {"name": "Expected `str`, got `int`"}),
        (b'{"firstName": "", "' + b"x" * 60 + b'": 1, ', Guest, {"x" * 50 + "…": UNKNOWN}),
        (b"[" * 100_000, Dish, {"body": "Expected `object`, got `array`"}),
        (b'[5, "' + b"x" * 5_000_000 + b'", 5]', list[str], {"[0]": "Expected `str`, got `int`"}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_taken_apart_has_the_one_error_of_msgspec(
    body: bytes, annotation: Any, errors: dict[str, str]
) -> None:
    assert find_errors(body, annotation) == errors


def test_errors_have_an_end() -> None:
    assert len(find_errors(b"[" + b"1," * 200 + b"1]", list[str])) == 100
    fields = ", ".join(f'"{number}": 1' for number in range(200))
    assert len(find_errors(b"{" + fields.encode() + b"}", Guest)) == 100


def test_search_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    many = b"[" + b'"1",' * 20_000 + b"2]"
    assert find_errors(many, list[str]) == {"[20000]": "Expected `str`, got `int`"}
    monkeypatch.setattr(_body_errors, "MAX_BYTES", 500)
    assert find_errors(b'["x", 1, 2, "x", "x", 3]', list[str]) == {
        "[1]": "Expected `str`, got `int`"
    }


def test_deep_bodies_are_told_at_the_depth_that_the_search_ends() -> None:
    body = b'{"value": 1, "children": [' * 100 + b'{"value": ""}' + b"]}" * 100
    path = ".".join(["children[0]"] * 100)
    assert find_errors(body, Tree) == {f"{path}.value": "Expected `int`, got `str`"}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2)
    | st.sampled_from(["", "a", "1", "red", "2026-11-24", "Card", "circle"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "dishes", "type", "euros", "number", "owner", "value", "children",
                         "1", "firstName", "left"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
TYPES = [
    Order, Guest | None, Card | Cash, list[Coin], Circle | Square | None, Pair, tuple[int, Dish],
    Film, Page, dict[int, Dish], dict[str, list[Tree]], Tree, set[int] | dict[str, Color],
    Annotated[list[int | str | None], Meta(max_length=2)], dict[Literal["a", "1"], date],
]  # fmt: skip


@given(values, st.sampled_from(TYPES))
@settings(max_examples=300, deadline=None)
def test_a_search_finds_errors_iff_msgspec_does(value: Any, annotation: Any) -> None:
    body = msgspec.json.encode(value)
    search = _body_errors._Search({}, make_other)
    search.visit("", body, msgspec.inspect.type_info(annotation), depth=0)
    assert search.errors == find_errors(body, annotation)
    assert bool(search.errors) == is_refused(body, annotation)
