"""The steps of `dev.py test`: what CI asks of a change."""

from __future__ import annotations

import hashlib
import shutil
import time
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devtools.chromium import find_chromium, install_chromium
from devtools.environment import install, pip_install, read_project
from devtools.shop import DevError, Shop, paint, python_of, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SELF = "python3 framework/dev.py"
NOTHING_SELECTED = 5  # pytest's exit code


@dataclass
class Options:
    """Hold what the user asked of `test`, and what has failed so far."""

    browser: bool = True
    selection: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def check_wheel(shop: Shop, _: Options) -> None:
    """Build the wheel, and import it where nothing but its own requirements is installed."""
    folder = shop.build / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    shop.must(shop.python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, quiet=True)
    (wheel,) = folder.glob("bocadillo-*.whl")
    check_wheel_names(zipfile.ZipFile(wheel).namelist())
    clean = clean_python(shop)
    pip = (shop.python, "-m", "pip", "--disable-pip-version-check", "--python", clean)
    offline = ("install", "--no-index", "--no-deps", "--force-reinstall", wheel)
    shop.must(*pip, *offline, quiet=True)
    shop.must(*pip, "check", quiet=True)
    shop.must(clean, "-I", "-c", "import bocadillo", quiet=True)


def check_wheel_names(names: Sequence[str]) -> None:
    """Raise unless the wheel holds the typed package alone."""
    for name in ("bocadillo/__init__.py", "bocadillo/py.typed"):
        if name not in names:
            raise DevError(f"The wheel lacks {name}. Add the file to framework/bocadillo.")
    allowed = ("bocadillo/", "bocadillo-")
    if strays := sorted(name for name in names if not name.startswith(allowed)):
        raise DevError(
            f"The wheel ships {strays[0]!r}, which is not of the package bocadillo. "
            "Correct [tool.hatch.build.targets.wheel] in pyproject.toml."
        )


def clean_python(shop: Shop) -> Path:
    """Return the Python of an environment with the wheel's requirements, kept between runs."""
    project = read_project(shop.root)
    needs: list[str] = project["project"]["dependencies"]
    constraints = (shop.root / "framework/constraints.txt").read_text(encoding="utf-8")
    wanted = hashlib.sha256(repr((str(shop.root), needs, constraints)).encode()).hexdigest()
    venv = shop.build / "wheel-venv"
    if not (venv / wanted).exists():
        shop.must(shop.python, "-m", "venv", "--clear", "--without-pip", venv, quiet=True)
        install(shop, "the wheel's requirements", *pip_install(shop, python_of(venv)), *needs)
        (venv / wanted).touch()
    return python_of(venv)


def build_site(shop: Shop) -> None:
    """Build the site and check it; only a site without fault takes the place of the old one."""
    new, site, old = (shop.build / name for name in ("site.new", "site", "site.old"))
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        shop.must(shop.python, "-m", "mkdocs", "build", "--strict", "--site-dir", new)
        shop.must(shop.python, "-m", "livedocs.site_checks", new)
        if site.exists():
            site.rename(old)
        new.rename(site)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def run_pytest(shop: Shop, options: Options) -> None:
    """Run the tests, all of them under coverage; say so when the browser's did not run."""
    missing = browser_problem(shop, options) if options.browser else ""
    warning = f"The browser tests do NOT run: {missing}" if missing else ""
    if warning:  # said first as well as last: a failure in between must not hide it
        say(paint(warning, "yellow"))
    left_out = ("-m", "not browser") if missing or not options.browser else ()
    coverage = () if options.selection else ("-m", "coverage", "run")
    shop.build.mkdir(exist_ok=True)
    try:
        shop.must(shop.python, *coverage, "-m", "pytest", *left_out, *options.selection)
    except DevError as error:
        if error.code != NOTHING_SELECTED:
            raise
        raise DevError(
            "There is no such test. A page without blocks has none; its links and images are "
            f"checked by: {SELF} build",
            error.code,
        ) from error
    if options.selection:
        return
    shop.must(shop.python, "-m", "coverage", "report")
    if warning:
        raise DevError(f"{warning} (`--no-browser` leaves them out knowingly.)")


def browser_problem(shop: Shop, options: Options) -> str:
    """Return why browser tests cannot run; when they can, hand CHROMIUM to the tests."""
    if "site" in options.failed:
        return "the site could not be built; mend that first."
    if not (shop.build / "site").exists():
        return f"there is no built site. Build it: {SELF} build"
    find = find_chromium if options.selection else install_chromium
    if not (path := find(shop)):
        return "no Chromium was found. Install one, or name it in the variable CHROMIUM."
    shop.env["CHROMIUM"] = path
    return ""


def tool(*arguments: str) -> Callable[[Shop, Options], None]:
    """Make a step of one quiet command of the environment's Python."""
    return lambda shop, _: shop.must(shop.python, "-m", *arguments, quiet=True)


STEPS: dict[str, tuple[str, Callable[[Shop, Options], None]]] = {
    "format": ("ruff format --check", tool("ruff", "format", "--check")),
    "lint": ("ruff check", tool("ruff", "check")),
    "types": ("mypy --strict", tool("mypy")),
    "wheel": ("built, then imported alone", check_wheel),
    "site": ("strict build and its checks", lambda shop, _: build_site(shop)),
    "pytest": ("all examples and tests, with coverage", run_pytest),
}


def run_steps(shop: Shop, steps: Sequence[str], options: Options) -> int:
    """Run the steps, later ones after a failure too, and end with a table; return the exit code."""
    seconds: dict[str, float] = {}
    code = 0
    for number, name in enumerate(steps, 1):
        say(f"[{number}/{len(steps)}] {name:<7} {STEPS[name][0]}")
        start = time.monotonic()
        try:
            STEPS[name][1](shop, options)
        except DevError as error:
            say(paint(str(error), "red"))
            options.failed.append(name)
            code = code or error.code
        seconds[name] = time.monotonic() - start
        say(f"      {verdict(name, options)} in {seconds[name]:.1f} s")
    say()  # the table: a failure is named last, where a reader of a long log looks
    for name, spent in seconds.items():
        say(f"{name:<8}{verdict(name, options)} {spent:7.1f} s")
    for name in options.failed:
        cure = f" To run it alone: {SELF} test {name}" if len(steps) > 1 else ""
        say(paint(f"{name} FAILED.{cure}", "red"))
    return code


def verdict(name: str, options: Options) -> str:
    """Return the word for how a step ended."""
    return paint("FAILED", "red") if name in options.failed else paint("passed", "green")
