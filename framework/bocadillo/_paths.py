"""The path of a request below the one its application is mounted at.

Source: ASGI specification, HTTP Connection Scope (`path` and `root_path`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["full_path", "strip_root"]


def strip_root(path: str, root: str) -> str:
    """Return the path below the one the application is mounted at, if it is below it."""
    root = root.rstrip("/")
    return path[len(root) :] if path == root or path.startswith(f"{root}/") else path


def full_path(scope: "Scope") -> str:
    """Return the path with the root path before it, which some servers leave out."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path if path == root or path.startswith(f"{root}/") else root + path
