import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import ClickException

from bocadillo import App
from bocadillo.cli._finding import find_app

SHOP = """
from bocadillo import App

app = App("shop")
other = App("other")
name = "shop"
_hidden = App()


def create_app():
    return App()


class Holder:
    inner = app


async def plain(scope, receive, send):
    pass
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make modules in a folder of their own, and forget them afterwards."""
    monkeypatch.setattr(sys, "path", sys.path.copy())
    modules = {
        "shop_main.py": SHOP,
        "shop_empty.py": "",
        "shop_broken.py": "import shop_main\n\n\ndef fail():\n    1 / 0\n\n\nfail()\n",
        "shop_lost.py": "import no_such_library\n",
        "shop_wrong.py": "x = = 1\n",
        "shop_package/__init__.py": "",
        "shop_package/web.py": "from bocadillo import App\n\napp = App('web')\n",
    }
    for name, text in modules.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("shop_")]:
        del sys.modules[name]


def refused(target: str, folder: Path) -> str:
    with pytest.raises(ClickException) as caught:
        find_app(target, folder)
    return caught.value.message


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("shop_main:app", "shop"),
        ("shop_main:other", "other"),
        ("shop_main:Holder.inner", "shop"),
        ("shop_package.web:app", "web"),
    ],
)
def test_application_is_found(shop: Path, target: str, name: str) -> None:
    app = find_app(target, shop)
    assert isinstance(app, App)
    assert app.name == name


def test_any_asgi_application_will_do(shop: Path) -> None:
    assert callable(find_app("shop_main:plain", shop))


def test_folder_stays_on_the_path_for_later_imports(shop: Path) -> None:
    find_app("shop_main:app", shop)
    assert sys.path[0] == str(shop)


@pytest.mark.parametrize(
    ("target", "guess"),
    [
        ("shop_main", " Did you mean shop_main:app?"),
        ("shop_main:", " Did you mean shop_main:app?"),
        ("shop_main.py", " Did you mean shop_main:app?"),
        ("./shop/main.py:api", " Did you mean shop.main:api?"),
        ("shop\\main.py", " Did you mean shop.main:app?"),
        (":app", ""),
        ("", ""),
    ],
)
def test_target_is_a_module_and_a_variable(shop: Path, target: str, guess: str) -> None:
    expected = f"expected module:app, such as app:app, got {target!r}.{guess}"
    assert refused(target, shop) == expected


def test_misspelled_module_has_a_near_miss(shop: Path) -> None:
    expected = f"there is no module 'shop_mian' in {str(shop)!r}. Did you mean 'shop_main'?"
    assert refused("shop_mian:app", shop) == expected


def test_misspelled_module_of_a_package_has_a_near_miss(shop: Path) -> None:
    message = refused("shop_package.wed:app", shop)
    assert message.startswith(f"there is no module 'shop_package.wed' in '{shop / 'shop_package'}'")
    assert message.endswith("Did you mean 'shop_package.web'?")


def test_missing_module_is_told_with_those_there_are(shop: Path) -> None:
    message = refused("xyz:app", shop)
    assert message.startswith(f"there is no module 'xyz' in {str(shop)!r}. It has 'shop_broken', ")
    assert "'shop_package'" in message


def test_folder_without_modules_is_told(shop: Path) -> None:
    (shop / "empty").mkdir()
    assert refused("xyz:app", shop / "empty") == (
        f"there is no module 'xyz' in {str(shop / 'empty')!r}. It has no modules: go to the "
        "folder of your application, or name it with --app-dir."
    )


def test_module_that_fails_shows_its_own_calls_only(shop: Path) -> None:
    message = refused("shop_broken:app", shop)

    assert message.startswith("module 'shop_broken' fails when it is imported:\n\nTraceback")
    assert message.endswith("ZeroDivisionError: division by zero")
    assert re.findall(r'File "(.*)", line', message) == [str(shop / "shop_broken.py")] * 2


def test_module_that_misses_a_library_is_not_taken_for_missing(shop: Path) -> None:
    message = refused("shop_lost:app", shop)
    assert message.endswith("ModuleNotFoundError: No module named 'no_such_library'")


def test_syntax_error_shows_its_line(shop: Path) -> None:
    message = refused("shop_wrong:app", shop)
    assert "x = = 1" in message
    assert message.endswith("SyntaxError: invalid syntax")


def test_misspelled_variable_has_a_near_miss(shop: Path) -> None:
    assert refused("shop_main:ap", shop) == (
        f"module 'shop_main' ({shop / 'shop_main.py'}) has no 'ap'. It has 'app', 'other'. "
        "Did you mean shop_main:app?"
    )


def test_application_of_another_name_is_suggested(shop: Path) -> None:
    message = refused("shop_package.web:server", shop)
    assert message.endswith("has no 'server'. Did you mean shop_package.web:app?")


def test_module_without_an_application_is_told(shop: Path) -> None:
    assert refused("shop_empty:app", shop).endswith("has no 'app'. Write `app = App()` in it.")


@pytest.mark.parametrize(
    ("target", "got"),
    [
        ("shop_main:name", "'shop'"),
        ("shop_main:App", "the class 'App'"),
        ("shop_package:web", "the module 'shop_package.web'"),
    ],
)
def test_what_is_no_application_is_refused(shop: Path, target: str, got: str) -> None:
    find_app("shop_package.web:app", shop)
    expected = f"expected an application as {target}, such as `App()`, got {got}"
    assert refused(target, shop) == expected


def test_factory_is_refused_with_what_to_write(shop: Path) -> None:
    assert refused("shop_main:create_app", shop) == (
        "expected an application as shop_main:create_app, got the function `create_app()`. Does "
        "it make one? Then write `app = create_app()` in its module, and name that."
    )
