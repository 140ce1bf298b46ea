"""The parts of a file that a client asks for.

Source: RFC 9110, section 14.
"""

import re

__all__ = ["parse_ranges"]

MAX_RANGES = 32  # more in one request is no client that resumes, but one that wears us out

Range = tuple[int, int]

is_range = re.compile(r"([0-9]{0,19})-([0-9]{0,19})", re.ASCII).fullmatch


def parse_ranges(header: str, size: int) -> list[Range] | None:
    """Parse a Range header for content of a size, in bytes.

    Ranges that overlap or touch are joined, and all are put in order.

    Returns:
        Pairs of first byte and end (not included): `[(0, 100)]` for `bytes=0-99`; an empty list
        when none can be satisfied (416); `None` when the header is to be ignored, because it is
        malformed, counts in another unit, or asks for too many parts.
    """
    unit, _, specifiers = header.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    parts = [part.strip() for part in specifiers.split(",")]
    if len(parts) > MAX_RANGES:
        return None
    ranges = []
    for part in filter(None, parts):  # empty parts are allowed (5.6.1)
        found = is_range(part)
        if found is None or part == "-":
            return None
        first, last = found.groups()
        if first and last and int(first) > int(last):
            return None
        ranges.append(_resolve(first, last, size=size))
    if not ranges:
        return None
    return _join(sorted(pair for pair in ranges if pair[0] < pair[1]))


def _resolve(first: str, last: str, *, size: int) -> Range:
    """Return a range within the content; empty when it lies beyond it."""
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _join(ranges: list[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
