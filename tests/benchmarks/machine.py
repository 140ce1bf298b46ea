"""Where figures come from: the machine, and the versions of what ran."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

from tests.benchmarks.figures import Table

__all__ = ["describe", "table", "versions"]

PACKAGES = (
    "starlette", "msgspec", "blacksheep", "falcon", "litestar", "fastapi", "quart", "pydantic",
    "uvicorn", "httptools", "uvloop",
)  # fmt: skip
ASK = """
import importlib.metadata as m, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
print("\\n".join(f"{name} {version}" for name, version in found.items()))
"""


def describe(python: Path) -> dict[str, str]:
    """Return the machine and the versions, as the page shows them."""
    return {
        "Measured on": time.strftime("%Y-%m-%d"),
        "Processor": f"{processor()}, {os.cpu_count()} cores",
        "System": platform.system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "Packages": versions(python),
    }


def processor() -> str:
    """Return the name of the processor."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def versions(python: Path) -> str:
    """Return the versions of the packages that the interpreter can import."""
    command = [str(python), "-c", ASK, *PACKAGES]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return ", ".join(said.split("\n")).strip(", ")


def table(described: dict[str, str]) -> Table:
    """Return the table of a machine."""
    return Table("machine", "the machine", ["fact", "what ran"], list(described.items()), texts=2)
