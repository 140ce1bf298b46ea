import datetime as dt
import decimal
import enum
import subprocess
import sys
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest

from bocadillo._json import encode_json


class Color(enum.Enum):
    RED = "red"


@dataclass
class Page:
    number: int


class Todo(msgspec.Struct):
    title: str


class Order(pydantic.BaseModel):
    when: dt.date
    price: float = 1.5


class Basket(pydantic.BaseModel):
    orders: list[Order]


class Names(pydantic.RootModel[list[str]]):
    pass


ORDER = Order(when=dt.date(2026, 1, 2))


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (None, b"null"),
        ({"é": [1, 2.5, True]}, '{"é":[1,2.5,true]}'.encode()),
        (OrderedDict(a=1), b'{"a":1}'),
        ({1: 2}, b'{"1":2}'),
        (Color.RED, b'"red"'),
        (Page(1), b'{"number":1}'),
        (Todo("x"), b'{"title":"x"}'),
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), b'"2026-01-02T00:00:00Z"'),
        (uuid.UUID(int=0), b'"00000000-0000-0000-0000-000000000000"'),
        (decimal.Decimal("1.50"), b'"1.50"'),
        (2**70, b"1180591620717411303424"),
        (ORDER, b'{"when":"2026-01-02","price":1.5}'),
        ([Todo("x"), {"a": ORDER}], b'[{"title":"x"},{"a":{"when":"2026-01-02","price":1.5}}]'),
        (Basket(orders=[ORDER]), b'{"orders":[{"when":"2026-01-02","price":1.5}]}'),
        (Names(["a"]), b'["a"]'),
    ],
)
def test_values_are_encoded(value: Any, encoded: bytes) -> None:
    assert encode_json(value) == encoded


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_number_for_is_null(number: float) -> None:
    assert encode_json([number]) == b"[null]"
    assert encode_json(Order(when=dt.date(2026, 1, 2), price=number)).endswith(b'"price":null}')


def test_unknown_type_is_named_with_what_is_known() -> None:
    class Thing:
        def __repr__(self) -> str:
            return "a thing"

    with pytest.raises(TypeError) as caught:
        encode_json([Thing()])
    name = f"{__name__}.test_unknown_type_is_named_with_what_is_known.<locals>.Thing"
    assert str(caught.value) == (
        "cannot encode a thing as JSON: expected dict, list, tuple, set, str, bytes, int, float, "
        "bool, None, Decimal, a date, time, duration, UUID or enum, a dataclass, attrs class, "
        f"msgspec.Struct or pydantic model, got `{name}`"
    )


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, {"a": ["\udfff"]}])
def test_text_that_is_no_unicode_is_refused(value: Any) -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        encode_json(value)


def test_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(RecursionError):
        encode_json(value)


@pytest.mark.parametrize("key", [(1, 2), None, frozenset()])
def test_key_that_is_no_text_is_refused(key: Any) -> None:
    with pytest.raises(TypeError) as caught:
        encode_json([{key: 3}])
    assert str(caught.value) == (
        f"cannot encode {key!r} as the key of a JSON object: expected str or a number, "
        f"got `{type(key).__module__}.{type(key).__qualname__}`"
    )


def test_pydantic_is_not_imported_for_those_who_do_without() -> None:
    script = (
        "import sys, dataclasses, bocadillo\n"
        "from bocadillo._bodies import compile_body, is_body_type\n"
        "from bocadillo._json import encode_json\n"
        "page = dataclasses.make_dataclass('Page', [('n', int)])\n"
        "assert is_body_type(page) and compile_body(page)(encode_json(page(1))) == page(1)\n"
        "print('pydantic' in sys.modules)"
    )
    cwd = Path(__file__).parents[2] / "framework"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
