"""The security headers that responses get unless the view sets them.

Pages are not to be framed by other sites, nor to tell them their full address; text is what its
content type says, so that a browser never runs as a page what was sent as text.

Source: WHATWG Fetch, section 3.7 (X-Content-Type-Options); WHATWG HTML, section 7.6
(X-Frame-Options); Referrer Policy, section 4.
"""

from collections.abc import Iterable, Mapping

from ._headers import check_name, check_value

__all__ = ["NO_SECURITY", "RawHeaders", "SecurityHeaders", "compile_security", "secure"]

RawHeaders = list[tuple[bytes, bytes]]

NO_SNIFF = "x-content-type-options"
DEFAULTS: dict[str, str | None] = {
    NO_SNIFF: "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "DENY",
}


class SecurityHeaders:
    """The headers of HTML, and those of other content; raw, as they are sent."""

    __slots__ = ("html", "other")

    def __init__(
        self,
        html: tuple[tuple[bytes, bytes], ...] = (),
        other: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        self.html = html
        self.other = other


NO_SECURITY = SecurityHeaders()


def compile_security(setting: bool | Mapping[str, str | None]) -> SecurityHeaders:
    """Compile the setting SECURITY_HEADERS.

    Args:
        setting: `True` for the defaults, `False` for none, or a mapping that adds to the
            defaults, replaces them, and removes those whose value is `None`.

    Raises:
        TypeError: a name or value is not text.
        ValueError: it cannot be a header.
    """
    if setting is False:
        return NO_SECURITY
    given = {} if setting is True else setting
    merged = {**DEFAULTS, **{check_name(name).lower(): value for name, value in given.items()}}
    html = tuple(
        (name.encode(), check_value(name, value).encode("latin-1"))
        for name, value in merged.items()
        if value is not None
    )
    return SecurityHeaders(html, tuple(pair for pair in html if pair[0] == NO_SNIFF.encode()))


def secure(headers: Iterable[tuple[bytes, bytes]], security: SecurityHeaders) -> RawHeaders:
    """Return the headers of a response, with those added that its content type calls for."""
    given = dict(headers)
    content_type = given.get(b"content-type", b"").lower()
    if not content_type or content_type.startswith(b"application/json"):
        return [*headers]
    added = security.html if content_type.startswith(HTML_TYPES) else security.other
    return [*headers, *(pair for pair in added if pair[0] not in given)]


HTML_TYPES = (b"text/html", b"application/xhtml+xml")
