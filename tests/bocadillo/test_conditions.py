import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo._conditions import Validators, evaluate, is_range_current, read_conditions

BEFORE = "Sat, 31 Oct 2026 00:00:00 GMT"
NOW = "Sun, 01 Nov 2026 00:00:00 GMT"
AFTER = "Mon, 02 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({}, None),
        ({"if-match": '"a"'}, None),
        ({"if-match": "*"}, None),
        ({"if-match": '"b", "a"'}, None),
        ({"if-match": '"b"'}, 412),
        ({"if-match": 'W/"a"'}, 412),
        ({"if-match": ""}, 412),
        ({"if-match": '"a"', "if-unmodified-since": BEFORE}, None),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"if-unmodified-since": NOW}, None),
        ({"if-unmodified-since": AFTER}, None),
        ({"if-unmodified-since": "yesterday"}, None),
        ({"if-none-match": '"a"'}, 304),
        ({"if-none-match": 'W/"a"'}, 304),
        ({"if-none-match": '"b","a"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"b"'}, None),
        ({"if-none-match": '"a,b"'}, None),
        ({"if-none-match": "a"}, None),
        ({"if-none-match": '"b"', "if-modified-since": AFTER}, None),
        ({"if-match": '"b"', "if-none-match": '"a"'}, 412),
        ({"if-match": '"a"', "if-none-match": '"a"'}, 304),
        ({"if-modified-since": BEFORE}, None),
        ({"if-modified-since": NOW}, 304),
        ({"if-modified-since": AFTER}, 304),
        ({"if-modified-since": "Mon, 02 Nov 2026 00:00:00 -0000"}, 304),
        ({"if-modified-since": "Mon, 99 Nov 2026 00:00:00 GMT"}, None),
        ({"if-modified-since": "Mon, 02 Nov 2026 00:00:00 +" + "9" * 30}, None),
        ({"if-unmodified-since": NOW, "if-modified-since": NOW}, 304),
    ],
)
def test_status_that_conditions_call_for(conditions: dict[str, str], status: int | None) -> None:
    assert evaluate(conditions, Validators('"a"', NOW)) == status


@pytest.mark.parametrize(
    ("conditions", "status"),
    [({"if-none-match": '"a"'}, 304), ({"if-match": 'W/"a"'}, 412), ({"if-match": "*"}, None)],
)
def test_weak_tag_of_a_view_matches_weakly(conditions: dict[str, str], status: int | None) -> None:
    assert evaluate(conditions, Validators('W/"a"', NOW)) == status


def test_date_of_a_view_that_cannot_be_read_decides_nothing() -> None:
    assert evaluate({"if-modified-since": NOW}, Validators('"a"', "today")) is None


@pytest.mark.parametrize(
    ("if_range", "etag", "is_current"),
    [
        (None, '"a"', True),
        ('"a"', '"a"', True),
        ('"b"', '"a"', False),
        ('W/"a"', 'W/"a"', False),
        (NOW, '"a"', True),
        (BEFORE, '"a"', False),
        (AFTER, '"a"', False),
    ],
)
def test_range_is_for_the_state_the_client_has_parts_of(
    if_range: str | None, etag: str, is_current: bool
) -> None:
    assert is_range_current(if_range, Validators(etag, NOW)) is is_current


def test_conditions_are_read_each_as_one_value() -> None:
    headers = [
        (b"host", b"x"),
        (b"if-none-match", b' "a"'),
        (b"if-none-match", b'"b"'),
        (b"range", b"bytes=0-9"),
    ]
    assert read_conditions(headers) == {"if-none-match": '"a", "b"', "range": "bytes=0-9"}


TEXT = st.text('MonNov, 0129:+-GMTW/"*', max_size=40)


@given(st.fixed_dictionaries({"if-match": TEXT, "if-none-match": TEXT}), TEXT)
@settings(max_examples=100, deadline=None)
def test_malformed_conditions_are_no_error(conditions: dict[str, str], date: str) -> None:
    validators = Validators('"a"', NOW)
    assert evaluate(conditions, validators) in {None, 304, 412}
    dated = {"if-modified-since": date, "if-unmodified-since": date}
    assert evaluate(dated, validators) in {None, 304, 412}
    assert is_range_current(date, validators) is (date in {'"a"', NOW})
