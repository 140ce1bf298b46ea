"""Give the built site its security policy: in each page, and as headers for common hosts.

`protect_site` comes last of all that writes into a site, and may come again.
"""

from pathlib import Path

from livedocs.policy import HEADER_ONLY, format_policy, hash_scripts, put_meta

FOLDER = "_hosting"
LIVE = "_live"  # its documents bring a policy of their own, and none of it is a page
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# nginx knows neither .mjs nor, before 1.21, .wasm; and a browser refuses modules of other types.
NGINX_TYPES = (
    "text/html html; text/javascript js mjs; application/wasm wasm; "
    "application/json json; application/zip zip;"
)


def protect_site(site: Path) -> str:
    """Write the policy into the pages of a built site, and the files that hosts read.

    Args:
        site: The site's folder; gets `_headers`, `_hosting/` and `.nojekyll`.

    Returns:
        The policy, as a header's value.
    """
    pages = {path: path.read_text(encoding="utf-8") for path in find_pages(site)}
    policy = format_policy(source for text in pages.values() for source in hash_scripts(text))
    for path, text in pages.items():
        path.write_text(put_meta(text, policy), encoding="utf-8")
    header = policy + HEADER_ONLY
    (site / FOLDER).mkdir(exist_ok=True)
    for name, content in {
        "_headers": format_headers_file(header, _patterns(site)),
        f"{FOLDER}/nginx.conf": format_nginx(header),
        f"{FOLDER}/Caddyfile": format_caddy(header),
        ".nojekyll": "",  # or GitHub Pages leaves out the folders with an underscore
    }.items():
        (site / name).write_text(content, encoding="utf-8")
    return header


def find_pages(site: Path) -> list[Path]:
    """Return the pages of a built site."""
    found = sorted(site.rglob("*.html"))
    return [path for path in found if path.relative_to(site).parts[0] != LIVE]


def _patterns(site: Path) -> list[str]:
    # All but `_live`: where two rules of the file match, their policies would add up.
    hidden = (LIVE, FOLDER, "_headers", ".nojekyll")
    entries = sorted(path for path in site.iterdir() if path.name not in hidden)
    return ["/", *(f"/{path.name}{'/*' if path.is_dir() else ''}" for path in entries)]


def format_headers_file(policy: str, patterns: list[str]) -> str:
    """Return the file `_headers`, which Netlify, Cloudflare Pages and others read."""
    everywhere = "\n".join(f"  {name}: {value}" for name, value in HEADERS.items())
    rules = [f"{pattern}\n  Content-Security-Policy: {policy}" for pattern in patterns]
    return "\n\n".join([f"/*\n{everywhere}", *rules]) + "\n"


def format_nginx(policy: str) -> str:
    """Return the lines that a `server` block of nginx includes."""
    common = [f'add_header {name} "{value}" always;' for name, value in HEADERS.items()]
    live = "\n    ".join([f"types {{ {NGINX_TYPES} }}", *common])
    lines = [f'add_header Content-Security-Policy "{policy}" always;', *common]
    return "\n".join([*lines, f"location /{LIVE}/ {{\n    {live}\n}}"]) + "\n"


def format_caddy(policy: str) -> str:
    """Return the lines that a site block of a Caddyfile imports."""
    common = [f'header {name} "{value}"' for name, value in HEADERS.items()]
    pages = f"@pages not path /{LIVE}/*"
    return "\n".join([*common, pages, f'header @pages Content-Security-Policy "{policy}"']) + "\n"
