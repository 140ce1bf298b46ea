"""Response headers that are checked where they are set.

A header that breaks the message framing (CR, LF, NUL) or that contradicts what the server
computes is refused at the line that sets it, not when the response is sent.

Source: RFC 9110, sections 5.1 (names), 5.5 (values) and 8.6 (Content-Length).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Self

from starlette.datastructures import MutableHeaders

__all__ = ["ResponseHeaders", "check_name", "check_value"]

is_token = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
has_control = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search

# Two sources for the length of a body are how requests get smuggled.
FRAMING = frozenset({"content-length", "transfer-encoding"})


def check_name(name: object) -> str:
    """Return `name` if it may name a response header, else raise an error that tells why."""
    if not isinstance(name, str):
        raise TypeError(f"expected a header name as str, got {name!r}")
    if not is_token(name):
        raise ValueError(f"expected a header name of letters, digits and hyphens, got {name!r}")
    if name.lower() in FRAMING:
        raise ValueError(
            f"header {name!r} is computed from the content of the response: do not set it"
        )
    return name


def check_value(name: str, value: object) -> str:
    """Return `value` if it may be the value of a header, else raise an error that tells why."""
    if not isinstance(value, str):
        raise TypeError(f"expected the value of header {name!r} as str, got {value!r}")
    if has_control(value) or not _is_latin_1(value):
        raise ValueError(
            f"header {name!r} cannot have the value {value!r}: control characters such as line "
            "breaks, and characters outside latin-1, are refused"
        )
    return value


def _is_latin_1(value: str) -> bool:
    return value.isascii() or max(value) <= "\xff"


class ResponseHeaders(MutableHeaders):
    """Hold the headers of a response: case-insensitive, duplicates kept, checked when set."""

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(check_name(key), check_value(key, value))

    def setdefault(self, key: str, value: str) -> str:
        """Set a header unless it is there already; return the value it has now."""
        return super().setdefault(check_name(key), check_value(key, value))

    def append(self, key: str, value: str) -> None:
        """Add a header beside those of the same name that are already there."""
        super().append(check_name(key), check_value(key, value))

    def update(self, other: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        """Set each of the headers given as a mapping or as pairs."""
        for key, value in other.items() if isinstance(other, Mapping) else other:
            self[key] = value

    def __ior__(self, other: Mapping[str, str]) -> Self:
        self.update(other)
        return self
