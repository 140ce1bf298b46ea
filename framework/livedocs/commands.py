"""Check the commands of `console` blocks that are not requests."""

import re
import tomllib
from pathlib import Path
from typing import Any

from livedocs.curl import Command, find_shell_sign
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
    if problem := find_shell_sign(command):
        return problem
    words = list(command.words)
    if words[:3] in (["python", "-m", "pip"], ["python3", "-m", "pip"]):
        words = words[2:]
    if words[:2] == ["pip", "install"]:
        return _check_pip(words[2:], root)
    if words[:1] == ["uvicorn"]:
        return _check_uvicorn(command, example)
    return (
        f"nobody checks `{command.text}`: only curl, uvicorn and pip install can be. "
        'Give the block skip="reason".'
    )


def _check_pip(words: list[str], root: Path) -> str | None:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    for word in words:
        found = REQUIREMENT.match(word)
        if word.startswith("-") or found is None:
            continue
        if found["name"] != project["name"]:
            known = _packages(project)
            hint = did_you_mean(found["name"], known)
            if hint and found["name"] not in known:
                return f"`pip install` names the package {found['name']!r}.{hint}"
            continue
        for extra in filter(None, (name.strip() for name in (found["extras"] or "").split(","))):
            known = project["optional-dependencies"]
            if extra not in known:
                return (
                    f"{project['name']} has no extra {extra!r} (it has: {', '.join(known)})."
                    f"{did_you_mean(extra, known)}"
                )
    return None


def _packages(project: dict[str, Any]) -> list[str]:
    extras = project["optional-dependencies"].values()
    required = [*project["dependencies"], *(entry for extra in extras for entry in extra)]
    names = (REQUIREMENT.match(entry) for entry in required)
    return [project["name"], *(found["name"] for found in names if found)]


def _check_uvicorn(command: Command, example: Example | None) -> str | None:
    if example is None:
        return f"`{command.text}` serves an application, and none stands above it."
    expected = f"{Path(example.main).stem}:app"
    if expected not in command.words[1:]:
        return f"`{command.text}` does not serve {example.main}: expected `uvicorn {expected}`."
    return None
