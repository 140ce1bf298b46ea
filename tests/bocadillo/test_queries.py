from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocadillo._queries import parse_query


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"a&&b=", [("a", ""), ("b", "")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a=x+y%20z&%C3%A9=1", [("a", "x y z"), ("é", "1")]),
        (b"a=%ff%00", [("a", "\ufffd\x00")]),
    ],
)
def test_query_is_parsed_into_pairs(query: bytes, pairs: list[tuple[str, str]]) -> None:
    assert parse_query(query) == pairs


@given(st.lists(st.sampled_from(["a", "=", "&", "+", "%", "%20", "%C3%A9", "\xe9"])).map("".join))
def test_query_is_parsed_as_the_standard_library_does(text: str) -> None:
    assert parse_query(text.encode("latin-1")) == parse_qsl(text, keep_blank_values=True)
