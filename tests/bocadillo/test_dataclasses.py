from dataclasses import dataclass, field
from typing import Any, TypedDict

import msgspec
import pytest

from bocadillo._bodies import compile_body
from bocadillo._dataclasses import has_dataclass, store_defaults


@dataclass
class Filling:
    name: str
    grams: int = 30


@dataclass(frozen=True)
class Order:
    fillings: list[Filling]
    count: int = 1
    notes: dict[str, Filling] = field(default_factory=dict)


@dataclass(slots=True)
class Slotted:
    filling: Filling
    count: int = 1


class Menu(msgspec.Struct):
    orders: tuple[Order, ...] = ()
    parent: "Menu | None" = None


class Plain(msgspec.Struct):
    name: str


class Typed(TypedDict):
    order: Order


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Filling, True),
        (list[Filling], True),
        (Menu, True),
        (Typed, True),
        (dict[str, int | Slotted], True),
        (Plain, False),
        (list[int], False),
    ],
)
def test_types_that_hold_a_dataclass_are_known(annotation: Any, expected: bool) -> None:
    assert has_dataclass(annotation) is expected


@pytest.mark.parametrize(
    ("annotation", "given", "expected"),
    [
        (Filling, b'{"name":"egg"}', b'{"name":"egg","grams":30}'),
        (
            Order,
            b'{"fillings":[{"name":"egg"}]}',
            b'{"fillings":[{"name":"egg","grams":30}],"notes":{},"count":1}',
        ),
        (
            Slotted,
            b'{"filling":{"name":"egg"}}',
            b'{"filling":{"name":"egg","grams":30},"count":1}',
        ),
        (
            Menu,
            b'{"orders":[{"fillings":[],"count":2,"notes":{"a":{"name":"egg"}}}]}',
            (
                b'{"orders":[{"fillings":[],"count":2,"notes":{"a":{"name":"egg","grams":30}}}],'
                b'"parent":null}'
            ),
        ),
        (Typed, b'{"order":{"fillings":[]}}', b'{"order":{"fillings":[],"notes":{},"count":1}}'),
    ],
)
def test_what_is_decoded_can_be_encoded_without_loss(
    annotation: Any, given: bytes, expected: bytes
) -> None:
    value = compile_body(annotation)(given)
    assert msgspec.json.decode(msgspec.json.encode(value)) == msgspec.json.decode(expected)


def test_what_was_given_stays() -> None:
    order = Order([Filling("egg", 5)], 7)
    assert store_defaults([{"a": order}, {1}]) == [{"a": order}, {1}]
    assert order == Order([Filling("egg", 5)], 7, {})
