"""One framework in its own process: `python -m tests.benchmarks.worker NAME`.

It reads one JSON line for each command, and answers with one: see `processes.Worker`.
"""

import contextlib
import importlib
import json
import os
import sys
import time
from typing import Any

from tests.benchmarks.cases import Case
from tests.benchmarks.driver import (
    ASGIApp,
    count_calls,
    do_nothing,
    drive,
    make_runner,
    problem,
    start,
    timed,
)


class Bench:
    """Hold an application, and measure it: each method is a command."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.run = make_runner().run
        self.app: ASGIApp = do_nothing
        self.lifespan: object = None

    def build(self, kind: str, **options: Any) -> dict[str, float] | None:
        """Make and start an application; None when the framework has none of that kind."""
        module = importlib.import_module(f"tests.benchmarks.apps.{self.framework}")
        make = getattr(module, kind, None)
        if make is None:
            return None
        begun = time.process_time()
        self.app = make(**options)
        made = time.process_time()
        self.lifespan = self.run(start(self.app))
        return {"register": made - begun, "start": time.process_time() - made}

    def verify(self, case: dict[str, Any]) -> dict[str, Any]:
        """Return what is wrong with the second answer, which must be as good as the first."""
        asked = Case(**case)
        begun = time.process_time()
        wrong = problem(asked, self.run(drive(self.app, asked, 1)))
        first = time.process_time() - begun
        wrong = wrong or problem(asked, self.run(drive(self.app, asked, 1)))
        return {"wrong": wrong, "first": first}

    def calibrate(self, case: dict[str, Any], seconds: float) -> int:
        """Return how many requests take about so long."""
        requests = 1
        while (spent := self.run(timed(self.app, Case(**case), requests))) < seconds / 4:
            requests *= 4
        return max(1, round(requests * seconds / spent))

    def measure(self, case: dict[str, Any], requests: int, *, nothing: bool = False) -> float:
        """Return the CPU seconds of a request; of the driver alone with `nothing`."""
        app = do_nothing if nothing else self.app
        return float(self.run(timed(app, Case(**case), requests))) / requests

    def calls(self, case: dict[str, Any]) -> int:
        """Return the calls of a request."""
        return self.run(count_calls(self.app, Case(**case)))


def serve(framework: str) -> None:
    """Obey until the input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework prints must not enter the conversation
    bench = Bench(framework)
    for line in sys.stdin:
        command, options = json.loads(line)
        try:
            reply = {"result": getattr(bench, command)(**options)}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the parent reports it
            reply = {"error": f"{type(error).__name__}: {error}"}
        out.write(f"{json.dumps(reply)}\n")
        out.flush()
    with contextlib.suppress(OSError):
        out.close()
    os._exit(0)  # the lifespan is still open, and there is nothing to save


if __name__ == "__main__":
    serve(sys.argv[1])
