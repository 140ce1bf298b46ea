"""The path of a request below the one its application is mounted at, and its query.

Source: ASGI specification, HTTP Connection Scope (`path` and `root_path`).
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["full_path", "locate_slashed", "strip_root", "with_ascii_query"]

# RFC 3986, 3.3 and 3.4: what stands for itself in a path; and in a query, with `%` for the rest.
PATH_SAFE = "/!$&'()*+,;=:@~"
QUERY_SAFE = PATH_SAFE + "?%[]"


def strip_root(path: str, root: str) -> str:
    """Return the path below the one the application is mounted at, if it is below it."""
    root = root.rstrip("/")
    return path[len(root) :] if path == root or path.startswith(f"{root}/") else path


def full_path(scope: "Scope") -> str:
    """Return the path with the root path before it, which some servers leave out."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path if path == root or path.startswith(f"{root}/") else root + path


def locate_slashed(scope: "Scope") -> str | None:
    """Return the reference to a request's path with a slash after it, and with its query.

    It is percent-encoded, and begins with the only slash there is: `//host/` names another site.
    A path with a slash too many has none.
    """
    path = full_path(scope)
    if not path.startswith("/") or path.endswith("/") or "//" in path:
        return None
    location = quote(f"{path}/", safe=PATH_SAFE, errors="surrogatepass")
    query = quote(scope["query_string"], safe=QUERY_SAFE)
    return f"{location}?{query}" if query else location


def with_ascii_query(scope: "Scope") -> "Scope":
    """Return the scope with a query percent-encoded where the client left it raw.

    Servers hand on any byte; what reads queries as text fails on most of them.
    """
    query: bytes = scope.get("query_string", b"")
    if query.isascii():
        return scope
    return {**scope, "query_string": quote(query, safe=QUERY_SAFE).encode("ascii")}
