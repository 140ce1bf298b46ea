"""Import a framework and answer one request, in a fresh process that says what it took.

An event loop, which any server needs, is made before the clock starts.
"""

import importlib
import json
import os
import sys
import time

from tests.benchmarks.cases import CASES
from tests.benchmarks.driver import drive, make_runner, problem, start


def main(framework: str) -> None:
    """Print the CPU seconds, and the modules and bytes that came with the framework."""
    run = make_runner().run
    run(start_nothing())
    modules, memory = len(sys.modules), resident()
    begun = time.process_time()
    module = importlib.import_module(f"tests.benchmarks.apps.{framework}")
    imported = time.process_time()
    app = module.hello()
    lifespan = run(start(app))
    wrong = problem(CASES[0], run(drive(app, CASES[0])))
    spent = {"import": imported - begun, "total": time.process_time() - begun}
    came = {"modules": len(sys.modules) - modules, "bytes": resident() - memory}
    print("\n" + json.dumps({"wrong": wrong, **spent, **came}), flush=True)
    os._exit(0 if lifespan else 1)  # the lifespan is still open


async def start_nothing() -> None:
    """Make the event loop."""


def resident() -> int:
    """Return the resident memory of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123 - pathlib is not imported yet
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main(sys.argv[1])
