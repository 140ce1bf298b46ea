"""How many functions a request calls, Python's and C's: exact, so that no noise can hide a change.

The driver's own calls are counted too, and are the same for everyone.
"""

from dataclasses import asdict
from typing import Any

from tests.benchmarks.cases import CASES, HUNDREDS
from tests.benchmarks.charts import Chart
from tests.benchmarks.figures import Table
from tests.benchmarks.frameworks import title
from tests.benchmarks.inprocess import chosen, frameworks_of, offered, verified
from tests.benchmarks.processes import Plan, workers

__all__ = ["charts", "measure", "tables"]


def measure(plan: Plan) -> dict[str, Any]:
    """Count the calls of each case."""
    counts: dict[str, dict[str, int]] = {case.name: {} for case in chosen(plan)}
    problems: dict[str, str] = {}
    for kind in dict.fromkeys(case.kind for case in chosen(plan)):
        with workers(plan) as crew:
            ready = offered(kind, crew, problems)
            for case in (case for case in chosen(plan) if case.kind == kind):
                right = verified(case, ready, problems)
                for name, worker in right.items():
                    counts[case.name][name] = worker("calls", case=asdict(case))
    return {"problems": problems, "cases": counts}


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the tables of counts: requests, and hundreds of chunks, events and messages."""
    found = []
    for name, what, is_hundred in (
        ("calls", "a request", False),
        ("hundred-calls", "a hundred", True),
    ):
        cases = {k: v for k, v in results["cases"].items() if (k in HUNDREDS) is is_hundred}
        titles = [case.title for case in CASES if case.name in cases]
        rows = [
            [title(framework), *(counts.get(framework) for counts in cases.values())]
            for framework in frameworks_of(cases)
        ]
        words = f"{what}: Python and C calls"
        found += [Table(name, words, ["framework", *titles], rows)] if rows else []
    return found


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return nothing: the table says it all."""
    return {}
