"""From http to https: the redirect, and the header that makes browsers skip it next time.

Source: RFC 6797 (HSTS); RFC 9110, section 15.4.8 (307); RFC 3986, section 3.2.2 (host).
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HSTSMiddleware", "HTTPSRedirectMiddleware"]

match_host = re.compile(
    r"(?P<host>[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:\d{1,5})?"
).fullmatch
IMPLIED_PORTS = (":80", ":443")  # the one of http says nothing about https

# What stands for itself in a path and a query; `%` as well: they come encoded.
PATH_SAFE = "/!$&'()*+,;=:@~%"
QUERY_SAFE = PATH_SAFE + "?"


class HTTPSRedirectMiddleware:
    """Redirect http requests to the same address with https; deny `ws` handshakes.

    The address is made of the request's own host: one that is missing or malformed is answered
    400. The redirect is temporary (307), so that it can be taken back; `HSTS` makes it last.
    Behind a proxy that terminates https, the server must believe its `X-Forwarded-Proto`.

    Args:
        app: the application to wrap.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection."""
        if scope["type"] == "websocket" and scope.get("scheme", "ws") == "ws":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif scope["type"] == "http" and scope.get("scheme", "http") == "http":
            location = _find_https(scope)
            if location is None:
                await _answer(send, 400, ("content-type", "text/plain; charset=utf-8"))
            else:
                await _answer(send, 307, ("location", location))
        else:
            await self.app(scope, receive, send)


def _find_https(scope: "Scope") -> str | None:
    """Return the address of a request with https, or `None` if its host is not to be trusted."""
    hosts = Headers(scope=scope).getlist("host")
    match = match_host(hosts[0]) if len(hosts) == 1 else None
    if match is None:
        return None
    port = match["port"] or ""
    authority = match["host"] if port in IMPLIED_PORTS else match["host"] + port
    raw_path = scope.get("raw_path") or quote(scope["path"], safe="/").encode()
    # Without its slash, a path would go on where the host ends: `https://host` + `.evil`.
    path = "/" + quote(raw_path.partition(b"?")[0].removeprefix(b"/"), safe=PATH_SAFE)
    query = quote(scope.get("query_string", b""), safe=QUERY_SAFE)
    return f"https://{authority}{path}{'?' if query else ''}{query}"


async def _answer(send: "Send", status: int, header: tuple[str, str]) -> None:
    body = b"The host of the request is missing or malformed." if status == 400 else b""
    headers = [
        (header[0].encode(), header[1].encode()),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class HSTSMiddleware:
    """Tell browsers, in each response over https, to use https only.

    Args:
        app: the application to wrap.
        max_age: the seconds that browsers remember it.
        include_subdomains: whether it holds for every subdomain too.
        preload: whether browsers may know it before the first visit.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        max_age: int = 31_536_000,
        include_subdomains: bool = False,
        preload: bool = False,
    ) -> None:
        self.app = app
        self._value = "; ".join(
            [
                f"max-age={max_age}",
                *(["includeSubDomains"] if include_subdomains else []),
                *(["preload"] if preload else []),
            ]
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope.get("scheme", "http") != "https":
            await self.app(scope, receive, send)
            return

        async def send_with_header(message: "Message") -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                headers.setdefault("strict-transport-security", self._value)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, send_with_header)
