from pathlib import Path

import pytest

from livedocs.browser.marks import MOST_CHARACTERS, Mark, find_marks

FILES = {
    "app.py": "import words\n\ndef cook():\n    words.say()\n",
    "words.py": "def say():\n    raise ValueError('too hot')\n",
}


def error_of(source: str, name: str = "app.py") -> Exception:
    try:
        exec(compile(source, name, "exec"), {})
    except Exception as error:  # noqa: BLE001 # whatever it raises is marked
        return error
    raise AssertionError("nothing was raised")


def marks_of(error: BaseException) -> list[Mark]:
    return find_marks(error, FILES, main="app.py", folder=Path("/tmp/run"))


@pytest.mark.parametrize(
    ("source", "name", "mark"),
    [
        ("\n1 / 0", "app.py", Mark("app.py", 2, "ZeroDivisionError: division by zero")),
        ("app = (", "app.py", Mark("app.py", 1, "SyntaxError: '(' was never closed")),
        ("\nx = 'a", "/tmp/run/words.py", Mark("words.py", 2, "SyntaxError: unterminated")),
        ("\n\nraise KeyError", "/tmp/run/words.py", Mark("words.py", 3, "KeyError")),
        ("import json\njson.loads('')", "app.py", Mark("app.py", 2, "JSONDecodeError: Expecting")),
    ],
)
def test_an_error_is_marked_at_the_last_own_line(source: str, name: str, mark: Mark) -> None:
    (found,) = marks_of(error_of(source, name))
    assert (found.file, found.line) == (mark.file, mark.line)
    assert found.text.startswith(mark.text)


def test_the_file_where_it_arose_is_marked_and_not_the_caller(tmp_path: Path) -> None:
    words = compile(FILES["words.py"], str(tmp_path / "words.py"), "exec")
    scope: dict[str, object] = {}
    exec(words, scope)
    try:
        exec(compile("say()", "app.py", "exec"), {"say": scope["say"]})
    except ValueError as error:
        marks = find_marks(error, FILES, main="app.py", folder=tmp_path)
    assert marks == [Mark("words.py", 2, "ValueError: too hot")]


def test_each_error_of_a_group_is_marked_once() -> None:
    first, second = error_of("1 / 0"), error_of("\nint('x')")
    group = ExceptionGroup("both", [first, ExceptionGroup("more", [second, first])])
    assert [mark.line for mark in marks_of(group)] == [1, 2]


@pytest.mark.parametrize("name", ["/usr/lib/python3/json.py", "/tmp/run/unknown.py", "<string>"])
def test_an_error_in_no_own_file_is_not_marked(name: str) -> None:
    assert marks_of(error_of("1 / 0", name)) == []


def test_a_long_message_is_cut() -> None:
    (mark,) = marks_of(error_of("raise ValueError('x' * 1000)"))
    assert len(mark.text) == MOST_CHARACTERS + 1
