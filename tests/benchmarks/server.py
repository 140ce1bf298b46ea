"""The same applications over HTTP: uvicorn with httptools and uvloop, one worker, and wrk.

The server has one core and wrk another, and rounds are interleaved. What counts is the share of the
hand-written application's requests per second of the server's CPU, in the same round: what it is
for requests per second when nothing else runs, and what it stays when something does.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.benchmarks.cases import CASES, HEADERS, Case
from tests.benchmarks.charts import Chart, Panel
from tests.benchmarks.figures import Table, median, ratio, spread
from tests.benchmarks.frameworks import title
from tests.benchmarks.processes import ROOT, Plan, child_environment

__all__ = ["Server", "charts", "measure", "parse_wrk", "serve", "tables"]

SERVED = ("plaintext", "json", "param", "echo")
CONNECTIONS = 32
NO_WRK = (
    "skipped: wrk, which makes the load, is not installed. "
    "Install it (Debian, Ubuntu: apt install wrk; macOS: brew install wrk)."
)


def measure(plan: Plan) -> dict[str, Any]:
    """Serve every framework, and load them in turn; nothing without wrk."""
    if not shutil.which("wrk"):
        plan.say(f"  {NO_WRK}")
        return {}
    cases = [c for c in CASES if c.name in SERVED and (plan.cases is None or c.name in plan.cases)]
    rounds, seconds = plan.rounds_or(12, quick=2), 1  # short, so that a round has one mood
    runs: dict[str, dict[str, list[dict[str, float]]]] = {c.name: {} for c in cases}
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        servers = {name: stack.enter_context(serve(plan, name)) for name in plan.frameworks}
        for name, server in servers.items():
            for case in cases:
                verify(name, server.port, case)
            load(server, cases[0], 1, Path(folder))  # warms up
        for number in range(rounds):
            plan.say(f"  round {number + 1} of {rounds}")
            for case in cases:
                for name, server in servers.items():
                    found = load(server, case, seconds, Path(folder))
                    runs[case.name].setdefault(name, []).append(found)
    figures = {case: summarize(found) for case, found in runs.items()}
    return {"rounds": rounds, "seconds": seconds, "problems": {}, "cases": figures}


class Server(NamedTuple):
    """A server that runs."""

    port: int
    pid: int

    def cpu(self) -> float | None:
        """Return the CPU seconds used so far; None where the system does not tell."""
        try:
            spent = Path(f"/proc/{self.pid}/schedstat").read_text(encoding="utf-8")
        except OSError:
            return None
        return int(spent.split()[0]) / 1e9

    def memory(self) -> int | None:
        """Return the bytes that the process has of its own; None where the system does not tell."""
        try:
            used = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            return None
        found = re.search(r"^Anonymous:\s+(\d+) kB", used, re.MULTILINE)
        return int(found[1]) * 1024 if found else None


@contextmanager
def serve(plan: Plan, name: str, *, kind: str = "basic") -> Iterator["Server"]:
    """Run a framework's server; yield it once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [str(plan.python), "-m", "tests.benchmarks.serve", name, kind, str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=child_environment()) as process:
        try:
            wait_until_it_listens(process, port)
            yield Server(port, process.pid)
        finally:
            process.kill()  # it has nothing to save, and some would wait for clients that left


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the port takes connections."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server on port {port} did not start: {process.args!r}")


def verify(name: str, port: int, case: Case) -> None:
    """Refuse to load a server that answers something else."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"content-type": "application/json"} if case.body else {}
    connection.request(case.method, case.path, case.body or None, headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != case.status or not case.is_right(body):
        raise SystemExit(f"{name} answers {case.title} wrongly: {response.status} {body[:200]!r}")


def load(server: Server, case: Case, seconds: int, folder: Path) -> dict[str, float]:
    """Return what wrk measures of one case."""
    pinned = ["taskset", "-c", "1"] if shutil.which("taskset") and os.cpu_count() != 1 else []
    command = [*pinned, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in HEADERS[1:]:
        command += ["-H", f"{name}: {value}"] if name != "connection" else []
    if case.body:
        script = folder / "post.lua"
        kind = 'wrk.headers["content-type"] = "application/json"'
        script.write_text(f"wrk.method = \"POST\"\nwrk.body = '{case.body}'\n{kind}\n")
        command += ["-s", str(script)]
    address, before = f"http://127.0.0.1:{server.port}{case.path}", server.cpu()
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    found, after = parse_wrk(said), server.cpu()
    if before is not None and after is not None:
        found["cpu"] = (after - before) / found.pop("requests") * 1e6
    return found


def parse_wrk(said: str) -> dict[str, float]:
    """Return requests per second, and milliseconds at the median and the 99th percentile.

    Raises:
        ValueError: some requests failed: such figures are worth nothing.
    """
    if "Non-2xx" in said or "Socket errors" in said:
        raise ValueError(f"wrk met errors:\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    count = re.search(r"(\d+) requests in", said)
    found = {"rps": float(rate[1]), "requests": float(count[1])} if rate and count else {}
    units = {"us": 1e-3, "ms": 1.0, "s": 1e3}
    for key, percent in (("p50", "50%"), ("p99", "99%")):
        if latency := re.search(rf"\s{percent}\s+([\d.]+)(us|ms|s)\b", said):
            found[key] = float(latency[1]) * units[latency[2]]
    return found


def summarize(runs: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float | None]]:
    """Return the medians of a case for each framework."""
    rates = {name: [run["rps"] for run in found] for name, found in runs.items()}
    return {
        name: {
            "rps": median(rates[name]),
            "share": share(found, runs.get("raw", [])),
            "cpu": median([run["cpu"] for run in found if "cpu" in run]),
            "p99": median([run["p99"] for run in found if "p99" in run]),
            "spread": spread(rates[name]),
        }
        for name, found in runs.items()
    }


def share(runs: list[dict[str, float]], base: list[dict[str, float]]) -> float | None:
    """Return how many requests are served in a second of CPU (or, failing that, of the clock)."""
    if all("cpu" in run for run in (*runs, *base)):
        return ratio([run["cpu"] for run in base], [run["cpu"] for run in runs])
    return ratio([run["rps"] for run in runs], [run["rps"] for run in base])


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the tables: share of the limit, requests per second, latency."""
    return [
        by_case("server-share", "share of hand-written ASGI's requests per second of CPU", results),
        by_case("server-rps", "requests per second", results),
        by_case("server-cpu", "the server's CPU per request in µs", results),
        by_case("server-p99", f"99th percentile in ms, {CONNECTIONS} connections", results),
    ]


def by_case(name: str, words: str, results: dict[str, Any]) -> Table:
    """Return a table with a row for each framework and a column for each case."""
    cases, key = results["cases"], name.rpartition("-")[2]
    titles = {case.name: case.title for case in CASES}
    names = dict.fromkeys(name for found in cases.values() for name in found)
    rows = [[title(name), *(found[name][key] for found in cases.values())] for name in names]
    return Table(name, words, ["framework", *(titles[case] for case in cases)], rows)


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return the figure of the page."""
    titles = {case.name: case.title for case in CASES}
    panels = [
        Panel(titles[case], {title(name): figure["share"] for name, figure in found.items()})
        for case, found in results["cases"].items()
    ]
    return {"server": Chart("On uvicorn: share of hand-written ASGI", panels)}
