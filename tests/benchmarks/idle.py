"""What a connection on which nothing happens costs: the server's memory, on uvicorn.

Each figure is that of a fresh process: some connections are opened to begin with, which pay for
what is made once, and then many more, by which the growth is divided. All of them stay open.
"""

import asyncio
from itertools import product
from typing import Any

from tests.benchmarks.charts import Chart, Panel
from tests.benchmarks.connections import allow_connections, connected, on_the_other_core
from tests.benchmarks.driver import make_runner
from tests.benchmarks.figures import Table, median, ratio, spread
from tests.benchmarks.frameworks import title
from tests.benchmarks.processes import Plan
from tests.benchmarks.server import Server, serve

__all__ = ["charts", "measure", "tables"]

# What is open, and where the applications serve it.
KINDS = {"socket": "WebSocket", "stream": "event stream"}
PATHS = {"socket": "/socket", "stream": "/news"}
CONNECTIONS, QUICKLY = 1000, 300
FIRST = 100  # connections that are not counted
IDLE_SECONDS = 0.005  # what uvicorn may spend on its clock in a quarter of a second

Runs = dict[str, list[float]]


def measure(plan: Plan) -> dict[str, Any]:
    """Open many connections to a fresh server of each framework, again and again, in turn."""
    rounds, count = plan.rounds_or(5, quick=1), QUICKLY if plan.quick else CONNECTIONS
    runs: dict[str, Runs] = {kind: {} for kind in KINDS}
    problems: dict[str, str] = {}
    allow_connections()
    with on_the_other_core():
        for number in range(rounds):
            plan.say(f"  round {number + 1} of {rounds}")
            for (kind, words), name in product(KINDS.items(), plan.frameworks):
                try:
                    grown = run_once(plan, name, kind=kind, count=count)
                except (ConnectionError, TimeoutError) as error:
                    problems[f"{name}, idle {words}"] = repr(error)
                    continue
                if grown is None:
                    plan.say("  skipped: this system does not tell the memory of a process")
                    return {}
                runs[kind].setdefault(name, []).append(grown)
    kinds = {kind: summarize(found) for kind, found in runs.items()}
    return {"rounds": rounds, "connections": count, "problems": problems, "kinds": kinds}


def run_once(plan: Plan, name: str, *, kind: str, count: int) -> float | None:
    """Return the bytes that an open connection costs a fresh server."""
    with serve(plan, name, kind="realtime") as server, make_runner() as runner:
        return runner.run(growth(server, kind, count))


async def growth(server: Server, kind: str, count: int) -> float | None:
    """Open connections, and then so many more; return the bytes that each of these costs."""
    path, is_socket = PATHS[kind], kind == "socket"
    async with connected(server.port, path, is_socket=is_socket, count=FIRST):
        before = await settled(server)
        async with connected(server.port, path, is_socket=is_socket, count=count):
            after = await settled(server)
    return None if before is None or after is None else (after - before) / count


async def settled(server: Server) -> int | None:
    """Return the memory of a server once it does nothing any more."""
    for _ in range(20):
        before = server.cpu()
        await asyncio.sleep(0.25)
        after = server.cpu()
        if before is not None and after is not None and after - before < IDLE_SECONDS:
            break
    return server.memory()


def summarize(runs: Runs) -> dict[str, dict[str, float | None]]:
    """Return the figures of a kind: KiB for each connection, ratio to hand-written ASGI, noise."""
    raw = runs.get("raw")
    return {
        name: {
            "kib": (median(values) or 0) / 1024,
            "ratio": ratio(values, raw) if raw else None,
            "spread": spread(values),
        }
        for name, values in runs.items()
    }


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the table: KiB, and the multiple of hand-written ASGI."""
    kinds = results["kinds"]
    names = dict.fromkeys(name for found in kinds.values() for name in found)
    head = ["framework"]
    rows: list[list[Any]] = [[title(name)] for name in names]
    for kind, found in kinds.items():
        head += [f"{KINDS[kind]}, KiB", "multiple of raw ASGI"]
        for row, name in zip(rows, names, strict=True):
            row += [found.get(name, {}).get(key) for key in ("kib", "ratio")]
    words = f"memory of an idle connection on uvicorn, over {results['connections']} of them"
    return [Table("idle", words, head, rows)]


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return the figure of the page."""
    panels = [
        Panel(KINDS[kind], {title(name): figure["kib"] for name, figure in found.items()})
        for kind, found in results["kinds"].items()
    ]
    return {"idle": Chart("Memory of an idle connection, in KiB", panels)}
