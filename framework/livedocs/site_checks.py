"""Check a built site: `python -m livedocs.site_checks .build/site`.

Links, anchors, ids, alternative texts, Edit links, foreign requests, sizes; and by `page_checks`
and `spelling`, headings, the security policy, unused files, and words. Nothing is fetched.
"""

import gzip
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urljoin, urlsplit

from livedocs import api
from livedocs.page_checks import check_pages
from livedocs.redirects import address
from livedocs.spelling import check_spelling

NOTHING: Mapping[str, str] = MappingProxyType({})
KILOBYTE, MEGABYTE = 1000, 1_000_000
PAGE, RUN, EDIT = "assets/live/page.js", "_live", "_live/*/codemirror*.js"
BUDGETS_GZIP = {PAGE: 10 * KILOBYTE, RUN: 6 * MEGABYTE, EDIT: 130 * KILOBYTE}
LOADED_LATER = {  # only when an example imports from an archive, or has a file that is no Python
    RUN: ("more.zip", "rest.zip", "codemirror*.js"),
    EDIT: ("codemirror-web-*.js",),
}
PAGE_SCRIPTS_GZIP = 10 * KILOBYTE  # all that a page loads beyond the theme's
THEME_SCRIPTS = "assets/javascripts"
LOADED = {
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("audio", "src"), ("object", "data"), ("embed", "src"),
}  # fmt: skip
FOREIGN_IN_CSS = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?P<target>(?:https?:)?//[^"')\s]+)""")
LOADED_RELS = frozenset(
    {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"}
)


@dataclass(slots=True)
class HTMLPage:
    """What a page of the built site says.

    Attributes:
        path: The file, relative to the site.
        ids: Each id, as often as it stands.
        links: Targets of links, with their lines.
        loaded: Addresses that the browser loads by itself, with their lines.
        edits: Targets of Edit links.
        images_without_alt: Lines.
        is_redirect: It leads to where the page has moved.
    """

    path: str
    ids: Counter[str] = field(default_factory=Counter)
    links: list[tuple[str, int]] = field(default_factory=list)
    loaded: list[tuple[str, int]] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    images_without_alt: list[int] = field(default_factory=list)
    is_redirect: bool = False


class _Reader(HTMLParser):
    def __init__(self, page: HTMLPage) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.page.ids[values["id"]] += 1
        if tag == "img" and "alt" not in values:
            self.page.images_without_alt.append(line)
        if tag == "a" and "href" in values:
            self.page.links.append((values["href"], line))
            if "edit" in values.get("rel", "").split():
                self.page.edits.append(values["href"])
        if tag == "meta" and values.get("http-equiv") == "refresh":
            self.page.is_redirect = True
        if tag == "link" and LOADED_RELS & set(values.get("rel", "").split()):
            self.page.loaded.append((values.get("href", ""), line))
        self.page.loaded += [
            (value, line) for name, value in values.items() if (tag, name) in LOADED
        ]


def read_html(path: str, text: str) -> HTMLPage:
    """Return what a page says."""
    page = HTMLPage(path)
    reader = _Reader(page)
    reader.feed(text)
    reader.close()
    return page


def check_site(site: Path, *, docs: Path, told: Mapping[str, str] = NOTHING) -> list[str]:
    """Return what is wrong with a built site, a line each.

    Args:
        site: The built site.
        docs: The folder of the pages' sources, which Edit links must lead to; or they lead to a
            module of the folder `framework` beside it.
        told: Names of the framework, each with the page of the site that must tell of it.
    """
    pages = {
        path.relative_to(site).as_posix(): read_html(
            path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")
        )
        for path in sorted(site.rglob("*.html"))
        if "_live" not in path.parts
    }
    problems = [*_check_told(pages, told)]
    for page in pages.values():
        problems += _check_page(page, docs)
        problems += _check_links(page, pages, site)
    return [*problems, *_check_styles(site), *_check_sizes(site)]


def _check_told(pages: dict[str, HTMLPage], told: Mapping[str, str]) -> Iterator[str]:
    for name, path in told.items():
        if path not in pages or name not in pages[path].ids:
            yield (
                f"{path}: tells nothing of {name}, which is public. Give it a docstring; what a "
                "class has from a private one is listed in its page, as `inherited_members`."
            )


def _check_page(page: HTMLPage, docs: Path) -> Iterator[str]:
    for name, count in page.ids.items():
        if count > 1:
            yield f"{page.path}: the id {name!r} stands {count} times; links to it are ambiguous."
    for line in page.images_without_alt:
        yield f'{page.path}:{line}: an image without alt="..."; write what it shows, or alt="".'
    for target, line in page.loaded:
        if urlsplit(target).netloc:
            yield _foreign(page.path, line, target)
    for target in page.edits:
        if not any(target.endswith(f"/{name}") for name in _sources(docs)):
            yield f"{page.path}: its Edit link leads to no file of the repository: {target!r}."
    if not page.edits and page.path != "404.html" and not page.is_redirect:
        yield f"{page.path}: has no Edit link."


def _foreign(path: str, line: int, target: str) -> str:
    return f"{path}:{line}: loads {target!r} from elsewhere; put a copy into the site."


def _check_styles(site: Path) -> Iterator[str]:
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        for found in FOREIGN_IN_CSS.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield _foreign(path.relative_to(site).as_posix(), line, found["target"])


def _sources(docs: Path) -> Iterator[str]:
    root = docs.parent
    for path in [*docs.rglob("*.md"), *root.glob("framework/bocadillo/**/*.py")]:
        yield path.relative_to(root).as_posix()


def _check_links(page: HTMLPage, pages: dict[str, HTMLPage], site: Path) -> Iterator[str]:
    for target, line in [*page.links, *page.loaded]:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not target:
            continue
        path = (
            unquote(urljoin(f"/{page.path}", parts.path)).lstrip("/") if parts.path else page.path
        )
        if page.path == "404.html" and parts.path.startswith("/"):
            continue  # absolute by `site_url`, which only the published site has
        if path.endswith("/") or not path:
            path += "index.html"
        if path not in pages and not (site / path).is_file():
            yield f"{page.path}:{line}: the link {target!r} leads nowhere."
        elif parts.fragment and path in pages and unquote(parts.fragment) not in pages[path].ids:
            yield f"{page.path}:{line}: the link {target!r} names an anchor that {path} lacks."


def _check_sizes(site: Path) -> Iterator[str]:
    for name, budget in BUDGETS_GZIP.items():
        size = gzip_size(*budgeted(site, name))
        if size > budget:
            kilobytes = f"{size / KILOBYTE:.1f} kB gzipped"
            yield f"{name}: {kilobytes}, over its budget of {budget / KILOBYTE:g} kB."
        elif size == 0:
            yield f"{name}: missing; live examples cannot run."
    size = page_scripts_size(site)
    if size > PAGE_SCRIPTS_GZIP:
        yield (
            f"assets: scripts of {size / KILOBYTE:.1f} kB gzipped, over the budget of "
            f"{PAGE_SCRIPTS_GZIP / KILOBYTE:g} kB for what a page loads before the first Run."
        )


def page_scripts_size(site: Path) -> int:
    """Return the bytes of the scripts that a page loads beyond the theme's, gzipped one by one."""
    scripts = (site / "assets").rglob("*.js")
    return sum(gzip_size(path) for path in scripts if site / THEME_SCRIPTS not in path.parents)


def budgeted(site: Path, name: str) -> list[Path]:
    """Return the files that a budget is for: all that are loaded at once.

    Args:
        site: The built site.
        name: Of `BUDGETS_GZIP`: a file, a folder, or a pattern.
    """
    found = (site / name).rglob("*") if (site / name).is_dir() else site.glob(name)
    later = LOADED_LATER.get(name, ())
    return [
        path
        for path in found
        if path.is_file() and not any(fnmatch(path.name, pattern) for pattern in later)
    ]


def gzip_size(*files: Path) -> int:
    """Return the bytes of files, gzipped one by one."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def pages_of_names() -> dict[str, str]:
    """Return each public name of the framework with the page that must tell of it."""
    pages = {name: api.page_of(name.rpartition(".")[0]) for name in sorted(api.homes())}
    for cls in sorted(api.homes()):
        pages |= {m: pages[cls] for m in api.members(cls).values() if m.startswith(f"{cls}.")}
    pages |= {name: api.page_of(name) for name in api.modules()}
    pages[f"{api.PACKAGE}.cli"] = pages[f"{api.PACKAGE}.cli.main"] = "reference/cli.md"
    return {name: address(page) for name, page in pages.items()}


def main(arguments: list[str]) -> int:
    """Check a site and print what is wrong."""
    site = Path(arguments[0] if arguments else ".build/site")
    problems = check_site(site, docs=Path("docs"), told=pages_of_names())
    problems += check_pages(site, docs=Path("docs"))
    problems += check_spelling(Path())
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 # this is a command
    if not problems:
        sizes = ", ".join(
            f"{name} {gzip_size(*budgeted(site, name)) / 1000:.0f} kB" for name in BUDGETS_GZIP
        )
        print(f"{site}: all checks passed; gzipped: {sizes}")  # noqa: T201 # this is a command
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
