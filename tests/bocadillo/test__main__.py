import sys
from pathlib import Path

import pytest

import bocadillo
import bocadillo.__main__
import bocadillo.cli

MAIN = Path(bocadillo.__main__.__file__)


def test_package_runs_as_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bocadillo", "--version"])
    # Not with `runpy`: pytest loads packages that have plugins, as this has, in a way of its own.
    code = compile(MAIN.read_text(), MAIN, "exec")
    with pytest.raises(SystemExit) as caught:
        exec(code, {"__name__": "__main__", "__package__": "bocadillo"})

    assert caught.value.code == 0
    assert capsys.readouterr().out == f"bocadillo, version {bocadillo.__version__}\n"


def test_importing_it_runs_nothing() -> None:
    assert bocadillo.__main__.main is bocadillo.cli.main
