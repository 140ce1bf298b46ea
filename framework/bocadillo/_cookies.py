"""Cookies: those that a client sends, and the value of a Set-Cookie header.

Source: RFC 6265, sections 4.1 and 5.4, and its revision for SameSite and Partitioned.
"""

import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from http.cookies import SimpleCookie

__all__ = ["format_cookie", "parse_cookies"]

is_name = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
is_unsafe = re.compile(r"[\x00-\x1f\x7f;]").search

# In a quoted value: three octal digits, or any character that is meant as it is.
replace_escapes = re.compile(r"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL).sub

SAME_SITE = ("strict", "lax", "none")


def parse_cookies(header: str) -> dict[str, str]:
    """Parse a Cookie header: `a=b; theme="dark"` gives `{"a": "b", "theme": "dark"}`.

    It is lenient as browsers are: text without `=` is a cookie without a name. It takes time
    linear in the header.
    """
    cookies = {}
    for part in header.split(";"):
        name, equals, value = part.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(), value.strip()
        if name or value:
            cookies[name] = _unquote(value)
    return cookies


def _unquote(value: str) -> str:
    if len(value) < 2 or not (value[0] == value[-1] == '"'):
        return value
    return replace_escapes(
        lambda found: chr(int(found[1], 8)) if found[1] else found[2], value[1:-1]
    )


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
    if samesite is not None and samesite.lower() == "none" and not secure:
        raise ValueError(
            f"cookie {key!r} needs secure=True with samesite='none': browsers refuse it otherwise"
        )
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
