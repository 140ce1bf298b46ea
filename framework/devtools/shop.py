"""Run commands on the tree, in sight of the user or out of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def say(text: str = "", end: str = "\n") -> None:
    """Write a line for the user at once: a command's own output may follow."""
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


class DevError(Exception):
    """Tell what went wrong and its cure, with the exit code to leave with."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Shop:
    """Hold the tree, and the environment in which commands run on it."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    is_root: bool = field(default_factory=lambda: getattr(os, "geteuid", lambda: 1)() == 0)

    def __post_init__(self) -> None:
        self.venv, self.build = self.root / ".venv", self.root / ".build"
        self.python = python_of(self.venv)
        path = os.pathsep.join([str(self.python.parent), self.env.get("PATH", os.defpath)])
        # The theme greets each build with news of MkDocs, which would bury the build's own words.
        ours = {"PATH": path, "VIRTUAL_ENV": str(self.venv), "NO_MKDOCS_2_WARNING": "1"}
        self.env = {**self.env, **ours}

    def which(self, name: str) -> str | None:
        """Return the program that commands find under this name."""
        return shutil.which(name, path=self.env["PATH"])

    def run(self, *command: str | Path) -> int:
        """Run a command in sight of the user; return its exit code."""
        sys.stdout.flush()
        words = [str(word) for word in command]
        with subprocess.Popen(words, cwd=self.root, env=self.env) as process:  # noqa: S603 - ours
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command got it too: let it leave in its own time
                process.wait()
                raise

    def ask(self, *command: str | Path) -> tuple[int, str]:
        """Run a command out of sight, its last line shown on a terminal; return code and output."""
        live, lines = sys.stdout.isatty(), list[str]()
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        pipes |= {"stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
        words = [str(word) for word in command]
        try:
            with subprocess.Popen(  # noqa: S603 - our own commands
                words, cwd=self.root, env=self.env, **pipes
            ) as process:
                for line in process.stdout or ():
                    lines.append(line)
                    say(f"\r\033[K  {line.strip()[:76]}" if live else "", end="")
        except OSError as error:
            return 127, f"{words[0]}: {error.strerror}"
        say("\r\033[K" if live else "", end="")
        return process.returncode, "".join(lines)

    def must(self, *command: str | Path, quiet: bool = False) -> None:
        """Run a command that has to succeed; a quiet one is shown only when it does not."""
        code, output = self.ask(*command) if quiet else (self.run(*command), "")
        if code:
            say(output, end="")
            words = [str(word).removeprefix(f"{self.root}{os.sep}") for word in command]
            raise DevError(f"`{' '.join(words)}` left with exit code {code}.", code)


def python_of(venv: Path) -> Path:
    """Return the path of the Python of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def paint(text: str, color: str) -> str:
    """Color a text, for a terminal or CI whose user did not ask for plain text (NO_COLOR)."""
    codes = {"red": "31;1", "green": "32", "yellow": "33"}
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not (sys.stdout.isatty() or os.environ.get("CI")):
        return text
    return f"\033[{codes[color]}m{text}\033[0m"
