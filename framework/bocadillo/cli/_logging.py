"""The log of `bocadillo run`: uvicorn's, with what the framework logs in the same form."""

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG

__all__ = ["LogOnce", "make_log_config"]

MARK = "_logged_by_bocadillo"


class LogOnce(logging.Filter):
    """Drop uvicorn's report of an error that the framework has logged before it raised it again.

    The framework's own record tells the request, and ends where the application begins.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell if a record is to be logged."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        if record.name == "bocadillo" or record.name.startswith("bocadillo."):
            error.__dict__[MARK] = True
            return True
        return not error.__dict__.pop(MARK, False)


def make_log_config(level: str) -> dict[str, Any]:
    """Return the configuration of the log, as `logging.config.dictConfig` takes it.

    Args:
        level: the least important level that the framework logs, such as `info`.
    """
    config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"once": {"()": f"{__name__}.{LogOnce.__qualname__}"}}
    config["handlers"]["default"]["filters"] = ["once"]
    config["loggers"]["bocadillo"] = {
        "handlers": ["default"],
        "level": level.upper(),
        "propagate": False,
    }
    return config
