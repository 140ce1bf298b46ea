"""How commands are run."""

import sys
from pathlib import Path

import pytest

from devtools.shop import Shop, paint, python_of


def test_a_real_command_gives_its_code_and_output(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    script = "import os, sys; print(os.getcwd()); sys.exit(3)"
    assert shop.ask(sys.executable, "-c", script) == (3, f"{tmp_path.resolve()}\n")
    assert shop.run(sys.executable, "-c", "raise SystemExit(4)") == 4


def test_a_program_that_is_not_there_is_127(tmp_path: Path) -> None:
    code, said = Shop(tmp_path).ask("/no/such/program")
    assert (code, said) == (127, "/no/such/program: No such file or directory")


def test_the_environments_programs_go_before_those_of_path(tmp_path: Path) -> None:
    shop = Shop(tmp_path, env={"PATH": "/usr/bin"})
    assert shop.env["PATH"].split(":") == [str(python_of(tmp_path / ".venv").parent), "/usr/bin"]
    assert shop.env["VIRTUAL_ENV"] == str(tmp_path / ".venv")


@pytest.mark.parametrize(
    ("env", "painted"),
    [
        ({"CI": "true"}, "\033[31;1mno\033[0m"),
        ({"CI": "true", "NO_COLOR": "1"}, "no"),
        ({"CI": "true", "TERM": "dumb"}, "no"),
        ({}, "no"),
    ],
)
def test_color_is_for_terminals_and_ci(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], painted: str
) -> None:
    for name in ("CI", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert paint("no", "red") == painted
