"""What `import bocadillo` exposes: exactly this, documented, and light."""

import ast
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import bocadillo
import bocadillo.constants
import bocadillo.error_handlers
import bocadillo.errors
import bocadillo.middleware
import bocadillo.plugins
import bocadillo.requests
import bocadillo.sse
import bocadillo.templates
import bocadillo.testing
import bocadillo.utils
import bocadillo.websockets

ROOT = Path(__file__).parents[2]

NAMES = [
    "App",
    "ClientDisconnect",
    "ExpectedAsync",
    "HTTPError",
    "LiveServer",
    "Middleware",
    "Redirect",
    "Request",
    "Response",
    "Router",
    "SettingsError",
    "Templates",
    "WebSocket",
    "WebSocketDisconnect",
    "__version__",
    "configure",
    "create_client",
    "discover_providers",
    "hooks",
    "provider",
    "server_event",
    "settings",
    "static",
    "useprovider",
]

PUBLIC_MODULES = [
    bocadillo,
    bocadillo.constants,
    bocadillo.error_handlers,
    bocadillo.errors,
    bocadillo.hooks,
    bocadillo.middleware,
    bocadillo.plugins,
    bocadillo.requests,
    bocadillo.sse,
    bocadillo.templates,
    bocadillo.testing,
    bocadillo.utils,
    bocadillo.websockets,
]

HEAVY = [
    "bocadillo._files",
    "bocadillo._forms",
    "bocadillo.websockets",
    "click",
    "difflib",
    "httpx2",
    "multiprocessing",
    "pytest",
    "starlette.testclient",
    "starlette.websockets",
    "uvicorn",
    "xml",
]


def public_objects() -> list[Any]:
    objects = [getattr(module, name) for module in PUBLIC_MODULES for name in module.__all__]
    return [
        obj
        for obj in objects
        if (inspect.isclass(obj) or inspect.isfunction(obj))
        and not obj.__module__.startswith("starlette.")  # it has its own documentation
    ]


def test_package_exposes_exactly_the_public_names() -> None:
    assert bocadillo.__all__ == sorted(NAMES)
    for name in NAMES:
        assert getattr(bocadillo, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    for module in (bocadillo, bocadillo.requests, bocadillo.testing):
        with pytest.raises(AttributeError) as caught:
            _ = module.Nothing
        assert str(caught.value) == f"module {module.__name__!r} has no attribute 'Nothing'"


@pytest.mark.parametrize("obj", public_objects(), ids=lambda obj: obj.__qualname__)
def test_every_public_name_has_a_docstring(obj: Any) -> None:
    assert obj.__doc__
    assert obj.__doc__.partition("\n")[0].endswith(".")
    if inspect.isclass(obj) and obj.__module__.startswith("bocadillo"):
        for name, member in vars(obj).items():
            if not name.startswith("_") and (
                inspect.isfunction(member) or inspect.isdatadescriptor(member)
            ):
                assert inspect.getdoc(member), f"{obj.__qualname__}.{name}"


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert bocadillo.__version__ == project["version"]


def test_import_is_light() -> None:
    """Nothing optional, no thread, no process: what a browser does not have is not imported."""
    script = f"import sys, bocadillo; print([m for m in {HEAVY} if m in sys.modules])"
    command = [sys.executable, "-c", script]
    cwd = ROOT / "framework"
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted((ROOT / "framework/bocadillo").rglob("*.py")), ids=str)
def test_dunder_all_is_sorted_and_exists(path: Path) -> None:
    tree = ast.parse(path.read_text())
    lists = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert len(lists) == 1
    assert lists[0] == sorted(lists[0])
