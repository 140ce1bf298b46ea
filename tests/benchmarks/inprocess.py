"""What a request costs inside the process: the framework's own CPU time, without server or socket.

Rounds are interleaved, so that a slow moment of the machine hits everyone; the driver's own cost is
measured in each round with an application that does nothing, and subtracted. The ratio to
hand-written ASGI is taken within each round, then its median.
"""

from dataclasses import asdict
from typing import Any

from tests.benchmarks.cases import CASES, HUNDREDS, Case
from tests.benchmarks.charts import Chart, Panel
from tests.benchmarks.figures import Table, median, ratio, spread
from tests.benchmarks.frameworks import title
from tests.benchmarks.processes import Plan, Worker, WorkerError, workers

__all__ = ["charts", "chosen", "frameworks_of", "measure", "offered", "tables", "verified"]

CHARTED = ("plaintext", "json", "param", "query", "echo", "di", "middleware")
NULL_REQUESTS = 20_000

Samples = dict[str, list[float]]


def chosen(plan: Plan) -> list[Case]:
    """Return the cases to run."""
    return [case for case in CASES if plan.cases is None or case.name in plan.cases]


def offered(kind: str, crew: dict[str, Worker], problems: dict[str, str]) -> dict[str, Worker]:
    """Return the workers whose framework has this kind of application, each with it started."""
    ready = {}
    for name, worker in crew.items():
        try:
            if worker("build", kind=kind) is not None:
                ready[name] = worker
        except WorkerError as error:
            problems[f"{name}, {kind}"] = str(error)
    return ready


def verified(case: Case, crew: dict[str, Worker], problems: dict[str, str]) -> dict[str, Worker]:
    """Return the workers whose answer is right; what is wrong with the others is a problem."""
    right = {}
    for name, worker in crew.items():
        try:
            wrong = worker("verify", case=asdict(case))["wrong"]
        except WorkerError as error:
            wrong = str(error)
        if wrong:
            problems[f"{name}, {case.name}"] = wrong
        else:
            right[name] = worker
    return right


def run_case(plan: Plan, case: Case, crew: dict[str, Worker], rounds: int) -> Samples:
    """Return the net seconds of a request for each framework, one figure for each round."""
    slice_seconds = 0.01 if plan.quick else 0.03
    asked = asdict(case)
    requests = {
        name: worker("calibrate", case=asked, seconds=slice_seconds)
        for name, worker in crew.items()
    }
    samples: Samples = {name: [] for name in crew}
    base = next(iter(crew.values()))
    for _ in range(rounds):
        own = base("measure", case=asked, requests=NULL_REQUESTS, nothing=True)
        for name, worker in crew.items():
            spent = worker("measure", case=asked, requests=requests[name])
            samples[name].append(spent - own)
    return samples


def measure(plan: Plan) -> dict[str, Any]:
    """Run the cases, twice over in fresh processes unless in a hurry."""
    restarts = 1 if plan.quick else 2
    rounds = max(1, plan.rounds_or(20) // restarts)
    samples: dict[str, Samples] = {case.name: {} for case in chosen(plan)}
    problems: dict[str, str] = {}
    for _ in range(restarts):
        for kind in dict.fromkeys(case.kind for case in chosen(plan)):
            with workers(plan) as crew:
                ready = offered(kind, crew, problems)
                for case in (case for case in chosen(plan) if case.kind == kind):
                    plan.say(f"  {case.title}")
                    right = verified(case, ready, problems)
                    found = run_case(plan, case, right, rounds) if right else {}
                    for name, values in found.items():
                        samples[case.name].setdefault(name, []).extend(values)
    return {
        "rounds": rounds * restarts,
        "problems": problems,
        "cases": {name: summarize(found) for name, found in samples.items()},
    }


def summarize(samples: Samples) -> dict[str, dict[str, float | None]]:
    """Return the figures of a case: microseconds, ratio to hand-written ASGI, noise."""
    raw = samples.get("raw")
    return {
        name: {
            "us": (median(values) or 0) * 1e6,
            "ratio": ratio(values, raw) if raw else None,
            "spread": spread(values),
        }
        for name, values in samples.items()
    }


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the tables: microseconds, ratios, noise."""
    words = {
        "us": f"CPU in µs, median of {results['rounds']} rounds",
        "ratio": "the same as a multiple of hand-written ASGI",
        "spread": "noise: half the interquartile range over the median",
    }
    found = []
    for name, what, is_hundred in (
        ("inprocess", "a request", False),
        ("hundred", "a hundred", True),
    ):
        cases = {k: v for k, v in results["cases"].items() if (k in HUNDREDS) is is_hundred}
        found += [by_case(f"{name}-{key}", f"{what}: {words[key]}", cases) for key in words]
    return [
        table for table in found if any(cell is not None for row in table.rows for cell in row[1:])
    ]


def by_case(name: str, words: str, cases: dict[str, Any]) -> Table:
    """Return a table with a row for each framework and a column for each case."""
    titles, key = {case.name: case.title for case in CASES}, name.rpartition("-")[2]
    rows = [
        [title(framework), *(found.get(framework, {}).get(key) for found in cases.values())]
        for framework in frameworks_of(cases)
    ]
    return Table(name, words, ["framework", *(titles[case] for case in cases)], rows)


def frameworks_of(cases: dict[str, Any]) -> list[str]:
    """Return the frameworks that have a figure, in the order of the first case."""
    return list(dict.fromkeys(name for found in cases.values() for name in found))


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return the figure of the page."""
    titles = {case.name: case.title for case in CASES}
    panels = [
        Panel(titles[name], {title(key): figure["us"] for key, figure in found.items()})
        for name, found in results["cases"].items()
        if name in CHARTED and found
    ]
    words = "CPU per request, in microseconds"
    return {"inprocess": Chart(words, panels, is_logarithmic=True)} if panels else {}
