"""Mounting: which kind of application something is, and how a mounted one is called.

Source: ASGI specification, HTTP Connection Scope (`path` and `root_path`); PEP 3333 (WSGI).
"""

import inspect
from typing import TYPE_CHECKING, Any

from ._paths import full_path
from .patterns import Pattern, parse_pattern
from .plans import Direct, Params
from .views import locate

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["MOUNTED_PATH", "adapt", "call_mounted", "mount_pattern"]

MOUNTED_PATH = "path"


def mount_pattern(prefix: str) -> Pattern:
    """Return the pattern of the paths below a prefix, with or without its outer slashes."""
    if not isinstance(prefix, str):
        raise TypeError(f"expected the prefix of a mount as str, got {prefix!r}")
    return parse_pattern(f"/{prefix.strip('/')}/{{{MOUNTED_PATH}:path}}".replace("//", "/"))


def adapt(app: Any) -> "ASGIApp":
    """Return an ASGI application: `app` itself, or a WSGI one wrapped.

    Which of the two it is, its signature tells: ASGI takes `scope, receive, send`, WSGI takes
    `environ, start_response`.

    Raises:
        TypeError: it is neither, or its signature does not tell.
        ImportError: it is a WSGI application, and a2wsgi is not installed.
    """
    count = _count_arguments(app)
    if count == 3:
        return app  # type: ignore[no-any-return] # the signature has told
    if count == 2:
        from ._wsgi import wrap_wsgi  # noqa: PLC0415 - it needs a2wsgi

        return wrap_wsgi(app)
    raise TypeError(
        f"cannot mount {app!r} ({locate(app)}): expected an ASGI application, called with "
        "(scope, receive, send), or a WSGI application, called with (environ, start_response)"
    )


def call_mounted(app: "ASGIApp") -> Direct:
    """Return the function that hands a request to a mounted application."""

    async def direct(scope: "Scope", receive: "Receive", send: "Send", params: Params) -> None:
        path = full_path(scope)
        root = path[: len(path) - len(params.pop(MOUNTED_PATH))].rstrip("/")
        outer = scope.get("path_params", {})  # those of the prefix of the mount around this one
        child = {**scope, "path": path, "root_path": root, "path_params": {**outer, **params}}
        await app(child, receive, send)

    return direct


def _count_arguments(app: Any) -> int:
    """Return how many arguments something must be called with; 0 when that is unclear."""
    if not callable(app) or inspect.isclass(app):
        return 0
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return 0
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        is_async = inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(app.__call__)
        return 3 if is_async else 0
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p for p in parameters if p.kind in positional and p.default is p.empty]
    return len(required)
