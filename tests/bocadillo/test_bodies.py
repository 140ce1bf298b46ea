import contextlib
import enum
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, Literal, NewType, TypedDict, TypeVar

import msgspec
import pydantic
import pydantic.dataclasses
import pytest
import typing_extensions
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo import HTTPError
from bocadillo._bodies import check_content_type, compile_body, decode_json, is_body_type

T = TypeVar("T")


class Todo(msgspec.Struct):
    title: str
    tags: list[str] = []


@dataclass
class Page:
    number: int


class Movie(TypedDict):
    name: str


class Film(typing_extensions.TypedDict):
    name: str


class Box(msgspec.Struct, Generic[T]):
    item: T


class Model(pydantic.BaseModel):
    x: int


@pydantic.dataclasses.dataclass
class Point:
    x: int


class Wrapper(msgspec.Struct):
    model: Model
    rest: list[Model] = []


class Color(enum.Enum):
    RED = "red"


class Attrs:
    """What the attrs package makes of a class, as far as it is looked at."""

    __attrs_attrs__ = ()


Id = NewType("Id", int)
AttrsId = NewType("AttrsId", Attrs)

BODIES = [
    Todo,
    Page,
    Movie,
    Film,
    Box[int],
    Model,
    Point,
    Attrs,
    Todo | None,
    typing.Optional[Todo],  # noqa: UP045 - the old form is taken, too
    Annotated[Todo, "note"],
    Annotated[list[Todo], msgspec.Meta(min_length=1)],
    list[Todo],
    dict[str, list[Todo | None]],
    tuple[int, Todo],
    tuple[Todo, ...],
    set[Todo],
    Sequence[Todo],
    Mapping[str, Model],
    int | Todo,
    AttrsId,
]

NOT_BODIES = [
    None,
    int,
    str,
    list,
    dict,
    list[int],
    dict[str, int],
    tuple[()],
    int | None,
    Color,
    Literal["a"],
    date,
    Any,
    Id,
    "Todo",
    object,
    type[Todo],
    Callable[[Todo], Todo],
    Iterator[Todo],
    T,
    Todo("an instance"),
    Annotated[int, []],
]


@pytest.mark.parametrize("annotation", BODIES, ids=str)
def test_records_and_what_holds_them_are_bodies(annotation: Any) -> None:
    assert is_body_type(annotation)


