"""What becomes of streams, WebSockets and views whose clients leave or whose server ends.

Each line of the table is one thing that happens to an application of each framework, served by
uvicorn in a process of its own; what came of it is told in words. The words are kept apart from the
figures, in `realtime.json`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import machine
from tests.benchmarks.charts import Chart
from tests.benchmarks.figures import Table
from tests.benchmarks.frameworks import TITLES
from tests.benchmarks.probed import serve
from tests.benchmarks.probes import PROBES, Outcome, Probe
from tests.benchmarks.processes import Plan

__all__ = ["PROBED", "charts", "measure", "tables"]

PROBED = {
    "bocadillo": "Bocadillo",
    "starlette": "Starlette",
    "fastapi": "FastAPI",
    "litestar": "Litestar",
    "blacksheep": "BlackSheep",
    "quart": "Quart",
    "falcon": "Falcon",
}
MARKS = {True: "✓ ", False: "✗ ", None: ""}


def measure(plan: Plan) -> dict[str, Any]:
    """Return, for each probe, what came of it in each framework."""
    chosen = [name for name in PROBED if name in plan.frameworks or is_meant(name, plan)]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for key, probe in PROBES.items():
        plan.say(f"  {probe.row:2} {probe.title}")
        outcomes = {name: run(probe, name, plan.python) for name in chosen}
        found[key] = {name: outcome._asdict() for name, outcome in outcomes.items()}
    return {"probes": found, "problems": dict(problems(found))}


def is_meant(name: str, plan: Plan) -> bool:
    """Tell if a framework that has no other benchmark is meant: when all are."""
    return name not in TITLES and set(TITLES) <= set(plan.frameworks)


def run(probe: Probe, framework: str, python: Path) -> Outcome:
    """Serve an application, and do to it what the probe does."""
    with serve(framework, python, probe.variant) as served:
        return probe.run(served)


def problems(found: dict[str, dict[str, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Name what Bocadillo does not hold: such a table is not to be shown."""
    for key, outcomes in found.items():
        if "bocadillo" in outcomes and not outcomes["bocadillo"]["holds"]:
            yield f"bocadillo, {key}", outcomes["bocadillo"]["said"]


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the table, and that of the machine."""
    found = results["probes"]
    names = [name for name in PROBED if any(name in outcomes for outcomes in found.values())]
    head = ["row", "what happens", *(PROBED[name] for name in names)]
    rows = [
        [str(PROBES[key].row), PROBES[key].title, *(cell(outcomes.get(name)) for name in names)]
        for key, outcomes in found.items()
    ]
    made = [Table("realtime", "what comes of it", head, rows, texts=len(head))]
    if "machine" in results:
        described = machine.table(results["machine"])
        made.append(Table("realtime-machine", "the machine", described.head, described.rows, 2))
    return made


def cell(outcome: dict[str, Any] | None) -> str:
    """Write what came of it, with a mark for what the row asks for."""
    return "" if outcome is None else f"{MARKS[outcome['holds']]}{outcome['said']}"


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return nothing: they are words."""
    return {}
