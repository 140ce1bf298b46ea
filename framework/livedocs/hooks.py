"""MkDocs hooks: check pages, say where they come from, and complete the built site.

Kept thin on purpose: the logic is in Markdown extensions and modules that other builders run too.
"""

from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from livedocs import sources
from livedocs.completing import FAILURES, complete_site
from livedocs.fence import find_names
from livedocs.page import read_page
from livedocs.serving import with_policy

ROOT = Path(__file__).parents[2]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Refuse a page whose blocks cannot be read, with each place and cure; tell its source.

    Raises:
        PluginError: The message has a line `docs/page.md:41: ...` for each error.
    """
    if page.file.abs_src_path is None:
        return markdown  # made by a plugin: the Markdown extension names its errors
    source = Path(page.file.abs_src_path)
    path = source.relative_to(ROOT).as_posix()
    # The file itself: `markdown` lacks the front matter, and so the lines of the page.
    found = read_page(path, source.read_text(encoding="utf-8-sig"), root=ROOT)
    if found.errors:
        raise PluginError("\n" + "\n".join(error.at(path) for error in found.errors))
    edit = sources.source_of(path, markdown, page.meta)
    page.edit_url = page.edit_url and page.edit_url.removesuffix(path) + edit
    if day := sources.last_change(path, markdown, page.meta, root=ROOT):
        page.meta["revision_date"] = sources.format_day(day)
    return markdown


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Tell MkDocs, which checks links, of the names of blocks: it looks for ids in prose alone."""
    page.present_anchor_ids = (page.present_anchor_ids or set()) | find_names(html)
    return html


def on_post_build(config: Any, **_: Any) -> None:
    """Put what is no page into the site, or raise a `PluginError` that says the cure."""
    try:
        complete_site(config)
    except FAILURES as error:
        raise PluginError(str(error)) from None


def on_serve(server: Any, **_: Any) -> Any:
    """Serve the site with its security policy."""
    server.set_app(with_policy(server.get_app()))
    return server
