"""Scripts and sessions as a page runs them; more through the runner in `test_runner`."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from livedocs.browser.programs import live_script, type_session
from livedocs.engine import Program
from livedocs.session_text import parse_session


@pytest.mark.parametrize(
    ("source", "documented", "differences"),
    [
        ("print(1)", {"output": "1\n"}, []),
        ("print(1)", {"output": "2\n"}, [("output", "2", "1")]),
        ("print(1)", {}, None),
        ("1 / 0", {"raises": "ZeroDivisionError"}, []),
        ("1 / 0", {"raises": "KeyError"}, [("exception", "KeyError", "ZeroDivisionError")]),
        ("1", {"raises": "KeyError"}, [("exception", "KeyError", "none")]),
    ],
)
def test_a_script_is_judged_by_what_is_documented(
    source: str, documented: Any, differences: list[Any] | None, tmp_path: Path
) -> None:
    program = Program(tmp_path, {"a.py": source}, "a.py", source, "a.py")
    logged: list[str] = []

    told = asyncio.run(
        live_script(program, documented, log=lambda _, text: logged.append(text), explain=repr)
    )

    verdict = {None: "undocumented", True: "differs", False: "same"}
    assert told["verdict"] == verdict[None if differences is None else bool(differences)]
    assert [tuple(entry.values()) for entry in told["differences"]] == (differences or [])
    shown = {"print(1)": ["1\n"], "1 / 0": ["ZeroDivisionError('division by zero')"]}
    assert logged == shown.get(source, [])


def test_an_undocumented_error_is_raised(tmp_path: Path) -> None:
    program = Program(tmp_path, {"a.py": "1 / 0"}, "a.py", "1 / 0", "a.py")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(live_script(program, {}, log=lambda *_: None, explain=repr))


def test_a_session_is_shown_as_a_terminal_shows_it() -> None:
    told = asyncio.run(type_session(parse_session(">>> soup\n1\n", 1), {"soup": 1}))

    assert told == {"transcript": ">>> soup\n1\n", "verdict": "same", "differences": []}
