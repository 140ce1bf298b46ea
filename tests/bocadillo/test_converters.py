import enum
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType, Optional, Union
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta
from typing_extensions import TypeAliasType

from bocadillo.converters import ItemsError, compile_converter, compile_many


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


class Unknown:
    pass


UserId = NewType("UserId", int)
NonNegative = Annotated[int, Meta(ge=0)]
UUID_TEXT = "6f1ed002-ab55-4585-9014-ebf0951522d9"

GOOD: list[tuple[Any, str, Any]] = [
    (int, "0", 0),
    (int, "-0", 0),
    (int, "007", 7),
    (int, "-42", -42),
    (int, "9" * 19, 9999999999999999999),
    (float, "1.5", 1.5),
    (float, "-1e3", -1000.0),
    (float, "2", 2.0),
    (bool, "true", True),
    (bool, "TRUE", True),
    (bool, "1", True),
    (bool, "False", False),
    (bool, "0", False),
    (Decimal, "-1.50", Decimal("-1.50")),
    (date, "2026-11-23", date(2026, 11, 23)),
    (time, "10:30:00", time(10, 30)),
    (datetime, "2026-11-23T10:30:00Z", datetime(2026, 11, 23, 10, 30, tzinfo=UTC)),
    (UUID, UUID_TEXT, UUID(UUID_TEXT)),
    (Color, "red", Color.RED),
    (Color, "2", Color.BLUE),
    (Level, "1", Level.LOW),
    (Literal["a", 1, True], "a", "a"),
    (Literal["a", 1], "1", 1),
    (Literal[True], "true", True),
    (int | None, "1", 1),
    (Optional[int], "1", 1),  # noqa: UP045 - the old form, as a user may write it
    (Union[int, bool], "true", True),  # noqa: UP007 - the old form, as a user may write it
    (int | str, "1", 1),
    (str | int, "x", "x"),
    (UserId, "1", 1),
    (NonNegative, "3", 3),
    (Annotated[str, Meta(max_length=2)], "ab", "ab"),
    (NonNegative | None, "3", 3),
]

BAD: list[tuple[Any, str, str]] = [
    *[
        (int, text, f"Expected `int`, got `{text}`")
        for text in [
            "",
            "abc",
            "+1",
            "1_000",
            "\uff11\uff12",
            " 1",
            "1 ",
            "1\n",
            "1e3",
            "0x1",
            "1.0",
            "--1",
            "1" * 20,
        ]
    ],
    (int, "1" * 5000, f"Expected `int`, got `{'1' * 50}…`"),
    *[
        (float, text, f"Expected `float`, got `{text}`")
        for text in ["", "nan", "inf", "-Infinity", "1e400", "1_0", " 1", "+1", "x"]
    ],
    *[
        (bool, text, f"Expected `bool`, got `{text}`")
        for text in ["", "yes", "2", "on", "\uff34\uff32\uff35\uff25"]
    ],
    *[
        (Decimal, text, f"Expected `decimal`, got `{text}`")
        for text in ["", "NaN", " 1", "1_0", "1e999999999", "1.", "\uff11"]
    ],
    (date, "2026-13-01", "Expected `date`, got `2026-13-01`"),
    (date, "1", "Expected `date`, got `1`"),
    (time, "25:00:00", "Expected `time`, got `25:00:00`"),
    (datetime, "1700000000", "Expected `datetime`, got `1700000000`"),
    (UUID, "x", "Expected `uuid`, got `x`"),
    (Color, "RED", "Expected `red | 2`, got `RED`"),
    (Literal["a", 1], "b", "Expected `a | 1`, got `b`"),
    (int | None, "null", "Expected `int`, got `null`"),
    (int | bool, "x", "Expected `int | bool`, got `x`"),
    (NonNegative, "-1", "Expected `int` >= 0"),
    (NonNegative, "x", "Expected `int`, got `x`"),
    (Annotated[str, Meta(max_length=2)], "abc", "Expected `str` of length <= 2"),
]


@pytest.mark.parametrize(("annotation", "text", "value"), GOOD)
def test_text_is_converted(annotation: Any, text: str, value: Any) -> None:
    converter = compile_converter(annotation)
    assert converter is not None
    assert converter(text) == value
    assert type(converter(text)) is type(value)


