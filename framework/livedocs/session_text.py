"""Read and write `pycon` blocks: what is typed after `>>>`, and what the interpreter answers."""

import ast
import codeop
import re
from dataclasses import dataclass

from livedocs.errors import MarkupError

PROMPT, CONTINUED = ">>>", "..."
TRACEBACK = "Traceback (most recent call last):"
STACK = re.compile(rf"^{re.escape(TRACEBACK)}\n(?:[ \t].*(?:\n|\Z))+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Input:
    """What is typed at a prompt, and its documented answer.

    Attributes:
        source: What is typed, without prompts.
        output: The lines up to the next prompt; without the last line break.
        line: 1-based line of the page where its prompt stands.
        output_lines: Half-open range of the block's lines that the answer takes, from 0.
    """

    source: str
    output: str
    line: int
    output_lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an input.

    Attributes:
        input: What was typed.
        output: What was printed and shown, a traceback without its stack; no final line break.
    """

    input: Input
    output: str


@dataclass(frozen=True, slots=True)
class Session:
    """A documented session with the interpreter.

    Attributes:
        inputs: What is typed, in order.
        source: The block's text.
        line: 1-based line of the page where the text begins.
    """

    inputs: tuple[Input, ...]
    source: str
    line: int

    @property
    def typed(self) -> str:
        """Return what is typed, without prompts and answers."""
        return "".join(entry.source for entry in self.inputs)


def parse_session(source: str, line: int) -> Session:
    """Return the session that a `pycon` block shows.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: It does not begin with a prompt, or one has no space after it.
    """
    lines = source.rstrip("\n").split("\n")
    starts = [number for number, text in enumerate(lines) if text.startswith(PROMPT)]
    if not starts or starts[0] != 0:
        raise MarkupError(
            f"a pycon block begins with a prompt, as in `>>> 1 + 1`; got {lines[0]!r}.", line
        )
    ends = [*starts[1:], len(lines)]
    inputs = tuple(_input(lines, start, end, line) for start, end in zip(starts, ends, strict=True))
    return Session(inputs, source, line)


def _input(lines: list[str], start: int, end: int, line: int) -> Input:
    typed = [_typed(lines[start], PROMPT, line + start)]
    stop = start + 1
    while stop < end and lines[stop].startswith(CONTINUED) and is_unfinished("\n".join(typed)):
        typed.append(_typed(lines[stop], CONTINUED, line + stop))
        stop += 1
    last = end
    while last > stop and not lines[last - 1].strip():
        last -= 1
    source = "\n".join(typed).rstrip() + "\n"
    return Input(source, "\n".join(lines[stop:last]), line + start, (stop, last))


def _typed(text: str, prompt: str, line: int) -> str:
    rest = text.removeprefix(prompt)
    if rest.strip() and not rest.startswith(" "):
        raise MarkupError(
            f"a space stands between `{prompt}` and what is typed; got {text!r}.", line
        )
    return rest[1:]


def is_unfinished(source: str) -> bool:
    r"""Tell whether the interpreter would wait for more lines after these.

    >>> is_unfinished("for n in range(3):\n    print(n)"), is_unfinished("1 + 1")
    (True, False)
    """
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compiler(source, "<input>", "single") is None
    except (SyntaxError, OverflowError, ValueError):
        return False


def short_output(text: str) -> str:
    r"""Return a documented answer with dots for the lines of a traceback's stack.

    >>> short_output('Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1')
    'Traceback (most recent call last):\n  ...\nKeyError: 1'
    """
    return STACK.sub(f"{TRACEBACK}\n  ...\n", text)
