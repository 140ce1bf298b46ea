#!/usr/bin/env python3
"""Serve, test and build Bocadillo and its site; makes its own environment in `.venv`.

Run it with any Python from 3.11 on: `python3 framework/dev.py --help`. This file and `devtools`
import the standard library alone, since they install the rest.
"""

from __future__ import annotations

import argparse
import errno
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if sys.version_info < (3, 11):  # noqa: UP036 - it must start on an old Python to say so
    sys.exit(
        "dev.py needs Python 3.11 or newer, and {} is Python {}.{}.\nInstall a newer one and call "
        "it by name: python3.13 {}".format(
            sys.executable, *sys.version_info[:2], " ".join(sys.argv)
        )
    )

from devtools import environment
from devtools.environment import prepare
from devtools.shop import DevError, Shop, paint, say
from devtools.steps import SELF, STEPS, Options, build_site, run_steps

if TYPE_CHECKING:
    from collections.abc import Sequence


def serve(shop: Shop, args: argparse.Namespace) -> int:
    """Serve the site, built anew whenever a file changes."""
    check_port(args.host, args.port)
    prepare(shop)
    say(f"The site will be at http://{args.host}:{args.port}/ once built; Ctrl-C ends it.")
    try:
        return shop.run(shop.python, "-m", "mkdocs", "serve", "-a", f"{args.host}:{args.port}")
    except KeyboardInterrupt:
        return 0


def check_port(host: str, port: int) -> None:
    """Raise unless a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        reason = "the port is in use" if used else error.strerror or str(error)
        cure = "Stop the program that uses it, or choose" if used else "Choose another --host, or"
        other = port + 1 if 1024 <= port < 65535 else 8000
        raise DevError(
            f"Cannot serve at http://{host}:{port}/: {reason}. {cure} another port: "
            f"{SELF} serve --port {other}"
        ) from error


def port_number(text: str) -> int:
    """Parse a TCP port."""
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: expected 1 to 65535")


def test(shop: Shop, args: argparse.Namespace) -> int:
    """Run the steps of CI, or those named; paths and -k choose among the tests alone."""
    steps = [word for word in args.what if word in STEPS]
    paths = [word for word in args.what if word not in STEPS]
    for path in paths:
        if not (shop.root / path.partition("::")[0]).exists():
            names = ", ".join(STEPS)
            raise DevError(f"{path!r} is neither a step nor a path. The steps are {names}.", 2)
    selection = [*paths, *(["-k", args.k] if args.k else []), *args.rest]
    if selection and not steps:
        steps = ["pytest"]
    prepare(shop)
    return run_steps(shop, steps or list(STEPS), Options(args.browser, selection))


def build(shop: Shop, _: argparse.Namespace) -> int:
    """Build the site into .build/site, strictly, and check it."""
    prepare(shop)
    build_site(shop)
    say(f"The site is built: {shop.build / 'site'}")
    return 0


def update(shop: Shop, args: argparse.Namespace) -> int:
    """Rewrite the outputs that pages document, where running the code gives others."""
    prepare(shop)
    return shop.run(shop.python, "-m", "livedocs.update", *args.paths, *args.rest)


def bench(shop: Shop, args: argparse.Namespace) -> int:
    """Run the benchmarks; arguments are handed to them."""
    prepare(shop)
    return shop.run(shop.python, "-m", "tests.benchmarks", *args.rest)


def lock(shop: Shop, _: argparse.Namespace) -> int:
    """Write framework/constraints.txt anew: the latest releases that pyproject.toml allows."""
    environment.lock(shop)
    return 0


EPILOG = f"""\
for example, after `{SELF}`:
  serve                 read the site at http://127.0.0.1:8000/ while you write it
  test                  run all that CI runs
  test types            run one step: {", ".join(STEPS)}
  test -k sse           run the tests that have "sse" in their name
  test docs/guide       run the examples of some pages
  test pytest -- -x     hand arguments to pytest

The first run makes .venv and installs everything in it; it takes a minute or two and
needs the network. Later runs need none. All that is built goes to .build.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    style = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(
        prog=SELF, description="Work on Bocadillo.", epilog=EPILOG, formatter_class=style
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    made = {}
    for function in (serve, test, build, update, bench, lock):
        says = function.__doc__ or ""
        made[function] = commands.add_parser(function.__name__, help=says, description=says)
        made[function].set_defaults(function=function)
    made[serve].add_argument("--host", default="127.0.0.1", help="the address (%(default)s)")
    made[serve].add_argument("--port", type=port_number, default=8000, help="(%(default)s)")
    made[test].add_argument(
        "what", nargs="*", help=f"steps ({', '.join(STEPS)}), or paths of tests"
    )
    made[test].add_argument(
        "-k", metavar="WORDS", help="only tests whose names match, as in pytest"
    )
    made[test].add_argument(
        "--no-browser", dest="browser", action="store_false", help="leave out what needs Chromium"
    )
    made[update].add_argument("paths", nargs="*", help="pages or folders; without any, all")
    return top


def main(argv: Sequence[str], root: Path) -> int:
    """Run a command line on a tree, and return the exit code."""
    cut = argv.index("--") if "--" in argv else len(argv)
    top = parser()
    args, rest = top.parse_known_args(argv[:cut])
    args.rest = [*rest, *argv[cut + 1 :]]
    if rest and args.function is not bench:
        top.error(f"unknown: {' '.join(rest)}. To hand arguments to pytest, put -- before them.")
    try:
        return int(args.function(Shop(root), args))
    except DevError as error:
        print(paint(f"{error}", "red"), file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent.parent))
