"""Send to the page what an example prints and logs."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from livedocs.engine import traceback_in

Log = Callable[[str, str], None]
Note = Callable[[BaseException], None]


class Stream(io.StringIO):
    """A text stream that goes to the page.

    Args:
        log: Gets the name and each text.
        name: Of the stream: `out` or `err`.
    """

    def __init__(self, log: Log, name: str) -> None:
        super().__init__()
        self._log = log
        self._name = name

    def write(self, text: str) -> int:
        """Send a text to the page."""
        self._log(self._name, text)
        return len(text)


class LastResort(logging.Handler):
    """Sends to the page what no handler of the example took, as Python would to stderr.

    Args:
        log: Gets `log` and each text.
        place: The file name that the example was compiled with.
        note: Gets each error that is logged with its traceback.
    """

    def __init__(self, log: Log, place: str, *, note: Note) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._note = note
        self.setFormatter(_Formatter(place))

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record to the page."""
        if record.exc_info and record.exc_info[1] is not None:
            self._note(record.exc_info[1])
        self._log("log", f"{self.format(record)}\n")


class _Formatter(logging.Formatter):
    """Formats tracebacks from the example's own lines on."""

    def __init__(self, place: str) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._place = place

    def formatException(self, ei: Any) -> str:  # noqa: N802 # logging's name
        return traceback_in(self._place, ei[1]).rstrip("\n")


@contextmanager
def own_logging(last_resort: logging.Handler) -> Iterator[None]:
    """Give the example Python's own logging set-up; take back what it changes in the root."""
    root = logging.root
    before = (list(root.handlers), root.level, logging.lastResort)
    root.handlers[:] = []
    logging.lastResort = last_resort
    try:
        yield
    finally:
        root.handlers[:], level, logging.lastResort = before
        root.setLevel(level)
