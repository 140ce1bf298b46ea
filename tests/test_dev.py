"""The command line of a contributor."""

import argparse
import ast
import importlib.util
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dev
from devtools.environment import prepare
from tests.devtools.fakes import Answer, FakeShop, make_tree

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path)


@pytest.fixture
def command_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, FakeShop]]:
    """Run a command line on the tree, in a shop that only records."""

    def run(*argv: str, answers: dict[str, Answer] | None = None) -> tuple[int, FakeShop]:
        prepare(FakeShop(tree))
        shop = FakeShop(tree, answers)
        monkeypatch.setattr(dev, "Shop", lambda root: shop)
        return dev.main(argv, tree), shop

    return run


CommandLine = Callable[..., tuple[int, FakeShop]]


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        ("update docs/guide", "-m livedocs.update docs/guide"),
        ("bench --runs 3 -- -v", "-m tests.benchmarks --runs 3 -v"),
        ("test -k sse", "-m pytest -m not browser -k sse"),
        ("test pytest --no-browser -- -x", "-m pytest -m not browser -x"),
        ("test framework", "-m pytest -m not browser framework"),
        ("test lint", "-m ruff check"),
    ],
)
def test_a_command_line_runs_its_command(
    command_line: CommandLine, argv: str, command: str
) -> None:
    code, shop = command_line(*argv.split())
    assert code == 0
    assert shop.ran[-1].endswith(command)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.mark.parametrize("argv", ["update", "bench", "serve --port PORT", "test types", "build"])
def test_an_exit_code_is_passed_on(command_line: CommandLine, argv: str) -> None:
    code, _ = command_line(
        *argv.replace("PORT", free_port()).split(), answers={"python -m": (42, "")}
    )
    assert code == 42


def test_a_word_that_is_neither_step_nor_path_is_refused(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shop = command_line("test", "typse")
    assert code == 2
    assert shop.ran == []
    assert capsys.readouterr().err == (
        "'typse' is neither a step nor a path. "
        "The steps are format, lint, types, wheel, site, pytest.\n"
    )


def test_an_unknown_option_tells_how_pytest_gets_it(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line("test", "-x")
    assert caught.value.code == 2
    assert "unknown: -x. To hand arguments to pytest, put -- before them." in (
        capsys.readouterr().err
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(["--help"], ROOT)
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for name in ("serve", "test", "build", "update", "bench", "lock"):
        assert f"\n    {name} " in said


def test_a_port_in_use_is_one_message_with_its_cure(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, shop = command_line("serve", "--port", str(port))
    assert code == 1
    assert shop.ran == []
    other = port + 1 if port < 65535 else 8000
    assert capsys.readouterr().err == (
        f"Cannot serve at http://127.0.0.1:{port}/: the port is in use. Stop the program that uses "
        f"it, or choose another port: python3 framework/dev.py serve --port {other}\n"
    )


def test_a_host_of_another_machine_is_one_message_with_its_cure(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = command_line("serve", "--host", "192.0.2.1", "--port", free_port())
    assert code == 1
    said = capsys.readouterr().err
    assert said.startswith("Cannot serve at http://192.0.2.1:")
    assert ". Choose another --host, or another port: python3 framework/dev.py serve" in said


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http"])
def test_what_is_not_a_port_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        dev.port_number(text)
    assert str(caught.value) == f"{text!r} is not a port: expected 1 to 65535"


def test_control_c_ends_serve_quietly_and_other_commands_with_130(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> tuple[int, str]:
        raise KeyboardInterrupt

    assert command_line("serve", "--port", free_port(), answers={"mkdocs": interrupted})[0] == 0
    assert command_line("bench", answers={"benchmarks": interrupted})[0] == 130
    assert capsys.readouterr().err == ""


def test_an_old_python_is_told_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18, "final", 0))
    monkeypatch.setattr(sys, "argv", ["framework/dev.py", "test"])
    spec = importlib.util.spec_from_file_location("old_dev", ROOT / "framework" / "dev.py")
    assert spec
    assert spec.loader
    with pytest.raises(SystemExit) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert caught.value.code == (
        f"dev.py needs Python 3.11 or newer, and {sys.executable} is Python 3.8.\n"
        "Install a newer one and call it by name: python3.13 framework/dev.py test"
    )


def test_an_old_python_can_at_least_parse_dev() -> None:
    ast.parse((ROOT / "framework" / "dev.py").read_text(), feature_version=(3, 8))


@pytest.mark.parametrize(
    "path",
    [ROOT / "framework" / "dev.py", *(ROOT / "framework" / "devtools").glob("*.py")],
    ids=lambda path: path.name,
)
def test_what_installs_the_rest_imports_the_standard_library_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            assert name.split(".")[0] in {"devtools", *sys.stdlib_module_names}
