from pathlib import Path

import pytest

from livedocs.commands import check_command
from livedocs.curl import parse_console
from livedocs.model import Example
from tests.livedocs.samples import application

ROOT = Path(__file__).parents[2]
APP = application("")


def check(text: str, example: Example | None = APP) -> str | None:
    return check_command(parse_console(f"$ {text}\n", 1)[0], example, root=ROOT)


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
                "bocadillo has no extra 'standrad' (it has: cli, compression, sessions, templates, test, wsgi, standard, full). "
                "Did you mean 'standard'?"
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
            "ls -l",
            (
                "nobody checks `ls -l`: only curl, uvicorn and pip install can be. "
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
