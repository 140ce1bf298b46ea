"""Names and values of HTTP that applications and the framework share."""

from typing import Final

__all__ = ["ALL_HTTP_METHODS", "CONTENT_TYPE"]

ALL_HTTP_METHODS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods a view can answer. TRACE and CONNECT are left out: they are always a 405."""


class CONTENT_TYPE:  # noqa: N801 - the name it has had since the first releases
    """Name the media types that the framework itself sends."""

    PLAIN_TEXT: Final = "text/plain"
    HTML: Final = "text/html"
    JSON: Final = "application/json"
