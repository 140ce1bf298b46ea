import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from livedocs.commands import Checked, check_command
from livedocs.console import parse_console
from livedocs.model import Example
from tests.livedocs.samples import application

ROOT = Path(__file__).parents[2]
APP = application("")


def check(text: str, example: Example | None = APP) -> str | None:
    return check_command(parse_console(f"$ {text}\n", 1)[0], example, root=ROOT).problem


@pytest.mark.parametrize(
    "text",
    [
        "pip install bocadillo",
        "pip install -U 'bocadillo[standard,test]>=1.0'",
        "python -m pip install bocadillo[full]",
        "python3 -m pip install bocadillo",
        "pip install uvicorn httpx2",
        "pip install something-else-entirely",
        "uvicorn app:app",
        "uvicorn --port 8000 app:app --reload",
        "bocadillo run app:app --host=0.0.0.0 --port 80 --reload",
        "python -m bocadillo run app:app --reload",
    ],
)
def test_a_right_command_passes(text: str) -> None:
    assert check(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "pip install 'bocadillo[standrad]'",
            (
                "bocadillo has no extra 'standrad' (it has: cli, compression, sessions, "
                "templates, test, wsgi, standard, full). Did you mean 'standard'?"
            ),
        ),
        (
            "pip install bocadilo",
            "`pip install` names the package 'bocadilo'. Did you mean 'bocadillo'?",
        ),
        (
            "pip install bocadillo>=1",
            (
                "the shell takes '>' in `pip install bocadillo>=1` for itself: put quotes around "
                'the argument it belongs to, or give the block skip="reason".'
            ),
        ),
        (
            "uvicorn main:app --reload",
            "`uvicorn main:app --reload` does not serve app.py: expected `uvicorn app:app`.",
        ),
        (
            "bocadillo run main:app",
            "`bocadillo run main:app` does not serve app.py: expected `bocadillo run app:app`.",
        ),
        (
            "bocadillo run app:app --relaod",
            "`bocadillo run` has no option '--relaod'. Did you mean '--reload'?",
        ),
        (
            "ls -l",
            (
                "nobody checks `ls -l`: only curl, bocadillo, uvicorn and pip install can be. "
                'Give the block skip="reason".'
            ),
        ),
    ],
)
def test_a_wrong_command_names_the_cure(text: str, message: str) -> None:
    assert check(text) == message


def test_uvicorn_needs_an_application() -> None:
    assert check("uvicorn app:app", None) == (
        "`uvicorn app:app` serves an application, and none stands above it."
    )
    assert check("bocadillo run app:app", None) == (
        "`bocadillo run app:app` serves an application, and none stands above it."
    )


APPLICATION = """\
from bocadillo import App

app = App()


@app.route("/soup/{number}")
async def soup(req, res, number: int): ...
"""


def run(text: str, output: str, example: Example | None = None) -> Checked:
    [command] = parse_console(f"$ {text}\n{output}\n", 1)
    return check_command(command, example, root=ROOT)


def test_what_bocadillo_answers_is_compared() -> None:
    assert run("bocadillo --version", "bocadillo, version ...") == Checked()
    assert run("python3 -m bocadillo --version", "bocadillo, version ...") == Checked()
    assert run("python3 -m bocadillo --version", "bocadillo, version 0").problem
    assert (
        run("bocadillo routes app:app", "...GET.../soup/{number}...", application(APPLICATION))
        == Checked()
    )

    got = run("bocadillo routes nothing:app", "old")

    assert "nothing" in str(got.output)
    assert str(got.problem).startswith("output")


def test_a_project_is_created_in_a_folder_that_goes(tmp_path: Path) -> None:
    assert run("bocadillo create shop --dry --no-input", "...shop/app.py...") == Checked()
    assert not (ROOT / "shop").exists()


def test_a_program_that_is_not_installed_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)

    assert "there is no bocadillo beside python" in str(run("bocadillo --version", "1").output)


def test_a_command_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("bocadillo", options["timeout"])

    monkeypatch.setattr(subprocess, "run", late)

    assert run("bocadillo --version", "1").output == (
        "`bocadillo --version` took more than 30 seconds"
    )
