import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livedocs.engine import Program
from livedocs.errors import MarkupError
from livedocs.session_text import Reply, parse_session
from livedocs.sessions import hold_session, run_session

STACK = "Traceback (most recent call last):\n  ...\n"


def hold(
    source: str, names: dict[str, Any] | None = None, show: Callable[[str], None] | None = None
) -> list[Reply]:
    session = parse_session(source, 10)
    return asyncio.run(hold_session(session, {} if names is None else names, show=show))


@pytest.mark.parametrize(
    ("typed", "outputs"),
    [
        (">>> 1 + 1", ["2"]),
        (">>> x = None\n>>> x", ["", ""]),
        (">>> print(1); 'a'", ["1\n'a'"]),
        (">>> 20\n>>> _ + 1", ["20", "21"]),
        (">>> # only words\n>>>", ["", ""]),
        (">>> for n in range(2):\n...     n", ["0\n1"]),
        (">>> import asyncio\n>>> await asyncio.sleep(0, 'tea')", ["", "'tea'"]),
        (">>> 1 / 0\n>>> 2", [f"{STACK}ZeroDivisionError: division by zero", "2"]),
        (">>> print(1); [][0]", [f"1\n{STACK}IndexError: list index out of range"]),
        (">>> def f(: pass", [f"{STACK}SyntaxError: invalid syntax"]),
        (
            ">>> raise ExceptionGroup('a', [KeyError(1)])",
            [f"{STACK}ExceptionGroup: a (1 sub-exception)"],
        ),
    ],
)
def test_inputs_are_answered_as_at_a_prompt(typed: str, outputs: list[str]) -> None:
    assert [reply.output for reply in hold(typed)] == outputs


def test_names_are_shared_with_the_program_and_so_is_what_it_prints() -> None:
    printed: list[str] = []
    names: dict[str, Any] = {"print": printed.append}
    exec("def serve(): print('soup'); return stock", names)

    replies = hold(">>> stock = 3\n>>> serve()\n", names)

    assert [reply.output for reply in replies] == ["", "soup\n3"]
    assert names["stock"] == 3
    exec("print('later')", names)
    assert printed == ["later"]


def test_a_terminal_shows_what_is_typed_and_whole_tracebacks() -> None:
    shown: list[str] = []

    hold(">>> def f():\n...     1 / 0\n...\n>>> f()\n", show=shown.append)

    text = "".join(shown)
    assert text.startswith(
        ">>> def f():\n...     1 / 0\n>>> f()\nTraceback (most recent call last)"
    )
    assert 'File "<session>", line 4, in <module>' in text
    assert 'File "<session>", line 2, in f\n    1 / 0' in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


def program(source: str, folder: Path) -> Program:
    return Program(folder, {"a.pycon": source}, "a.pycon", source, "docs/p.md")


def test_a_session_without_an_application_begins_with_nothing(tmp_path: Path) -> None:
    source = ">>> class A: pass\n>>> A\n<...>\n>>> vars().get('app')\n>>> __name__\n"

    replies = asyncio.run(run_session(program(source, tmp_path), line=3))

    assert [reply.output for reply in replies] == ["", "<class '__main__.A'>", "", "'__main__'"]
    assert replies[2].input.line == 6


def test_a_text_that_is_no_session_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(MarkupError, match="a pycon block begins with a prompt"):
        asyncio.run(run_session(program("1\n", tmp_path)))