@pytest.mark.parametrize(("annotation", "text", "message"), BAD)
def test_text_of_another_form_is_refused(annotation: Any, text: str, message: str) -> None:
    converter = compile_converter(annotation)
    assert converter is not None
    with pytest.raises(ValueError, match="Expected") as caught:
        converter(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "annotation", [str, Any, Unknown, Annotated[Unknown, "x"], Unknown | None, 3]
)
def test_unknown_annotation_leaves_the_text(annotation: Any) -> None:
    converter = compile_converter(annotation)
    assert converter is None or converter("x") == "x"


def test_annotation_that_cannot_be_hashed_is_understood() -> None:
    converter = compile_converter(Annotated[int, []])
    assert converter is not None
    assert converter("1") == 1


def test_type_alias_is_looked_through() -> None:
    converter = compile_converter(TypeAliasType("Page", int))
    assert converter is not None
    assert converter("1") == 1


MANY_GOOD: list[tuple[Any, list[str], Any]] = [
    (list[int], ["1", "2"], [1, 2]),
    (list, ["a"], ["a"]),
    (list[str], ["a"], ["a"]),
    (set[int], ["1", "1"], {1}),
    (frozenset[int], ["1"], frozenset({1})),
    (tuple[int, ...], ["1", "2"], (1, 2)),
    (tuple[int, str], ["1", "x"], (1, "x")),
    (list[int] | None, ["1"], [1]),
    (Annotated[list[int], Meta(max_length=2)], ["1"], [1]),
    (list[NonNegative], ["1"], [1]),
]


@pytest.mark.parametrize(("annotation", "texts", "value"), MANY_GOOD)
def test_repeated_text_is_converted(annotation: Any, texts: list[str], value: Any) -> None:
    converter = compile_many(annotation)
    assert converter is not None
    assert converter(texts) == value


def test_all_wrong_items_are_reported_at_once() -> None:
    converter = compile_many(list[int])
    assert converter is not None
    with pytest.raises(ItemsError) as caught:
        converter(["a", "1", "b"])
    assert caught.value.errors == {0: "Expected `int`, got `a`", 2: "Expected `int`, got `b`"}


@pytest.mark.parametrize(
    ("annotation", "texts", "message"),
    [
        (tuple[int, str], ["1"], "Expected 2 values, got 1"),
        (Annotated[list[int], Meta(max_length=1)], ["1", "2"], "Expected `array` of length <= 1"),
    ],
)
def test_wrong_number_of_items_is_refused(annotation: Any, texts: list[str], message: str) -> None:
    converter = compile_many(annotation)
    assert converter is not None
    with pytest.raises(ValueError, match="Expected") as caught:
        converter(texts)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "annotation", [int, int | str, list[int] | set[int], Annotated[int, []], 3]
)
def test_annotation_of_one_value_takes_the_last(annotation: Any) -> None:
    assert compile_many(annotation) is None


TYPES: list[Any] = [
    int,
    float,
    bool,
    Decimal,
    date,
    time,
    datetime,
    UUID,
    Color,
    Level,
    NonNegative,
]
texts = st.text(max_size=30) | st.text("0123456789-+.:eETZ_ \uff11\u0663\n", max_size=30)


@given(texts)
def test_any_text_is_converted_or_refused(text: str) -> None:
    messages = []
    for annotation in TYPES:
        convert = compile_converter(annotation)
        assert convert is not None
        try:
            value = convert(text)
        except ValueError as error:
            messages.append(str(error))
        else:
            assert isinstance(value, int if annotation is NonNegative else annotation)
    assert all(0 < len(message) < 200 for message in messages)


@given(texts)
def test_an_integer_is_digits_of_ascii_and_nothing_else(text: str) -> None:
    convert = compile_converter(int)
    assert convert is not None
    digits = text.removeprefix("-")
    if 0 < len(digits) < 20 and set(digits) <= set("0123456789"):
        assert convert(text) == int(text)
    else:
        with pytest.raises(ValueError, match=r"^Expected `int`, got "):
            convert(text)


@given(st.integers(-(10**19) + 1, 10**19 - 1), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_as_they_were_written(integer: int, number: float) -> None:
    for annotation, value in ((int, integer), (float, number)):
        convert = compile_converter(annotation)
        assert convert is not None
        assert convert(str(value)) == value
