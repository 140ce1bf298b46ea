r"""Where a redirect may lead.

A target that comes from the client must not send people to another site. Browsers read `//host`,
`/\host` and even a tab before the slashes as another host.

Source: WHATWG URL, section 4.4 (URL parsing); RFC 9110, section 10.2.2 (Location).
"""

import re
from urllib.parse import quote

__all__ = ["check_target"]

SAFE = ":/%#?=@[]!$&'()*+,;~"
has_scheme = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:").match
is_web_address = re.compile(r"https?://[^/?#\\\s]", re.IGNORECASE).match


def check_target(url: str, *, external: bool = False) -> str:
    """Return a redirect's target, percent-encoded, if it stays on this site.

    Args:
        url: a path such as `/todos?page=2`, or a reference relative to the current one.
        external: whether an `http` or `https` address of another site may be named.

    Raises:
        TypeError: the target is not text.
        ValueError: it leads elsewhere, or a browser could read it so.
    """
    if not isinstance(url, str):
        raise TypeError(f"expected the target of a redirect as str, got {url!r}")
    if not url or url != url.strip() or not url.isprintable() or "\\" in url:
        raise ValueError(
            f"cannot redirect to {url!r}: expected a path such as '/todos', without spaces "
            "around it, control characters or backslashes"
        )
    if is_web_address(url):
        if not external:
            raise ValueError(
                f"cannot redirect to {url!r}, which may be another site: pass external=True when "
                "the address does not come from the client, or a path such as '/todos'"
            )
    elif url.startswith("//") or has_scheme(url):
        raise ValueError(
            f"cannot redirect to {url!r}: expected a path such as '/todos', or an address that "
            "begins with 'https://'"
        )
    return quote(url, safe=SAFE)
