"""Build what live examples load in the reader's browser: Pyodide, packages, scripts.

`python -m livedocs.runtime fetch` downloads the wheels once; `build` needs no network. Everything
is cached in `.build/runtime/` by the contents of its inputs, and put in place by renaming.
"""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from livedocs import wheels
from livedocs.browser.precompile import WITHOUT_DOCSTRINGS, merge_archives, split_archives
from livedocs.frame_page import format_frame
from livedocs.wheels import CURE, ROOT, RuntimeBuildError

CACHE = ROOT / ".build" / "runtime"
LIVEDOCS = Path(__file__).parent
BROWSER = LIVEDOCS / "browser"
MODULES = BROWSER / "node_modules"
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
# Where Pyodide puts the standard library's archive, and the worker the project's.
ARCHIVES: dict[str, dict[str, object]] = {
    "stdlib": {"mount": "/lib/python314.zip", "optimize": WITHOUT_DOCSTRINGS},
    "packages": {"mount": "/lib/python314.zip"},
    "project": {"mount": "/lib/project.zip", "optimize": WITHOUT_DOCSTRINGS},
    "native": {"mount": "/lib/native"},
}
LOG_CHARACTERS = 4000  # of a failed tool's messages
NOT_IN_BROWSERS = ("bocadillo/cli/", "bocadillo/testing/")  # their packages are not there either
SCRIPTS = ("worker", "panel")  # loaded at the first Run
FRAME_SCRIPT = "frame.js"  # stands in the document that previews load
EDITOR = ("codemirror.js",)  # loaded when a reader first edits; other languages than Python later
PAGE_FILES = ("page.js", "live.css")  # loaded with every page


def build(destination: Path, *, cache: Path = CACHE) -> str:
    """Put the runtime and the page's script and style into a built site.

    Args:
        destination: The site's folder; gets `_live/` and `assets/live/`.
        cache: Keeps what was built, for the next time.

    Returns:
        The hash of the runtime's contents, which is in its addresses.

    Raises:
        RuntimeBuildError: Node, its packages or wheels are missing, or a tool failed.
    """
    check_tools()
    fingerprint = _fingerprint(_inputs())
    site = cache / fingerprint
    if not site.exists():
        _build_site(site, cache)
    manifest = json.loads((site / "_live" / "manifest.json").read_text())
    live = destination / "_live"
    for old in live.glob("*/"):
        if old.name != manifest["hash"]:
            shutil.rmtree(old)
    shutil.copytree(site, destination, dirs_exist_ok=True)
    return str(manifest["hash"])


def check_tools() -> None:
    """Check that Node and its packages are there.

    Raises:
        RuntimeBuildError: They are not, with the cure.
    """
    if shutil.which("node", path=_path()) is None:
        raise RuntimeBuildError(
            "Node.js is not installed; it bundles the scripts of the live examples. "
            "Install Node.js 20 or later (https://nodejs.org) with its npm, then: " + CURE
        )
    for package, version in _node_packages().items():
        found = MODULES / package / "package.json"
        installed = json.loads(found.read_text())["version"] if found.exists() else "none"
        if installed != version:
            raise RuntimeBuildError(
                f"The npm package {package} {version} is needed in {_shown(MODULES)}, "
                f"which has {installed}. {CURE}"
            )


def _node_packages() -> dict[str, str]:
    package = json.loads((BROWSER / "package.json").read_text())
    return {**package["dependencies"], **package["devDependencies"]}


def browser_modules() -> list[Path]:
    """Return the files of livedocs that run in the browser: the runner and what it imports."""
    found: dict[Path, None] = {}
    waiting = [BROWSER / name for name in ("runner.py", "rehearsal.py", "rest.py")]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = None
        waiting += (
            LIVEDOCS / f"{node.module.removeprefix('livedocs.').replace('.', '/')}.py"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            and node.module is not None
            and node.module.startswith("livedocs.")
            and node.module != "livedocs.browser"  # its modules are named above
        )
    return sorted((*found, LIVEDOCS / "__init__.py", BROWSER / "__init__.py"))


def _inputs() -> Iterator[Path]:
    yield from (
        ROOT / "pyproject.toml",
        Path(__file__),
        Path(wheels.__file__),
        LIVEDOCS / "frame_page.py",
    )
    yield from sorted(path for path in BROWSER.iterdir() if path.is_file())
    yield from browser_modules()
    yield from wheels.find()
    package = ROOT / "framework" / "bocadillo"
    yield from sorted(p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _build_site(site: Path, cache: Path) -> None:
    with _scratch(cache) as work:
        out = work / "site"
        runtime = out / "_live" / "new"
        runtime.mkdir(parents=True)
        _archives(runtime, work=work, cache=cache)
        for name in PYODIDE_FILES:
            shutil.copyfile(MODULES / "pyodide" / name, runtime / name)
        _bundle([f"{name}.js" for name in SCRIPTS], runtime)
        _bundle(EDITOR, runtime, "--splitting", "--chunk-names=codemirror-[name]-[hash]")
        _bundle(PAGE_FILES, out / "assets" / "live")
        _bundle([FRAME_SCRIPT], work, "--format=iife")
        script = (work / FRAME_SCRIPT).read_text(encoding="utf-8").strip()
        (runtime / "preview.html").write_text(format_frame(script), encoding="utf-8")
        _write_manifest(runtime)
        for old in cache.glob("*/"):
            if old != work and (old / "_live").exists():
                shutil.rmtree(old, ignore_errors=True)
        _rename(out, site)


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    # In the cache's own folder: renaming works within one file system only.
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="new-") as folder:
        yield Path(folder)


