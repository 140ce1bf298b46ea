"""Read and write what `js client` blocks say that they log: `//> text`, below the call."""

import re
from itertools import groupby
from operator import itemgetter

from livedocs.compare import WILDCARD, matches_text

Log = tuple[int, str]  # the line of the call, 0 for none that is known, and the text
MARK = "//>"
# What holds brackets that are none; comments go to the line's end.
QUOTED = re.compile(r"""//.*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`""")


def documented_logs(source: str) -> str:
    r"""Return what the comments of a script say that it logs.

    >>> documented_logs("console.log(1);\n//> 1\n")
    '1\n'
    """
    lines = (line.strip() for line in source.splitlines())
    return "".join(f"{_text(line)}\n" for line in lines if _is_mark(line))


def logged_output(logs: list[Log]) -> str:
    """Return what was logged in the order of the lines that logged it."""
    return "".join(f"{text}\n" for _, text in sorted(logs, key=itemgetter(0)))


def logged_source(source: str, logs: list[Log]) -> str:
    """Return a script with comments of what it really logged; wildcards stay where they match.

    Args:
        source: The script.
        logs: What it logged, with its own lines, from 1.
    """
    lines = source.splitlines()
    found = sorted((entry for entry in logs if entry[0]), key=itemgetter(0))
    logged = {line: list(group) for line, group in groupby(found, key=itemgetter(0))}
    out: list[str] = []
    comments: list[str] = []  # those to write when the statement of their call has ended
    depth = 0
    at = 0
    while at < len(lines):
        line = lines[at]
        out.append(line)
        if at + 1 in logged:
            depth = 0
            indent = line[: len(line) - len(line.lstrip())]
            texts = "\n".join(text for _, text in logged[at + 1]).split("\n")
            comments = [f"{indent}{MARK} {text}".rstrip() for text in texts]
        depth += _depth(line)
        at += 1
        old = _marks(lines, at)
        if comments and depth <= 0:
            out += old if _matches(old, comments) else comments
            comments = []
        at += len(old)
    return "\n".join(out) + "\n"


def _marks(lines: list[str], at: int) -> list[str]:
    """Return the comments that stand at a line, and below it."""
    end = at
    while end < len(lines) and _is_mark(lines[end].strip()):
        end += 1
    return lines[at:end]


def _matches(old: list[str], new: list[str]) -> bool:
    shown, logged = ("\n".join(_text(line.strip()) for line in lines) for lines in (old, new))
    return WILDCARD in shown and matches_text(shown, logged)


def _is_mark(line: str) -> bool:
    return line == MARK or line.startswith(f"{MARK} ")


def _text(line: str) -> str:
    return line.removeprefix(MARK).removeprefix(" ")


def _depth(line: str) -> int:
    code = QUOTED.sub("", line)
    return sum(code.count(sign) for sign in "([{") - sum(code.count(sign) for sign in ")]}")
