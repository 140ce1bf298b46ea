"""What requests and WebSockets tell of the client, whatever the client sent.

Starlette's own properties fail where a query is not UTF-8, and take seconds, on Python before
3.12.6, for a cookie made of backslashes.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette import requests as starlette_requests
from starlette.datastructures import URL

from ._cookies import parse_cookies
from ._paths import with_ascii_query

if TYPE_CHECKING:
    from ._session import Session

__all__ = ["Connection"]


class Connection(starlette_requests.HTTPConnection):
    """Read what came with the opening of a connection."""

    @cached_property
    def url(self) -> URL:
        """The address of the request; its host is what the client said."""
        return URL(scope=with_ascii_query(self.scope))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        found: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            if name == b"cookie":
                found |= parse_cookies(value.decode("latin-1"))
        return found

    @property
    def session(self) -> "Session":  # type: ignore[override] # a mapping that can do more
        """What the client's session holds, when sessions are on.

        Raises:
            RuntimeError: they are off.
        """
        if "session" not in self.scope:
            raise RuntimeError(
                "`req.session` needs sessions, and they are off: turn them on with "
                "`configure(app, SESSIONS=True, SECRET_KEY=...)`"
            )
        return super().session  # type: ignore[return-value] # it is what the middleware put there

    def url_for(self, name: str, /, **path_params: Any) -> str:  # type: ignore[override] # a path, where Starlette has an address
        """Return the path of a named route, below the path the application is mounted at.

        It is a path, not Starlette's absolute URL: that one would hold what the client sent as
        `Host`. Put `req.base_url` in front of it where an address is needed.

        Raises:
            ValueError: no route has that name, or the parameters are not its own.
        """
        root: str = self.scope.get("root_path", "").rstrip("/")
        path: str = self.scope["app"].url_for(name, **path_params)
        return quote(root, safe="/~!$&'()*+,;=:@") + path
