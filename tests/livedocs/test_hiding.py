import pytest

from livedocs.errors import MarkupError
from livedocs.hiding import split_hidden


@pytest.mark.parametrize(
    ("source", "text", "hidden"),
    [
        ("x = 1\n", "x = 1\n", []),
        ("import re  # hide\nx = 1\n", "import re\nx = 1\n", [0]),
        ("import re  #hide\nx = 1\n", "import re\nx = 1\n", [0]),
        ("a\n# hide: on\nb\nc\n# hide: off\nd\n", "a\nb\nc\nd\n", [1, 2]),
        ("if a:\n    # hide: on\n    b\n    # hide: off\n    c\n", "if a:\n    b\n    c\n", [1]),
        # What would leave a gap is folded, too: empty lines at the start, or two of them.
        ("import re  # hide\n\n\nx = 1\n", "import re\n\n\nx = 1\n", [0, 1, 2]),
        ("a\n\nb  # hide\n\nc\n", "a\n\nb\n\nc\n", [2, 3]),
        ("a\nb  # hide\n\nc\n", "a\nb\n\nc\n", [1]),
        ("# hide the soup\n# hideaway\nhide = 1\n", "# hide the soup\n# hideaway\nhide = 1\n", []),
    ],
)
def test_marks_go_and_lines_are_folded(source: str, text: str, hidden: list[int]) -> None:
    assert split_hidden(source, 1) == (text, frozenset(hidden))


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("a\n# hide: on\nb\n", "`# hide: on` is never ended: write `# hide: off` below.", 8),
        ("# hide: off\n", "`# hide: off` where nothing is hidden: remove it.", 7),
        (
            "# hide: on\n# hide: on\n",
            "`# hide: on` where all is hidden already: remove it.",
            8,
        ),
        (
            "a  # hide: on\n",
            "`# hide: on` stands on a line of its own; before it is 'a'.",
            7,
        ),
        (
            "a  # hide: of\n",
            (
                "unknown mark `# hide: of`: expected `# hide` at a line's end, or `# hide: on` "
                "and `# hide: off` on lines of their own."
            ),
            7,
        ),
        (
            "# hide\n",
            (
                "`# hide` hides the line that it ends, and nothing stands before it: expected "
                "`# hide: on` to hide lines below."
            ),
            7,
        ),
    ],
)
def test_a_mark_that_cannot_be_meant_is_explained(source: str, message: str, line: int) -> None:
    with pytest.raises(MarkupError) as caught:
        split_hidden(source, 7)

    assert (caught.value.message, caught.value.line) == (message, line)
