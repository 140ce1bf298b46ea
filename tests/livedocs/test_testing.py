import subprocess
from typing import Any

import pytest

from livedocs.testing import run_tests

APP = "import asyncio\n\n\nasync def work():\n    await asyncio.sleep(0)\n    return 42\n"


def run(source: str) -> str | None:
    return run_tests({"app.py": APP, "test_app.py": source}, "test_app.py", place="docs/p.md")


def test_tests_of_an_application_pass() -> None:
    assert run("from app import work\nasync def test_it(): assert await work() == 42\n") is None


def test_example_may_configure_pytest_itself() -> None:
    files = {
        "app.py": APP,
        "pyproject.toml": '[tool.pytest.ini_options]\npython_functions = "check_*"\n',
        "test_app.py": "def check_it(): assert 1 == 2\ndef test_it(): assert 1 == 3\n",
    }
    problem = run_tests(files, "test_app.py", place="docs/p.md")

    assert "assert 1 == 2" in (problem or "")
    assert "assert 1 == 3" not in (problem or "")


def test_failure_is_told_with_the_lines_of_the_page() -> None:
    problem = run("\n" * 9 + "def test_it():\n    assert 1 == 2\n\n\ndef test_two(): ...\n")

    assert problem is not None
    assert problem.startswith("_")
    assert problem.endswith("docs/p.md:11: in test_it\n    assert 1 == 2\nE   assert 1 == 2")


def test_file_without_tests_is_a_failure() -> None:
    assert "no tests ran" in (run("x = 1\n") or "")


def test_warnings_are_failures() -> None:
    problem = run("import warnings\ndef test_it(): warnings.warn('old', DeprecationWarning)\n")

    assert "DeprecationWarning: old" in (problem or "")


def test_tests_have_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("pytest", options["timeout"])

    monkeypatch.setattr(subprocess, "run", late)

    assert run("") == "the tests took more than 60 seconds"
