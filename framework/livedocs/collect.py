"""Find the fenced blocks of a Markdown page with the very parser that renders them.

SuperFences reads the raw lines, so fences in admonitions, tabs, lists and quotes are found
exactly where the site shows them. A line that looks like a fence and is none is an error:
nothing that a reader takes for an example escapes the tests.
"""

import re
from dataclasses import dataclass
from typing import Any

from markdown import Markdown
from pymdownx.superfences import (
    RE_NESTED_FENCE_START,
    SuperFencesBlockPreprocessor,
    SuperFencesCodeExtension,
)

from livedocs.errors import MarkupError

# A whole block, for those who want a text without its blocks, and not what is in them.
FENCED = re.compile(
    r"^(?P<indent>[> ]*)(?P<fence>`{3,}|~{3,}).*?^(?P=indent)(?P=fence)[`~]*[ ]*$",
    re.MULTILINE | re.DOTALL,
)
LOOKS_LIKE_A_FENCE = re.compile(r"^[>\s]*(?:[-*+]\s+|\d+\.\s+)?(?:`{3,}|~{3,})")
SUPERFENCES_OPTIONS: dict[str, Any] = {
    # Indented code blocks would swallow fences after they were rendered (and tested).
    "disable_indented_code_blocks": True,
    # An unknown header is an error of ours, not a block without highlighting.
    "relaxed_headers": False,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block as it stands on a page.

    Attributes:
        header: What follows the opening fence, as in `python app title="app.py"`.
        source: The content without the page's indentation, ending with a line break unless empty.
        line: 1-based line of the opening fence.
        end_line: 1-based line of the closing fence.
        indent: What stands before each line: spaces, or quote marks and spaces.
    """

    header: str
    source: str
    line: int
    end_line: int
    indent: str

    @property
    def first_line(self) -> int:
        """Return the 1-based line of the first line of content."""
        return self.line + 1


class _Observer(SuperFencesBlockPreprocessor):  # type: ignore[misc] # untyped library
    """SuperFences' block parser, noting each block instead of rendering it."""

    found: list[Block]
    page: list[str]

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        """Note the block; the signature is that of SuperFences."""
        source = "".join(f"{line}\n" for line in self.rebuild_block(self.code).split("\n"))
        self.found.append(
            Block(
                header=self.page[start].strip(" \t>").lstrip(self.fence[0]).strip(),
                source=source if self.code else "",
                line=start + 1,
                end_line=end,
                indent=self.ws,
            )
        )
        self.clear()


class _ObserverExtension(SuperFencesCodeExtension):  # type: ignore[misc] # untyped library
    def patch_fenced_rule(self) -> None:
        super().patch_fenced_rule()
        observer = _Observer(self.md)
        observer.config = self.getConfigs()
        observer.extension = self
        self.md.preprocessors.register(observer, "fenced_code_block", 25)


def superfences_settings(*, fence_format: Any, validator: Any) -> dict[str, Any]:
    """Return SuperFences' settings for rendering and for collecting: one catch-all fence."""
    fence = {"name": "*", "class": "", "format": fence_format, "validator": validator}
    return {**SUPERFENCES_OPTIONS, "custom_fences": [fence]}


def accept(language: str, inputs: Any, options: Any, attrs: Any, md: Any) -> bool:
    """Accept every header: `markup` judges them, with better words (a SuperFences validator)."""
    return True


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a page as Markdown and editors count them.

    >>> split_lines("one\r\ntwo")
    ['one', 'two']
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def collect(lines: list[str]) -> list[Block]:
    """Return the fenced blocks of a page, in order.

    Args:
        lines: The raw lines of the page, without line breaks.

    Raises:
        MarkupError: A line looks like a fence and is none: the opening or the closing is broken.
    """
    settings = superfences_settings(fence_format=None, validator=accept)
    md = Markdown(extensions=[_ObserverExtension(**settings)])
    observer: Any = md.preprocessors["fenced_code_block"]
    observer.found, observer.page = [], lines
    # As Python-Markdown hands them to SuperFences: no tabs, no lines of spaces.
    observer.run([line.expandtabs(4) if line.strip() else "" for line in lines])
    blocks: list[Block] = observer.found
    _refuse_dead_fences(lines, blocks)
    return blocks


def _refuse_dead_fences(lines: list[str], blocks: list[Block]) -> None:
    inside = {number for block in blocks for number in range(block.line, block.end_line + 1)}
    for number, line in enumerate(lines, start=1):
        if number not in inside and LOOKS_LIKE_A_FENCE.match(line):
            raise MarkupError(f"{line.strip()!r} {_what_is_wrong(line)}", number)


def _what_is_wrong(line: str) -> str:
    opening = RE_NESTED_FENCE_START.match(line.lstrip(" \t>"))
    if opening and opening["lang"] and not opening["unrecognized"]:
        return (
            "opens a block that is never closed: readers would see it as text. "
            "Close it with the same marks at the same indentation."
        )
    return (
        "looks like a fence and is none: readers would see it as text. "
        "Check that it stands on a line of its own, that the opening and the closing have "
        "the same marks and indentation, and that the header is a language, words and "
        'key="value" options.'
    )
