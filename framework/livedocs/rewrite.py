"""Rewrite the documented part of a block with what really came.

Wildcards are kept where they still match, and so is the documented choice of headers.
"""

import json
from http import HTTPStatus
from typing import Any

from livedocs.compare import (
    ANY,
    WILDCARD,
    matches_body,
    matches_json,
    matches_text,
    parse_documented_json,
)
from livedocs.curl import Command, parse_curl
from livedocs.http_text import HTTPBlock
from livedocs.model import Expected, Response


def rewrite_http(block: HTTPBlock, got: Response) -> str:
    """Return an `http` block's text with the response that came."""
    assert block.expected is not None  # noqa: S101 # a block without a response is not run
    response = rewrite_response(block.expected, got, status_line=block.response_text.split("\n")[0])
    return f"{block.request_text}\n{response}"


def rewrite_response(expected: Expected, got: Response, *, status_line: str) -> str:
    """Return a documented response brought up to date."""
    if expected.status != got.status:
        status_line = f"HTTP/1.1 {got.status} {HTTPStatus(got.status).phrase}"
    lines = [status_line]
    for name, value in expected.headers:
        actual = [text for other, text in got.headers if other == name]
        kept = any(matches_text(value, text) for text in actual)
        lines += [f"{name}: {value}"] if kept else [f"{name}: {text}" for text in actual]
    body = rewrite_body(expected.body or "", got.body)
    if body and (expected.body is not None or expected.status != got.status):
        lines += ["", body]
    return "\n".join(lines) + "\n"


def rewrite_body(expected: str, got: str) -> str:
    """Return a documented body brought up to date, in the layout it had."""
    if matches_body(expected, got):
        return expected
    try:
        value = json.loads(got)
    except ValueError:
        return _rewrite_text(expected, got.rstrip("\n"))
    try:
        value = _merge(parse_documented_json(expected), value)
    except ValueError:
        return got.rstrip("\n")
    indent = 2 if "\n" in expected.strip() else None
    return (
        json.dumps(value, indent=indent, ensure_ascii=False)
        .replace(f'"{ANY}": null', WILDCARD)
        .replace(f'"{ANY}"', WILDCARD)
    )


def rewrite_console(source: str, answers: list[tuple[Command, Response]]) -> str:
    """Return a `console` block's text with the outputs that came.

    Args:
        source: The block's text.
        answers: Each `curl` command that was run, with what it got.
    """
    lines = source.rstrip("\n").split("\n")
    for command, got in reversed(answers):
        start, end = command.output_lines
        lines[start:end] = _curl_output(command, got).split("\n")
    return "\n".join(lines) + "\n"


def _curl_output(command: Command, got: Response) -> str:
    if not parse_curl(command).shows_headers:
        return rewrite_body(command.output, got.body)
    from_output = command.output.split("\n")
    headers = tuple(
        (name.strip().lower(), value.strip())
        for name, _, value in (line.partition(":") for line in from_output[1:])
        if value
    )
    shown = [name for name, _ in headers] or ["content-type"]
    lines = [f"HTTP/1.1 {got.status} {HTTPStatus(got.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in got.headers if name in shown]
    return "\n".join([*lines, "", got.body.rstrip("\n")])


def _rewrite_text(expected: str, got: str) -> str:
    documented, actual = expected.split("\n"), got.split("\n")
    if len(documented) != len(actual):
        return got
    pairs = zip(documented, actual, strict=True)
    return "\n".join(old if matches_text(old, new) else new for old, new in pairs)


def _merge(expected: Any, got: Any) -> Any:
    if matches_json(expected, got):
        return expected
    if isinstance(expected, dict) and isinstance(got, dict):
        if ANY in expected:
            kept = {key: _merge(expected[key], got[key]) for key in expected if key in got}
            return {**kept, ANY: None}
        return {key: _merge(expected.get(key), value) for key, value in got.items()}
    if isinstance(expected, list) and isinstance(got, list):
        return [
            _merge(expected[n], value) if n < len(expected) else value
            for n, value in enumerate(got)
        ]
    return got
