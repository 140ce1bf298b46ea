"""The environment of the frameworks that Bocadillo is compared with."""

from pathlib import Path

import pytest

from devtools.peers import PEERS, prepare_peers
from devtools.shop import DevError, python_of
from tests.devtools.fakes import FakeShop, make_tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    make_tree(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["starlette>=1"]\n'
        '[project.optional-dependencies]\ncli = ["uvicorn[standard]"]\n'
    )
    (tmp_path / PEERS).parent.mkdir(parents=True)
    (tmp_path / PEERS).write_text("falcon==4.4.0\n")
    return tmp_path


def make_shop(tree: Path, code: int = 0) -> FakeShop:
    """Return a shop in which making an environment makes its folder, as the real one does."""
    venv = tree / ".build" / "bench-venv"

    def make_venv() -> tuple[int, str]:
        venv.mkdir(parents=True, exist_ok=True)
        return 0, ""

    return FakeShop(tree, {"-m venv": make_venv, "pip": (code, "ERROR: no such version\n")})


def test_peers_and_what_the_tree_needs_are_installed_as_pinned(tree: Path) -> None:
    shop = make_shop(tree)
    python = prepare_peers(shop)
    assert python == python_of(tree / ".build" / "bench-venv")
    install = shop.ran[-1]
    assert f"--python {python} install --constraint {tree}/framework/constraints.txt" in install
    assert install.endswith(f"--requirement {tree / PEERS} starlette>=1 uvicorn[standard]")


def test_environment_of_peers_is_kept_until_a_pin_changes(tree: Path) -> None:
    prepare_peers(make_shop(tree))
    kept = make_shop(tree)
    prepare_peers(kept)
    assert kept.ran == []
    (tree / PEERS).write_text("falcon==4.5.0\n")
    prepare_peers(kept)
    assert kept.has_run("-m venv --clear")


def test_failed_installation_is_not_taken_for_done(tree: Path) -> None:
    for _ in range(2):
        shop = make_shop(tree, code=1)
        with pytest.raises(DevError, match="Installing the frameworks to compare with failed"):
            prepare_peers(shop)
        assert shop.has_run("install")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (line.partition("==") for line in lines if not line.startswith("#"))
    return {package.lower(): version for package, _, version in found}


def test_peers_are_pinned_and_leave_to_the_project_what_it_pins() -> None:
    peers = pins(PEERS)
    assert all(peers.values())
    assert {"blacksheep", "falcon", "fastapi", "litestar"} <= set(peers)
    assert set(peers) & set(pins("framework/constraints.txt")) == set()
