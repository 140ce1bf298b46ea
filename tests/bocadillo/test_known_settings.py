from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bocadillo._known_settings import KINDS, KNOWN_SETTINGS, is_of_type
from bocadillo.config import is_setting_name

CASES: list[tuple[str, list[Any], list[Any]]] = [
    ("bool", [True, False], [None, 0, "yes"]),
    ("dict", [{}, {"a": 1}], [None, [], SimpleNamespace()]),
    ("int ≥ 0", [0, 1, 10**9], [-1, True, 1.0, "1", None]),
    ("list", [[], (1,), {1}, frozenset()], ["ab", {}, None]),
    ("list of str", [[], ["a"], ("a", "b"), {"a"}], ["ab", [1], [None], {"a": 1}]),
    ("None", [None], [0, False, ""]),
    ("number > 0", [1, 0.5], [0, -1, True, "1", None]),
    ("number ≥ 0", [0, 1, 0.5], [-1, True, "1", None]),
    ("path", ["static", Path("static")], [b"static", None, 1]),
    ("str", ["", "a"], [None, b"a", ["a"]]),
    ("bool or list of str or None", [True, ["a"], None], [1, "a", {}]),
]


@pytest.mark.parametrize(("written", "good", "bad"), CASES, ids=lambda case: str(case)[:30])
def test_type_is_written_in_words(written: str, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not is_of_type(value, written)] == []
    assert [value for value in bad if is_of_type(value, written)] == []


def test_every_kind_is_in_a_case() -> None:
    assert KINDS.keys() <= {written for written, _, _ in CASES}


@pytest.mark.parametrize("known", KNOWN_SETTINGS.values(), ids=lambda known: known.name)
def test_known_setting_is_described_and_has_a_default_of_its_type(known: Any) -> None:
    assert is_setting_name(known.name)
    assert known.accepts(known.default)
    assert known.description.endswith(".")


def test_table_is_sorted_by_name() -> None:
    assert list(KNOWN_SETTINGS) == sorted(KNOWN_SETTINGS)
