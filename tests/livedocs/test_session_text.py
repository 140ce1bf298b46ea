import pytest

from livedocs.errors import MarkupError
from livedocs.session_text import Input, is_unfinished, parse_session, short_output


def test_a_session_is_read() -> None:
    source = ">>> x = 1\n>>> x\n1\n\n>>> for n in x:\n...     f(n)\n...\n...\na\n"

    session = parse_session(source, 5)

    assert session.inputs == (
        Input("x = 1\n", "", 5, (1, 1)),
        Input("x\n", "1", 6, (2, 3)),
        Input("for n in x:\n    f(n)\n", "...\na", 9, (7, 9)),
    )
    assert session.typed == "x = 1\nx\nfor n in x:\n    f(n)\n"


@pytest.mark.parametrize(
    ("source", "typed", "output"),
    [
        (">>> object()\n...\n", "object()\n", "..."),
        (">>> print('''a\n... b''')\na\nb\n", "print('''a\nb''')\n", "a\nb"),
        (">>>\n", "\n", ""),
        (">>> # why\n", "# why\n", ""),
        (">>> await f(\n...     1)\n2\n", "await f(\n    1)\n", "2"),
        (">>> if x:\n...     y\n2\n", "if x:\n    y\n", "2"),
        (">>> @a\n... def f():\n...     pass\n", "@a\ndef f():\n    pass\n", ""),
        (">>> x = (\n...\n... 1)\n", "x = (\n\n1)\n", ""),
    ],
)
def test_dots_are_typed_where_more_is_waited_for(source: str, typed: str, output: str) -> None:
    [entry] = parse_session(source, 1).inputs

    assert (entry.source, entry.output) == (typed, output)


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("1\n", "a pycon block begins with a prompt, as in `>>> 1 + 1`; got '1'.", 3),
        (
            ">>> (\n...1)\n",
            "a space stands between `...` and what is typed; got '...1)'.",
            4,
        ),
        (">>>1\n", "a space stands between `>>>` and what is typed; got '>>>1'.", 3),
    ],
)
def test_what_is_no_session_is_explained(source: str, message: str, line: int) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_session(source, 3)

    assert (caught.value.message, caught.value.line) == (message, line)


def test_what_cannot_be_compiled_is_finished() -> None:
    assert not is_unfinished("def f(:")
    assert not is_unfinished("x = '\0'")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("1", "1"),
        ("Traceback (most recent call last):\nKeyError", None),
        (
            "a\nTraceback (most recent call last):\n  File 'x'\n    y\nKeyError: 1\n",
            "a\nTraceback (most recent call last):\n  ...\nKeyError: 1\n",
        ),
        (
            "Traceback (most recent call last):\n  ...",
            "Traceback (most recent call last):\n  ...\n",
        ),
    ],
)
def test_a_stack_becomes_three_dots(text: str, short: str | None) -> None:
    assert short_output(text) == (text if short is None else short)
