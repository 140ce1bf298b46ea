"""Setting cookies on a response."""

from abc import abstractmethod
from datetime import datetime
from typing import Literal

from ._cookies import format_cookie
from ._headers import ResponseHeaders

__all__ = ["CookieSetter"]


class CookieSetter:
    """Set cookies in the headers of a response."""

    __slots__ = ()

    @property
    @abstractmethod
    def headers(self) -> ResponseHeaders:
        """The headers of the response."""

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        expires: datetime | str | int | None = None,
        path: str | None = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: Literal["lax", "strict", "none"] | None = "lax",
        partitioned: bool = False,
    ) -> None:
        """Ask the client to keep a cookie.

        It is kept for `max_age` seconds, or until `expires` (a date, or seconds from now); with
        neither, until the browser is closed. `domain` and `path` widen or narrow where it is
        sent; `secure` keeps it to HTTPS, `httponly` away from scripts, `samesite` away from
        requests that other sites cause, and `partitioned` to the site that embeds this one.

        Raises:
            ValueError: a part of the cookie would break out of its place in the header.
        """
        cookie = format_cookie(
            key,
            value,
            max_age=max_age,
            expires=expires,
            path=path,
            domain=domain,
            secure=secure,
            httponly=httponly,
            samesite=samesite,
            partitioned=partitioned,
        )
        self.headers.append("set-cookie", cookie)

    def delete_cookie(
        self,
        key: str,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: Literal["lax", "strict", "none"] | None = "lax",
        partitioned: bool = False,
    ) -> None:
        """Ask the client to forget a cookie, which must have been set with the same options."""
        self.set_cookie(
            key,
            max_age=0,
            expires=0,
            path=path,
            domain=domain,
            secure=secure,
            httponly=httponly,
            samesite=samesite,
            partitioned=partitioned,
        )
