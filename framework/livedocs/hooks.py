"""MkDocs hooks: check pages, say where they come from, and complete the built site.

Kept thin on purpose: the logic is in Markdown extensions and modules that other builders run too.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from livedocs import llms, redirects, runtime, sources
from livedocs.hosting import protect_site
from livedocs.page import read_page
from livedocs.serving import with_policy
from livedocs.wheels import RuntimeBuildError

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r'<div class="live-named" id="([^"]+)">')
changes = cache(sources.last_changes)


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
    days = [changes(ROOT).get(name) for name in sources.sources_of(path, markdown, page.meta)]
    if last := max(filter(None, days), default=None):
        page.meta["revision_date"] = sources.format_day(last)
    return markdown


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Tell MkDocs, which checks links, of the names of blocks: it looks for ids in prose alone."""
    names = set(NAMED.findall(html))
    page.present_anchor_ids = (page.present_anchor_ids or set()) | names
    return html


def on_post_build(config: Any, **_: Any) -> None:
    """Put what is no page into the site: the runtime, plain pages, redirects, the policy.

    Raises:
        PluginError: The runtime or a redirect cannot be made; the message says the cure.
    """
    site, docs, url = Path(config.site_dir), Path(config.docs_dir), config.site_url or "/"
    about = {"name": config.site_name, "description": config.site_description}
    try:
        runtime.build(site)
        llms.write_plain_pages(site, docs=docs, nav=config.nav, site_url=url, **about)
        redirects.write_redirects(site, config.extra.get("redirects", {}), docs=docs, site_url=url)
    except (RuntimeBuildError, redirects.RedirectError) as error:
        raise PluginError(str(error)) from None
    protect_site(site)


def on_serve(server: Any, **_: Any) -> Any:
    """Serve the site with its security policy."""
    server.set_app(with_policy(server.get_app()))
    return server
