import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client

MODULE = """
from bocadillo import provider


@provider
def {name}():
    return "{name}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder whose modules can be imported, and are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] in {"kitchen", "people"}]:
        del sys.modules[name]


def make_app(*modules: str) -> App:
    app = configure(App(), provider_modules=list(modules))

    @app.route("/")
    async def index(req: Request, res: Response, waiter: Any, menu: Any) -> None:
        res.json = [waiter, menu]

    return app


def test_providers_of_modules_and_packages_are_found(folder: Path) -> None:
    (folder / "kitchen" / "cold").mkdir(parents=True)
    (folder / "kitchen" / "__init__.py").touch()
    (folder / "kitchen" / "cold" / "__init__.py").touch()
    (folder / "kitchen" / "cold" / "menus.py").write_text(MODULE.format(name="menu"))
    (folder / "people.py").write_text(MODULE.format(name="waiter"))
    answer = create_client(make_app("kitchen", "people")).get("/")
    assert answer.json() == ["waiter", "menu"]


@pytest.mark.parametrize("modules", [None, [], ()])
def test_without_modules_nothing_is_imported(modules: Any) -> None:
    assert configure(App(), provider_modules=modules).settings.is_configured


@pytest.mark.parametrize(
    ("name", "missing"),
    [("ktchen", "ktchen"), ("ktchen.menus", "ktchen"), ("kitchen.menus", "kitchen.menus")],
)
def test_module_that_does_not_exist_is_told(name: str, missing: str, folder: Path) -> None:
    (folder / "kitchen").mkdir()
    (folder / "kitchen" / "__init__.py").touch()
    with pytest.raises(SettingsError) as caught:
        make_app(name)
    assert str(caught.value) == (
        f"setting `PROVIDER_MODULES` names {name!r}, but there is no module {missing!r}: expected "
        "the name of a module that `import` finds"
    )


def test_module_that_cannot_import_something_raises_that(folder: Path) -> None:
    (folder / "people.py").write_text("import sommelier")
    with pytest.raises(ModuleNotFoundError, match="No module named 'sommelier'"):
        make_app("people")


def test_package_that_cannot_be_imported_from_a_module_raises_that(folder: Path) -> None:
    (folder / "people.py").write_text("from bocadillo import waiters")
    with pytest.raises(ImportError, match="cannot import name 'waiters'"):
        make_app("people")
