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
def downloads(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Install the finders; return a list that grows with each download."""
    seen: list[str] = []
    lists = {"more.txt": "seldom_used", "rest.txt": "split_package.late\nother"}

    def download(name: str) -> bytes:
        seen.append(name)
        return archive.read_bytes()

    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.syspath_prepend(str(archive.parent))
    rest.install(lists.__getitem__, download, folder=str(archive.parent))
    yield seen
    for name in ("seldom_used", "split_package", "split_package.late"):
        sys.modules.pop(name, None)


def test_seldom_used_modules_come_with_their_archives(downloads: list[str]) -> None:
    assert importlib.import_module("seldom_used").value == 1
    assert downloads == ["more.zip"]
    assert importlib.import_module("split_package.late").value == 2
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("other")
    assert downloads == ["more.zip", "rest.zip"]


def test_unknown_module_downloads_nothing(downloads: list[str]) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nowhere_to_be_found")
    assert downloads == []


def test_finder_knows_its_names_alone(tmp_path: Path) -> None:
    finder = RestFinder(frozenset({"a"}), lambda: b"", archive=str(tmp_path / "rest.zip"))
    assert finder.find_spec("b") is None
