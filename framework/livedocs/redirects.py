"""Pages that moved: at each old address stands a page that leads to the new one.

`extra.redirects` in mkdocs.yml has a line for each: the old page, or the path it had, and the
page that took its place.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from posixpath import dirname, relpath

from livedocs.errors import did_you_mean

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<meta http-equiv="refresh" content="0; url={url}">
<meta name="robots" content="noindex">
<link rel="canonical" href="{canonical}">
</head>
<body><p>This page has moved: <a href="{url}">go to its new place</a>.</p></body>
</html>
"""


class RedirectError(ValueError):
    """A redirect that cannot be."""


def write_redirects(
    site: Path, moved: Mapping[str, str], *, docs: Path, site_url: str = ""
) -> None:
    """Write the pages of old addresses into a built site.

    Args:
        site: The built site.
        moved: Old paths, each with the page that took its place, relative to `docs`; an old path
            is that of a page (`guide/old.md`), or what its address was (`guide/old.html`, `old/`).
        docs: The folder of the pages' sources.
        site_url: Where the site will be, with a final slash.

    Raises:
        RedirectError: There is no such new page, or there is one at the old address.
    """
    pages = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    for old, new in moved.items():
        file = address(old)
        if new not in pages:
            raise RedirectError(
                f"extra.redirects in mkdocs.yml leads from {old!r} to {new!r}, which is no page of "
                f"docs/.{did_you_mean(new, pages)}"
            )
        if (site / file).exists():
            raise RedirectError(
                f"extra.redirects in mkdocs.yml leads away from {old!r}, where there is a page: "
                "take the line out, or the page."
            )
        target = dirname(address(new))
        url = f"{relpath(target or '.', dirname(file) or '.')}/"
        canonical = f"{site_url}{target}/" if target else site_url
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(
            PAGE.format(url=escape(url), canonical=escape(canonical or url)), encoding="utf-8"
        )


def address(path: str) -> str:
    """Return the file of the built site for a page, or for an address.

    >>> address("guide/sse.md"), address("guide/"), address("guide/sse.html")
    ('guide/sse/index.html', 'guide/index.html', 'guide/sse.html')
    """
    if path.endswith(".html"):
        return path
    folder = path.removesuffix(".md").removesuffix("index").rstrip("/")
    return f"{folder}/index.html".lstrip("/")
