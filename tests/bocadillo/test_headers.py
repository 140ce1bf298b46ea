from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocadillo._headers import ResponseHeaders

SETTERS: list[Callable[[ResponseHeaders, str, str], object]] = [
    lambda headers, name, value: headers.__setitem__(name, value),
    lambda headers, name, value: headers.append(name, value),
    lambda headers, name, value: headers.setdefault(name, value),
    lambda headers, name, value: headers.update({name: value}),
    lambda headers, name, value: headers.update([(name, value)]),
    lambda headers, name, value: headers.__ior__({name: value}),
]


@pytest.mark.parametrize("set_header", SETTERS)
@pytest.mark.parametrize("value", ["a\r\nx: y", "a\nb", "a\rb", "a\0b", "a\x7f", "€"])
def test_value_that_breaks_the_message_is_refused_where_it_is_set(
    set_header: Callable[[ResponseHeaders, str, str], object], value: str
) -> None:
    with pytest.raises(ValueError, match="control characters") as caught:
        set_header(ResponseHeaders(), "x-a", value)
    assert str(caught.value) == (
        f"header 'x-a' cannot have the value {value!r}: control characters such as line breaks, "
        "and characters outside latin-1, are refused"
    )


@pytest.mark.parametrize("set_header", SETTERS)
def test_value_that_is_fine_is_set(
    set_header: Callable[[ResponseHeaders, str, str], object],
) -> None:
    headers = ResponseHeaders()
    set_header(headers, "X-A", "caf\xe9\tau lait")
    assert headers["x-a"] == "caf\xe9\tau lait"


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\n", "é"])
def test_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="expected a header name of letters, digits and hyphens"):
        ResponseHeaders()[name] = "x"


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_framing_headers_are_left_to_the_framework(name: str) -> None:
    with pytest.raises(ValueError, match="is computed from the content of the response") as caught:
        ResponseHeaders()[name] = "1"
    assert repr(name) in str(caught.value)


def test_wrong_types_are_refused() -> None:
    headers = ResponseHeaders()
    with pytest.raises(TypeError, match="expected a header name as str, got 1"):
        headers[1] = "x"  # type: ignore[index] # the mistake under test
    with pytest.raises(TypeError, match="expected the value of header 'x' as str, got 1"):
        headers["x"] = 1  # type: ignore[assignment] # the mistake under test


def test_duplicates_are_kept() -> None:
    headers = ResponseHeaders()
    headers.append("set-cookie", "a=1")
    headers.append("Set-Cookie", "b=2")
    assert headers.getlist("SET-COOKIE") == ["a=1", "b=2"]


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_header_is_refused_or_can_be_sent(name: str, value: str) -> None:
    headers = ResponseHeaders()
    try:
        headers[name] = value
    except ValueError:
        assert headers.raw == []
    else:
        [(raw_name, raw_value)] = headers.raw
        assert raw_name.decode("ascii") == name.lower()
        assert raw_value.decode("latin-1") == value
        assert not set(raw_name + raw_value) & set(b"\r\n\0")
