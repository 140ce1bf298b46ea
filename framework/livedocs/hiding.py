"""Fold lines of Python blocks: `# hide` at a line's end, or between `# hide: on` and `# hide: off`.

Such lines run, and are copied and downloaded; readers see them when they ask. The marks themselves
are for the page alone.
"""

import re
from collections.abc import Collection

from livedocs.errors import MarkupError

MARK = re.compile(r"(?:^|\s)\s*#\s*hide(?P<word>:?[ \t]*\w*)\s*$")
LINE, ON, OFF = "", ": on", ": off"


def split_hidden(source: str, line: int) -> tuple[str, frozenset[int]]:
    r"""Return a block's text without marks, and the numbers of its folded lines, from 0.

    >>> split_hidden("import re  # hide\nprint(1)\n", 1)
    ('import re\nprint(1)\n', frozenset({0}))

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: A mark that nobody knows, one without its other half, or nothing else there.
    """
    kept: list[str] = []
    hidden: set[int] = set()
    since: int | None = None
    for number, text in enumerate(source.split("\n"), start=line):
        mark = MARK.search(text)
        if mark is None or _is_prose(text, mark):
            if since is not None:
                hidden.add(len(kept))
            kept.append(text)
            continue
        before = text[: mark.start()].rstrip()
        since = _next(mark["word"], before, since=since, line=number)
        if mark["word"] == LINE:
            hidden.add(len(kept))
            kept.append(before)
    if since is not None:
        raise MarkupError("`# hide: on` is never ended: write `# hide: off` below.", since)
    return "\n".join(kept), frozenset(_with_gaps(kept, hidden))


def _is_prose(text: str, mark: re.Match[str]) -> bool:
    """Tell whether it is a comment of words, as `# hide` with another one after it."""
    return mark["word"].startswith((" ", "\t")) or (mark["word"][:1].isalnum())


def _next(word: str, before: str, *, since: int | None, line: int) -> int | None:
    """Return since which line all lines are hidden, after a mark."""
    if word not in (LINE, ON, OFF):
        raise MarkupError(
            f"unknown mark `# hide{word}`: expected `# hide` at a line's end, or `# hide: on` and "
            "`# hide: off` on lines of their own.",
            line,
        )
    if word == LINE:
        if not before:
            raise MarkupError(
                "`# hide` hides the line that it ends, and nothing stands before it: expected "
                "`# hide: on` to hide lines below.",
                line,
            )
        return since
    if before:
        raise MarkupError(
            f"`# hide{word}` stands on a line of its own; before it is {before.strip()!r}.", line
        )
    if (word == ON) is (since is not None):
        reason = "all is hidden already" if word == ON else "nothing is hidden"
        raise MarkupError(f"`# hide{word}` where {reason}: remove it.", line)
    return line if word == ON else None


def _with_gaps(lines: list[str], hidden: Collection[int]) -> set[int]:
    """Return the hidden lines with the empty ones below them that would leave a gap."""
    found = set(hidden)
    for number, text in enumerate(lines[:-1]):
        if text or number in found or number - 1 not in found:
            continue
        above = next((n for n in range(number, -1, -1) if n not in found and n < number), None)
        if above is None or not lines[above]:
            found.add(number)
    return found
