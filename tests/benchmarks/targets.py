"""What the project promises itself, and whether the figures keep it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.figures import Table, format_figure
from tests.benchmarks.frameworks import PEERS, title

__all__ = ["Target", "judge", "table"]

OURS = "bocadillo"
CORE = ("plaintext", "json", "param", "notfound", "di", "middleware")
STREAM_PEERS = ("starlette", "litestar", "fastapi")  # those that listen for a disconnect

Results = Mapping[str, Any]
Figures = Mapping[str, Mapping[str, Mapping[str, float | None]]]


@dataclass(frozen=True)
class Target:
    """A promise: the worst figure that was found, beside the limit it must keep."""

    words: str
    limit: float
    figure: float
    where: str = ""
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Tell whether the promise is kept."""
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def against(
    figures: Figures, peers: tuple[str, ...], cases: tuple[str, ...], key: str
) -> Iterator[tuple[float, str]]:
    """Yield our figure over a peer's, with the names of case and peer."""
    for case in cases:
        found = figures.get(case, {})
        ours = found.get(OURS, {}).get(key)
        for peer in peers:
            theirs = found.get(peer, {}).get(key)
            if ours is not None and theirs:
                yield ours / theirs, f"{case}, {title(peer)}"


def judge(results: Results) -> list[Target]:
    """Return the targets for which there are figures."""
    found = [*judge_requests(results), *judge_calls(results), *judge_routing(results)]
    found += [*judge_server(results), *judge_realtime(results)]
    return [*found, *judge_startup(results)]


def judge_requests(results: Results) -> Iterator[Target]:
    """Yield the targets of the cost inside the process."""
    figures = results.get("inprocess", {}).get("cases", {})
    everything = (*CORE, "query", "echo")
    promises = [
        ("CPU of a request beside the cheapest peer's, each case", 1.0, tuple(PEERS), everything),
        ("CPU of a request beside Starlette's", 1 / 3, ("starlette",), CORE),
        ("CPU of a request beside FastAPI's", 1 / 12, ("fastapi",), CORE),
        ("CPU of a stream beside those that listen too", 1.0, STREAM_PEERS, ("stream",)),
        ("CPU of an event stream beside theirs", 1.0, STREAM_PEERS, ("sse",)),
        ("CPU of a WebSocket's messages beside theirs", 1.0, STREAM_PEERS, ("websocket",)),
    ]
    for words, limit, peers, cases in promises:
        if ratios := list(against(figures, peers, cases, "us")):
            worst, where = max(ratios)
            yield Target(words, limit, worst, where)


def judge_calls(results: Results) -> Iterator[Target]:
    """Yield the targets of the count of calls."""
    cases = results.get("calls", {}).get("cases", {})
    limits = (("json", "JSON", 35), ("param", "a path parameter", 45), ("di", "two providers", 75))
    for case, words, limit in limits:
        if count := cases.get(case, {}).get(OURS):
            yield Target(f"Calls for {words}", limit, count)


def judge_routing(results: Results) -> Iterator[Target]:
    """Yield the targets of large tables of routes."""
    for kind, sizes in results.get("routing", {}).get("sizes", {}).items():
        few, many = (sizes.get(size, {}).get(OURS, {}) for size in ("10", "10000"))
        growth = [
            (many[where] / few[where], where) for where in few if where in LOOKED_UP & set(many)
        ]
        if growth:
            worst, where = max(growth)
            yield Target(
                "Look-up among 10\u00a0000 routes beside 10", 1.5, worst, f"{kind}, {where}"
            )
        if "register" in many:
            seconds = many["register"] + many["start"]
            yield Target("Seconds to register 10\u00a0000 routes and start", 1.0, seconds, kind)


LOOKED_UP = {"first", "last", "missing"}


def judge_server(results: Results) -> Iterator[Target]:
    """Yield the targets of requests per second."""
    figures = results.get("server", {}).get("cases", {})
    for cases, limit in ((("plaintext", "json"), 0.92), (("param", "echo"), 0.88)):
        shares = [(found[OURS]["share"], case) for case, found in figures.items()
                  if case in cases and found.get(OURS, {}).get("share")]  # fmt: skip
        if shares:
            least, where = min(shares)
            words = "On uvicorn, the share of what hand-written ASGI serves"
            yield Target(words, limit, least, where, at_least=True)
    if rates := list(against(figures, tuple(PEERS), tuple(figures), "share")):
        least, where = min(rates)
        yield Target("The same beside the fastest peer's", 1.0, least, where, at_least=True)


def judge_realtime(results: Results) -> Iterator[Target]:
    """Yield the targets of connections that stay open."""
    kinds = results.get("idle", {}).get("kinds", {})
    if grown := [(found[OURS]["ratio"], kind) for kind, found in kinds.items()
                 if found.get(OURS, {}).get("ratio")]:  # fmt: skip
        worst, where = max(grown)
        yield Target("Memory of an idle connection beside hand-written ASGI's", 1.15, worst, where)
    told = results.get("fanout", {}).get("frameworks", {}).get(OURS, {})
    if told.get("us-ratio"):
        words = "CPU of a message to many beside hand-written ASGI's"
        yield Target(words, 1.3, told["us-ratio"])


def judge_startup(results: Results) -> Iterator[Target]:
    """Yield the target of start-up."""
    found = results.get("startup", {}).get("frameworks", {}).get(OURS, {})
    if found.get("ratio"):
        yield Target("From import to the first answer beside Starlette", 1.3, found["ratio"])


def table(results: Results) -> Table:
    """Return the table of targets."""
    rows = [
        [
            target.words + (f" (worst: {target.where})" if target.where else ""),
            f"{'at least' if target.at_least else 'at most'} {format_figure(target.limit)}",
            format_figure(target.figure),
            "yes" if target.is_met else "no",
        ]
        for target in judge(results)
    ]
    return Table("targets", "targets", ["Target", "Limit", "Measured", "Met"], rows)
