"""An example works in this repository beside others, and on its own where a reader copies it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/test_app.py"))

TEST = """
from app import name


def test_module_of_this_folder_is_imported_at_the_top():
    assert name == "{name}"


def test_module_of_this_folder_is_imported_later():
    import app
    import helper

    assert (app.name, helper.name) == (name, name)
"""


def run_pytest(folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_example_passes_where_a_reader_copies_it(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / folder.name)
    run_pytest(copy)


def test_examples_in_one_run_import_their_own_modules(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "conftest.py", tmp_path)
    for name in ("coffee", "tea"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "app.py").write_text(f"name = {name!r}\n")
        (folder / "helper.py").write_text("from app import name\n")
        (folder / "test_app.py").write_text(TEST.format(name=name))

    run_pytest(tmp_path, "--import-mode=importlib")
