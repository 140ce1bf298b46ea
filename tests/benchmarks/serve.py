"""Serve a framework's application with uvicorn: `python -m tests.benchmarks.serve NAME PORT`."""

import contextlib
import importlib
import os
import sys
from typing import Any

import uvicorn


def main(framework: str, port: int) -> None:
    """Serve on one core, as one worker, without a log of requests."""
    with contextlib.suppress(AttributeError, OSError):  # systems without affinities, one core
        os.sched_setaffinity(0, {0})
    app = importlib.import_module(f"tests.benchmarks.apps.{framework}").basic()
    options: dict[str, Any] = {
        "http": "httptools",
        "access_log": False,
        "log_level": "error",
        "backlog": 4096,
    }
    uvicorn.run(app, host="127.0.0.1", port=port, **options)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
