"""A framework's application that is served, to be left by its clients and told to end."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.processes import ROOT, child_environment
from tests.real.telling import Told

__all__ = ["Served", "serve"]


class Served:
    """A server in a process of its own.

    Attributes:
        told: what its application tells.
        url: its address.
    """

    def __init__(self, framework: str, variant: str, python: Path) -> None:
        command = [str(python), "-m", "tests.benchmarks.apps.probed", framework, variant]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.told = Told()
        self.settled = threading.Event()  # it listens, or it has ended
        self.url = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        """Read what is told, until the process ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            what, at = json.loads(line)
            if self.url:
                self.told.tell(what, at)
            else:
                self.url = f"http://127.0.0.1:{what}"
                self.settled.set()
        self.settled.set()

    def memory(self) -> int:
        """Return the bytes of memory that it takes; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGESIZE")

    def end(self, seconds: float) -> float | None:
        """Tell it to end; return how long it took, or `None` if it had to be killed."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.close()
            return None
        self.reader.join(5)
        return time.monotonic() - begun

    def close(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serve(framework: str, python: Path, variant: str = "") -> Iterator[Served]:
    """Run a framework's server; yield it once it listens.

    Raises:
        RuntimeError: it does not start.
    """
    served = Served(framework, variant, python)
    try:
        served.settled.wait(30)
        if not served.url:
            raise RuntimeError(f"the application of {framework} did not start")
        yield served
    finally:
        served.close()
