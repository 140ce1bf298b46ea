import importlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from livedocs.browser import rest
from livedocs.browser.rest import RestFinder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with a module, and with a part of a package that is elsewhere too."""
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("seldom_used.py", "value = 1")
        out.writestr("split_package/late.py", "value = 2")
    (tmp_path / "split_package").mkdir()
    (tmp_path / "split_package" / "__init__.py").touch()
    return path


@pytest.fixture
def downloads(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Install the finder; return a list that grows with each download."""
    seen: list[bool] = []

    def download() -> bytes:
        seen.append(True)
        return archive.read_bytes()

    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(rest, "ARCHIVE", str(archive.with_name("rest.zip")))
    monkeypatch.syspath_prepend(str(archive.parent))
    rest.install("seldom_used\nsplit_package.late", download)
    yield seen
    for name in ("seldom_used", "split_package", "split_package.late"):
        sys.modules.pop(name, None)


def test_seldom_used_module_comes_with_one_download(downloads: list[bool]) -> None:
    assert importlib.import_module("seldom_used").value == 1
    assert importlib.import_module("split_package.late").value == 2
    assert len(downloads) == 1


def test_unknown_module_downloads_nothing(downloads: list[bool]) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nowhere_to_be_found")
    assert downloads == []


def test_finder_knows_its_names_alone(tmp_path: Path) -> None:
    finder = RestFinder(frozenset({"a"}), lambda: b"", archive=str(tmp_path / "rest.zip"))
    assert finder.find_spec("b") is None
