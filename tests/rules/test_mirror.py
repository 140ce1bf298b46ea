"""Each module has its test module, and each test module has its module."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def expected_tests(package: str) -> set[Path]:
    """Return the test modules of a package: `_headers.py` is tested by `test_headers.py`."""
    source = ROOT / "framework" / package
    return {
        path.relative_to(source).with_name(f"test_{path.name.removeprefix('_')}")
        for path in source.rglob("*.py")
        if path.name != "__init__.py" and "node_modules" not in path.parts
    }


def actual_tests(package: str) -> set[Path]:
    tests = ROOT / "tests" / package
    return {path.relative_to(tests) for path in tests.rglob("test_*.py")}


@pytest.mark.parametrize("package", ["bocadillo", "livedocs"])
def test_modules_and_their_tests_mirror_each_other(package: str) -> None:
    assert sorted(expected_tests(package)) == sorted(actual_tests(package))
