import ast
import subprocess
import sys
from pathlib import Path

import pytest
from click import ClickException

import bocadillo
from bocadillo.cli._project import check_free, check_name, render_project, write_project


@pytest.mark.parametrize("name", ["shop", "my-shop", "my_shop2", "S"])
def test_name_of_a_project(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("my shop", "Did you mean 'my-shop'?"),
        ("2fast", "Did you mean 'fast'?"),
        ("../etc", "Did you mean 'etc'?"),
        ("shop/", "Did you mean 'shop'?"),
        ("", "Try 'my-app'."),
        ("…", "Try 'my-app'."),
        ("shop\n", "Did you mean 'shop'?"),
    ],
)
def test_name_that_is_no_folder_is_refused(name: str, cure: str) -> None:
    with pytest.raises(ClickException) as caught:
        check_name(name)
    assert caught.value.message == (
        "expected a name that begins with a letter and has letters, digits, '-' and '_' only, "
        f"got {name!r}. {cure}"
    )


def test_files_carry_the_name_and_the_version() -> None:
    texts = render_project("shop")

    assert 'app = App("shop")' in texts["app.py"]
    assert texts["README.md"].startswith("# shop\n")
    assert f">={bocadillo.__version__}\n" in texts["requirements.txt"]
    assert not [path for path, text in texts.items() if "NAME" in text or "VERSION" in text]


def test_modules_are_python() -> None:
    for path, text in render_project("shop").items():
        if path.endswith(".py"):
            ast.parse(text)


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()
    (tmp_path / "README.md").touch()

    with pytest.raises(ClickException) as caught:
        check_free(tmp_path)
    assert caught.value.message == (
        f"{str(tmp_path)!r} has README.md, app.py already, and nothing is ever overwritten. Name "
        "another folder with --directory."
    )


def test_other_files_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    check_free(tmp_path)
    check_free(tmp_path / "new")


def test_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop"
    path.touch()

    with pytest.raises(ClickException) as caught:
        check_free(path)
    expected = f"expected a folder, but {str(path)!r} is a file. Name another."
    assert caught.value.message == expected


def test_what_the_system_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop").touch()
    folder = tmp_path / "shop" / "inner"

    with pytest.raises(ClickException) as caught:
        write_project(folder, {"app.py": ""})
    assert caught.value.message.startswith(f"cannot write to {str(folder)!r}: [Errno ")


def test_tests_of_a_new_project_pass(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    write_project(folder, render_project("shop"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_new_project_is_formatted_and_free_of_lint(tmp_path: Path) -> None:
    write_project(tmp_path, render_project("shop"))
    for command in (["check", "--extend-select", "B,I,UP"], ["format", "--check"]):
        run = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
