"""Sessions: what an application remembers of a visitor, in a signed cookie.

The visitor's browser keeps the data. They are signed, so that nobody can change them, but not
encrypted: the visitor can read them. The server keeps nothing, so it cannot take a cookie back:
a copy of one is good until it expires, unless the application refuses the `id` or the
`issued_at` of the session.

Source: RFC 9111, section 5.2.2 (Cache-Control).
"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from starlette.datastructures import MutableHeaders

from ._origins import is_cross_origin, own_origin, parse_origins
from ._session import Session, SessionError
from ._session_cookie import SameSite, SessionCookie, check_keys
from .config import SettingsError
from .errors import HTTPError
from .middleware._vary import add_vary

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Session", "SessionError", "SessionMiddleware"]

logger = logging.getLogger("bocadillo")

TWO_WEEKS = 14 * 24 * 60 * 60
MAX_COOKIE_BYTES = 4096  # RFC 6265, section 6.1: what every browser keeps
STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


class SessionMiddleware:
    """Give requests and WebSockets a `session`, and refuse changes that other sites ask for.

    It is ASGI middleware for any application. The cookie is sent when the response starts, if
    the session changed or is half as old as it may get; what a stream or a WebSocket would
    change later is refused. A response for which the session was read is not for caches:
    it gets `Vary: Cookie` and `Cache-Control: no-store`, unless it is marked `private`.

    A request other than GET, HEAD, OPTIONS and TRACE which a page of another origin caused is
    answered 403. Behind a proxy, the server must know the scheme and the host that browsers see:
    that is its setting of trusted proxy headers.

    Args:
        app: the application.
        secret_key: the key that signs, at least 32 random bytes; or a list of keys, the first
            of which signs, while all are accepted.
        session_cookie: the name of the cookie. The prefix `__Host-` keeps other hosts of the
            domain from setting it.
        max_age: the seconds a session lives after the visit that last renewed it; `None`: until
            the browser is closed, which the server cannot check.
        path: the path below which the cookie is sent.
        domain: the domain to share the cookie with, subdomains included; `None`: this host only.
        same_site: which requests of other sites carry the cookie: with `lax`, links only.
        https_only: whether browsers must keep the cookie to HTTPS; `None`: when it is set there.
        trusted_origins: further origins whose pages may send changes, as
            `https://app.example.com`.

    Raises:
        SettingsError: the key is missing, or an option cannot be what it is.

    Warns:
        UserWarning: a key is short.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        secret_key: str | list[str],
        session_cookie: str = "session",
        max_age: int | None = TWO_WEEKS,
        path: str = "/",
        domain: str | None = None,
        same_site: SameSite = "lax",
        https_only: bool | None = None,
        trusted_origins: Iterable[str] = (),
    ) -> None:
        self.app = app
        try:
            self._trusted = parse_origins(trusted_origins)
            self._cookie = SessionCookie(
                session_cookie,
                check_keys(secret_key),
                max_age=max_age,
                path=path,
                domain=domain,
                same_site=same_site,
                https_only=https_only,
            )
        except (TypeError, ValueError) as error:
            raise SettingsError(f"sessions: {error}") from None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection; those that are neither HTTP nor WebSocket pass through.

        Raises:
            SessionError: what the session holds cannot be kept; an HTTP request is answered 500.
        """
        if scope["type"] == "http":
            if is_cross_origin(scope, self._trusted):
                await _refuse(scope, send)
            else:
                await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _serve(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        session = scope["session"] = Session(lambda: self._cookie.read(scope))
        failure: SessionError | None = None
        is_started = False

        async def send_with_cookie(message: "Message") -> None:
            nonlocal failure, is_started
            if message["type"] in STARTS:
                # Once a session has failed, what answers instead goes out without it.
                if failure is None:
                    try:
                        message = self._add_headers(message, scope, session=session)
                    except SessionError as error:
                        failure = error
                        raise
                is_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_with_cookie)
        except Exception:
            if failure is not None and not is_started and scope["type"] == "http":
                where = (scope["method"], scope["path"])
                logger.exception("no answer to %s %r", *where, exc_info=failure)
                await _answer(send, HTTPError(500))
            raise

    def _add_headers(self, message: "Message", scope: "Scope", *, session: Session) -> "Message":
        """Return the start of a response with the headers that the session calls for."""
        text = session.close()
        if not session.accessed:
            return message
        headers = MutableHeaders(raw=list(message.get("headers", ())))
        _forbid_caching(headers)
        if text is not None:
            cookie = self._cookie.format(text, is_secure=scope.get("scheme") in ("https", "wss"))
            if len(cookie) > MAX_COOKIE_BYTES:
                raise SessionError(_describe_size(session, len(cookie)))
            headers.append("set-cookie", cookie)
        return {**message, "headers": headers.raw}


def _forbid_caching(headers: MutableHeaders) -> None:
    """Keep the response to this visitor: the same address has another content for the next."""
    add_vary(headers, "Cookie")
    given = ",".join(headers.getlist("cache-control")).lower()
    # With field names, as in `private="x"`, the directive does not keep caches away.
    if not {"private", "no-store"} & {part.strip() for part in given.split(",")}:
        headers["cache-control"] = "no-store"


def _describe_size(session: Session, size: int) -> str:
    sizes = {name: len(msgspec.json.encode(value)) for name, value in session.items()}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    shown = ", ".join(f"{name!r} ({sizes[name]} bytes)" for name in largest)
    return (
        f"the session makes a cookie of {size} bytes, and browsers keep {MAX_COOKIE_BYTES}. "
        f"Its largest values: {shown}. Keep large data in a database, and its key in the session."
    )


async def _refuse(scope: "Scope", send: "Send") -> None:
    """Answer 403, and tell in the log what to change if the request was meant to be accepted."""
    told = {
        name.decode(): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"origin", b"sec-fetch-site")
    }
    logger.warning(
        "refused %s %r: it comes from another origin, %r, and not from %r. If it is to be "
        "accepted, add its origin to `trusted_origins`; behind a proxy, see that the server "
        "trusts its headers.",
        *(scope["method"], scope["path"], told, own_origin(scope)),
    )
    await _answer(send, HTTPError(403, "Requests that other sites cause are refused."))


async def _answer(send: "Send", error: HTTPError) -> None:
    body = msgspec.json.encode(error.as_json())
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": error.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
