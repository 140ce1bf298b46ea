"""A page as plain Markdown: what it includes is in it, links are whole, no machinery is left."""

import re
from collections.abc import Callable
from pathlib import Path
from posixpath import dirname, join, normpath

from livedocs import api
from livedocs.api_text import format_module
from livedocs.blocks import Placed
from livedocs.collect import FENCED
from livedocs.generated import expand
from livedocs.page import read_page
from livedocs.redirects import address
from livedocs.sources import MODULE

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n+", re.DOTALL)
DIRECTIVE = re.compile(r"^::: (?P<path>[\w.]+)\n(?:[ ]{4}.*\n?)*", re.MULTILINE)
FOR_DARK = re.compile(r"^!\[[^\]]*\]\([^)]*#only-dark\).*\n", re.MULTILINE)  # the same image again
ATTRIBUTES = re.compile(r"[ ]*\{:? ?[#.][^}`]*\}[ ]*$", re.MULTILINE)
LINK = re.compile(r"(?P<open>\]\()(?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?(?P<rest>[^)]*\))")
REFERENCE = re.compile(r"\[(?P<text>[^\]]+)\]\[(?P<name>bocadillo[\w.]*)\]")


def to_plain(text: str, page: str, *, root: Path, site_url: str) -> str:
    """Return a page for those who read text.

    Args:
        text: Its Markdown.
        page: The page, relative to `docs`: `guide/sse.md`.
        root: The repository.
        site_url: Where the site is, with a final slash.
    """
    body = FRONT_MATTER.sub("", text)
    body = _with_blocks(body, root)
    body = _outside_fences(body, expand)
    body = _outside_fences(body, lambda prose: _with_links(prose, page, site_url))
    return _outside_fences(body, lambda prose: DIRECTIVE.sub(_module, prose)).strip() + "\n"


def plain_path(page: str) -> str:
    """Return where the plain version of a page is, relative to the site.

    >>> plain_path("guide/sse.md"), plain_path("index.md")
    ('guide/sse/index.md', 'index.md')
    """
    return f"{address(page).removesuffix('.html')}.md"


def _module(found: re.Match[str]) -> str:
    return format_module(found["path"]) if MODULE.match(found[0].split("\n")[0]) else ""


def _with_blocks(text: str, root: Path) -> str:
    """Return a page whose blocks hold what they show, and say their language and title alone."""
    lines = text.split("\n")
    for placed in reversed(read_page("page", text, root=root).blocks):
        lines[placed.block.line - 1 : placed.block.end_line] = _block(placed, lines)
    return "\n".join(lines)


def _block(placed: Placed, lines: list[str]) -> list[str]:
    block = placed.block
    opening, closing = lines[block.line - 1], lines[block.end_line - 1]
    before = opening[: len(opening) - len(opening.lstrip("> \t"))]
    fence = re.match(r"(?:[-*+]\s+|\d+\.\s+)?(?:`+|~+)", opening[len(before) :])
    start = opening[: len(before) + fence.end()] if fence else opening
    title = f' title="{placed.title}"' if placed.title else ""
    shown = [f"{block.indent}{line}".rstrip() for line in placed.shown.rstrip("\n").split("\n")]
    return [f"{start}{placed.header.language}{title}", *shown, closing]


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    """Return a text whose parts outside of fenced blocks are changed."""
    parts: list[str] = []
    end = 0
    for found in FENCED.finditer(text):
        parts += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, change(text[end:])])


def _with_links(text: str, page: str, site_url: str) -> str:
    def whole(found: re.Match[str]) -> str:
        target, anchor = found["target"], found["anchor"] or ""
        if ":" in target:
            return found[0]
        path = normpath(join(dirname(page), target))
        path, anchor = (plain_path(path), anchor) if path.endswith(".md") else (path, "")
        return f"{found['open']}{site_url}{path}{anchor}{found['rest']}"

    def told(found: re.Match[str]) -> str:
        name = found["name"]
        while name not in api.modules():
            name = name.rpartition(".")[0]
        return f"[{found['text']}]({site_url}{plain_path(api.page_of(name))})"

    text = FOR_DARK.sub("", ATTRIBUTES.sub("", text))
    return REFERENCE.sub(told, LINK.sub(whole, text))
