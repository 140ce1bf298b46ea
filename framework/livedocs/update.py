"""Rewrite the documented outputs that are out of date: `python -m livedocs.update [PATHS]`."""

import subprocess
import sys
from collections.abc import Sequence


def main(paths: Sequence[str]) -> int:
    """Run the blocks of pages and write what came where it differs.

    Args:
        paths: Pages or folders; all of the documentation when empty.
    """
    pages = list(paths) or ["docs", "README.md"]
    command = [sys.executable, "-m", "pytest", *pages, "--update-examples", "-q"]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
