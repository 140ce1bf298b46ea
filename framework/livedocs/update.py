"""Rewrite the documented outputs that are out of date: `python -m livedocs.update [PATHS]`."""

import sys
from collections.abc import Sequence

import pytest


def main(paths: Sequence[str]) -> int:
    """Run the blocks of pages and write what came where it differs.

    Args:
        paths: Pages or folders; all of the documentation when empty.
    """
    pages = list(paths) or ["docs", "README.md"]
    return int(pytest.main([*pages, "--update-examples", "-q"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
