"""What several tests of pages stand on."""

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with two examples."""
    folder = tmp_path / "examples" / "hello"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("# --8<-- [start:a]\napp = 1\n# --8<-- [end:a]\nx = 2\n")
    (folder / "other.py").write_text("y = 3\n")
    (folder / "test_app.py").write_text("def test_it(): ...\n")
    (folder / "index.html").write_text("<p>\n")
    (tmp_path / "examples" / "bye").mkdir()
    (tmp_path / "examples" / "bye" / "app.py").write_text("app = 2\n")
    return tmp_path
