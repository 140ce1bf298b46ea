import math
from typing import Any

import msgspec
import pydantic
import pytest

from bocadillo._messages import (
    BYTES_OF_REASON,
    RefusedMessage,
    check_close,
    compile_decoder,
    compile_encoder,
    decode_binary_json,
)
from tests.bocadillo.wires import says


class Said(msgspec.Struct, tag="said"):
    text: str


class Moved(msgspec.Struct, tag="moved"):
    x: int
    y: int


class Order(pydantic.BaseModel):
    count: int


def refused(kind: Any, message: Any) -> tuple[int, str]:
    with pytest.raises(RefusedMessage) as caught:
        compile_decoder(kind)(message)
    return caught.value.code, caught.value.reason


@pytest.mark.parametrize(
    ("kind", "message", "value"),
    [
        ("text", says("hello"), "hello"),
        ("text", says(""), ""),
        ("text", {"type": "websocket.receive", "text": "hello"}, "hello"),
        (str, says("hello"), "hello"),
        ("bytes", says(content=b"\0"), b"\0"),
        (bytes, says(content=b""), b""),
        ("json", says('{"a": [1]}'), {"a": [1]}),
        ("event", says("hello"), says("hello")),
        (Said, says('{"type": "said", "text": "hi"}'), Said("hi")),
        (Said | Moved, says('{"type": "moved", "x": 1, "y": 2}'), Moved(1, 2)),
        (list[int], says("[1, 2]"), [1, 2]),
        (Order, says('{"count": 1}'), Order(count=1)),
    ],
)
def test_message_is_decoded(kind: Any, message: Any, value: Any) -> None:
    assert compile_decoder(kind)(message) == value


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("text", says(content=b"x"), (1003, "Expected text, got bytes")),
        ("bytes", says("x"), (1003, "Expected bytes, got text")),
        ("json", says(content=b"1"), (1003, "Expected text, got bytes")),
        (Said, says(content=b"{}"), (1003, "Expected text, got bytes")),
        ("json", says("{"), (1007, "JSON is malformed.")),
        ("json", says("NaN"), (1007, "JSON is malformed.")),
        ("json", says("[" * 100_000), (1007, "JSON is malformed.")),
        ("json", says("\ud800"), (1007, "The text is not Unicode.")),
        (Said, says("{"), (1007, "JSON is malformed.")),
        (Order, says("{"), (1007, "JSON is malformed.")),
        (Said, says('{"type": "said", "text": 1}'), (1007, "text: Expected `str`, got `int`")),
        (
            Said | Moved,
            says('{"type": "moved", "x": "1", "y": null}'),
            (1007, "x: Expected `int`, got `str`; y: Expected `int`, got `null`"),
        ),
        (Said | Moved, says('{"type": "shot"}'), (1007, "type: Invalid value 'shot'")),
    ],
)
def test_message_that_is_something_else_is_refused(
    kind: Any, message: Any, expected: tuple[int, str]
) -> None:
    assert refused(kind, message) == expected


def test_json_in_bytes_is_decoded_where_that_is_asked_for() -> None:
    assert decode_binary_json(says(content=b"[1]")) == [1]
    with pytest.raises(RefusedMessage) as caught:
        decode_binary_json(says(content=b"\xff"))
    assert (caught.value.code, caught.value.reason) == (1007, "The text is not UTF-8.")


@pytest.mark.parametrize("letter", ["x", "é", "€", "😀"])
def test_reason_fits_into_a_close_frame(letter: str) -> None:
    for length in range(115, 130):
        reason = RefusedMessage(1007, {"": letter * length}).reason
        assert len(reason.encode()) <= BYTES_OF_REASON
        assert reason.rstrip("…") == letter * len(reason.rstrip("…"))


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("text", "hello", {"text": "hello"}),
        ("bytes", b"\0", {"bytes": b"\0"}),
        ("json", {"a": math.inf}, {"text": '{"a":null}'}),
        ("json", Order(count=1), {"text": '{"count":1}'}),
        (Said | Moved, Said("hi"), {"text": '{"type":"said","text":"hi"}'}),
    ],
)
def test_value_is_encoded(kind: Any, value: Any, message: dict[str, Any]) -> None:
    encode = compile_encoder(kind)
    assert encode is not None
    assert encode(value) == {"type": "websocket.send", **message}


def test_event_is_not_encoded() -> None:
    assert compile_encoder("event") is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (
            "text",
            b"x",
            "expected str to send as text (`send_json` and `send_bytes` send other things), got",
        ),
        ("bytes", "x", "expected bytes to send, got 'x'"),
        ("json", object, "cannot encode <class 'object'> as JSON: "),
    ],
)
def test_value_of_another_type_is_refused(kind: Any, value: Any, expected: str) -> None:
    encode = compile_encoder(kind)
    assert encode is not None
    with pytest.raises(TypeError) as caught:
        encode(value)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize("compile_type", [compile_decoder, compile_encoder])
def test_unknown_name_of_a_type_is_refused(compile_type: Any) -> None:
    known = "'text', 'bytes', 'json', 'event', or a type such as a msgspec.Struct"
    with pytest.raises(ValueError, match="expected the type") as caught:
        compile_type("jsn")
    assert str(caught.value) == (
        f"expected the type of messages as {known}, got 'jsn'. Did you mean 'json'?"
    )
    with pytest.raises(ValueError, match="expected the type") as caught:
        compile_type("?")
    assert str(caught.value) == f"expected the type of messages as {known}, got '?'."


def test_type_that_json_cannot_be_is_refused() -> None:
    with pytest.raises(TypeError, match="more than one"):
        compile_decoder(list[int] | set[int])


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1008, 1009, 1011, 1012, 3000, 4999])
def test_close_code_that_may_be_sent_is_taken(code: int) -> None:
    check_close(code, "x" * BYTES_OF_REASON)
    check_close(code, None)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2000, 5000, "1000", True, None])
def test_close_code_that_may_not_be_sent_is_refused(code: Any) -> None:
    with pytest.raises(ValueError, match="expected a close code") as caught:
        check_close(code, None)
    assert str(caught.value) == (
        "expected a close code that may be sent, such as 1000, or one of your own from 4000 to "
        f"4999, got {code!r}"
    )


def test_reason_that_no_close_frame_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 123 bytes in UTF-8, got 124: 'éé"):
        check_close(1000, "é" * 62)
    with pytest.raises(TypeError, match="expected the reason of a close as str, got b'x'"):
        check_close(1000, b"x")
