"""The steps of `test`, and what they report."""

import re
import zipfile
from pathlib import Path

import pytest

from devtools import steps
from devtools.shop import DevError, python_of
from devtools.steps import Options, build_site, run_pytest, run_steps
from tests.devtools.fakes import FakeShop

WHOLE = ("bocadillo/__init__.py", "bocadillo/py.typed", "bocadillo-1.0.dist-info/METADATA")


def shop_that_builds_a_wheel(tree: Path, names: tuple[str, ...]) -> FakeShop:
    shop = FakeShop(tree)

    def build() -> tuple[int, str]:
        (tree / ".build" / "wheel").mkdir(parents=True)
        with zipfile.ZipFile(tree / ".build" / "wheel" / "bocadillo-1.0.whl", "w") as wheel:
            for name in names:
                wheel.writestr(name, "")
        return 0, ""

    def make_venv() -> tuple[int, str]:
        (tree / ".build" / "wheel-venv").mkdir(exist_ok=True)
        return 0, ""

    shop.answers |= {"hatchling build": build, "venv --clear --without-pip": make_venv}
    return shop


def test_the_wheel_is_imported_where_its_requirements_alone_are(tree: Path) -> None:
    shop = shop_that_builds_a_wheel(tree, WHOLE)
    steps.check_wheel(shop, Options())
    assert shop.has_run("install --constraint")
    assert shop.ran[-1].endswith("-I -c import bocadillo")


