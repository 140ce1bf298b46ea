import pytest

from livedocs.console import find_shell_sign, parse_console
from livedocs.errors import MarkupError


def test_a_block_is_commands_with_their_output() -> None:
    source = "$ pip install x  # it's a comment\n$ curl a \\\n    b\nout\n\n$ echo\none\n\ntwo\n\n"

    pip, curl, echo = parse_console(source, 10)

    assert pip.words == ("pip", "install", "x")
    assert (curl.words, curl.text, curl.output) == (("curl", "a", "b"), "curl a \\\n    b", "out")
    assert (curl.line, curl.output_lines) == (11, (3, 4))
    assert (echo.output, echo.line, echo.output_lines) == ("one\n\ntwo", 15, (6, 9))


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (
            "hello\n",
            4,
            "a console block begins with a command, as in `$ curl ...`; got 'hello'.",
        ),
        (
            "out\n$ curl\n",
            4,
            "a console block begins with a command, as in `$ curl ...`; got 'out'.",
        ),
        (
            "$ true\n$ curl 'a\nb\n",
            5,
            'the command "curl \'a\\nb" has a quote that is never closed.',
        ),
    ],
)
def test_what_is_no_console_is_explained(source: str, line: int, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_console(source, 4)

    assert (caught.value.line, caught.value.message) == (line, message)


def test_a_quoted_sign_is_no_matter_of_the_shell() -> None:
    assert find_shell_sign(parse_console("$ pip install 'x>=1'\n", 1)[0]) is None
