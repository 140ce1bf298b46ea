"""Check the spelling of pages and docstrings: American English, and the words of `words.txt`.

Code is left out: blocks, what stands in backticks, names and addresses.
"""

import ast
import gc
import re
import warnings
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from spylls.hunspell import Dictionary

from livedocs.collect import FENCED

WORDS = Path(__file__).with_name("words.txt")
# What is no prose, in Markdown and in docstrings.
CODE = re.compile(
    r"(?P<marks>`+)[\s\S]+?(?P=marks)"  # code
    r"|<!--[\s\S]*?-->|<[^<>]+>"  # comments and tags
    r"|\]\([^()]*(?:\([^()]*\))?[^()]*\)|^\s*\[[^\]]+\]: .*$"  # where links lead to
    r"|\{[^{}\n]*\}"  # attributes
    r"|\\+\w+"  # escapes
    r"|^::: .*(?:\n {4}.*)*"  # what mkdocstrings is told
    r"|\w+://\S+|[\w.-]+@[\w.-]+"  # addresses
    r"|(?<!\w)[\w./-]*[\w-]\.(?:py|md|html|css|js|json|toml|txt|csv|db|org|com|io)\b"  # files
    r"|^ {4,}(?:\$|>>>|[{<\[]).*$"  # lines of code in docstrings
    r"|\w*(?:_\w+|\d)\w*|\w+(?:\.\w+)+|\w+\(",  # names
    re.MULTILINE,
)
# The name of an item in Args, Raises, Attributes.
ITEM = re.compile(r"^( {4,})\*{0,2}\w+(?: \([^)]*\))?:", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
MOST_SUGGESTIONS = 3


@cache
def dictionary() -> Dictionary:
    """Return the dictionary of American English."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its files to the collector
        found = Dictionary.from_files("en_US")
        gc.collect()
    return found


def check_spelling(root: Path) -> list[str]:
    """Return the words of a repository that are in no dictionary, a line each with its place.

    Args:
        root: The repository; its pages and the docstrings of `framework` are read.
    """
    known = read_words()
    texts = [*pages(root), *docstrings(root / "framework")]
    return [
        f"{path.relative_to(root).as_posix()}:{line}: {word!r} is in no dictionary{_hint(word)} "
        f"Correct it, put code in backticks, or add the word to framework/livedocs/{WORDS.name}."
        for path, first, text in texts
        for line, word in unknown_words(text, known=known, first=first)
    ]


def read_words(path: Path = WORDS) -> frozenset[str]:
    """Return the words that the dictionary lacks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def pages(root: Path) -> list[tuple[Path, int, str]]:
    """Return the repository's pages with the lines they begin at, and their text."""
    found = [
        *root.glob("README.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("examples/*/README.md"),
    ]
    return [(path, 1, path.read_text(encoding="utf-8")) for path in sorted(found)]


def docstrings(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield the docstrings of a folder's modules, with the lines that they begin at."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted(folder.rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds) and (text := ast.get_docstring(node, clean=False)):
                yield path, node.body[0].lineno, ITEM.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def words(text: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a text's prose with their lines, 1-based."""
    prose = CODE.sub(_blank, FENCED.sub(_blank, text))
    for number, line in enumerate(prose.splitlines(), 1):
        for found in WORD.finditer(line):
            word = found[0].replace("\u2019", "'")
            if not CAMEL.search(word):  # a name of code, or of a product
                yield number, word.removesuffix("'s")


def unknown_words(text: str, *, known: frozenset[str], first: int = 1) -> Iterator[tuple[int, str]]:
    """Yield the words that neither the dictionary nor `known` has, with their lines.

    Args:
        text: Markdown, or a docstring.
        known: Further words; those in lower case may be written with capitals.
        first: The line that the text begins at.
    """
    for line, word in words(text):
        if word not in known and word.lower() not in known and not is_english(word):
            yield line + first - 1, word


@cache
def is_english(word: str) -> bool:
    """Say whether the dictionary has a word."""
    return bool(dictionary().lookup(word))


def _hint(word: str) -> str:
    suggested = list(islice(dictionary().suggest(word), MOST_SUGGESTIONS))
    return f"; did you mean {' or '.join(map(repr, suggested))}?" if suggested else "."
