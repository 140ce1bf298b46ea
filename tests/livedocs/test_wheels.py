import subprocess
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from livedocs import wheels
from livedocs.wheels import CURE, RuntimeBuildError, fetch, find, is_pure, pinned

PROJECT = """\
[project]
dependencies = ["left >= 1"]

[project.optional-dependencies]
sessions = ["signer"]
standard = ["not-needed"]
"""


class Distribution:
    """Stands in for an installed package."""

    def __init__(self, version: str, *requires: str) -> None:
        self.version = version
        self.requires = list(requires)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Distribution]:
    """Return the packages that count as installed."""
    packages: dict[str, Distribution] = {}

    def distribution(name: str) -> Distribution:
        if name not in packages:
            raise metadata.PackageNotFoundError(name)
        return packages[name]

    monkeypatch.setattr(metadata, "distribution", distribution)
    return packages


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text(PROJECT)
    return path


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Pin two packages; return the commands that pip gets, which downloads what it is asked for."""
    calls: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        folder = Path(command[command.index("--dest") + 1])
        for pin in (word for word in command if "==" in word):
            name, version = pin.split("==")
            (folder / f"{name}-{version}-py3-none-any.whl").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(wheels, "pinned", lambda: {"left": "1.0", "right": "2.0"})
    return calls


def test_versions_are_the_installed_ones_with_what_they_need(
    project: Path, installed: dict[str, Distribution]
) -> None:
    installed["left"] = Distribution(
        "1.5",
        "Right_Hand>=2",
        'old; python_version < "3.14"',
        'windows; sys_platform == "win32"',
        'extra-thing; extra == "full"',
        'web; sys_platform == "emscripten"',
    )
    installed["right-hand"] = Distribution("2.1", "left")
    installed["web"] = Distribution("3.0")
    installed["signer"] = Distribution("4.0")
    assert pinned(project) == {"left": "1.5", "right-hand": "2.1", "signer": "4.0", "web": "3.0"}


def test_dependency_that_is_not_installed_names_the_cure(
    project: Path, installed: dict[str, Distribution]
) -> None:
    installed["signer"] = Distribution("4.0")
    with pytest.raises(RuntimeBuildError) as caught:
        pinned(project)
    assert str(caught.value) == f"left is needed in the browser and is not installed here. {CURE}"


def test_fetch_downloads_once_and_says_so(
    tmp_path: Path, pip: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(tmp_path)
    fetch(tmp_path)
    assert len(pip) == 1
    assert pip[0][-2:] == ["left==1.0", "right==2.0"]
    assert pip[0][pip[0].index("--platform") + 1] == "pyemscripten_2026_0_wasm32"
    assert capsys.readouterr().out == (
        "browser wheels: downloading left==1.0, right==2.0\n"
        f"browser wheels: all 2 present in {tmp_path}\n"
    )


def test_fetch_replaces_other_versions(tmp_path: Path, pip: list[list[str]]) -> None:
    for name in ("left-0.9-py3-none-any.whl", "right-2.0-py3-none-any.whl"):
        (tmp_path / name).touch()
    fetch(tmp_path)
    assert pip[0][-1:] == ["left==1.0"]
    assert [path.name for path in find(tmp_path)] == [
        "left-1.0-py3-none-any.whl",
        "right-2.0-py3-none-any.whl",
    ]


def test_package_with_an_optional_part_in_c_is_taken_from_here_without_it(
    tmp_path: Path, pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = metadata.version("markupsafe")
    monkeypatch.setattr(wheels, "pinned", lambda: {"markupsafe": version})
    fetch(tmp_path)
    assert pip == []
    [wheel] = find(tmp_path)
    assert is_pure(wheel)
    with zipfile.ZipFile(wheel) as archive:
        assert archive.namelist() == ["markupsafe/__init__.py", "markupsafe/_native.py"]


def test_failed_download_tells_why_and_the_cure(
    tmp_path: Path, pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not pip
    failure = subprocess.CompletedProcess([], 1, "", "WARNING: retrying\nERROR: no route to host\n")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: failure)
    with pytest.raises(RuntimeBuildError) as caught:
        fetch(tmp_path)
    assert str(caught.value) == (
        "pip could not download left==1.0, right==2.0 for the browser "
        "(pyemscripten_2026_0_wasm32): ERROR: no route to host\n"
        f"Check that this machine reaches its Python package index, then: {CURE}"
    )


def test_missing_wheel_names_the_cure(tmp_path: Path, pip: list[list[str]]) -> None:
    assert not pip
    (tmp_path / "left-1.0-py3-none-any.whl").touch()
    with pytest.raises(RuntimeBuildError) as caught:
        find(tmp_path)
    assert str(caught.value) == f"No wheel for the browser in {tmp_path}: right 2.0. {CURE}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("left-1.0-py3-none-any.whl", True),
        ("left-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", False),
    ],
)
def test_pure_wheels_are_told_by_their_names(name: str, expected: bool) -> None:
    assert is_pure(Path(name)) is expected
