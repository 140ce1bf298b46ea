"""The command line: `bocadillo create`, `bocadillo run`, `bocadillo routes`."""

import sys

__all__ = ["main"]

MISSING = 'error: the command `bocadillo` needs click: pip install "bocadillo[cli]"'


def main() -> None:
    """Run the command that the arguments of the process name.

    Raises:
        SystemExit: always: the command has ended.
    """
    try:
        from ._commands import bocadillo  # noqa: PLC0415 - it needs click
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit(MISSING)
    bocadillo(prog_name="bocadillo")
