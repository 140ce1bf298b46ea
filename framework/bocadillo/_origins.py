"""Telling requests that other sites cause from those of one's own pages.

A browser sends the cookies of a site also with requests that another site's page makes. It
tells where such a request comes from, in two headers that no page can forge:

| header           | says                                               | sent                     |
|------------------|----------------------------------------------------|--------------------------|
| `Sec-Fetch-Site` | how the two origins relate, as the browser sees it | to https and localhost   |
| `Origin`         | the origin of the page: scheme, host and port      | with every unsafe method |

The first is believed where it is there: it stays right behind a proxy that rewrites the host.
Otherwise the second must be, letter by letter, the origin that the request was made to. A
request with neither was not made by a browser, and carries no cookies but its own.

Source: Fetch Standard, "Origin" header; Fetch Metadata Request Headers, section 2.3; RFC 6454.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["is_cross_origin", "may_open", "own_origin", "parse_allowed", "parse_origins"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
OWN_SITE = ("same-origin", "none")  # `none`: the user's own doing, such as a bookmark
SCHEMES = {"ws": "http", "wss": "https"}
ANY = "*"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}

is_origin = re.compile(r"[a-z][a-z0-9+.\-]*://(?:[a-z0-9._\-]+|\[[0-9a-f:.]+\])(?::\d+)?").fullmatch


def is_cross_origin(scope: "Scope", trusted: frozenset[str]) -> bool:
    """Tell if a request may change something and was caused by another site.

    Args:
        scope: that of an HTTP request.
        trusted: the origins that may, beside the one the request was made to.
    """
    if scope["method"] in SAFE_METHODS:
        return False
    sites = _values(scope, b"sec-fetch-site")
    origins = _values(scope, b"origin")
    if len(sites) > 1 or len(origins) > 1:
        return True
    if origins and origins[0] in trusted:
        return False
    if sites:
        return sites[0] not in OWN_SITE
    return bool(origins) and origins[0] != own_origin(scope)


def own_origin(scope: "Scope") -> str | None:
    """Return the origin a request was made to, such as `https://example.com`.

    It is written as browsers do: in lower case, and without the port that the scheme implies.

    Returns:
        `None` for a request with no host, or with several.
    """
    hosts = _values(scope, b"host")
    if len(hosts) != 1 or not hosts[0]:
        return None
    scheme: str = scope.get("scheme", "http")
    return _format_origin(SCHEMES.get(scheme, scheme), hosts[0])


def may_open(scope: "Scope", allowed: frozenset[str]) -> bool:
    """Tell if the page that opens a WebSocket may: a browser sends it with the site's cookies.

    A page of the same host may, whatever the scheme: behind a proxy that decrypts, the server
    does not know the page's. What sends no origin is no browser.

    Args:
        scope: that of the handshake.
        allowed: the origins of the other pages that may; `*` stands for any.
    """
    origins = _values(scope, b"origin")
    if not origins or ANY in allowed:
        return True
    if len(origins) > 1:
        return False
    hosts = _values(scope, b"host")
    scheme, _, _ = origins[0].partition("://")
    is_own = len(hosts) == 1 and origins[0] == _format_origin(scheme, hosts[0])
    return is_own or origins[0] in allowed


def parse_allowed(origins: Any) -> frozenset[str]:
    """Return the origins of the pages that may open a WebSocket; `*` stands for any.

    Raises:
        TypeError: they are not a list.
        ValueError: one is written in another way than browsers do.
    """
    if isinstance(origins, list | tuple | set | frozenset) and ANY in origins:
        return parse_origins([origin for origin in origins if origin != ANY]) | {ANY}
    return parse_origins(origins)


def parse_origins(origins: Any) -> frozenset[str]:
    """Return the origins of a setting, each of which must be written as browsers do.

    Raises:
        TypeError: they are not a list.
        ValueError: one is written in another way: it would never match.
    """
    if isinstance(origins, str) or not isinstance(origins, Iterable):
        raise TypeError(
            f"expected a list of origins, such as ['https://app.example.com'], got {origins!r}"
        )
    return frozenset(_parse_origin(origin) for origin in origins)


def _parse_origin(origin: Any) -> str:
    if isinstance(origin, str):
        scheme, mark, rest = origin.strip().partition("://")
        written = _format_origin(scheme.lower(), rest.partition("/")[0]) if mark else ""
        if is_origin(written):
            if written == origin:
                return origin
            raise ValueError(
                f"expected an origin as browsers send it, got {origin!r}. Did you mean {written!r}?"
            )
    raise ValueError(
        "expected an origin as browsers send it: scheme, host in ASCII and port, such as "
        f"'https://app.example.com', got {origin!r}"
    )


def _format_origin(scheme: str, host: str) -> str:
    return f"{scheme}://{host.lower().removesuffix(DEFAULT_PORTS.get(scheme, ''))}"


def _values(scope: "Scope", name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
