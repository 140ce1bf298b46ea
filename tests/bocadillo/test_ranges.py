import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo._ranges import parse_ranges


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        ("bytes=0-9", [(0, 10)]),
        ("bytes=90-", [(90, 100)]),
        ("bytes=-10", [(90, 100)]),
        ("bytes=-1000", [(0, 100)]),
        ("bytes=90-1000", [(90, 100)]),
        ("Bytes = 0-9", [(0, 10)]),
        ("bytes=0-9, 20-29", [(0, 10), (20, 30)]),
        ("bytes=20-29,0-9,,", [(0, 10), (20, 30)]),
        ("bytes=0-9,5-19,20-24", [(0, 25)]),
        ("bytes=0-9,200-", [(0, 10)]),
        ("bytes=100-", []),
        ("bytes=-0", []),
        ("bytes=200-300,400-", []),
        ("bytes=", None),
        ("bytes=,", None),
        ("bytes", None),
        ("lines=0-9", None),
        ("bytes=-", None),
        ("bytes=5", None),
        ("bytes=9-0", None),
        ("bytes=a-b", None),
        ("bytes=+1-2", None),
        ("bytes=\uff11-\uff12", None),
        ("bytes=0-9,x", None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("bytes=" + ",".join(["0-0"] * 32), [(0, 1)]),
        ("bytes=" + ",".join(["0-0"] * 33), None),
    ],
)
def test_ranges_of_a_hundred_bytes(header: str, ranges: list[tuple[int, int]] | None) -> None:
    assert parse_ranges(header, 100) == ranges


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_nothing_of_an_empty_file_can_be_asked_for(header: str) -> None:
    assert parse_ranges(header, 0) == []


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=5),
    st.integers(0, 50),
)
@settings(max_examples=100, deadline=None)
def test_ranges_hold_the_bytes_asked_for_each_once(asked: list[tuple[int, int]], size: int) -> None:
    pairs = [(min(pair), max(pair)) for pair in asked]
    header = "bytes=" + ",".join(f"{first}-{last}" for first, last in pairs)
    ranges = parse_ranges(header, size)
    assert ranges is not None
    held = [byte for start, end in ranges for byte in range(start, end)]
    expected = {b for first, last in pairs for b in range(first, last + 1) if b < size}
    assert held == sorted(expected)
