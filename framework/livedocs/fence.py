"""The Markdown extension: render blocks, with what the page script needs to bring them to life.

It brings SuperFences with one catch-all fence. The page is read as a whole first, by the very code
that collects its tests, and each block that SuperFences then renders takes its place in order.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesException

from livedocs.blocks import Page, Placed, needs_newer
from livedocs.collect import accept, superfences_settings
from livedocs.folding import fold_lines
from livedocs.mentions import imported_names, link_names
from livedocs.messages import example_to_json
from livedocs.model import Client, Example
from livedocs.page import read_page
from livedocs.terminal import command_lines
from livedocs.wheels import PYTHON

# Kinds of blocks where `res` is a response of the framework's.
APPLICATIONS = frozenset({"app", "more", "file", "session"})
NAMED = re.compile(r'<div class="live-named" id="([^"]+)">')
BROWSER_PYTHON = (int(PYTHON.split(".")[0]), int(PYTHON.split(".")[1]))
NO_PYTEST = "pytest runs it, in CI and on your machine"


class PageError(SuperFencesException):  # type: ignore[misc] # untyped library; others are swallowed
    """A page with blocks that cannot be read; the message lists them by line."""


class LiveFences(Extension):
    """Fenced blocks that are prose, test and live example at once.

    Args:
        root: The repository, where `examples/` is (default: the working directory).
    """

    def __init__(self, **options: Any) -> None:
        self.config = {"root": [".", "The repository, where examples/ is."]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 # name given by Python-Markdown
        """Register SuperFences and the reader of the whole page before it."""
        reader = PageReader(md, Path(self.getConfig("root")).resolve())
        settings = superfences_settings(fence_format=reader.render, validator=accept)
        md.registerExtensions(["pymdownx.superfences"], {"pymdownx.superfences": settings})
        md.preprocessors.register(reader, "livedocs", 26)


class PageReader(Preprocessor):
    """Reads a page before SuperFences, then renders the blocks that SuperFences meets."""

    def __init__(self, md: Markdown, root: Path) -> None:
        super().__init__(md)
        self.root = root
        self.page = Page("page")
        self.names: dict[str, str | None] = {}
        self.blocks: Iterator[Placed] = iter(())

    def run(self, lines: list[str]) -> list[str]:
        """Read the page; the lines stay as they are.

        Raises:
            PageError: Blocks that cannot be read.
        """
        self.page = read_page("page", "\n".join(lines), root=self.root)
        if self.page.errors:
            raise PageError("\n".join(error.at("line") for error in self.page.errors))
        self.blocks = iter(self.page.blocks)
        self.names = {}
        return lines

    def render(
        self, source: str, language: str, _css_class: str, _options: Any, _md: Markdown, **_: Any
    ) -> str:
        """Return a block's HTML; the signature is that of a SuperFences formatter."""
        placed = next(self.blocks, None)
        if placed is None or placed.block.source.rstrip("\n") != source.rstrip("\n"):
            raise PageError(
                f"a {language} block was rendered that was not collected: {source!r}. Put "
                "livedocs.fence after the extensions that change the text of fences."
            )
        return self._html(placed)

    def _html(self, placed: Placed) -> str:
        html = self._block(placed)
        if placed.skip:
            is_text = placed.header.kind.name in ("data", "file")
            html += _note("Not checked" if is_text else "Not run", placed.skip)
        return f'<div class="live-named" id="{placed.name}">{html}</div>' if placed.name else html

    def _block(self, placed: Placed) -> str:
        example = self.page.examples.get(placed.example or "")
        kind = placed.header.kind.name
        if kind in ("app", "more", "script") or (placed.session is not None and not placed.steps):
            return self._program(placed, example)
        if placed.http is not None:
            request = self._highlight(placed, placed.http.request_text, "http")
            text, lexer = placed.http.response_text, placed.header.kind.lexer
            response = self._highlight(placed, text, lexer, titled=False) if text else ""
            return _step(placed, request + response)
        code = self._code(placed)
        if placed.client is not None:
            return _script(placed, placed.client, example, code)
        if kind == "test":
            return code + ("" if placed.skip else _note("Not run in the browser", NO_PYTEST))
        if placed.commands:
            code = _copied(code, "\n".join(command.text for command in placed.commands))
        return _step(placed, code)

    def _code(self, placed: Placed) -> str:
        """Return the highlighted text of a block, with what the theme's copy button gives."""
        code = self._highlight(placed, placed.shown, placed.header.kind.lexer)
        if placed.hidden:
            return _copied(fold_lines(code, placed.hidden), placed.shown)
        return code if placed.session is None else _copied(code, placed.session.typed)

    def _program(self, placed: Placed, example: Example | None) -> str:
        if example is not None and example.kind != "session":
            # A fragment uses what the whole imports.
            self.names |= imported_names(example.files[example.main])
        code = self._code(placed)
        if example is None or example.skip or example.line != placed.block.line:
            return code
        if needs_newer(example.requires, BROWSER_PYTHON):
            return code + _note("Not run in the browser", f"it needs Python {example.requires}")
        if example.no_live:
            return code + _note("Not run in the browser", example.no_live)
        # An attribute and not a script element: the theme's instant navigation runs scripts.
        values = {**example_to_json(example), "commands": command_lines(example)}
        data = json.dumps(values, separators=(",", ":"))
        return (
            f'<div class="live" data-live-id="{escape(example.id)}" '
            f'data-live-kind="{example.kind}" data-live-example="{escape(data)}">{code}</div>'
        )

    def _highlight(self, placed: Placed, source: str, lexer: str, *, titled: bool = True) -> str:
        superfences: Any = self.md.preprocessors["fenced_code_block"]
        options = {"title": placed.title} if placed.title and titled else {}
        if lines := _marked_lines(source, placed):
            options["hl_lines"] = lines
        html: str = superfences.highlight(
            src=source.rstrip("\n"),
            language=lexer,
            options=options,
            md=self.md,
            classes=[],
            id_value="",
            attrs={},
        )
        if lexer not in ("python", "pycon"):
            return html
        self.names |= imported_names(source if placed.session is None else placed.session.typed)
        return link_names(html, self.names, has_objects=placed.header.kind.name in APPLICATIONS)


