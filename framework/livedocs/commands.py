"""Check the commands of `console` blocks that are not requests; run those that only answer."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from livedocs.compare import compare_output
from livedocs.console import Command, find_shell_sign
from livedocs.errors import did_you_mean
from livedocs.files import write_files
from livedocs.model import Example

REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^\]]*)\])?(?:[<>=!~].*)?$")
TIME_LIMIT_SECONDS = 30
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a command.

    Attributes:
        problem: What is wrong; `None`: nothing.
        output: What it really printed, where that is not as documented.
    """

    problem: str | None = None
    output: str | None = None


def check_command(command: Command, example: Example | None, *, root: Path) -> Checked:
    """Return what came of a command.

    Args:
        command: Any command but `curl`.
        example: The application above it.
        root: The repository.
    """
    if problem := find_shell_sign(command):
        return Checked(problem)
    words = list(command.words)
    if words[:3] in (["python", "-m", "pip"], ["python3", "-m", "pip"]):
        words = words[2:]
    if words[:2] == ["pip", "install"]:
        return Checked(_check_pip(words[2:], root))
    if words[:1] == ["uvicorn"]:
        return Checked(_check_target(command, example))
    if words[1:3] == ["-m", "bocadillo"] and words[0] in ("python", "python3"):
        words = words[2:]
    if words[:1] == ["bocadillo"]:
        return _check_bocadillo(replace(command, words=tuple(words)), example)
    return Checked(
        f"nobody checks `{command.text}`: only curl, bocadillo, uvicorn and pip install can be. "
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


def _check_target(command: Command, example: Example | None) -> str | None:
    """Return what is wrong with a command that serves an application until it is stopped."""
    if example is None:
        return f"`{command.text}` serves an application, and none stands above it."
    expected = f"{Path(example.main).stem}:app"
    if expected not in command.words[1:]:
        program = " ".join(command.words[: 2 if command.words[0] == "bocadillo" else 1])
        return f"`{command.text}` does not serve {example.main}: expected `{program} {expected}`."
    return None


def _check_bocadillo(command: Command, example: Example | None) -> Checked:
    if command.words[1:2] == ("run",):
        if problem := _check_target(command, example):
            return Checked(problem)
        known = OPTION.findall(_run(["bocadillo", "run", "--help"], None))
        for word in command.words[2:]:
            option = word.partition("=")[0]
            if option.startswith("-") and option not in known:
                hint = did_you_mean(option, known)
                return Checked(f"`bocadillo run` has no option {option!r}.{hint}")
        return Checked()
    got = _run(list(command.words), example).rstrip()
    differences = compare_output(command.output, got)
    return Checked(str(differences[0]), got) if differences else Checked()


def _run(words: list[str], example: Example | None) -> str:
    """Run a command in a folder with an example's files; return all that it prints."""
    # The one that belongs to this Python, whatever else is on the path.
    program = shutil.which(words[0], path=str(Path(sys.executable).parent))
    if program is None:
        return f"there is no {words[0]} beside {Path(sys.executable).name}: install the project"
    with tempfile.TemporaryDirectory(prefix="command-") as folder:
        write_files(Path(folder), example.files if example else {})
        try:
            done = subprocess.run(
                [program, *words[1:]],
                cwd=folder,
                env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIME_LIMIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"`{' '.join(words)}` took more than {TIME_LIMIT_SECONDS} seconds"
    return done.stdout.decode(errors="replace")
