"""The hosts an application answers for: others are refused.

Source: RFC 9110, section 7.2 (Host).
"""

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bocadillo._paths import with_ascii_query

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AllowedHostsMiddleware"]


class AllowedHostsMiddleware(TrustedHostMiddleware):
    """Answer requests to other hosts with a 400; redirect to the host with `www` if it is one.

    Args:
        app: the application to wrap.
        allowed_hosts: without scheme and port: `example.com`, `*.example.com`.
    """

    def __init__(self, app: "ASGIApp", *, allowed_hosts: list[str]) -> None:
        async def serve(scope: "Scope", receive: "Receive", send: "Send") -> None:
            await app(scope, receive, send.inner if isinstance(send, _Refusal) else send)

        super().__init__(serve, allowed_hosts=allowed_hosts)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection."""
        await super().__call__(with_ascii_query(scope), receive, _Refusal(send))


class _Refusal:
    """Send what answers for the application: text, which is not to be read as anything else."""

    def __init__(self, inner: "Send") -> None:
        self.inner = inner

    async def __call__(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"])["x-content-type-options"] = "nosniff"
        await self.inner(message)
