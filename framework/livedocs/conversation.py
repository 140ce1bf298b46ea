"""Speak with an application as curl does: cookies from request to request, redirects, compression.

What an `http` block sends is what it shows. Only `...` as a cookie's value stands for the value
that an earlier response set, as only the application knows it.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from livedocs.asgi import HOST, PORT, ASGIApp, Show, exchange
from livedocs.cookies import Jar, add_cookies, fill
from livedocs.files import to_bytes, to_text
from livedocs.model import PLAIN, Manner, Request, Response
from livedocs.sockets import Connect, Socket, open_sockets

ORIGIN = f"http://{HOST}:{PORT}"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 50  # as curl
# zlib's way to say: a gzip header, or a zlib one.
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
VARIABLE = re.compile(r"%\{(?P<name>[a-z_]+)\}|%%|\\[nrt]")
SIGNS = {"%%": "%", r"\n": "\n", r"\r": "\r", r"\t": "\t"}
VARIABLES = (
    "content_type", "http_code", "num_redirects", "redirect_url", "response_code", "size_download",
    "url_effective",
)  # fmt: skip


@dataclass(slots=True)
class Conversation:
    """An application that has started, and what its responses so far left with the client.

    Attributes:
        app: The application.
        state: What its lifespan left for its requests.
        names: The names of its main file, which a session at the prompt shares.
    """

    app: ASGIApp
    state: dict[str, Any]
    names: dict[str, Any] = field(default_factory=dict)
    _seen: Jar = field(default_factory=Jar)
    _jars: defaultdict[str, Jar] = field(default_factory=lambda: defaultdict(Jar))

    async def send(
        self, request: Request, manner: Manner = PLAIN, *, show: Show | None = None
    ) -> Response:
        """Return the application's response.

        Args:
            request: What the page shows.
            manner: How it is made.
            show: Gets what comes of an event stream, while it comes.

        Raises:
            MissingCookieError: It shows a cookie that no response has set.
            Exception: What the application raised before its response started.
        """
        jar = self._jar(manner)
        request = fill(request, self._seen)
        response = await self._exchange(request, jar, events=manner.events, show=show)
        hops = 0
        while manner.follows and (following := _next(request, response, manner)):
            if hops == MOST_REDIRECTS:
                raise RuntimeError(f"more than {MOST_REDIRECTS} redirects from {request.target}")
            hops += 1
            request = following
            response = await self._exchange(request, jar, events=manner.events, show=show)
        if manner.writes is not None and jar is not None:
            self._jars[manner.writes] = jar
        if manner.decodes:
            response = replace(response, body=decode(response))
        return replace(response, target=request.target, redirects=hops)

    @asynccontextmanager
    async def sockets(self) -> AsyncIterator[Connect]:
        """Provide what connects clients over WebSockets, with cookies as requests have them.

        Raises:
            MissingCookieError: A handshake shows a cookie that no response has set.
        """
        async with open_sockets(self.app, self.state) as connect:

            async def keep(request: Request) -> Socket:
                socket = await connect(fill(request, self._seen))
                self._seen.keep(socket.handshake, target=request.target)
                return socket

            yield keep

    def _jar(self, manner: Manner) -> Jar | None:
        if manner.reads is not None:
            return Jar(dict(self._jars[manner.reads].cookies))
        return None if manner.writes is None else Jar()

    async def _exchange(
        self, request: Request, jar: Jar | None, *, events: int | None, show: Show | None
    ) -> Response:
        shown = request if jar is None else add_cookies(request, jar)
        response = await exchange(self.app, shown, self.state, events=events, show=show)
        for keeper in (self._seen, jar):
            if keeper is not None:
                keeper.keep(response, target=request.target)
        return response


def _next(request: Request, response: Response, manner: Manner) -> Request | None:
    """Return the request that a redirect asks for; `None`: it is none, or leads elsewhere."""
    location = response.header("location")
    if response.status not in REDIRECTS or location is None:
        return None
    url = urljoin(f"{ORIGIN}{request.target}", location)
    if not f"{url}/".startswith(f"{ORIGIN}/"):
        raise RuntimeError(f"the redirect leaves the example: {location!r}")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    to_get = response.status == 303 or (response.status < 303 and request.method == "POST")
    if not to_get or request.method == "HEAD":
        return replace(request, target=target)
    method = request.method if manner.keeps_method else "GET"
    headers = tuple(pair for pair in request.headers if not pair[0].startswith("content-"))
    return Request(method, target, headers)


def decode(response: Response) -> str:
    """Return a body as it was before `content-encoding: gzip` or `deflate`."""
    if response.header("content-encoding") not in ("gzip", "deflate"):
        return response.body
    return to_text(zlib.decompress(to_bytes(response.body), GZIP_OR_ZLIB))


def printed(response: Response, manner: Manner) -> Response:
    """Return a response with the body that a terminal shows: without it (`-o`), or more (`-w`)."""
    body = "" if manner.discards else response.body
    if manner.template:
        body += VARIABLE.sub(lambda found: _variable(found, response), manner.template)
    return replace(response, body=body)


def _variable(found: re.Match[str], response: Response) -> str:
    location = response.header("location")
    values = {
        "content_type": response.header("content-type") or "",
        "http_code": f"{response.status:03}",
        "num_redirects": str(response.redirects),
        "redirect_url": urljoin(f"{ORIGIN}{response.target}", location) if location else "",
        "response_code": f"{response.status:03}",
        "size_download": str(response.size),
        "url_effective": f"{ORIGIN}{response.target}",
    }
    return SIGNS.get(found[0]) or values[found["name"]]
