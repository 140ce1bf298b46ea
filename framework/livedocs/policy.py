"""The site's Content-Security-Policy: what its pages may load and run, and nothing else.

Pure functions on the text of built pages. `hosting` hands the policy to hosts, and to each page
for where a host sends none.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from html.parser import HTMLParser

# `{scripts}` becomes the hashes of the inline scripts. The worker is made of a blob, since one
# loaded by its address would not inherit what only a page's <meta> says.
PAGE = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval' {scripts}",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the theme's icons are masks of data: URLs
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
HEADER_ONLY = "; frame-ancestors 'none'"  # ignored in <meta>, with an error in the console
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="(?P<policy>[^"]*)">')
BEGINNING = re.compile(r'<head>\s*(?:<meta charset="[^"]*">)?', re.IGNORECASE)
EXECUTED = frozenset({"", "module", "text/javascript", "application/javascript"})


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.reads = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: Mapping[str, str | None] = dict(attrs)
        self.reads = (
            tag == "script" and "src" not in values and (values.get("type") or "") in EXECUTED
        )
        if self.reads:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.reads:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.reads = False


def hash_scripts(html: str) -> list[str]:
    """Return the sources that allow a page's inline scripts: `'sha256-…'` each, once.

    Source: Content Security Policy Level 3, 6.7.3.3 (Does element match source list?).
    """
    reader = _Scripts()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(_hash(text.replace("\r\n", "\n")) for text in reader.found))


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def format_policy(scripts: Iterable[str]) -> str:
    """Return the policy that allows the inline scripts with these hashes."""
    hashes = " ".join(sorted(set(scripts)))
    return "; ".join(
        f"{name} {sources.replace('{scripts}', hashes).rstrip()}" for name, sources in PAGE.items()
    )


def parse_policy(policy: str) -> dict[str, list[str]]:
    """Return a policy's directives with their sources."""
    parts = [directive.split() for directive in policy.split(";") if directive.strip()]
    return {name: sources for name, *sources in parts}


def read_meta(html: str) -> str:
    """Return the policy that a page brings along; empty when it brings none."""
    found = META.search(html)
    return unescape(found["policy"]) if found else ""


def put_meta(html: str, policy: str) -> str:
    """Return a page with the policy in it, before anything that the policy governs.

    Raises:
        ValueError: The page has no `<head>`.
    """
    html = META.sub("", html)
    start = BEGINNING.search(html)
    if start is None:
        raise ValueError(f"Expected a page with <head>, found {html[:60]!r}.")
    # Single quotes stay: they end no attribute here, and are what one reads the policy for.
    content = escape(policy, quote=False).replace('"', "&quot;")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
    return html[: start.end()] + meta + html[start.end() :]


def admit_scripts(html: str) -> str:
    """Return a page whose policy allows the inline scripts that were added since, too."""
    if not (policy := read_meta(html)):
        return html
    known = parse_policy(policy)["script-src"]
    hashes = [source for source in known if source.startswith("'sha256-")]
    return put_meta(html, format_policy([*hashes, *hash_scripts(html)]))
