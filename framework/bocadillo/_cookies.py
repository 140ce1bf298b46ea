"""The value of a Set-Cookie header.

Source: RFC 6265, section 4.1, and its revision for SameSite and Partitioned.
"""

import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from http.cookies import SimpleCookie

__all__ = ["format_cookie"]

is_name = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
is_unsafe = re.compile(r"[\x00-\x1f\x7f;]").search

SAME_SITE = ("strict", "lax", "none")


def format_cookie(
    key: str,
    value: str,
    *,
    max_age: int | None,
    expires: datetime | str | int | None,
    path: str | None,
    domain: str | None,
    secure: bool,
    httponly: bool,
    samesite: str | None,
    partitioned: bool,
) -> str:
    """Format a cookie: `theme=dark; Path=/; SameSite=lax`."""
    if not is_name(key):
        raise ValueError(f"expected a cookie name of letters, digits and hyphens, got {key!r}")
    if samesite is not None and samesite.lower() not in SAME_SITE:
        raise ValueError(f"expected samesite 'strict', 'lax' or 'none', got {samesite!r}")
    attributes = {
        "Domain": domain,
        "expires": None if expires is None else _format_expires(expires),
        "Max-Age": None if max_age is None else str(int(max_age)),
        "Path": path,
        "SameSite": samesite,
    }
    parts = [f"{key}={_quote(key, value)}"]
    parts += [_attribute(key, name, text=text) for name, text in attributes.items() if text]
    flags = {"HttpOnly": httponly, "Partitioned": partitioned, "Secure": secure}
    parts += [name for name, is_set in flags.items() if is_set]
    return "; ".join(parts)


def _quote(key: str, value: str) -> str:
    """Quote a value as `http.cookies` does, which is what reading `req.cookies` undoes."""
    if not isinstance(value, str):
        raise TypeError(f"expected the value of cookie {key!r} as str, got {value!r}")
    if is_unsafe(value.replace(";", "")):
        raise ValueError(f"cookie {key!r} cannot have the value {value!r}: control character")
    return SimpleCookie().value_encode(value)[1]


def _attribute(key: str, name: str, *, text: str) -> str:
    if is_unsafe(text):
        raise ValueError(
            f"cookie {key!r} cannot have {name} {text!r}: semicolons and control characters "
            "would end the attribute"
        )
    return f"{name}={text}"


def _format_expires(expires: datetime | str | int) -> str:
    """Format an IMF-fixdate: `Wed, 21 Oct 2015 07:28:00 GMT`."""
    if isinstance(expires, str):
        return expires
    if isinstance(expires, datetime):
        at = expires.astimezone(UTC)
    else:
        at = datetime.fromtimestamp(time.time() + expires, UTC)
    return format_datetime(at, usegmt=True)
