import subprocess
from datetime import date
from pathlib import Path

import pytest

from livedocs import sources
from livedocs.sources import format_day, last_changes, source_of, sources_of

PAGE = "docs/reference/bocadillo/sse.md"


@pytest.mark.parametrize(
    ("text", "meta", "source"),
    [
        ("# A page", {}, PAGE),
        ("# A page\n\n::: bocadillo.sse\n", {}, "framework/bocadillo/sse.py"),
        ("::: bocadillo.sse\n    options:\n", {"source": "x.py"}, "x.py"),
        ("A `::: bocadillo.sse` in a line", {}, PAGE),
    ],
)
def test_the_file_to_edit_is_the_module_where_one_is_told(
    text: str, meta: dict[str, object], source: str
) -> None:
    assert source_of(PAGE, text, meta) == source


def test_what_a_page_shows_comes_from_several_files() -> None:
    text = '```python app\n--8<-- "chat/app.py:routes"\n```\n\n::: bocadillo.sse\n'

    expected = {PAGE, "framework/bocadillo/sse.py", "examples/chat/app.py"}
    assert sources_of(PAGE, text, {}) == expected


def git(root: Path, *arguments: str, day: str = "2026-11-01") -> None:
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    who |= {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, env=who)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Provide a repository with two commits."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "-q")
    (root / "docs").mkdir()
    (root / "docs/a.md").write_text("a")
    (root / "docs/b é.md").write_text("b")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one", day="2026-11-01")
    (root / "docs/a.md").write_text("aa")
    git(root, "commit", "-qam", "two", day="2026-11-20")
    return root


def test_a_file_has_the_day_of_its_last_commit(history: Path) -> None:
    assert last_changes(history) == {
        "docs/a.md": date(2026, 11, 20),
        "docs/b é.md": date(2026, 11, 1),
    }


def test_a_shallow_clone_tells_no_days(history: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{history}", "shallow")

    assert last_changes(tmp_path / "shallow") == {}


def test_no_days_without_a_repository_or_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert last_changes(tmp_path) == {}

    monkeypatch.setenv("PATH", "")
    assert last_changes(tmp_path) == {}


def test_a_day_is_written_as_people_do() -> None:
    assert format_day(date(2026, 11, 5)) == "November 5, 2026"


def test_a_page_changes_with_the_files_that_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    days = {PAGE: date(2026, 11, 1), "framework/bocadillo/sse.py": date(2026, 11, 20)}
    monkeypatch.setattr(sources, "changes", lambda _root: days)

    assert sources.last_change(PAGE, "::: bocadillo.sse", {}, root=Path()) == date(2026, 11, 20)
    assert sources.last_change(PAGE, "# A page", {}, root=Path()) == date(2026, 11, 1)
    assert sources.last_change("docs/new.md", "# A page", {}, root=Path()) is None
