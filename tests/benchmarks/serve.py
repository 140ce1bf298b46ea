"""Serve an application with uvicorn: `python -m tests.benchmarks.serve NAME KIND PORT`."""

import contextlib
import importlib
import os
import sys
from typing import Any

import uvicorn

from tests.benchmarks.connections import allow_connections


def main(framework: str, kind: str, port: int) -> None:
    """Serve on one core, as one worker, without a log of requests."""
    with contextlib.suppress(AttributeError, OSError):  # systems without affinities, one core
        os.sched_setaffinity(0, {0})
    allow_connections()
    app = getattr(importlib.import_module(f"tests.benchmarks.apps.{framework}"), kind)()
    options: dict[str, Any] = {
        "http": "httptools",
        "access_log": False,
        "log_level": "error",
        "backlog": 4096,
    }
    uvicorn.run(app, host="127.0.0.1", port=port, **options)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
