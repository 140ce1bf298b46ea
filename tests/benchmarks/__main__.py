"""Run the benchmarks: all of them, or those named (`inprocess`, `live`)."""

import sys

from tests.benchmarks import inprocess, live

BENCHMARKS = {"inprocess": inprocess.main, "live": live.main}


def main(names: list[str]) -> int:
    """Run what is named and print its table."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}: expected {' or '.join(BENCHMARKS)}")
        return 2
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