def find_names(html: str) -> set[str]:
    """Return the names of the blocks in a page's HTML, which links lead to."""
    return set(NAMED.findall(html))


def _marked_lines(source: str, placed: Placed) -> str:
    """Return the lines that `hl="..."` highlights, as Pygments wants them."""
    wanted = placed.header.options.get("hl")
    if wanted is None:
        return ""
    lines = enumerate(source.split("\n"))
    marked = (n for n, text in lines if wanted in text and n not in placed.hidden)
    return " ".join(str(number + 1) for number in marked)


def _copied(code: str, text: str) -> str:
    """Return a block's HTML, whose copy button gives a text of its own: what can be pasted."""
    return f'<div data-copy="{escape(text)}">{code}</div>'


def _note(what: str, reason: str) -> str:
    return f'<p class="live-note">{what}: {escape(reason)}.</p>'


def _script(placed: Placed, client: Client, example: Example | None, code: str) -> str:
    reason = client.no_live or (example and (example.no_live or example.skip))
    if reason:
        return code + _note("Not run in the browser", reason)
    return (
        f'<div class="live-script" data-live-for="{escape(placed.example or "")}" '
        f'data-live-client="{client.id}">{code}</div>'
    )


def _step(placed: Placed, code: str) -> str:
    if not placed.steps:
        return code
    steps = " ".join(placed.steps)
    return (
        f'<div class="live-step" data-live-for="{escape(placed.example or "")}" '
        f'data-live-step="{steps}">{code}</div>'
    )


def makeExtension(**options: Any) -> LiveFences:  # noqa: N802 # name given by Python-Markdown
    """Return the extension, as Python-Markdown asks for it."""
    return LiveFences(**options)
