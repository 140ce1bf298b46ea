"""Let each example import its own modules by their plain names, as it does when it is copied.

A reader who runs `pytest` in a copy of one folder has that folder first on `sys.path`. Here
several folders are tested in one run, and each has an `app.py`: so each has the path, the modules
and the shared providers to itself while its tests are imported or run.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from bocadillo.providers import Provider, shared

EXAMPLES = Path(__file__).parent
modules: dict[Path, dict[str, ModuleType]] = {}
providers: dict[Path, dict[str, Provider]] = {}


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    with inside(collector.path):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with inside(item.path):
        return (yield)


@contextmanager
def inside(path: Path) -> Iterator[None]:
    """Import from the folder of the example that `path` is in, and from no other example."""
    parts = path.relative_to(EXAMPLES).parts if path.is_relative_to(EXAMPLES) else ()
    if not parts:
        yield
        return
    folder = EXAMPLES / parts[0]
    sys.path.insert(0, str(folder))
    sys.modules.update(modules.get(folder, {}))
    others = exchange_providers(providers.get(folder, {}))
    try:
        yield
    finally:
        providers[folder] = exchange_providers(others)
        sys.path.remove(str(folder))
        own = {name: module for name, module in sys.modules.items() if is_in(folder, module)}
        modules[folder] = {name: sys.modules.pop(name) for name in own}


def exchange_providers(mine: dict[str, Provider]) -> dict[str, Provider]:
    """Put some providers in the place of all those that applications share, and return these."""
    others = dict(shared)
    shared.clear()
    shared.update(mine)
    return others


def is_in(folder: Path, module: ModuleType) -> bool:
    """Tell if a module was imported from a folder."""
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)
