"""Names and values of HTTP that applications and the framework share."""

from typing import Any, Final

__all__ = ["ALL_HTTP_METHODS", "CONTENT_TYPE", "DEFAULT_CORS_CONFIG", "WEBSOCKET_CLOSE_CODES"]

ALL_HTTP_METHODS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods a view can answer. TRACE and CONNECT are left out: they are always a 405."""


class CONTENT_TYPE:  # noqa: N801 - the name it has had since the first releases
    """Name the media types that the framework itself sends.

    Attributes:
        PLAIN_TEXT: that of `res.text`.
        HTML: that of `res.html`.
        JSON: that of `res.json`.
    """

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

WEBSOCKET_CLOSE_CODES: Final[dict[int, str]] = {
    1000: "Normal Closure",
    1001: "Going Away",
    1002: "Protocol Error",
    1003: "Unsupported Data",
    1005: "No Status Received",
    1006: "Abnormal Closure",
    1007: "Invalid Frame Payload Data",
    1008: "Policy Violation",
    1009: "Message Too Big",
    1010: "Mandatory Extension",
    1011: "Internal Error",
    1012: "Service Restart",
    1013: "Try Again Later",
    1014: "Bad Gateway",
    1015: "TLS Handshake",
}
"""The standard close codes of WebSockets, and what each is called (RFC 6455, section 7.4.1)."""
