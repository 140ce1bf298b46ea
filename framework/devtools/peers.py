"""Make the environment in which `bench` runs other frameworks beside Bocadillo."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from devtools.environment import install, pip_install, read_project
from devtools.shop import Shop, python_of

if TYPE_CHECKING:
    from pathlib import Path

PEERS = "tests/benchmarks/peers.txt"


def prepare_peers(shop: Shop) -> Path:
    """Return the Python of `.build/bench-venv`, made anew only when what it holds changes.

    The frameworks are pinned in their own list. What Bocadillo and its server need is installed
    as pinned for the project, and Bocadillo itself is taken from the tree.
    """
    project = read_project(shop.root)["project"]
    needs: list[str] = [*project["dependencies"], *project["optional-dependencies"]["cli"]]
    files = [shop.root / name for name in (PEERS, "framework/constraints.txt")]
    content = [path.read_text(encoding="utf-8") for path in files]
    wanted = hashlib.sha256(repr((str(shop.root), needs, content)).encode()).hexdigest()
    venv = shop.build / "bench-venv"
    if not (venv / wanted).exists():
        shop.must(shop.python, "-m", "venv", "--clear", "--without-pip", venv, quiet=True)
        command = (*pip_install(shop, python_of(venv)), "--requirement", files[0], *needs)
        install(shop, "the frameworks to compare with", *command)
        (venv / wanted).touch()
    return python_of(venv)
