"""The site for programs that read text: `llms.txt`, `llms-full.txt`, and each page as Markdown.

Source: https://llmstxt.org
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livedocs.plain import plain_path, to_plain

DESCRIPTION = re.compile(r"\A---\n(?:.*\n)*?description: (?P<text>.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation: the part of the site it is in, its title, and its file."""

    part: str
    title: str
    page: str


def write_plain_pages(
    site: Path, *, docs: Path, nav: list[Any], name: str, description: str, site_url: str
) -> None:
    """Write the plain versions of all pages into a built site, with their lists.

    Args:
        site: The built site.
        docs: The folder of the pages' sources.
        nav: The navigation, as mkdocs.yml has it.
        name: The name of the site.
        description: A sentence on what the site is about.
        site_url: Where it will be, with a final slash.
    """
    entries = list(read_nav(nav))
    texts: dict[str, str] = {}
    lists = [f"# {name}\n\n> {description}\n"]
    part = ""
    for entry in entries:
        source = (docs / entry.page).read_text(encoding="utf-8-sig")
        plain = to_plain(source, entry.page, root=docs.parent, site_url=site_url)
        texts[plain_path(entry.page)] = plain
        if entry.part != part:
            part = entry.part
            lists.append(f"\n## {part}\n")
        says = DESCRIPTION.match(source)
        about = f": {says['text'].strip()}" if says else ""
        lists.append(f"- [{entry.title}]({site_url}{plain_path(entry.page)}){about}")
    full = [f"<!-- {site_url}{path} -->\n\n{text}" for path, text in texts.items()]
    texts |= {"llms.txt": "\n".join(lists) + "\n", "llms-full.txt": "\n".join(full)}
    for path, text in texts.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")


def read_nav(nav: list[Any], part: str = "") -> Iterator[Entry]:
    """Yield the pages of a navigation, as mkdocs.yml has it, each with its part of the site."""
    for item in nav:
        ((title, content),) = item.items()
        if isinstance(content, list):
            yield from read_nav(content, part or title)
        else:
            yield Entry(part or title, title, content)
