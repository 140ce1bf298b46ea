"""Check what a built page is made of: headings, references, what the security policy refuses.

Only the site's own part is checked for its shape, the `<article>`; the theme answers for the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from livedocs.frame_page import FRAME
from livedocs.hosting import LIVE, find_pages
from livedocs.policy import hash_scripts, parse_policy, read_meta

HEADINGS = {f"h{level}": level for level in range(1, 7)}
REFERENCES = ("for", "aria-controls", "aria-describedby", "aria-labelledby", "headers")
ADDRESSES = ("href", "src", "poster", "data", "action", "content")
STYLE_CURE = "give it a class, and style that in docs/assets/bocadillo.css"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a page.

    Attributes:
        line: Where it begins, 1-based.
        is_content: It stands in the page's `<article>`.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    is_content: bool


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.articles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.articles += tag == "article"
        self.found.append(Element(tag, values, self.getpos()[0], self.articles > 0))

    def handle_endtag(self, tag: str) -> None:
        self.articles -= tag == "article"


def read_elements(html: str) -> list[Element]:
    """Return the elements of a page, in order."""
    reader = _Elements()
    reader.feed(html)
    reader.close()
    return reader.found


def check_pages(site: Path, *, docs: Path) -> list[str]:
    """Return what is wrong with the pages of a built site, a line each.

    Args:
        site: The built site.
        docs: The folder of the sources; each of its files must be on a page or in a style.
    """
    problems: list[str] = []
    used = set(_used_in_styles(site))
    for path in find_pages(site):
        name, html = path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")
        elements = read_elements(html)
        found = [*check_elements(elements), *check_policy(html)]
        problems += [f"{name}{problem}" for problem in found]
        used |= _used(name, elements)
    return [*problems, *_check_frames(site), *_check_assets(docs, used)]


def check_elements(elements: Sequence[Element]) -> Iterator[str]:
    """Find what is wrong with the elements of a page; each problem begins with `:LINE: `."""
    yield from _check_headings([it for it in elements if it.tag in HEADINGS and it.is_content])
    ids = {it.attributes["id"] for it in elements if "id" in it.attributes}
    for it in elements:
        for name in REFERENCES:
            for missing in set(it.attributes.get(name, "").split()) - ids:
                yield f":{it.line}: {name}={missing!r} names no element of the page."
        if it.tag == "style" or "style" in it.attributes:
            yield f":{it.line}: the security policy forbids styles in pages; {STYLE_CURE}."
        for name in it.attributes:
            if name.startswith("on"):
                yield (
                    f":{it.line}: the security policy forbids {name}=...; "
                    "add the listener in docs/assets/bocadillo.js."
                )


def _check_headings(headings: Sequence[Element]) -> Iterator[str]:
    if not headings:
        return  # a redirect, or the theme's own page
    first = [it for it in headings if it.tag == "h1"]
    if len(first) != 1:
        yield f":{headings[0].line}: a page has one heading of the first level, not {len(first)}."
    last = 0
    for it in headings:
        level = HEADINGS[it.tag]
        if level > last + 1:
            yield f":{it.line}: a heading of level {level} follows one of level {last}."
        last = level


def check_policy(html: str) -> Iterator[str]:
    """Find out whether a page has the security policy, and whether that allows its scripts."""
    policy = parse_policy(read_meta(html))
    if not policy:
        yield ": has no security policy; `livedocs.hosting.protect_site` gives it one."
        return
    for source in hash_scripts(html):
        if source not in policy["script-src"]:
            yield f": the security policy forbids its inline script {source}."


def _check_frames(site: Path) -> Iterator[str]:
    for path in sorted((site / LIVE).rglob("*.html")):
        if read_meta(path.read_text(encoding="utf-8")) != FRAME:
            name = path.relative_to(site).as_posix()
            yield f"{name}: lacks the security policy of frames, `livedocs.frame_page.FRAME`."


def _used(page: str, elements: Sequence[Element]) -> set[str]:
    values = [it.attributes[name] for it in elements for name in ADDRESSES if name in it.attributes]
    return {unquote(urljoin(f"/{page}", urlsplit(value).path)).lstrip("/") for value in values}


def _used_in_styles(site: Path) -> Iterator[str]:
    for path in site.rglob("*.css"):
        name = path.relative_to(site).as_posix()
        for part in path.read_text(encoding="utf-8").split("url(")[1:]:
            target = part.partition(")")[0].strip("\"' ")
            yield unquote(urljoin(f"/{name}", target)).lstrip("/")


def _check_assets(docs: Path, used: set[str]) -> Iterator[str]:
    readme = docs.parent / "README.md"
    told = readme.read_text(encoding="utf-8") if readme.exists() else ""
    for path in sorted(path for path in docs.rglob("*") if path.is_file()):
        name = path.relative_to(docs).as_posix()
        if path.suffix != ".md" and name not in used and f"{docs.name}/{name}" not in told:
            yield f"{docs.name}/{name}: no page uses it; use or delete it."
