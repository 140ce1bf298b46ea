"""The blocks that are collected are those that are rendered."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown import Markdown

from livedocs.collect import Block, collect, split_lines
from livedocs.errors import MarkupError
from livedocs.fence import PageReader

ROOT = Path(__file__).parents[2]
NASTY = (Path(__file__).parent / "nasty.md").read_text(encoding="utf-8")
COUNT = 19


class Settings(yaml.SafeLoader):
    """Reads mkdocs.yml, whose `!ENV` needs no value here."""


Settings.add_multi_constructor("!ENV", lambda _loader, _suffix, _node: None)


def markdown() -> Markdown:
    """Return Markdown with the extensions of the site, and all that it says of them."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    entries = yaml.load(text, Loader=Settings)["markdown_extensions"]
    extensions: list[str] = []
    configs: dict[str, Any] = {}
    for entry in entries:
        name, options = next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
        extensions.append(name)
        configs[name] = options or {}
    return Markdown(extensions=extensions, extension_configs=configs)


class Rendered:
    """Notes what the fences of the site render."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sources: list[str] = []
        render = PageReader.render

        def note(reader: PageReader, source: str, *args: Any, **options: Any) -> str:
            self.sources.append(source)
            return render(reader, source, *args, **options)

        monkeypatch.setattr(PageReader, "render", note)


def blocks_of(text: str) -> list[Block]:
    return collect(split_lines(text))


def without_front_matter(text: str) -> str:
    return text.split("---\n", 2)[2]


@pytest.mark.parametrize(
    "text",
    [NASTY, NASTY.replace("\n", "\r\n"), NASTY.replace("\n\n", "\n   \n")],
    ids=["unix", "windows", "lines of spaces"],
)
def test_what_is_rendered_is_what_is_collected(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = Rendered(monkeypatch)

    markdown().convert(without_front_matter(text.replace("\r\n", "\n")))

    collected = [block.source.rstrip("\n") for block in blocks_of(text)]
    assert [source.rstrip("\n") for source in rendered.sources] == collected
    assert len(collected) == COUNT


def test_each_block_knows_its_lines() -> None:
    lines = NASTY.split("\n")

    for block in blocks_of(NASTY):
        assert block.header in lines[block.line - 1]
        assert (
            lines[block.end_line - 1].strip(" >")
            == lines[block.line - 1].strip(" >")[: len(lines[block.end_line - 1].strip(" >"))]
        )
        shown = [line.expandtabs(4).lstrip("> ") for line in lines[block.line : block.end_line - 1]]
        assert [line.lstrip("> ") for line in block.source.rstrip("\n").split("\n")] == shown
        assert block.first_line == block.line + 1


@pytest.mark.parametrize(
    ("page", "header", "source", "indent"),
    [
        ("```python app\nx\n```", "python app", "x\n", ""),
        ("~~~ python\nx\n~~~", "python", "x\n", ""),
        ("    ```text\n    x\n      y\n    ```", "text", "x\n  y\n", "    "),
        ("> ```text\n> x\n> ```", "text", "x\n", "> "),
        (">```text\n>x\n>```", "text", "x\n", ">"),
        ("\t```text\n\tx\n\t```", "text", "x\n", "    "),
        ("```text\n```", "text", "", ""),
        ("```\nx\n```", "", "x\n", ""),
        ('```text title="a > b"\nx\n```', 'text title="a > b"', "x\n", ""),
        ("```text\r\nx\r\n```\r\n", "text", "x\n", ""),
        ("```` text\n```\n````", "text", "```\n", ""),
    ],
)
def test_a_block_is_read(page: str, header: str, source: str, indent: str) -> None:
    [block] = blocks_of(page)

    assert (block.header, block.source, block.indent) == (header, source, indent)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("- ```python\n  x\n  ```", 1),
        ("```python title=no-quotes\nx\n```", 1),
        ("```python 3\nx\n```", 1),
    ],
)
def test_a_line_that_only_looks_like_a_fence_is_refused(page: str, line: int) -> None:
    with pytest.raises(MarkupError) as caught:
        blocks_of(page)

    assert caught.value.line == line
    assert caught.value.message == (
        f"{page.split(chr(10))[line - 1].strip()!r} looks like a fence and is none: readers would "
        "see it as text. Check that it stands on a line of its own, that the opening and the "
        "closing have the same marks and indentation, and that the header is a language, words "
        'and key="value" options.'
    )


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("text\n\n```python\nnever closed", 3),
        ('```python app title="a.py"\nclosed by others\n~~~', 1),
        ("    ```python\n    x\n```", 1),
        ("> ````python\n> x\n> ```", 1),
    ],
)
def test_a_block_that_is_never_closed_is_refused(page: str, line: int) -> None:
    with pytest.raises(MarkupError) as caught:
        blocks_of(page)

    assert caught.value.line == line
    assert caught.value.message == (
        f"{page.split(chr(10))[line - 1].strip()!r} opens a block that is never closed: readers "
        "would see it as text. Close it with the same marks at the same indentation."
    )


def test_lines_are_split_as_editors_split_them() -> None:
    assert split_lines("a\r\nb\rc\nd\u2028e\x0cf") == ["a", "b", "c", "d\u2028e\x0cf"]
