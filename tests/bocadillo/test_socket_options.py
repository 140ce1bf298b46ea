from typing import Any

import pytest

from bocadillo._socket_options import compile_options, parse_close_codes
from tests.bocadillo.wires import says


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (None, {1000, 1001, 1005, 1012}),
        (all, None),
        ((), set()),
        ([1000, 4000], {1000, 4000}),
        (range(4000, 4003), {4000, 4001, 4002}),
    ],
)
def test_close_codes_are_parsed(codes: Any, expected: set[int] | None) -> None:
    assert parse_close_codes(codes) == expected


@pytest.mark.parametrize("codes", [1000, ["1000"], any, "all"])
def test_close_codes_of_another_kind_are_refused(codes: Any) -> None:
    with pytest.raises(TypeError) as caught:
        parse_close_codes(codes)
    assert str(caught.value) == (
        "expected close codes as `caught_close_codes`, such as (1000, 1001), or the builtin "
        f"`all`, got {codes!r}"
    )


@pytest.mark.parametrize(
    ("options", "received", "sent"),
    [
        ({}, "1", {"text": "x"}),
        ({"value_type": "json"}, 1, {"text": '"x"'}),
        ({"receive_type": "json"}, 1, {"text": "x"}),
        ({"send_type": "json"}, "1", {"text": '"x"'}),
        ({"value_type": "json", "receive_type": "text"}, "1", {"text": '"x"'}),
    ],
)
def test_value_type_is_both_unless_one_has_its_own(
    options: dict[str, Any], received: Any, sent: dict[str, Any]
) -> None:
    decode, encode, *_ = compile_options(**options)
    assert decode(says("1")) == received
    assert encode is not None
    assert encode("x") == {"type": "websocket.send", **sent}