@pytest.mark.parametrize("annotation", NOT_BODIES, ids=str)
def test_other_types_are_not(annotation: Any) -> None:
    assert not is_body_type(annotation)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = …` came with Python 3.12")
def test_named_types_are_looked_into_once() -> None:
    names: dict[str, Any] = {"Todo": Todo}
    exec(
        "type Tree = list[Tree] | Todo\n"
        "type Number = int\n"
        "type Numbers = list[Numbers] | int\n"
        "type Many[T] = list[T]",
        names,
    )
    assert is_body_type(names["Tree"])
    assert not is_body_type(names["Number"])
    assert not is_body_type(names["Numbers"])
    assert is_body_type(names["Many"][Todo])
    assert not is_body_type(names["Many"][int])


def test_named_types_of_the_backport_are_looked_into() -> None:
    make: Any = typing_extensions.TypeAliasType
    pair: Any = tuple
    many_of: Any = list
    numbers, todos = make("numbers", list[int]), make("todos", list[Todo])
    many = make("many", many_of[T], type_params=(T,))
    assert not is_body_type(pair[numbers, numbers])
    assert is_body_type(pair[numbers, todos])
    assert is_body_type(many[Todo])
    assert not is_body_type(many[int])


@pytest.mark.parametrize(
    ("body", "annotation", "value"),
    [
        (b'{"title": "x"}', Todo, Todo("x")),
        (b'{"number": 1}', Page, Page(1)),
        (b'{"name": "x"}', Movie, {"name": "x"}),
        (b'[{"title": "x"}]', list[Todo], [Todo("x")]),
        (b"null", Todo | None, None),
        (b'{"item": 1}', Box[int], Box(1)),
        (b'{"title": "x", "title": "y"}', Todo, Todo("y")),
        (b'{"x": 1}', Model, Model(x=1)),
        (b'{"x": 1, "x": 2}', Model, Model(x=2)),
        (b'[{"x": 1}]', list[Model], [Model(x=1)]),
        (b'{"x": 1}', Annotated[Model | None, "note"], Model(x=1)),
        (b'{"x": 1}', Point, Point(x=1)),
        (b'{"model": {"x": 1}}', Wrapper, Wrapper(Model(x=1))),
    ],
)
def test_body_that_fits_is_decoded(body: bytes, annotation: Any, value: Any) -> None:
    assert compile_body(annotation)(body) == value


@pytest.mark.parametrize(
    ("body", "annotation", "detail"),
    [
        (b'{"title": 1}', Todo, {"title": "Expected `str`, got `int`"}),
        (
            b'[{"title": "x", "tags": [2]}]',
            list[Todo],
            {"[0].tags[0]": "Expected `str`, got `int`"},
        ),
        (b"[]", Todo, {"body": "Expected `object`, got `array`"}),
        (
            b'{"a": 1}',
            dict[int, Todo],
            {"a": "Expected `int`, got `str` for a key"},
        ),
        (
            b'{"title": 1, "tags": "x"}',
            Todo,
            {"title": "Expected `str`, got `int`", "tags": "Expected `array`, got `str`"},
        ),
        (b'{"x": "a"}', Model, {"x": "Input should be a valid integer, unable to parse string as "
            "an integer"}),
        (
            b'{"model": {"x": 1}, "rest": [{}]}',
            Wrapper,
            {"rest[0]": "x: Field required"},
        ),
    ],
)  # fmt: skip
def test_body_that_does_not_fit_is_told_by_its_path(
    body: bytes, annotation: Any, detail: Any
) -> None:
    with pytest.raises(HTTPError) as caught:
        compile_body(annotation)(body)
    assert (caught.value.status_code, caught.value.detail) == (400, detail)


MALFORMED = [
    b"",
    b"{",
    b'{"x": 1}x',
    b'{"x": NaN}',
    b'{"x": Infinity}',
    b'{"x": 1e400}',
    b'{"x": ' + b"1" * 5000 + b"}",
    b"[" * 100_000,
    b'"\xff"',
    b'{"x": "\\ud800"}',
    "\ufeff{}".encode(),
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: body[:12])
@pytest.mark.parametrize("annotation", [Todo, Movie, Model, list[Model], Wrapper, Any], ids=str)
def test_malformed_json_is_a_400_whatever_is_asked_for(body: bytes, annotation: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        compile_body(annotation)(body)
    assert caught.value.status_code == 400


@pytest.mark.parametrize("body", [body for body in MALFORMED if b"ud800" not in body])
def test_malformed_json_for_a_model_is_told_by_us(body: bytes) -> None:
    with pytest.raises(HTTPError) as caught:
        compile_body(Model)(body)
    assert caught.value.detail == "JSON is malformed."


def test_type_that_json_has_no_way_to_is_named() -> None:
    class Thing:
        pass

    with pytest.raises(NotImplementedError, match=r"^cannot decode JSON as `.*Thing`$"):
        compile_body(msgspec.defstruct("Holder", [("thing", Thing)]))(b'{"thing": 1}')


def test_union_that_cannot_be_told_apart_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(TypeError, match="all Struct types must be tagged"):
        compile_body(Todo | Box[int])


@pytest.mark.parametrize(
    "value",
    [
        b"application/json",
        b"Application/JSON; charset=utf-8",
        b"application/x+json",
        b"application/vnd.a-b+json ;v=1",
    ],
)
def test_json_content_types_are_accepted(value: bytes) -> None:
    check_content_type([(b"accept", b"*/*"), (b"content-type", value)])


@pytest.mark.parametrize(
    ("headers", "got"),
    [
        ([], "none"),
        ([(b"content-type", b"text/plain")], "`text/plain`"),
        (
            [(b"content-type", b"text/plain; application/json")],
            "`text/plain; application/json`",
        ),
        ([(b"content-type", b"text/plain,x+json")], "`text/plain,x+json`"),
        ([(b"content-type", b"+json")], "`+json`"),
        ([(b"content-type", b"application/+json")], "`application/+json`"),
        ([(b"content-type", b"a b/x+json")], "`a b/x+json`"),
    ],
)
def test_other_content_types_are_refused(headers: Any, got: str) -> None:
    with pytest.raises(HTTPError) as caught:
        check_content_type(headers)
    assert caught.value.status_code == 415
    assert caught.value.detail == f"Expected content type `application/json`, got {got}"


decode_todo, decode_model = compile_body(list[Todo]), compile_body(Model | list[Model])
json_like = st.text(alphabet='{}[],:"\\ud8titlex0189.eE+-NaInfty \x00é').map(str.encode)


@given(st.binary() | json_like)
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_anything_but_json_or_an_http_error(body: bytes) -> None:
    for decode in (decode_json, decode_todo, decode_model):
        with contextlib.suppress(HTTPError):
            decode(body)
