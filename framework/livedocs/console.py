"""Read `console` blocks: lines that begin with `$` are commands, what follows is their output."""

import shlex
from dataclasses import dataclass

from livedocs.errors import MarkupError

SHELL_SIGNS = "&|;<>"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a `console` block and its documented output.

    Attributes:
        words: The command, split as a shell splits it.
        text: The command as written, continuation lines included, without `$ `.
        output: The lines up to the next command; without the last line break.
        line: 1-based line of the page where the command stands.
        output_lines: Half-open range of the block's lines that the output takes, from 0.
    """

    words: tuple[str, ...]
    text: str
    output: str
    line: int
    output_lines: tuple[int, int]

    @property
    def is_curl(self) -> bool:
        """Tell whether the command is a request; others are only checked."""
        return self.words[:1] == ("curl",)


def parse_console(source: str, line: int) -> list[Command]:
    """Return the commands of a `console` block.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: Output before the first command, or quotes that are never closed.
    """
    lines = source.rstrip("\n").split("\n")
    starts = [number for number, text in enumerate(lines) if text.startswith("$ ")]
    if not starts or starts[0] != 0:
        raise MarkupError(
            f"a console block begins with a command, as in `$ curl ...`; got {lines[0]!r}.", line
        )
    return [
        _command(lines, start, end, line)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _command(lines: list[str], start: int, end: int, line: int) -> Command:
    stop = start + 1
    words = _split("\n".join(lines[start:stop])[2:])
    while stop < end and (words is None or lines[stop - 1].endswith("\\")):
        stop += 1
        words = _split("\n".join(lines[start:stop])[2:])
    text = "\n".join(lines[start:stop])[2:]
    if words is None:
        raise MarkupError(f"the command {text!r} has a quote that is never closed.", line + start)
    last = end
    while last > stop and not lines[last - 1].strip():
        last -= 1
    return Command(tuple(words), text, "\n".join(lines[stop:last]), line + start, (stop, last))


def _split(text: str) -> tuple[str, ...] | None:
    """Split a command as a shell does; `None`: a quote or a line is not finished."""
    shell = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=SHELL_SIGNS)
    shell.whitespace_split = True
    try:
        return tuple(shell)
    except ValueError:
        return None


def find_shell_sign(command: Command) -> str | None:
    """Return what is wrong when the reader's shell would not pass the words as written."""
    sign = next((word for word in command.words if word and not word.strip(SHELL_SIGNS)), None)
    return sign and (
        f"the shell takes {sign!r} in `{command.text}` for itself: put quotes around the "
        'argument it belongs to, or give the block skip="reason".'
    )
