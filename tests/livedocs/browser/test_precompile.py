import importlib.util
import marshal
import zipfile
from pathlib import Path

import pytest

from livedocs.browser.precompile import (
    bytecode,
    compile_archive,
    merge_archives,
    split_archives,
    without_prose,
)


def make_archive(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_modules_are_compiled_and_other_files_kept(tmp_path: Path) -> None:
    source = make_archive(tmp_path / "a.zip", {"b/": "", "b/c.py": "x = 1", "b/data.txt": "hi"})
    compile_archive(source, tmp_path / "out.zip", mount="/lib/a.zip")
    assert names(tmp_path / "out.zip") == ["b/c.pyc", "b/data.txt"]


def test_source_is_kept_where_it_is_read(tmp_path: Path) -> None:
    source = make_archive(tmp_path / "a.zip", {"bocadillo/x.py": "", "anyio/__init__.py": ""})
    compile_archive(source, tmp_path / "out.zip", mount="/lib/a.zip")
    assert [name for name in names(tmp_path / "out.zip") if name.endswith(".py")] == [
        "anyio/__init__.py",
        "bocadillo/x.py",
    ]


def test_equal_sources_make_equal_bytes(tmp_path: Path) -> None:
    source = make_archive(tmp_path / "a.zip", {"a.py": "x = 1", "z.txt": "z"})
    for name in ("one.zip", "two.zip"):
        compile_archive(source, tmp_path / name, mount="/lib/a.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_compiled_module_is_importable_and_names_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_archive(tmp_path / "a.zip", {"precompiled_one.py": "def f(): pass"})
    compile_archive(source, tmp_path / "out.zip", mount="/lib/a.zip")
    monkeypatch.syspath_prepend(str(tmp_path / "out.zip"))
    module = importlib.import_module("precompiled_one")
    assert module.f.__code__.co_filename == "/lib/a.zip/precompiled_one.py"


def test_bytecode_is_never_checked_against_its_source() -> None:
    data = bytecode(b"x = 1", "x.py", optimize=0)
    assert data[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(data[4:8], "little") == 0b01
    namespace: dict[str, int] = {}
    exec(marshal.loads(data[16:]), namespace)
    assert namespace["x"] == 1


def test_prose_is_emptied_and_each_line_keeps_its_number() -> None:
    source = '''\
"""Say
why."""

# A comment.
class A:
    """A class."""

    x = "# no comment"

    def f(self) -> None:
        """Do it."""
        # Why.
        text = """kept"""
'''
    shown = without_prose(source.encode()).decode().split("\n")
    assert len(shown) == len(source.split("\n"))
    assert {number: line for number, line in enumerate(shown, start=1) if line} == {
        5: "class A:",
        8: '    x = "# no comment"',
        10: "    def f(self) -> None:",
        13: '        text = """kept"""',
    }


def test_merged_archive_has_all_files_but_records(tmp_path: Path) -> None:
    one = make_archive(tmp_path / "one.zip", {"a.py": "", "a.dist-info/RECORD": "a"})
    two = make_archive(tmp_path / "two.zip", {"b/": "", "b/c.py": ""})
    merge_archives([one, two], tmp_path / "out.zip")
    assert names(tmp_path / "out.zip") == ["a.py", "b/c.py"]
    merge_archives([one, two], tmp_path / "less.zip", without=("b/",))
    assert names(tmp_path / "less.zip") == ["a.py"]


def test_used_modules_come_first_and_the_others_are_listed(tmp_path: Path) -> None:
    files = dict.fromkeys(
        ["a/__init__.pyc", "a/b.pyc", "a/b.py", "a/c.pyc", "d.pyc", "pyodide/x.pyc", "n.txt"], ""
    )
    source = make_archive(tmp_path / "a.zip", files)
    used = {"first": frozenset({"a", "a.b"}), "more": frozenset({"d"}), "rest": frozenset[str]()}
    split_archives([source], used, folder=tmp_path)
    assert names(tmp_path / "first.zip") == [
        "a/__init__.pyc", "a/b.pyc", "a/b.py", "pyodide/x.pyc", "more.txt", "rest.txt",
    ]  # fmt: skip
    assert names(tmp_path / "more.zip") == ["d.pyc"]
    assert names(tmp_path / "rest.zip") == ["a/c.pyc", "n.txt"]
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        assert (archive.read("more.txt"), archive.read("rest.txt")) == (b"d", b"a.c")
