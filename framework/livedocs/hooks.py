"""MkDocs hooks: name the page in errors, and put the live examples' runtime into the site.

Kept thin on purpose: the logic is in the Markdown extension, which other builders run too.
"""

from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

from livedocs import runtime
from livedocs.page import read_page
from livedocs.wheels import RuntimeBuildError

ROOT = Path(__file__).parents[2]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Refuse a page whose blocks cannot be read, with each place and cure.

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
    return markdown


def on_post_build(config: Any, **_: Any) -> None:
    """Put the runtime, the page script and its style into the built site.

    Raises:
        PluginError: The runtime cannot be built; the message says the cure.
    """
    try:
        runtime.build(Path(config.site_dir))
    except RuntimeBuildError as error:
        raise PluginError(str(error)) from None
