"""The header that tells caches what a response depends on.

Source: RFC 9110, section 12.5.5.
"""

from starlette.datastructures import MutableHeaders

__all__ = ["add_vary"]


def add_vary(headers: MutableHeaders, name: str) -> None:
    """Add a header of requests to those that a response depends on, if it is not there yet."""
    named = [item.strip() for value in headers.getlist("vary") for item in value.split(",")]
    if "*" not in named and name.lower() not in [item.lower() for item in named]:
        headers["vary"] = ", ".join([*filter(None, named), name])
