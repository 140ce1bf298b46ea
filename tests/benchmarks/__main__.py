"""The command line of the benchmarks: `python3 framework/dev.py bench --help`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from devtools.peers import prepare_peers
from devtools.shop import DevError, Shop
from tests.benchmarks import machine, publish, targets
from tests.benchmarks.cases import CASES
from tests.benchmarks.figures import format_table
from tests.benchmarks.frameworks import IN_PROJECT, TITLES
from tests.benchmarks.processes import Plan

BENCHMARKS = {
    "inprocess": "CPU per request inside the process",
    "calls": "Python and C calls per request, exact",
    "routing": "look-ups among 10 to 10 000 routes",
    "startup": "from import to the first answer",
    "server": "requests per second on uvicorn, with wrk",
    "idle": "memory of idle WebSockets and event streams on uvicorn",
    "fanout": "one message to 500 WebSockets on uvicorn",
    "realtime": "what becomes of streams and WebSockets that are left, in words",
    "live": "what a live example of the site costs its reader",
}


def names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Return what parses a list of known names."""

    def parse(text: str) -> list[str]:
        found = text.split(",")
        for name in found:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"unknown name {name!r}: expected some of {','.join(known)}"
                )
        return found

    return parse


def rounds(text: str) -> int:
    """Parse a number of rounds."""
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds: expected 1 or more")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    listed = "\n".join(f"  {name:<12}{words}" for name, words in BENCHMARKS.items())
    top = argparse.ArgumentParser(
        prog="dev.py bench",
        description=f"Measure Bocadillo beside other frameworks.\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "names", nargs="*", metavar="BENCHMARK", help="which ones; without any, all of them"
    )
    known, cases = list(TITLES), [case.name for case in CASES]
    top.add_argument(
        "--frameworks", type=names(known), default=known, metavar="A,B", help=",".join(known)
    )
    top.add_argument("--cases", type=names(cases), metavar="A,B", help=",".join(cases))
    top.add_argument("--rounds", type=rounds, help="how often each figure is taken")
    top.add_argument("--quick", action="store_true", help="a first impression, in a minute or two")
    top.add_argument(
        "--save", action="store_true", help="write the figures to the page docs/explanation"
    )
    return top


def make_plan(args: argparse.Namespace) -> Plan:
    """Return the plan that the arguments describe; peers are installed if they are asked for."""
    python = Path(sys.executable)
    if not set(args.frameworks) <= IN_PROJECT and set(args.names) != {"live"}:
        python = prepare_peers(Shop(publish.ROOT))
    chosen = [name for name in TITLES if name in args.frameworks]
    return Plan(python, chosen, args.cases, rounds=args.rounds, quick=args.quick, say=progress)


def progress(text: str) -> None:
    """Tell how far the run is, apart from the tables."""
    print(text, file=sys.stderr, flush=True)


def run(name: str, plan: Plan) -> dict[str, Any]:
    """Run a benchmark and print its tables."""
    plan.say(f"{name}: {BENCHMARKS[name]}")
    module = publish.benchmark(name)
    results: dict[str, Any] = module.measure(plan)
    if not results:
        return {}
    results["machine"] = machine.describe(plan.python)
    for table in module.tables(results):
        print(f"\n{table.title}\n\n{format_table(table)}", flush=True)
    print()
    return results


def main(argv: Sequence[str]) -> int:
    """Run what is named; leave with 1 when an answer was wrong."""
    top = parser()
    args = top.parse_args(argv)
    if unknown := [name for name in args.names if name not in BENCHMARKS]:
        top.error(f"unknown benchmark {unknown[0]!r}: expected some of {', '.join(BENCHMARKS)}")
    if args.save and (args.cases or args.frameworks != list(TITLES)):
        top.error("--save writes whole tables: leave --cases and --frameworks out")
    args.names = args.names or list(BENCHMARKS)
    try:
        plan = make_plan(args)
    except DevError as error:
        print(error, file=sys.stderr)
        return error.code
    found = {name: run(name, plan) for name in args.names}
    results = {name: result for name, result in found.items() if result}
    judged = targets.table(results)
    if judged.rows:
        print(f"{judged.title}\n\n{format_table(judged)}")
    problems = {k: v for result in results.values() for k, v in result.get("problems", {}).items()}
    for where, wrong in problems.items():
        progress(f"WRONG ANSWER: {where}: {wrong}")
    if args.save and problems:
        progress("Nothing is saved: the page shows right answers only.")
    elif args.save:
        publish.publish(results, progress)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