def _rename(source: Path, destination: Path) -> None:
    try:
        source.rename(destination)
    except OSError:
        if not destination.exists():
            raise  # else another build was faster, with the same contents


def _archives(runtime: Path, *, work: Path, cache: Path) -> None:
    """Write the compiled archives.

    `project.zip` has Bocadillo and the runner, `native.zip` the packages with WebAssembly,
    `python.zip` what a first run imports of the standard library and of other packages, `more.zip`
    what some examples import, and `rest.zip` all that these have besides.
    """
    _sources(work)
    kept = {name: _cached(cache, work / f"{name}-source.zip") for name in ("stdlib", "packages")}
    jobs = [
        {"source": f"{name}-source.zip", "destination": f"{name}.zip", **options}
        for name, options in ARCHIVES.items()
        if name not in kept or not kept[name].exists()
    ]
    _run(["node", "precompile.mjs", str(work), json.dumps(jobs)], "compile Python for the browser")
    for name, path in kept.items():
        if not path.exists():
            for old in cache.glob(f"{name}-source-*.zip"):
                old.unlink()
            _rename(work / f"{name}.zip", path)
    for name in ("project.zip", "native.zip"):
        shutil.copyfile(work / name, runtime / name)
    used = json.loads((work / "used.json").read_text())
    parts = {name: frozenset(modules) for name, modules in used.items()}
    split_archives(list(kept.values()), {**parts, "rest": frozenset()}, folder=runtime)


def _sources(work: Path) -> None:
    found = wheels.find()
    merge_archives(filter(wheels.is_pure, found), work / "packages-source.zip")
    native = [wheel for wheel in found if not wheels.is_pure(wheel)]
    merge_archives(native, work / "native-source.zip")
    shutil.copyfile(MODULES / "pyodide" / "python_stdlib.zip", work / "stdlib-source.zip")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(work), versions=["standard"])
    merge_archives([Path(wheel)], work / "project-source.zip", without=NOT_IN_BROWSERS)
    with zipfile.ZipFile(work / "project-source.zip", "a") as out:
        for path in browser_modules():
            out.write(path, path.relative_to(LIVEDOCS.parent).as_posix())


def _cached(cache: Path, source: Path) -> Path:
    tools = [BROWSER / "precompile.py", BROWSER / "precompile.mjs"]
    return cache / f"{source.stem}-{_fingerprint([source, *tools])}.zip"


def _bundle(names: Iterable[str], folder: Path, *more: str) -> None:
    esbuild = shutil.which("esbuild", path=MODULES / ".bin")
    if esbuild is None:
        raise RuntimeBuildError(f"esbuild is not in {_shown(MODULES)}/.bin. {CURE}")
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]
    options += ["--external:./pyodide.mjs", f"--outdir={folder}", *more]
    _run([esbuild, *names, *options], "bundle the scripts of the live examples")


def _run(command: list[str], purpose: str) -> None:
    environment = os.environ | {"PATH": _path()}
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    done = subprocess.run(
        [program, *command[1:]],
        cwd=BROWSER,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tool = Path(command[0]).name
        raise RuntimeBuildError(
            f"{tool} could not {purpose}:\n{done.stderr.strip()[-LOG_CHARACTERS:]}"
        )


def _path() -> str:
    # Node may have been installed into this environment alone.
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _write_manifest(runtime: Path) -> None:
    digest = hashlib.sha256()
    sizes: dict[str, int] = {}
    for path in sorted(runtime.iterdir()):
        data = path.read_bytes()
        sizes[path.name] = len(data)
        digest.update(f"{path.name}\0{len(data)}\0".encode() + data)
    name = digest.hexdigest()[:16]
    runtime.rename(runtime.with_name(name))
    stdlib = sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))
    manifest = {"hash": name, "files": sizes, "stdlib": " ".join(stdlib)}
    runtime.with_name("manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _shown(path: Path) -> str:
    return os.path.relpath(path, ROOT)


def main(arguments: list[str]) -> None:
    """Run the command line: `fetch`, or `build DESTINATION`."""
    match arguments:
        case ["fetch"]:
            wheels.fetch()
        case ["build", destination]:
            name = build(Path(destination))
            print(f"live runtime {name} in {destination}")  # noqa: T201 # the command's answer
        case _:
            sys.exit("Usage: python -m livedocs.runtime fetch | build DESTINATION")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RuntimeBuildError as error:
        sys.exit(f"livedocs: {error}")
