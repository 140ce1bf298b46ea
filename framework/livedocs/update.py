"""Rewrite the documented outputs that are out of date: `python -m livedocs.update [PATHS]`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from livedocs.errors import did_you_mean


def main(paths: Sequence[str]) -> int:
    """Run the blocks of pages and write what came where it differs.

    Args:
        paths: Pages or folders; all of the documentation when empty.

    Raises:
        SystemExit: There is no such path; the message names the nearest.
    """
    for path in paths:
        if not Path(path.partition("::")[0]).exists():
            known = [page.as_posix() for page in Path("docs").rglob("*.md")]
            sys.exit(f"There is no page or folder {path!r}.{did_you_mean(path, known)}")
    pages = list(paths) or ["docs", "README.md"]
    command = [sys.executable, "-m", "pytest", *pages, "--update-examples", "-q"]
    code = subprocess.run(command, check=False).returncode
    scripts = [sys.executable, "-m", "livedocs.clients", *pages]
    return subprocess.run(scripts, check=False).returncode or code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
