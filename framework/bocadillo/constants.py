"""Names and values of HTTP that applications and the framework share."""

from typing import Any, Final

__all__ = ["ALL_HTTP_METHODS", "CONTENT_TYPE", "DEFAULT_CORS_CONFIG"]

ALL_HTTP_METHODS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods a view can answer. TRACE and CONNECT are left out: they are always a 405."""


class CONTENT_TYPE:  # noqa: N801 - the name it has had since the first releases
    """Name the media types that the framework itself sends."""

    PLAIN_TEXT: Final = "text/plain"
    HTML: Final = "text/html"
    JSON: Final = "application/json"


DEFAULT_CORS_CONFIG: Final[dict[str, Any]] = {
    "allow_origins": [],
    "allow_methods": ["GET"],
    "allow_headers": [],
    "allow_credentials": False,
    "allow_origin_regex": None,
    "allow_private_network": False,
    "expose_headers": [],
    "max_age": 600,
}
"""What the setting `CORS` adds to: no origin is allowed, and no method but GET."""
