"""Read the file `_headers` of the built site as a host does."""

from collections.abc import Callable, Mapping
from pathlib import Path


def headers_of(site: Path, *, report_to: str = "") -> Callable[[str], Mapping[str, str]]:
    """Return what a host sends for a path; values of several rules are joined by a comma.

    Args:
        site: The built site.
        report_to: Where browsers shall report violations; nowhere, when empty.
    """
    rules = parse((site / "_headers").read_text(encoding="utf-8"))

    def send(path: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for pattern, headers in rules:
            if matches(pattern, path.partition("?")[0]):
                for name, value in headers:
                    found[name] = f"{found[name]}, {value}" if name in found else value
        if report_to and "Content-Security-Policy" in found:
            found["Content-Security-Policy"] += f"; report-uri {report_to}"
        return found

    return send


def parse(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the patterns of paths, each with its headers."""
    rules: list[tuple[str, list[tuple[str, str]]]] = []
    for line in filter(None, text.splitlines()):
        if line.startswith(" "):
            name, _, value = line.strip().partition(": ")
            rules[-1][1].append((name, value))
        else:
            rules.append((line, []))
    return rules


def matches(pattern: str, path: str) -> bool:
    """Say whether a path is one of the pattern's, where a final `*` is anything."""
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
