"""Run `python test` blocks: pytest, in a process and a folder of their own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from livedocs.files import write_files

TIME_LIMIT_SECONDS = 60
# Neither settings nor plugins of the repository have a say; warnings fail, as everywhere.
OPTIONS = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-W", "error")
SUMMARY = re.compile(r"\n=+ (?:short test summary info|FAILURES|ERRORS) =+\n")


def run_tests(files: Mapping[str, str], path: str, *, place: str) -> str | None:
    """Run the tests of a file beside an application's files; return what failed, or `None`.

    Args:
        files: The application's files and that of the tests.
        path: The file with the tests; its lines have the numbers that they have in `place`.
        place: The page, which messages name.
    """
    with tempfile.TemporaryDirectory(prefix="tests-") as name:
        folder = Path(name)
        write_files(folder, files)
        if "pyproject.toml" not in files:  # else the page shows how pytest is configured
            (folder / "pytest.ini").write_text("[pytest]\nanyio_mode = auto\n")
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *OPTIONS, path],
                cwd=folder,
                env={**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "", "COLUMNS": "100"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIME_LIMIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"the tests took more than {TIME_LIMIT_SECONDS} seconds"
    if done.returncode == 0:
        return None
    report = SUMMARY.split(done.stdout)[1 if SUMMARY.search(done.stdout) else 0]
    return f"{report}{done.stderr}".replace(f"{path}:", f"{place}:").strip()
