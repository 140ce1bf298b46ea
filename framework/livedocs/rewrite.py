"""Rewrite the documented part of a block with what really came.

Wildcards are kept where they still match, and so is the documented choice of headers.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from livedocs.collect import Block
from livedocs.compare import (
    ANY,
    WILDCARD,
    matches_body,
    matches_frame,
    matches_json,
    matches_line,
    matches_reply,
    matches_text,
    parse_documented_json,
)
from livedocs.console import Command
from livedocs.curl import expected_output, parse_curl
from livedocs.events import split_events, without_heartbeats
from livedocs.http_text import HTTPBlock
from livedocs.model import Expected, Frame, Response, Talk, Turn
from livedocs.session_text import Reply, Session, short_output
from livedocs.talk_text import write_turn
from livedocs.talking import Heard


def rewrite_http(block: HTTPBlock, got: Response) -> str:
    """Return an `http` block's text with the response that came."""
    assert block.expected is not None  # noqa: S101 # a block without a response is not run
    response = rewrite_response(block.expected, got, status_line=block.response_text.split("\n")[0])
    return f"{block.request_text}\n{response}"


def rewrite_sse(block: HTTPBlock, got: Response) -> str:
    """Return an `sse` block's text with the events that came."""
    return f"{block.request_text}\n{_rewrite_events(block.response_text, got.body)}\n"


def _rewrite_events(expected: str, got: str) -> str:
    came = without_heartbeats(got, kept=":" in expected.split("\n"))
    events = zip_longest(split_events(expected), split_events(came))
    return "\n\n".join(_rewrite_event(old, new) for old, new in events if new is not None)


def _rewrite_event(expected: str | None, got: str) -> str:
    lines = got.split("\n")
    documented = (expected or "").split("\n")
    if expected == WILDCARD:
        return expected
    if len(documented) != len(lines):
        return got
    pairs = zip(documented, lines, strict=True)
    return "\n".join(old if matches_line(old, new) else new for old, new in pairs)


def rewrite_talk(talk: Talk, heard: Iterable[Heard]) -> str:
    """Return a `websocket` block's text with what came; what could not be said goes."""
    lines = talk.source.rstrip("\n").split("\n")
    took_place = {entry.turn.line: entry for entry in heard}
    for turn in reversed(talk.turns):
        entry = took_place.get(turn.line)
        start, end = turn.line - talk.line, turn.end - talk.line
        if entry is None or entry.frame is None:
            del lines[start:end]
        elif not matches_frame(turn.frame, entry.frame):
            kept = lines[start:end] if turn.way == "+" else []
            lines[start:end] = [*kept, _rewrite_turn(turn, entry.frame)]
    return "\n".join(lines) + "\n"


def _rewrite_turn(turn: Turn, got: Frame) -> str:
    is_alike = turn.frame.kind == got.kind and got.kind in ("text", "denied")
    text = rewrite_body(turn.frame.text, got.text) if is_alike else got.text
    return write_turn(turn, replace(got, text=text))


def rewrite_session(session: Session, replies: Iterable[Reply]) -> str:
    """Return a `pycon` block's text with the answers that came."""
    lines = session.source.rstrip("\n").split("\n")
    for reply in reversed(list(replies)):
        start, end = reply.input.output_lines
        if matches_reply(reply):
            continue
        output = _rewrite_text(short_output(reply.input.output), reply.output)
        lines[start:end] = output.split("\n") if output else []
    return "\n".join(lines) + "\n"


def rewrite_response(expected: Expected, got: Response, *, status_line: str) -> str:
    """Return a documented response brought up to date."""
    if expected.status != got.status:
        status_line = f"HTTP/1.1 {got.status} {got.reason}".rstrip()
    lines = [status_line]
    for name in dict.fromkeys(name for name, _ in expected.headers):
        values = [value for other, value in expected.headers if other == name]
        lines += [f"{name}: {value}" for value in _rewrite_values(values, name, got)]
    body = rewrite_body(expected.body or "", got.body)
    if body and (expected.body is not None or expected.status != got.status):
        lines += ["", body]
    return "\n".join(lines) + "\n"


def _rewrite_values(values: list[str], name: str, got: Response) -> list[str]:
    actual = [text for other, text in got.headers if other == name]
    if all(any(matches_text(value, text) for text in actual) for value in values):
        return values
    return [next((value for value in values if matches_text(value, text)), text) for text in actual]


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


def rewrite_console(source: str, outputs: list[tuple[Command, str]]) -> str:
    """Return a `console` block's text with the outputs that came.

    Args:
        source: The block's text.
        outputs: Each command whose output is out of date, in order, with what it should be.
    """
    lines = source.rstrip("\n").split("\n")
    for command, output in reversed(outputs):
        start, end = command.output_lines
        lines[start:end] = output.split("\n") if output else []
    return "\n".join(lines) + "\n"


def curl_output(command: Command, got: Response, files: Mapping[str, str]) -> str:
    """Return what a `curl` command should show.

    Args:
        command: The command with its documented output.
        got: The response that came, as it is printed.
        files: The files of its example.
    """
    curl = parse_curl(command, files)
    if curl.manner.events is not None:
        return _rewrite_events(command.output, got.body)
    if not curl.shows_headers:
        return rewrite_body(command.output, got.body)
    status_line = command.output.split("\n")[0]
    return rewrite_response(expected_output(command, curl), got, status_line=status_line).rstrip(
        "\n"
    )


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
        is_open = expected[-1:] == [ANY]
        head = expected[:-1] if is_open else expected
        merged = [_merge(old, new) for old, new in zip(head, got, strict=False)]
        return [*merged, ANY] if is_open else [*merged, *got[len(head) :]]
    return got


def replace_blocks(text: str, updates: Mapping[Block, str]) -> str:
    """Return a page's text with other contents in its blocks; the rest keeps every character.

    Args:
        text: The page with its own line ends.
        updates: The new source of each block.
    """
    lines = text.split("\n")
    for block in sorted(updates, key=lambda block: block.line, reverse=True):
        end = "\r" if lines[block.line - 1].endswith("\r") else ""
        new = updates[block].removesuffix("\n").split("\n")
        new = [f"{block.indent}{line}".rstrip() + end for line in new]
        lines[block.line : block.end_line - 1] = new
    return "\n".join(lines)
