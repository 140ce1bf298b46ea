from typing import Annotated, Any

import pydantic
import pytest

from bocadillo import HTTPError
from bocadillo._pydantic import compile_model, dump_model


class Item(pydantic.BaseModel):
    name: str
    price: Annotated[float, pydantic.Field(gt=0)]


class Order(pydantic.BaseModel):
    items: list[Item]
    note: str | None = None

    @pydantic.model_validator(mode="after")
    def check_items(self) -> "Order":
        if not self.items:
            raise ValueError("an order of nothing")
        return self


@pytest.mark.parametrize(
    ("body", "annotation", "value"),
    [
        (b'{"name": "x", "price": 1}', Item, Item(name="x", price=1)),
        (b'[{"name": "x", "price": 1}]', list[Item], [Item(name="x", price=1)]),
        (b"null", Item | None, None),
        (b'{"a": {"name": "x", "price": 1}}', dict[str, Item], {"a": Item(name="x", price=1)}),
    ],
)
def test_body_that_fits_is_a_model(body: bytes, annotation: Any, value: Any) -> None:
    assert compile_model(annotation)(body) == value


@pytest.mark.parametrize(
    ("body", "annotation", "detail"),
    [
        (b"{}", Item, {"name": "Field required", "price": "Field required"}),
        (
            b'{"items": [{"name": 1, "price": 0}, {"name": "x"}]}',
            Order,
            {
                "items[0].name": "Input should be a valid string",
                "items[0].price": "Input should be greater than 0",
                "items[1].price": "Field required",
            },
        ),
        (b'[1, {"name": "x", "price": 1}]', list[Item], {"[0]": "Input should be an object"}),
        (b'{"items": []}', Order, {"body": "Value error, an order of nothing"}),
        (b"{}", list[Item], {"body": "Input should be a valid array"}),
        (b"[" + b"{}," * 60 + b"{}]", list[Item], {"body": "122 errors, too many to list"}),
        (b"[" * 500 + b"]" * 500, Item, None),
    ],
)
def test_all_that_does_not_fit_is_told_by_its_path(
    body: bytes, annotation: Any, detail: Any
) -> None:
    with pytest.raises(HTTPError) as caught:
        compile_model(annotation)(body)
    assert caught.value.status_code == 400
    assert detail is None or caught.value.detail == detail


def test_annotation_pydantic_knows_no_schema_of_is_a_type_error() -> None:
    class Unknown:
        pass

    with pytest.raises(TypeError, match=r"pydantic cannot validate `.*Unknown.*`: Unable to gene"):
        compile_model(dict[str, Item | Unknown])


def test_model_is_dumped_as_json_holds_it() -> None:
    class Paid(Item):
        on: pydantic.AwareDatetime
        note: str = pydantic.Field(default="", serialization_alias="Note")

    paid = Paid.model_validate({"name": "x", "price": 1, "on": "2026-01-02T00:00:00Z"})
    assert dump_model(paid) == {
        "name": "x",
        "price": 1.0,
        "on": "2026-01-02T00:00:00Z",
        "note": "",
    }
