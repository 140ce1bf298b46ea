"""An extension of Griffe: indented blocks of docstrings become fenced ones, which the site shows.

The site has no indented code blocks, since they would swallow fences.
"""

import re
from typing import Any

import griffe

SECTION = re.compile(r"[A-Z]\w+:$")  # `Args:`, whose lines are indented, too


class FenceIndented(griffe.Extension):
    """Fence the indented blocks of each docstring that is read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of an object that has one."""
        if obj.docstring:
            obj.docstring.value = fence_indented(obj.docstring.value)


def fence_indented(text: str) -> str:
    r"""Return a docstring with a fence around each block that is indented by four spaces.

    >>> fence_indented("As in:\n\n    a  b\n")
    'As in:\n\n```text\na  b\n```'
    """
    found: list[str] = []
    in_section = False
    for block in re.split(r"\n{2,}", text.rstrip()):
        first, _, _ = block.partition("\n")
        in_section = bool(SECTION.match(first)) or (in_section and first.startswith("    "))
        if not in_section and all(line.startswith("    ") for line in block.split("\n")):
            lines = [line.removeprefix("    ") for line in block.split("\n")]
            found.append("\n".join(["```text", *lines, "```"]))
        else:
            found.append(block)
    return "\n\n".join(found)
