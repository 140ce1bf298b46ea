"""From import to the first answer of a hello world application, in fresh processes."""

import json
import subprocess
from typing import Any

from tests.benchmarks.charts import Chart, Panel
from tests.benchmarks.figures import Table, median, ratio
from tests.benchmarks.frameworks import title
from tests.benchmarks.processes import ROOT, Plan, child_environment

__all__ = ["charts", "measure", "tables"]


def measure(plan: Plan) -> dict[str, Any]:
    """Start each framework again and again, in turn; the first time only fills caches."""
    rounds = plan.rounds_or(9)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in plan.frameworks}
    for number in range(-1, rounds):
        for name in plan.frameworks:
            found = run_once(plan, name)
            if number >= 0:
                runs[name].append(found)
    problems = {name: found[-1]["wrong"] for name, found in runs.items() if found[-1]["wrong"]}
    base = [found["total"] for found in runs.get("starlette", [])]
    return {
        "rounds": rounds,
        "problems": problems,
        "frameworks": {name: summarize(found, base) for name, found in runs.items()},
    }


def run_once(plan: Plan, name: str) -> dict[str, Any]:
    """Return what one process says of itself."""
    command = [str(plan.python), "-m", "tests.benchmarks.hello", name]
    done = subprocess.run(
        command, cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"wrong": (done.stderr or "no output").strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def summarize(runs: list[dict[str, Any]], base: list[float]) -> dict[str, float | None]:
    """Return the medians of a framework, and the ratio to Starlette within each round."""
    right = [run for run in runs if not run["wrong"]]
    totals = [run["total"] for run in right]
    return {
        "import": (median([run["import"] for run in right]) or 0) * 1e3,
        "total": (median(totals) or 0) * 1e3,
        "ratio": ratio(totals, base) if len(totals) == len(base) else None,
        "modules": median([run["modules"] for run in right]),
        "mib": (median([run["bytes"] for run in right]) or 0) / 2**20,
    }


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the table of start-up."""
    head = [
        "framework",
        "import, ms",
        "to first answer, ms",
        "multiple of Starlette",
        "modules",
        "MiB",
    ]
    keys = ("import", "total", "ratio", "modules", "mib")
    rows = [
        [title(name), *(found[key] for key in keys)]
        for name, found in results["frameworks"].items()
    ]
    return [Table("startup", "CPU time from import to the first answer", head, rows)]


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return the figure of the page."""
    bars = {title(name): found["total"] for name, found in results["frameworks"].items()}
    words = "From import to the first answer, in milliseconds of CPU"
    return {"startup": Chart(words, [Panel("hello world", bars)])}