def test_the_clean_environment_is_kept_while_requirements_stay(tree: Path) -> None:
    steps.check_wheel(shop_that_builds_a_wheel(tree, WHOLE), Options())
    again = shop_that_builds_a_wheel(tree, WHOLE)
    steps.check_wheel(again, Options())
    assert not again.has_run("--without-pip")
    (tree / "framework" / "constraints.txt").write_text("starlette==1.11.0\n")
    changed = shop_that_builds_a_wheel(tree, WHOLE)
    steps.check_wheel(changed, Options())
    assert changed.has_run("--without-pip")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (WHOLE[1:], "lacks bocadillo/__init__.py. Add the file to framework/bocadillo."),
        (WHOLE[:1], "lacks bocadillo/py.typed. Add the file to framework/bocadillo."),
        (
            (*WHOLE, "livedocs/a.py"),
            (
                "ships 'livedocs/a.py', which is not of the package bocadillo. "
                "Correct [tool.hatch.build.targets.wheel] in pyproject.toml."
            ),
        ),
    ],
)
def test_a_wheel_with_wrong_files_is_refused(
    tree: Path, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(DevError) as caught:
        steps.check_wheel(shop_that_builds_a_wheel(tree, names), Options())
    assert str(caught.value) == f"The wheel {message}"


def shop_that_builds_a_site(tree: Path, checks: int = 0) -> FakeShop:
    def build() -> tuple[int, str]:
        new = tree / ".build" / "site.new"
        new.mkdir(parents=True)
        (new / "index.html").write_text("new")
        return 0, ""

    return FakeShop(tree, {"mkdocs build --strict": build, "livedocs.site_checks": (checks, "")})


def old_site(tree: Path) -> Path:
    site = tree / ".build" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("old")
    (site / "gone.html").touch()
    return site


def test_a_good_site_replaces_the_old_one_whole(tree: Path) -> None:
    site = old_site(tree)
    build_site(shop_that_builds_a_site(tree))
    assert [(file.name, file.read_text()) for file in site.iterdir()] == [("index.html", "new")]
    assert [folder.name for folder in site.parent.iterdir()] == ["site"]


def test_a_site_that_fails_its_checks_leaves_the_old_one(tree: Path) -> None:
    site = old_site(tree)
    with pytest.raises(DevError) as caught:
        build_site(shop_that_builds_a_site(tree, checks=1))
    python = python_of(Path(".venv"))
    new = Path(".build") / "site.new"
    assert str(caught.value) == f"`{python} -m livedocs.site_checks {new}` left with exit code 1."
    assert (site / "index.html").read_text() == "old"
    assert [folder.name for folder in site.parent.iterdir()] == ["site"]


def test_all_tests_run_under_coverage_with_chromium(tree: Path) -> None:
    old_site(tree)
    shop = FakeShop(tree, programs=("chromium",))
    run_pytest(shop, Options())
    assert shop.ran[-2].endswith("-m coverage run -m pytest")
    assert shop.ran[-1].endswith("-m coverage report")
    assert shop.env["CHROMIUM"] == "/bin/chromium"


def test_no_browser_leaves_browser_tests_out(tree: Path) -> None:
    shop = FakeShop(tree)
    run_pytest(shop, Options(browser=False))
    assert shop.ran[0].endswith("-m coverage run -m pytest -m not browser")


def test_a_selection_runs_without_coverage_and_warns_of_the_browser(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = FakeShop(tree)
    run_pytest(shop, Options(selection=["-k", "sse"]))
    assert shop.ran[0].endswith("python -m pytest -m not browser -k sse")
    assert len(shop.ran) == 1
    assert capsys.readouterr().out == (
        "The browser tests do NOT run: there is no built site. "
        "Build it: python3 framework/dev.py build\n"
    )


@pytest.mark.parametrize(
    ("failed", "built", "reason"),
    [
        (["site"], True, "the site could not be built; mend that first."),
        ([], False, "there is no built site. Build it: python3 framework/dev.py build"),
        ([], True, "no Chromium was found. Install one, or name it in the variable CHROMIUM."),
    ],
)
def test_browser_tests_that_cannot_run_are_a_failure(
    tree: Path, failed: list[str], built: bool, reason: str
) -> None:
    if built:
        old_site(tree)
    shop = FakeShop(tree, {"executable_path": (1, "")})
    with pytest.raises(DevError) as caught:
        run_pytest(shop, Options(failed=failed))
    assert shop.has_run("-m pytest -m not browser")
    assert str(caught.value) == (
        f"The browser tests do NOT run: {reason} (`--no-browser` leaves them out knowingly.)"
    )


def test_later_steps_run_after_a_failure_which_is_named_last(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = FakeShop(tree, {"-m ruff check": (7, "E501 too long\n")})
    options = Options()
    assert run_steps(shop, ["lint", "types"], options) == 7
    assert shop.has_run("-m mypy")
    written = re.sub(r" +[0-9.]+ s$", " T s", capsys.readouterr().out, flags=re.MULTILINE)
    python = python_of(Path(".venv"))
    assert written == (
        "[1/2] lint    ruff check\n"
        "E501 too long\n"
        f"`{python} -m ruff check` left with exit code 7.\n"
        "      FAILED in T s\n"
        "[2/2] types   mypy --strict\n"
        "      passed in T s\n"
        "\n"
        "lint    FAILED T s\n"
        "types   passed T s\n"
        "lint FAILED. To run it alone: python3 framework/dev.py test lint\n"
    )


def test_a_step_that_ran_alone_is_not_told_to_be_run_alone(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_steps(FakeShop(tree, {"-m ruff check": (7, "")}), ["lint"], Options())
    assert capsys.readouterr().out.endswith("\nlint FAILED.\n")


def test_a_selection_without_tests_says_what_checks_a_page_without_blocks(tree: Path) -> None:
    options = Options(browser=False, selection=["docs/project/changelog.md"])
    with pytest.raises(DevError) as caught:
        run_pytest(FakeShop(tree, {"-m pytest": (5, "")}), options)
    assert caught.value.code == 5
    assert str(caught.value) == (
        "There is no such test. A page without blocks has none; its links and images are "
        "checked by: python3 framework/dev.py build"
    )


def test_a_pass_of_all_steps_is_zero(tree: Path) -> None:
    assert run_steps(FakeShop(tree), ["format", "lint"], Options()) == 0
