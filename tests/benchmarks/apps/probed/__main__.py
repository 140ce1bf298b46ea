"""Serve one of them with uvicorn: `python -m tests.benchmarks.apps.probed NAME [VARIANT]`.

The first line that is printed is the port; then comes what is told, with the time of it.
"""

import importlib
import json
import socket
import sys
import time

import uvicorn

from tests.real.claiming import Claiming


def tell(what: str) -> None:
    print(json.dumps([what, time.monotonic()]), flush=True)


def main(framework: str, variant: str = "") -> None:
    """Serve as uvicorn does when nothing is said to it.

    Args:
        framework: a module of this package.
        variant: `wrapped` or `claiming`.
    """
    module = importlib.import_module(f"tests.benchmarks.apps.probed.{framework}")
    app = module.make_app(tell, is_wrapped=variant == "wrapped")
    if variant == "claiming":
        app = Claiming(app)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tell(str(listening.getsockname()[1]))
        config = uvicorn.Config(app, http="httptools", log_level="critical")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
