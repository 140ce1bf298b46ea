"""What one message to many costs: one client says something, and all of them hear it, on uvicorn.

Messages follow one another, each when the one before has been received by all; what each received
is verified.
"""

import asyncio
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from tests.benchmarks.cases import HELLO
from tests.benchmarks.charts import Chart
from tests.benchmarks.connections import (
    SECONDS,
    Client,
    allow_connections,
    client_frame,
    connected,
    on_the_other_core,
    server_frame,
)
from tests.benchmarks.driver import make_runner
from tests.benchmarks.figures import Table, median, ratio, spread
from tests.benchmarks.frameworks import title
from tests.benchmarks.processes import Plan
from tests.benchmarks.server import Server, serve

__all__ = ["charts", "measure", "tables"]

SOCKETS = 500
MESSAGES = 50  # in a round
FIRST = 5  # messages that are not counted

Runs = dict[str, list[dict[str, float]]]


def measure(plan: Plan) -> dict[str, Any]:
    """Connect many clients to each framework's server, in turn."""
    rounds = plan.rounds_or(12, quick=2)
    runs: Runs = {}
    problems: dict[str, str] = {}
    allow_connections()
    with ExitStack() as stack:
        stack.enter_context(on_the_other_core())
        runner = stack.enter_context(make_runner())
        servers = {n: stack.enter_context(serve(plan, n, kind="realtime")) for n in plan.frameworks}
        for number in range(rounds):
            plan.say(f"  round {number + 1} of {rounds}")
            for name, server in servers.items():
                try:
                    found = runner.run(tell_all(server))
                except (ConnectionError, TimeoutError) as error:
                    problems[f"{name}, fan-out"] = repr(error)
                else:
                    runs.setdefault(name, []).append(found)
    frameworks = summarize(runs)
    return {"rounds": rounds, "sockets": SOCKETS, "problems": problems, "frameworks": frameworks}


async def tell_all(server: Server) -> dict[str, float]:
    """Return the seconds from a message to the last one received, and the server's CPU seconds."""
    took = []
    async with connected(server.port, "/room", is_socket=True, count=SOCKETS) as clients:
        for number in range(FIRST + MESSAGES):
            if number == FIRST:
                before = server.cpu()
            took.append(await tell_once(clients, number + 1))
        after = server.cpu()
        check(clients)
    found = {"seconds": median(took[FIRST:]) or 0}
    if before is not None and after is not None:
        found["cpu"] = (after - before) / MESSAGES
    return found


async def tell_once(clients: list[Client], number: int) -> float:
    """Return the seconds until all have received the message of that number."""
    everyone = asyncio.get_running_loop().create_future()
    missing = len(clients)

    def count() -> None:
        nonlocal missing
        missing -= 1
        if not missing:
            everyone.set_result(None)

    for client in clients:
        client.expected, client.tell = number * len(server_frame(HELLO)), count
    began = perf_counter()
    clients[0].transport.write(client_frame(HELLO))
    async with asyncio.timeout(SECONDS):
        await everyone
    return perf_counter() - began


def check(clients: list[Client]) -> None:
    """Raise unless all have received the right messages."""
    right = server_frame(HELLO) * (FIRST + MESSAGES)
    wrong = [client.content for client in clients if client.content != right]
    if wrong:
        raise ConnectionError(f"{len(wrong)} clients received other messages: {wrong[0][:80]!r}")


def summarize(runs: Runs) -> dict[str, dict[str, float | None]]:
    """Return the medians of each framework, and the ratios to hand-written ASGI in each round."""
    base = {key: values(runs.get("raw", []), key) for key in ("seconds", "cpu")}
    figures: dict[str, dict[str, float | None]] = {}
    for name, found in runs.items():
        seconds, cpu = values(found, "seconds"), values(found, "cpu")
        figures[name] = {
            "ms": median([each * 1e3 for each in seconds]),
            "ms-ratio": ratio(seconds, base["seconds"]),
            "us": median([each / SOCKETS * 1e6 for each in cpu]),
            "us-ratio": ratio(cpu, base["cpu"]),
            "spread": spread(cpu),
        }
    return figures


def values(runs: list[dict[str, float]], key: str) -> list[float]:
    """Return a figure of all rounds; nothing where the system does not tell it."""
    return [run[key] for run in runs if key in run]


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the table of fan-out."""
    head = [
        "framework",
        "until the last, ms",
        "multiple of raw ASGI",
        "CPU per client, µs",
        "multiple of raw ASGI",
    ]
    keys = ("ms", "ms-ratio", "us", "us-ratio")
    rows = [
        [title(name), *(found[key] for key in keys)]
        for name, found in results["frameworks"].items()
    ]
    return [Table("fanout", f"one message to {results['sockets']} WebSockets", head, rows)]


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return nothing: the table says it all."""
    return {}
