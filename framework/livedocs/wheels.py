"""Fetch the wheels that the reader's browser needs: Bocadillo's dependencies, for Pyodide.

Versions are those of this environment, so that a page runs in the browser what CI ran.
"""

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[2]
FOLDER = Path(sys.prefix) / "browser-wheels"
CURE = "Run `python3 framework/dev.py build`, which fetches what is missing."
PLATFORM = "pyemscripten_2026_0_wasm32"
PYTHON = "3.14"
EXTRAS = ("sessions", "templates")  # what pages show beyond the required dependencies
# They have no wheel for Pyodide, and can do all that they do without their part in C.
WITHOUT_C = frozenset({"markupsafe"})
_MARKERS = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": "3.14.2",
    "python_version": PYTHON,
    "sys_platform": "emscripten",
    "extra": "",
}


class RuntimeBuildError(RuntimeError):
    """The browser's runtime cannot be built; the text says what is missing, and the cure."""


def pinned(project: Path = ROOT / "pyproject.toml") -> dict[str, str]:
    """Return the versions installed here of what Bocadillo needs in the browser.

    >>> pinned()
    {'anyio': '4.16.0', 'idna': '3.20', 'msgspec': '0.22.0', ...}

    Raises:
        RuntimeBuildError: A dependency is not installed in this environment.
    """
    versions: dict[str, str] = {}
    declared = tomllib.loads(project.read_text())["project"]
    extras = declared.get("optional-dependencies", {})
    waiting = [
        *declared["dependencies"],
        *(need for name in EXTRAS for need in extras.get(name, ())),
    ]
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        needed = requirement.marker is None or requirement.marker.evaluate(dict(_MARKERS))
        if not needed or name in versions:
            continue
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise RuntimeBuildError(
                f"{name} is needed in the browser and is not installed here. {CURE}"
            ) from None
        versions[name] = installed.version
        waiting += installed.requires or ()
    return dict(sorted(versions.items()))


def fetch(folder: Path = FOLDER) -> None:
    """Download the wheels that are missing; remove those of other versions.

    Raises:
        RuntimeBuildError: A wheel could not be downloaded.
    """
    wanted = pinned()
    folder.mkdir(parents=True, exist_ok=True)
    present = dict(_present(folder))
    for path, (name, version) in present.items():
        if wanted.get(name) != version:
            path.unlink()
    missing = wanted.items() - set(present.values())
    if not missing:
        print(f"browser wheels: all {len(wanted)} present in {folder}")  # noqa: T201 # progress
        return
    for name, version in missing:
        if name in WITHOUT_C:
            _pack(name, folder / f"{name}-{version}-py3-none-any.whl")
    pins = [f"{name}=={version}" for name, version in sorted(missing) if name not in WITHOUT_C]
    if not pins:
        return
    print(f"browser wheels: downloading {', '.join(pins)}", flush=True)  # noqa: T201 # progress
    _download(pins, folder)


def _download(pins: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--platform", PLATFORM]
    command += ["--python-version", PYTHON, "--implementation", "cp", "--abi", "cp314"]
    command += ["--dest", str(folder), *pins]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise RuntimeBuildError(
            f"pip could not download {', '.join(pins)} for the browser ({PLATFORM}): {reason}\n"
            f"Check that this machine reaches its Python package index, then: {CURE}"
        )


def _pack(name: str, destination: Path) -> None:
    """Write a wheel of the Python part of a package that is installed here."""
    with zipfile.ZipFile(destination, "w") as out:
        for path in sorted(metadata.files(name) or (), key=str):
            if path.suffix == ".py":
                out.writestr(path.as_posix(), path.read_text())


def find(folder: Path = FOLDER) -> list[Path]:
    """Return the wheels of the pinned versions, without network.

    Raises:
        RuntimeBuildError: One is missing.
    """
    found = {key: path for path, key in _present(folder)}
    missing = [
        f"{name} {version}" for name, version in pinned().items() if (name, version) not in found
    ]
    if missing:
        raise RuntimeBuildError(
            f"No wheel for the browser in {folder}: {', '.join(missing)}. {CURE}"
        )
    return [found[key] for key in pinned().items()]


def is_pure(wheel: Path) -> bool:
    """Tell whether a wheel holds Python alone, and can be imported from an archive."""
    return wheel.stem.endswith("-none-any")


def _present(folder: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    for path in sorted(folder.glob("*.whl")):
        name, version, _build, _tags = parse_wheel_filename(path.name)
        yield path, (name, str(version))
