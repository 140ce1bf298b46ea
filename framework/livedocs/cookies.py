"""Keep the cookies of an example's responses, and send them when its page says so.

Source: RFC 6265, sections 5.2 to 5.4, for a single host.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from livedocs.model import Request, Response

# `cookie: session=...` on a page: the value is the one that an earlier response set.
OPEN_VALUE = re.compile(r"(?P<name>[^\s;=]+)=\.\.\.(?=;|$)")


class MissingCookieError(RuntimeError):
    """A request shows a cookie that no response has set; the text says the cure."""


@dataclass(slots=True)
class Jar:
    """The cookies that responses have set.

    Attributes:
        cookies: Their values by name and path.
    """

    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def keep(self, response: Response, *, target: str) -> None:
        """Keep what a response sets, and forget what it deletes.

        Args:
            response: What came.
            target: The path that was asked for.
        """
        for name, text in response.headers:
            if name == "set-cookie":
                self._set(text, target)

    def header(self, target: str) -> str:
        """Return the value of the header `cookie` for a path; empty: there are none."""
        path = target.partition("?")[0]
        found = [key for key in self.cookies if _covers(key[1], path)]
        found.sort(key=lambda key: -len(key[1]))
        return "; ".join(f"{key[0]}={self.cookies[key]}" for key in found)

    def value(self, name: str) -> str | None:
        """Return the value of a cookie, whatever its path; `None`: it is not set."""
        values = [value for (other, _), value in self.cookies.items() if other == name]
        return values[-1] if values else None

    def _set(self, text: str, target: str) -> None:
        pair, *rest = text.split(";")
        name, _, value = pair.strip().partition("=")
        attributes = dict(_attribute(part) for part in rest)
        path = attributes.get("path", "")
        if not path.startswith("/"):
            path = target.partition("?")[0].rpartition("/")[0] or "/"
        self.cookies.pop((name, path), None)
        if not _is_over(attributes):
            self.cookies[name, path] = value


def fill(request: Request, jar: Jar) -> Request:
    """Return a request whose cookies have the values that earlier responses set.

    >>> fill(Request("GET", "/", (("cookie", "session=..."),)), jar).headers
    (('cookie', 'session=eyJ1c2VyIjogImFkYSJ9'),)

    Raises:
        MissingCookieError: No response has set one of them.
    """

    def value(found: re.Match[str]) -> str:
        known = jar.value(found["name"])
        if known is None:
            raise MissingCookieError(
                f"no response so far has set the cookie {found['name']!r}, which this request "
                "sends: make the request that sets it first."
            )
        return f"{found['name']}={known}"

    headers = tuple(
        (name, OPEN_VALUE.sub(value, text) if name == "cookie" else text)
        for name, text in request.headers
    )
    return replace(request, headers=headers)


def add_cookies(request: Request, jar: Jar) -> Request:
    """Return a request with a jar's cookies for its path, after those that it has."""
    kept = jar.header(request.target)
    if not kept:
        return request
    own = [text for name, text in request.headers if name == "cookie"]
    others = tuple(pair for pair in request.headers if pair[0] != "cookie")
    return replace(request, headers=(*others, ("cookie", "; ".join([kept, *own]))))


def _attribute(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name.lower(), value.strip()


def _is_over(attributes: dict[str, str]) -> bool:
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return int(age) <= 0
    try:
        expires = parsedate_to_datetime(attributes["expires"])
    except (KeyError, ValueError):
        return False
    # A date with the zone `-0000` comes without one; cookies mean UTC.
    return (expires if expires.tzinfo else expires.replace(tzinfo=UTC)) <= datetime.now(UTC)


def _covers(cookie_path: str, path: str) -> bool:
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")
