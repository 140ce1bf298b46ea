import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import bocadillo
from bocadillo import cli
from bocadillo.cli import _finding, _serving
from bocadillo.cli._commands import bocadillo as command

FILES = [".gitignore", "README.md", "app.py", "requirements.txt", "settings.py", "test_app.py"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run each test in a folder of its own, and forget the modules it imports from it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    yield tmp_path
    for name in ("app", "settings"):
        sys.modules.pop(name, None)


def invoke(*args: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(command, args, prog_name="bocadillo", input=answer)


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_version() -> None:
    assert invoke("--version").output == f"bocadillo, version {bocadillo.__version__}\n"


@pytest.mark.parametrize("name", ["create", "run", "routes"])
def test_each_command_has_its_help(name: str) -> None:
    assert name in invoke("-h").output
    result = invoke(name, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: bocadillo {name} [OPTIONS] ")


def test_create_writes_a_project_and_says_how_to_go_on(here: Path) -> None:
    result = invoke("create", "shop")

    assert result.exit_code == 0, result.output
    assert written(here / "shop") == FILES
    assert f"  {Path('shop/app.py')}\n" in result.output
    assert result.output.endswith(
        "Go on with:\n  cd shop\n  pip install -r requirements.txt\n"
        "  bocadillo run app:app --reload\n"
    )


def test_create_writes_where_it_is_told(here: Path) -> None:
    assert invoke("create", "shop", "-d", "a/b").exit_code == 0
    assert written(here / "a" / "b") == FILES


def test_create_in_this_folder_needs_no_change_of_folder(here: Path) -> None:
    result = invoke("create", "shop", "-d", ".")
    assert written(here) == FILES
    assert "cd " not in result.output


def test_dry_create_writes_nothing(here: Path) -> None:
    result = invoke("create", "shop", "--dry")

    assert result.exit_code == 0
    lines = [f"  {Path('shop') / name}" for name in FILES]
    assert result.output == "\n".join(["These files would be written:", *lines, ""])
    assert written(here) == []


def test_create_refuses_a_bad_name(here: Path) -> None:
    result = invoke("create", "my shop")
    assert result.exit_code == 1
    assert "got 'my shop'. Did you mean 'my-shop'?" in result.output
    assert written(here) == []


@pytest.mark.parametrize("option", ["--dry", "--no-input"])
def test_create_never_overwrites(here: Path, option: str) -> None:
    (here / "app.py").write_text("mine")
    result = invoke("create", "shop", "-d", ".", option)

    assert result.exit_code == 1
    assert "'.' has app.py already, and nothing is ever overwritten." in result.output
    assert written(here) == ["app.py"]
    assert (here / "app.py").read_text() == "mine"


@pytest.mark.parametrize(("answer", "is_made"), [("y\n", True), ("n\n", False), ("", False)])
def test_create_asks_before_it_adds_to_a_folder(here: Path, answer: str, is_made: bool) -> None:
    (here / "notes.txt").touch()
    result = invoke("create", "shop", "-d", ".", answer=answer)

    assert "'.' is not empty. Add the project to it? [y/N]" in result.output
    assert result.exit_code == (0 if is_made else 1)
    assert (here / "app.py").exists() is is_made


def test_create_without_input_does_not_ask(here: Path) -> None:
    (here / "notes.txt").touch()
    result = invoke("create", "shop", "-d", ".", "--no-input")

    assert result.exit_code == 0
    assert "not empty" not in result.output
    assert written(here) == sorted([*FILES, "notes.txt"])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Record what would be served."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(_serving, "serve", lambda *args, **options: calls.append((*args, options)))
    return calls


def test_run_hands_its_options_to_the_server(here: Path, served: list[tuple[Any, ...]]) -> None:
    invoke("create", "shop")
    result = invoke(
        *("run", "app:app", "--app-dir", "shop", "--port", "0", "--host", "::1", "--workers", "2"),
        *("--no-access-log", "--reload-dir", "shop", "--root-path", "/api"),
    )

    assert result.exit_code == 0, result.output
    ((target, folder, options),) = served
    assert (target, folder) == ("app:app", Path("shop"))
    assert options == {
        "access_log": False,
        "forwarded_allow_ips": None,
        "host": "::1",
        "log_level": "info",
        "port": 0,
        "reload": False,
        "reload_dirs": ["shop"],
        "root_path": "/api",
        "ssl_certfile": None,
        "ssl_keyfile": None,
        "uds": None,
        "workers": 2,
    }


def test_run_listens_on_this_machine_alone_unless_told(served: list[tuple[Any, ...]]) -> None:
    invoke("create", "shop", "-d", ".")
    assert invoke("run", "app:app").exit_code == 0
    options = served[0][-1]
    assert (options["host"], options["port"]) == ("127.0.0.1", 8000)
    assert options["reload_dirs"] is None


def test_run_refuses_workers_that_reload(served: list[tuple[Any, ...]]) -> None:
    result = invoke("run", "app:app", "--reload", "--workers", "2")
    assert result.exit_code == 2
    assert "--reload and --workers exclude each other: take one of them" in result.output
    assert served == []


def test_run_refuses_what_is_not_there_before_it_serves(served: list[tuple[Any, ...]]) -> None:
    result = invoke("run", "ap:app")
    assert result.exit_code == 1
    assert result.output.startswith("Error: there is no module 'ap' in ")
    assert served == []


def test_run_without_uvicorn_names_the_extra(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "bocadillo.cli._serving")
    monkeypatch.delattr(cli, "_serving")
    result = invoke("run", "app:app")

    assert result.exit_code == 1
    assert result.output == (
        'Error: `bocadillo run` needs uvicorn and httptools: pip install "bocadillo[cli]"\n'
    )


def test_routes_prints_a_table() -> None:
    invoke("create", "shop")
    result = invoke("routes", "app:app", "--app-dir", "shop")

    assert result.exit_code == 0, result.output
    heading, *rows = result.output.splitlines()
    assert heading.split() == ["METHODS", "PATTERN", "VIEW", "NAME"]
    assert [row.split()[1] for row in rows] == ["/", "/hello/{name}"]


UNFIT = """
from bocadillo import App

app = App()


@app.route("/")
async def index(req, res, databse):
    pass
"""


def test_routes_of_an_application_that_cannot_start_end_with_the_reason(here: Path) -> None:
    (here / "app.py").write_text(UNFIT)
    result = invoke("routes", "app:app")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].split()[:2] == ["GET", "/"]
    assert result.stderr.startswith(
        "Error: app:app cannot start: bocadillo.errors.ProviderError: view `index` ("
    )
    assert "asks for `databse`" in result.stderr


PROVIDED = """
from bocadillo import App

app = App()


@app.provider
def menu():
    return ["tortilla"]


@app.route("/")
async def index(req, res, menu):
    res.json = menu
"""


def test_routes_shows_the_providers_of_each_view(here: Path) -> None:
    (here / "provided.py").write_text(PROVIDED)
    result = invoke("routes", "provided:app", "--providers")

    assert result.exit_code == 0, result.output
    assert [line.split()[:2] for line in result.output.splitlines()] == [
        ["GET", "/"],
        ["menu", "request"],
    ]


def executable(*args: str) -> list[str]:
    return [sys.executable, "-m", "bocadillo", *args]


@contextmanager
def running(folder: Path, *args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `bocadillo run` in a process, until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = executable("run", "app:app", "--port", str(port), *args)
    environment = {**os.environ, "DEBUG": "1"}
    process = subprocess.Popen(run, cwd=folder, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def get(url: str) -> tuple[str, dict[str, str]]:
    """Return body and headers, once the server listens."""
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return response.read().decode(), headers
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.real
@pytest.mark.parametrize("args", [(), ("--workers", "2"), ("--reload",)], ids=str)
def test_new_project_is_served_until_ctrl_c(here: Path, args: tuple[str, ...]) -> None:
    invoke("create", "shop")
    with running(here / "shop", *args) as (process, url):
        body, headers = get(f"{url}/hello/Ada?language=fr")
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=20)

    assert body == '{"message":"Bonjour, Ada!"}'
    assert "server" not in headers
    assert process.returncode == 0, log
    assert "Traceback" not in log


BROKEN = """
from bocadillo import App

app = App()


@app.route("/")
async def index(req, res):
    1 / 0
"""


@pytest.mark.real
def test_error_of_a_view_is_logged_once(here: Path) -> None:
    (here / "app.py").write_text(BROKEN)
    with running(here) as (process, url):
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(url)
        caught.value.close()
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=20)

    assert caught.value.code == 500
    assert log.count("ZeroDivisionError: division by zero") == 1
    assert "GET '/'" in log


@pytest.mark.real
def test_command_without_click_names_the_extra() -> None:
    script = "import sys; sys.modules['click'] = None; from bocadillo.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"{cli.MISSING}\n"


def test_main_without_click_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "click", None)
    for name in ("_commands", "_finding", "_listing", "_project"):
        monkeypatch.delitem(sys.modules, f"bocadillo.cli.{name}", raising=False)
        monkeypatch.delattr(cli, name, raising=False)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == cli.MISSING
    assert cli.MISSING.endswith('needs click: pip install "bocadillo[cli]"')


def test_other_missing_modules_are_not_taken_for_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bocadillo.cli._finding", None)
    monkeypatch.delitem(sys.modules, "bocadillo.cli._commands", raising=False)
    monkeypatch.delattr(cli, "_commands", raising=False)
    with pytest.raises(ModuleNotFoundError):
        cli.main()
    assert _finding.__name__ == "bocadillo.cli._finding"
