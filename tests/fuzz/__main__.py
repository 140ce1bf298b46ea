"""Send random requests for some time, and tell what came of it."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.whole_app import make_site, make_whole_app

from .cases import Case, cases
from .exchange import Exchange, find_complaints

ROUND = 2000


class Failures(logging.Handler):
    """What was logged as an error, for the request that is under way."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class Fuzzer:
    """Send requests to applications with and without HTTP middleware, and count."""

    def __init__(self, site: Path, runner: asyncio.Runner) -> None:
        self.apps = [make_whole_app(site, [], is_noting=noting) for noting in (True, False)]
        self.runner = runner
        self.statuses: Counter[int] = Counter()
        self.failures: dict[str, Case] = {}
        self.log = Failures()
        logging.getLogger().addHandler(self.log)
        logging.getLogger().setLevel(logging.ERROR)

    def send(self, case: Case) -> None:
        """Send one request to each application.

        Raises:
            AssertionError: something is wrong with an answer.
        """
        for app in self.apps:
            self.log.messages.clear()
            exchange = Exchange(case)
            self.runner.run(exchange.run(app))
            self.statuses[exchange.status] += 1
            complaints = [*find_complaints(exchange), *self.log.messages]
            if complaints:
                raise AssertionError("; ".join(complaints))

    def run_round(self, number: int) -> None:
        """Send many requests; of those that fail, keep the smallest."""

        @seed(number)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(cases())
        def send(case: Case) -> None:
            last.append(case)
            self.send(case)

        last: list[Case] = []
        try:
            send()
        except Exception as error:  # noqa: BLE001 - all that goes wrong is reported
            self.failures.setdefault(f"{type(error).__name__}: {error}", last[-1])

    def summarize(self, seconds: float) -> str:
        """Return what came of it."""
        total = sum(self.statuses.values())
        lines = [f"{total} requests in {seconds:.0f} s, {total / seconds:.0f} per second"]
        lines += [
            f"  {status or 'left'}: {count}" for status, count in sorted(self.statuses.items())
        ]
        lines.append(f"{len(self.failures)} failures")
        lines += [f"  {error}\n    {case!r}" for error, case in self.failures.items()]
        return "\n".join(lines)


def main() -> int:
    """Run for as long as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    warnings.simplefilter("error")
    started, number = time.monotonic(), options.seed
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        fuzzer = Fuzzer(make_site(Path(folder)), runner)
        while time.monotonic() - started < options.minutes * 60:
            fuzzer.run_round(number)
            sent = sum(fuzzer.statuses.values())
            print(f"seed {number}: {sent} requests, {len(fuzzer.failures)} failures", flush=True)
            number += 1
        print(fuzzer.summarize(time.monotonic() - started))
    return 1 if fuzzer.failures else 0


if __name__ == "__main__":
    sys.exit(main())
