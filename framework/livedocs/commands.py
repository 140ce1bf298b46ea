"""Check the commands of `console` blocks that are not requests."""

import re
import tomllib
from pathlib import Path
from typing import Any

from livedocs.curl import Command
from livedocs.errors import did_you_mean
from livedocs.model import Example

REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^\]]*)\])?(?:[<>=!~].*)?$")


def check_command(command: Command, example: Example | None, *, root: Path) -> str | None:
    """Return what is wrong with a command, or `None`.

    Args:
        command: Any command but `curl`.
        example: The application above it.
        root: The repository.
    """
    words = list(command.words)
    if words[:3] in (["python", "-m", "pip"], ["python3", "-m", "pip"]):
        words = words[2:]
    if words[:2] == ["pip", "install"]:
        return _check_pip(words[2:], root)
    if words[:1] == ["uvicorn"]:
        return _check_uvicorn(words[1:], example)
    return (
        f"nobody checks `{command.text}`: only curl, uvicorn and pip install can be. "
        'Give the block skip="reason".'
    )


def _check_pip(words: list[str], root: Path) -> str | None:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    for word in words:
        found = REQUIREMENT.match(word)
        if word.startswith("-") or found is None or found["name"] != project["name"]:
            continue
        for extra in filter(None, (name.strip() for name in (found["extras"] or "").split(","))):
            known = project["optional-dependencies"]
            if extra not in known:
                return (
                    f"{project['name']} has no extra {extra!r} (it has: {', '.join(known)})."
                    f"{did_you_mean(extra, known)}"
                )
    return None


def _check_uvicorn(words: list[str], example: Example | None) -> str | None:
    target = next((word for word in words if not word.startswith("-")), "")
    if example is None:
        return f"`uvicorn {target}` serves an application, and none stands above it."
    expected = f"{Path(example.main).stem}:app"
    if target != expected:
        return f"`uvicorn {target}` does not serve {example.main}: expected `uvicorn {expected}`."
    return None
