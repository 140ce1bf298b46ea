"""Converters: from the text of a route or query parameter to the type a view asks for.

Everything is decided when the converter is compiled. What it then refuses is a `ValueError`
whose message is written for the client.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin
from uuid import UUID

import msgspec

__all__ = ["Converter", "ManyConverter", "compile_converter", "compile_many"]

Converter = Callable[[str], Any]
"""From the text of a parameter to its value; a `ValueError` tells the client what is wrong."""
ManyConverter = Callable[[Sequence[str]], Any]
"""From the texts of a query parameter that is repeated to the collection of their values."""

COLLECTIONS: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
}

# 19 digits hold every 64-bit integer, and keep `int()` away from its quadratic side.
is_integer = re.compile(r"-?[0-9]{1,19}").fullmatch
is_decimal = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch
SHOWN_LENGTH = 50


class ItemsError(ValueError):
    """Tell which items of a repeated query parameter are wrong, by index."""

    def __init__(self, errors: dict[int, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def compile_converter(annotation: Any) -> Converter | None:
    """Compile the converter of an annotation; `None` when the text can be passed as it is.

    Raises:
        TypeError: the constraints of `Annotated` do not fit its type.
    """
    simple = SIMPLE.get(annotation) if _is_hashable(annotation) else None
    if simple is not None:
        return simple
    origin = get_origin(annotation)
    if origin is Annotated:
        return _compile_annotated(annotation)
    if origin is Literal:
        return partial(_choose, {_as_text(value): value for value in get_args(annotation)})
    if origin in (Union, UnionType):
        return _compile_union(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return partial(_choose, {_as_text(member.value): member for member in annotation})
    if isinstance(annotation, NewType):
        return compile_converter(annotation.__supertype__)
    if hasattr(annotation, "__value__"):  # `type Name = ...`, from Python 3.12 on
        return compile_converter(annotation.__value__)
    return None


def compile_many(annotation: Any) -> ManyConverter | None:
    """Compile the converter of a repeated query parameter; `None` when it takes one value.

    Raises:
        TypeError: the constraints of `Annotated` do not fit its type.
    """
    if get_origin(annotation) is Annotated:
        many = compile_many(get_args(annotation)[0])
        return many and _Constrained(many, annotation)
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        return compile_many(members[0]) if len(members) == 1 else None
    kind = get_origin(annotation) or annotation
    build = COLLECTIONS.get(kind) if _is_hashable(kind) else None
    if build is None:
        return None
    arguments = get_args(annotation)
    if build is tuple and arguments and arguments[-1] is not Ellipsis:
        return partial(_convert_fixed, tuple(compile_converter(item) for item in arguments))
    return partial(_convert_items, build, compile_converter(arguments[0]) if arguments else None)


def refusal(expected: str, value: str) -> ValueError:
    """Make the error for `value`, which the message shows cut to a readable length."""
    shown = value if len(value) <= SHOWN_LENGTH else f"{value[:SHOWN_LENGTH]}…"
    return ValueError(f"Expected `{expected}`, got `{shown}`")


def _is_hashable(annotation: Any) -> bool:
    try:
        hash(annotation)
    except TypeError:  # such as Annotated[int, []]
        return False
    return True


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _integer(value: str) -> int:
    if value.isdigit() and value.isascii() and len(value) < 20:  # half the cost of the other way
        return int(value)
    if not is_integer(value):
        raise refusal("int", value)
    return int(value)


def _float(value: str) -> float:
    try:
        number: float = msgspec.convert(value, float, strict=False)
    except msgspec.ValidationError:
        number = math.nan
    if not math.isfinite(number):
        raise refusal("float", value)
    return number


def _boolean(value: str) -> bool:
    try:
        return BOOLEANS[value.lower()]
    except KeyError:
        raise refusal("bool", value) from None


def _decimal(value: str) -> Decimal:
    if not is_decimal(value):
        raise refusal("decimal", value)
    return Decimal(value)


def _by_msgspec(type_: Any, value: str) -> Any:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError:
        raise refusal(type_.__name__.lower(), value) from None


def _choose(choices: dict[str, Any], value: str) -> Any:
    try:
        return choices[value]
    except KeyError:
        raise refusal(" | ".join(choices), value) from None


def _compile_annotated(annotation: Any) -> Converter | None:
    base = compile_converter(annotation.__origin__)
    if base is None and annotation.__origin__ is not str:
        return None
    return _Constrained(base, annotation)


def _compile_union(members: tuple[Any, ...]) -> Converter | None:
    """Try the members in order; text, which takes everything, comes last."""
    present = [member for member in members if member is not NoneType]
    converters = [compile_converter(member) for member in present]
    typed = [converter for converter in converters if converter is not None]
    if len(typed) == len(present) == 1:
        return typed[0]
    expected = " | ".join(getattr(member, "__name__", str(member)) for member in present)
    return partial(_first, typed, None if len(typed) < len(present) else expected)


def _first(converters: list[Converter], expected: str | None, value: str) -> Any:
    for converter in converters:
        try:
            return converter(value)
        except ValueError:
            continue
    if expected is None:
        return value
    raise refusal(expected, value)


class _Constrained:
    """Convert, then check the constraints of `Annotated[..., msgspec.Meta(...)]`."""

    def __init__(self, convert: Callable[[Any], Any] | None, annotation: Any) -> None:
        msgspec.json.Decoder(annotation)  # refuses constraints that do not fit the type
        self.convert = convert
        self.annotation = annotation

    def __call__(self, value: Any) -> Any:
        converted = self.convert(value) if self.convert else value
        try:
            return msgspec.convert(converted, self.annotation)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None


def _convert_items(
    build: Callable[[Iterable[Any]], Any], converter: Converter | None, values: Sequence[str]
) -> Any:
    return build(_convert_each([converter] * len(values), values))


def _convert_fixed(converters: Sequence[Converter | None], values: Sequence[str]) -> Any:
    if len(values) != len(converters):
        raise ValueError(f"Expected {len(converters)} values, got {len(values)}")
    return tuple(_convert_each(converters, values))


def _convert_each(converters: Sequence[Converter | None], values: Sequence[str]) -> list[Any]:
    errors: dict[int, str] = {}
    items: list[Any] = []
    for i, (converter, value) in enumerate(zip(converters, values, strict=True)):
        try:
            items.append(converter(value) if converter else value)
        except ValueError as error:
            errors[i] = str(error)
    if errors:
        raise ItemsError(errors)
    return items


BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

SIMPLE: dict[Any, Converter] = {
    int: _integer,
    float: _float,
    bool: _boolean,
    Decimal: _decimal,
    date: partial(_by_msgspec, date),
    time: partial(_by_msgspec, time),
    datetime: partial(_by_msgspec, datetime),
    UUID: partial(_by_msgspec, UUID),
}
