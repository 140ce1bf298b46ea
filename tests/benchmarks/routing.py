"""What a look-up costs against the number of routes, and how long it takes to register them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tests.benchmarks.cases import LOOKUPS, lookup_case
from tests.benchmarks.charts import Chart, Panel
from tests.benchmarks.figures import Table, format_figure, median
from tests.benchmarks.frameworks import title
from tests.benchmarks.inprocess import run_case
from tests.benchmarks.processes import Plan, Worker, WorkerError, workers

__all__ = ["SIZES", "charts", "measure", "tables"]

SIZES = (10, 100, 1000, 10_000)
KINDS = {"static": "static paths", "param": "paths with a parameter"}

Found = dict[str, dict[str, Any]]


def measure(plan: Plan) -> dict[str, Any]:
    """Measure each kind of path and number of routes."""
    rounds = plan.rounds_or(9)
    sizes: dict[str, dict[str, Found]] = {kind: {} for kind in KINDS}
    for kind, words in KINDS.items():
        for routes in SIZES:
            plan.say(f"  {routes} {words}")
            options = {"routes": routes, "param": kind == "param"}
            sizes[kind][str(routes)] = run_size(plan, options, rounds)
    return {"rounds": rounds, "sizes": sizes}


def run_size(plan: Plan, options: dict[str, Any], rounds: int) -> Found:
    """Return, for each framework, the seconds to register and to start, and each look-up's."""
    found: Found = {name: {} for name in plan.frameworks}
    with workers(plan) as crew:
        ready: dict[str, Worker] = {}
        for name, worker in crew.items():
            try:
                found[name] = build(worker, options, 10.0 if plan.quick else 60.0)
                ready[name] = worker
            except WorkerError as error:
                found[name] = {"problem": str(error)}
                plan.say(f"  {title(name)}: {error}")
        for where in LOOKUPS:
            samples = run_case(plan, lookup_case(where, **options), ready, rounds)
            for name, values in samples.items():
                found[name][where] = (median(values) or 0) * 1e6
    return found


def build(worker: Worker, options: dict[str, Any], limit: float) -> dict[str, Any]:
    """Register the routes and verify the answers; return the seconds it took.

    The first request counts as part of starting: some frameworks compile their table then.
    """
    spent: dict[str, float] = worker("build", limit=limit, kind="routing", **options)
    for where in LOOKUPS:
        verdict = worker("verify", limit=limit, case=asdict(lookup_case(where, **options)))
        if verdict["wrong"]:
            raise WorkerError(f"wrong answer: {verdict['wrong']}")
        if where == "first":
            spent["start"] += verdict["first"]
    return spent


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the tables: look-ups and registering for each kind of path, and excerpts."""
    found = [table for kind in KINDS for table in tables_of(kind, results)]
    return [*found, *excerpts(results["sizes"])]


def excerpts(kinds: dict[str, dict[str, Found]]) -> Iterator[Table]:
    """Yield the two tables that the page shows: everybody's last route, and all of ours."""
    static = kinds["static"]
    names = next(iter(static.values()))
    rows = [
        [title(name), *(found[name].get("last") for found in static.values())] for name in names
    ]
    yield Table("routing-last", "the last of static routes", heading(static), rows)
    rows = [
        [f"{KINDS[kind]}, {where}", *(found["bocadillo"].get(where) for found in sizes.values())]
        for kind, sizes in kinds.items()
        for where in LOOKUPS
        if "bocadillo" in names
    ]
    if rows:
        yield Table("routing-ours", "all look-ups of Bocadillo", heading(static), rows)


def heading(sizes: dict[str, Found]) -> list[str]:
    """Return the head of a table whose columns are numbers of routes."""
    return ["routes", *(format_figure(int(size)) for size in sizes)]


def tables_of(kind: str, results: dict[str, Any]) -> Iterator[Table]:
    """Yield the two tables of one kind of path."""
    sizes = results["sizes"][kind]
    head = heading(sizes)
    names = next(iter(sizes.values()))
    rows = [
        [f"{title(name)}, {where}", *(found[name].get(where) for found in sizes.values())]
        for name in names
        for where in LOOKUPS
    ]
    words = f"{KINDS[kind]}: µs per request, by the number of routes"
    yield Table(f"routing-{kind}", words, head, rows)
    rows = [[title(name), *(startup(found[name]) for found in sizes.values())] for name in names]
    words = f"{KINDS[kind]}: ms of CPU to register them and to answer the first request"
    yield Table(f"registering-{kind}", words, head, rows)


def startup(figures: dict[str, Any]) -> float | str:
    """Return the milliseconds until the first answer, or why there is none."""
    if "problem" in figures:
        return str(figures["problem"])
    return float(figures["register"] + figures["start"]) * 1e3


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return the figure of the page: the last of ten routes, and of ten thousand."""
    sizes = results["sizes"]["static"]
    panels = [
        Panel(
            f"last of {format_figure(int(size))}",
            {title(name): figures.get("last") for name, figures in of.items()},
        )
        for size, of in sizes.items()
    ]
    return {"routing": Chart("The last of many routes, in µs", panels, is_logarithmic=True)}
