"""The processes in which frameworks run: one for each, so that none pays for another's imports."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Plan", "Worker", "WorkerError", "child_environment", "workers"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Plan:
    """What to measure, and how long.

    Attributes:
        python: the interpreter that can import all the frameworks.
        rounds: how often each figure is taken; None for the benchmark's own number.
        quick: whether a first impression is enough.
    """

    python: Path
    frameworks: list[str]
    cases: list[str] | None = None
    rounds: int | None = None
    quick: bool = False
    say: Callable[[str], None] = field(default=print)

    def rounds_or(self, usual: int, *, quick: int = 3) -> int:
        """Return the number of rounds: what was asked for, or the usual."""
        return self.rounds or (quick if self.quick else usual)


class WorkerError(Exception):
    """Tell what a framework's process said went wrong."""


def child_environment() -> dict[str, str]:
    """Return the environment of the processes: this tree's code, and hashes that do not vary."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "framework")])
    steady = {"PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **steady, "PYTHONPATH": path}


class Worker:
    """A framework's process: it waits for commands, and costs nothing meanwhile."""

    def __init__(self, framework: str, python: Path) -> None:
        command = [str(python), "-m", "tests.benchmarks.worker", framework]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=child_environment(), stderr=subprocess.DEVNULL, **pipes
        )

    def __call__(self, command: str, limit: float | None = None, **options: Any) -> Any:
        """Give a command and return its result.

        Raises:
            WorkerError: it failed, ended, or took longer than the limit in seconds.
        """
        timer = threading.Timer(limit, self.process.kill) if limit else None
        if timer:
            timer.start()
        try:
            line = self.ask(json.dumps([command, options]))
        finally:
            if timer:
                timer.cancel()
        if not line:
            code = self.process.wait()
            ended = f"longer than {limit:.0f} s" if limit and code < 0 else f"exit code {code}"
            raise WorkerError(ended)
        reply = json.loads(line)
        if "error" in reply:
            raise WorkerError(reply["error"])
        return reply["result"]

    def ask(self, line: str) -> str:
        """Send a line and return the answer; empty when the process is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return ""
        return str(self.process.stdout.readline())

    def close(self) -> None:
        """End the process, and wait for it."""
        with self.process:
            if self.process.stdin:
                try:
                    self.process.stdin.close()
                except BrokenPipeError:
                    self.process.kill()


@contextmanager
def workers(plan: Plan) -> Iterator[dict[str, Worker]]:
    """Start a process for each framework; end them all on leaving."""
    started = {name: Worker(name, plan.python) for name in plan.frameworks}
    try:
        yield started
    finally:
        for worker in started.values():
            worker.close()
