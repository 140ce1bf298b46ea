"""Conditional requests: whether a client has what it asks for already, or expects another state.

Source: RFC 9110, section 13 (conditions, and their precedence in 13.2.2) and 8.8 (validators).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["Validators", "evaluate", "is_range_current", "read_conditions"]

NAMES = frozenset(
    {
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"range",
    }
)

find_tags = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"').findall


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of some content from another, as their headers have it."""

    etag: str
    last_modified: str


def read_conditions(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers of a request that make it conditional or partial, each as one value."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        if raw_name in NAMES:
            name, value = raw_name.decode(), raw_value.decode("latin-1").strip()
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def evaluate(conditions: dict[str, str], validators: Validators) -> int | None:
    """Return the status that the conditions of a GET or HEAD call for, `None` to go on.

    Returns:
        412 when the content is not in the state the client expects; 304 when it is still the one
        the client has.
    """
    if (tags := conditions.get("if-match")) is not None:
        if not _matches(tags, validators.etag, is_strong=True):
            return 412
    elif _is_newer(validators, than=conditions.get("if-unmodified-since")):
        return 412
    if (tags := conditions.get("if-none-match")) is not None:
        return 304 if _matches(tags, validators.etag, is_strong=False) else None
    is_newer = _is_newer(validators, than=conditions.get("if-modified-since"))
    return 304 if is_newer is False else None


def is_range_current(if_range: str | None, validators: Validators) -> bool:
    """Tell if the client's parts of the content go with the present state of it (13.1.5)."""
    if if_range is None:
        return True
    if if_range.endswith('"'):
        return if_range == validators.etag and not if_range.startswith("W/")
    return if_range == validators.last_modified


def _matches(tags: str, etag: str, *, is_strong: bool) -> bool:
    if tags == "*":
        return True
    if is_strong:
        return etag in find_tags(tags) and not etag.startswith("W/")
    return etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in find_tags(tags)]


def _is_newer(validators: Validators, *, than: str | None) -> bool | None:
    """Tell if the content changed after a date; `None` when there is none that can be read."""
    date, modified = _parse_date(than), _parse_date(validators.last_modified)
    return None if date is None or modified is None else modified > date


def _parse_date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
