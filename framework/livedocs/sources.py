"""Where a page comes from: the file its Edit link leads to, and when that changed last."""

import re
import subprocess
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from livedocs import api
from livedocs.include import DIRECTIVE

MODULE = re.compile(r"^::: (?P<path>bocadillo[\w.]*)\s*$", re.MULTILINE)
HISTORY = ("log", "--format=%x00%cs", "--name-only", "--no-renames", "-z")


def source_of(page: str, text: str, meta: Mapping[str, object]) -> str:
    """Return the file to edit for a page, relative to the repository.

    Args:
        page: The page, as `docs/guide/sse.md`.
        text: Its Markdown; where a module is documented (`::: bocadillo.sse`), it is that module.
        meta: Its front matter, where `source` may name another file.
    """
    if source := meta.get("source"):
        return str(source)
    module = MODULE.search(text)
    return api.source_of(module["path"]) if module else page


def sources_of(page: str, text: str, meta: Mapping[str, object]) -> set[str]:
    """Return all files that a page shows: itself, the module, and what it includes."""
    lines = (DIRECTIVE.match(line) for line in text.splitlines())
    included = {f"examples/{line['path']}" for line in lines if line}
    return {page, source_of(page, text, meta), *included}


def last_change(page: str, text: str, meta: Mapping[str, object], *, root: Path) -> date | None:
    """Return when one of the files that a page shows was last changed; `None`: nobody can tell."""
    days = (changes(root).get(name) for name in sources_of(page, text, meta))
    return max(filter(None, days), default=None)


def last_changes(root: Path) -> dict[str, date]:
    """Return when each file of the repository was last changed, by its path.

    It is empty where nobody can tell: without git, without a history, in a shallow clone.
    """
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    found: dict[str, date] = {}
    day = date.min
    for entry in _git(root, *HISTORY, "--", ".").split("\0"):
        name = entry.strip("\n")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
            day = date.fromisoformat(name)
        elif name:
            found[name] = max(day, found.get(name, day))
    return found


changes = cache(last_changes)


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", root, *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def format_day(day: date) -> str:
    """Return a day as the site writes it.

    >>> format_day(date(2026, 11, 5))
    'November 5, 2026'
    """
    return f"{day:%B} {day.day}, {day.year}"
