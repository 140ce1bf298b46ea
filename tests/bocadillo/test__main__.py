import runpy
import sys

import pytest

import bocadillo
import bocadillo.__main__
import bocadillo.cli


def test_package_runs_as_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bocadillo", "--version"])
    monkeypatch.delitem(sys.modules, "bocadillo.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("bocadillo", run_name="__main__")

    assert caught.value.code == 0
    assert capsys.readouterr().out == f"bocadillo, version {bocadillo.__version__}\n"


def test_importing_it_runs_nothing() -> None:
    assert bocadillo.__main__.main is bocadillo.cli.main
