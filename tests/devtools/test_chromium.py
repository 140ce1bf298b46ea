"""Which Chromium the browser tests get."""

from pathlib import Path

import pytest

from devtools.chromium import find_chromium, install_chromium
from devtools.shop import DevError
from tests.devtools.fakes import FakeShop


@pytest.mark.parametrize(
    ("programs", "found"),
    [
        (("chromium", "google-chrome"), "/bin/chromium"),
        (("google-chrome",), "/bin/google-chrome"),
        ((), None),
    ],
)
def test_chromium_is_the_first_on_path(
    tree: Path, programs: tuple[str, ...], found: str | None
) -> None:
    assert find_chromium(FakeShop(tree, programs=programs)) == found


def test_a_chromium_that_does_not_start_is_passed_over(tree: Path) -> None:
    shop = FakeShop(
        tree, {"chromium-browser": (1, "a stub")}, programs=("chromium-browser", "google-chrome")
    )
    assert find_chromium(shop) == "/bin/google-chrome"


def test_the_variable_chromium_goes_before_path(tree: Path) -> None:
    shop = FakeShop(tree, programs=("mine", "chromium"), env={"CHROMIUM": "mine"})
    assert find_chromium(shop) == "/bin/mine"


def test_a_wrong_variable_chromium_is_an_error(tree: Path) -> None:
    shop = FakeShop(tree, programs=("chromium",), env={"CHROMIUM": "/no"})
    with pytest.raises(DevError) as caught:
        find_chromium(shop)
    assert str(caught.value) == (
        "CHROMIUM is '/no', which does not start. Correct it, or unset it."
    )


def test_root_gets_chromium_from_apt(tree: Path) -> None:
    shop = FakeShop(tree, programs=("apt-get",), is_root=True)

    def apt_installs() -> tuple[int, str]:
        shop.programs.append("chromium")
        return 0, ""

    shop.answers["apt-get install"] = apt_installs
    assert install_chromium(shop) == "/bin/chromium"


def test_others_get_chromium_from_playwright(tree: Path) -> None:
    shop = FakeShop(tree, {"executable_path": (0, "theirs\n")}, programs=("apt-get",))

    def playwright_installs() -> tuple[int, str]:
        shop.programs.append("theirs")
        return 0, ""

    shop.answers["playwright install chromium"] = playwright_installs
    assert install_chromium(shop) == "/bin/theirs"
    assert not shop.has_run("apt-get")


def test_no_chromium_is_none(tree: Path) -> None:
    assert install_chromium(FakeShop(tree, {"executable_path": (1, "Traceback")})) is None
