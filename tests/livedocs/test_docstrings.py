import griffe
import pytest

from livedocs.docstrings import FenceIndented, fence_indented


@pytest.mark.parametrize(
    ("text", "fenced"),
    [
        ("A word.", "A word."),
        ("As in:\n\n    a\n      b\n\nEnd.", "As in:\n\n```text\na\n  b\n```\n\nEnd."),
        ("Args:\n    a: it.\n\n    More of it.", "Args:\n    a: it.\n\n    More of it."),
        ("Args:\n    a: it.\n\nEnd.\n\n    b", "Args:\n    a: it.\n\nEnd.\n\n```text\nb\n```"),
    ],
)
def test_indented_blocks_are_fenced_and_sections_are_not(text: str, fenced: str) -> None:
    assert fence_indented(text) == fenced


def test_the_docstrings_of_what_is_read_are_changed() -> None:
    module = griffe.Module("m")
    extension = FenceIndented()
    extension.on_object(obj=module)
    module.docstring = griffe.Docstring("A.\n\n    b\n\nc")
    extension.on_object(obj=module)

    assert module.docstring.value == "A.\n\n```text\nb\n```\n\nc"
