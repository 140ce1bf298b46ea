from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypedDict, TypeVar
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta, Struct, inspect

from bocadillo._annotations import annotate, unwrap

T = TypeVar("T")


class Box(Struct, Generic[T]):
    item: T


class Pair(NamedTuple):
    left: int
    right: int


class Film(TypedDict):
    name: str


@dataclass
class Page:
    number: int


class Color(Enum):
    RED = "red"


class Unknown:
    pass


ANNOTATIONS = [
    Any,
    None,
    bool,
    int,
    float,
    str,
    bytes,
    bytearray,
    memoryview,
    datetime,
    date,
    time,
    timedelta,
    UUID,
    Decimal,
    Color,
    Unknown,
    Box[int],
    Page,
    Film,
    Pair,
    Literal["a", 1],
    int | str | None,
    list[int],
    set[int],
    frozenset[int],
    tuple[int, ...],
    tuple[int, str],
    tuple[()],
    dict[str, list[Page]],
    Annotated[int, Meta(ge=1, lt=9, multiple_of=2)],
    Annotated[str, Meta(min_length=1, max_length=2, pattern="^a")],
    Annotated[datetime, Meta(tz=True)],
    Annotated[list[Annotated[int, Meta(gt=0)]], Meta(max_length=2)],
    dict[Annotated[str, Meta(max_length=2)], Annotated[int, Meta(le=2)] | None],
]


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
def test_description_is_that_of_the_annotation(annotation: Any) -> None:
    info = inspect.type_info(annotation)
    assert inspect.type_info(annotate(info)) == info


def test_notes_for_readers_are_left_out() -> None:
    info = inspect.type_info(Annotated[int, Meta(title="A number", ge=1)])
    assert unwrap(info) == inspect.IntType(ge=1)
    assert annotate(info) == Annotated[int, Meta(ge=1)]


def test_parts_of_a_generic_record_are_resolved() -> None:
    info: Any = inspect.type_info(Box[date])
    assert msgspec.json.decode(b'"2026-11-24"', type=annotate(info.fields[0].type)) == date(
        2026, 11, 24
    )
