"""Call an application as a server does, without a server."""

from collections.abc import Callable, Sequence
from typing import Any

from bocadillo._app_scope import AppScope
from bocadillo._graph import Graph
from bocadillo._providing import Providing
from bocadillo.providers import Provider

__all__ = ["HOST", "call", "make_providing", "make_scope", "nothing"]

HOST = (b"host", b"example.org")


def make_scope(method: str, path: str, **changes: Any) -> dict[str, Any]:
    """Make the scope of a request over HTTP/1.1."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [HOST],
    }
    return {**scope, **changes}


def make_providing(*functions: Callable[..., Any], **options: Any) -> Providing:
    """Make what provides: each function is a provider, with the same options."""
    providers = [Provider(function, **options) for function in functions]
    graph = Graph({provider.name: provider for provider in providers})
    return Providing(graph, AppScope(graph))


async def nothing(*args: Any) -> Any:
    """Stand for `receive` or `send` where it must not be called."""
    raise NotImplementedError


async def call(
    app: Any,
    method: str,
    path: str,
    *,
    messages: Sequence[dict[str, Any]] = (),
    sent: list[Any] | None = None,
    fail: Callable[[Any], None] = lambda message: None,
    **changes: Any,
) -> list[Any]:
    """Call an application, and return what it sent.

    Args:
        app: the application.
        method: of the request.
        path: of the request.
        messages: what it receives, then an empty body again and again.
        sent: where to put what it sends, for the calls that raise.
        fail: is given each message before it counts as sent, and may raise.
        **changes: to the scope.
    """
    sent = [] if sent is None else sent
    waiting = list(messages)

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.request"}

    async def send(message: Any) -> None:
        fail(message)
        sent.append(message)

    await app(make_scope(method, path, **changes), receive, send)
    return sent
