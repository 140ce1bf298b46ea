"""Compare a response with the documented one.

`...` stands for anything: in a text any characters, as a JSON value any value, as the last item of
an array any further items, as a member of an object any further members.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from livedocs.events import CONTENT_TYPE, split_events, without_heartbeats
from livedocs.files import is_text
from livedocs.model import Expected, Frame, Response
from livedocs.session_text import Reply, short_output
from livedocs.talk_text import write_turn
from livedocs.talking import Heard

WILDCARD = "..."
ANY = "\ue000any\ue000"  # private use: cannot be meant by a page
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[{}\[\],:"]|[^\s"{}\[\],:]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a response that is not as documented.

    Attributes:
        what: `status`, `header NAME`, `body`, `output` or `line NUMBER`.
        expected: The documented text.
        got: The text that came.
    """

    what: str
    expected: str
    got: str

    def __str__(self) -> str:
        if "\n" in self.expected or "\n" in self.got:
            return f"{self.what}\n  expected:\n{_shift(self.expected)}\n  got:\n{_shift(self.got)}"
        return f"{self.what}: expected {self.expected!r}, got {self.got!r}"


def _shift(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def compare(expected: Expected, got: Response) -> list[Difference]:
    """Return what differs, in the order status, headers, body; an empty list: nothing."""
    found: list[Difference] = []
    if expected.status is not None and expected.status != got.status:
        found.append(Difference("status", str(expected.status), str(got.status)))
    for name, value in expected.headers:
        actual = [text for other, text in got.headers if other == name.lower()]
        if not any(matches_text(value, text) for text in actual):
            shown = ", ".join(actual) if actual else "no such header"
            found.append(Difference(f"header {name.lower()}", value, shown))
    is_stream = (got.header("content-type") or "").startswith(CONTENT_TYPE)
    matches = matches_events if is_stream else matches_body
    if expected.body is not None and not matches(expected.body, got.body):
        shown = got.body if is_text(got.body) else f"{got.size} bytes that are no text"
        found.append(Difference("body", expected.body, shown))
    return found


def compare_output(expected: str, got: str) -> list[Difference]:
    """Return what differs between documented and printed lines."""
    if matches_text(expected.strip("\n"), got.strip("\n")):
        return []
    return [Difference("output", expected.strip("\n"), got.strip("\n"))]


def compare_session(replies: Iterable[Reply]) -> list[Difference]:
    """Return what differs in a session with the interpreter, by the line of each prompt."""
    return [
        Difference(f"line {reply.input.line}", reply.input.output, reply.output)
        for reply in replies
        if not matches_reply(reply)
    ]


def matches_reply(reply: Reply) -> bool:
    """Tell whether an answer of the interpreter is as documented; a stack need not be."""
    return matches_text(short_output(reply.input.output), reply.output)


def matches_text(expected: str, got: str) -> bool:
    """Tell whether a text is as documented; spaces at line ends do not count.

    >>> matches_text("Bread no. ...", "Bread no. 12")
    True
    """
    return _matches(_trim(expected), _trim(got))


def _matches(expected: str, got: str) -> bool:
    parts = [re.escape(part) for part in expected.split(WILDCARD)]
    return re.fullmatch(".*".join(parts), got, re.DOTALL) is not None


def _trim(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def matches_body(expected: str, got: str) -> bool:
    """Tell whether a body is as documented: JSON is compared as JSON, else as text."""
    try:
        wanted, value = parse_documented_json(expected), json.loads(got)
    except ValueError:
        return matches_text(expected, got)
    return matches_json(wanted, value)


def matches_events(expected: str, got: str) -> bool:
    """Tell whether the events of a stream are as documented: data that is JSON as JSON."""
    is_beating = ":" in expected.split("\n")
    wanted, came = (
        split_events(without_heartbeats(f"{text}\n", kept=is_beating)) for text in (expected, got)
    )
    return len(wanted) == len(came) and all(map(_matches_event, wanted, came))


def _matches_event(expected: str, got: str) -> bool:
    wanted, came = expected.split("\n"), got.split("\n")
    if expected == WILDCARD:
        return True
    return len(wanted) == len(came) and all(map(matches_line, wanted, came))


def matches_line(expected: str, got: str) -> bool:
    """Tell whether a line of an event is as documented."""
    if expected.startswith("data: ") and got.startswith("data: "):
        return matches_body(expected.removeprefix("data: "), got.removeprefix("data: "))
    return matches_text(expected, got)


def compare_talk(heard: Iterable[Heard]) -> list[Difference]:
    """Return what differs in a conversation over WebSockets, by line."""
    return [
        Difference(
            f"line {turn.line}",
            write_turn(turn, turn.frame),
            "nothing came" if frame is None else write_turn(turn, frame),
        )
        for turn, frame in ((entry.turn, entry.frame) for entry in heard)
        if frame is None or not matches_frame(turn.frame, frame)
    ]


def matches_frame(expected: Frame, got: Frame) -> bool:
    """Tell whether what came over a WebSocket is as documented: text that is JSON as JSON."""
    if expected.kind == "any":
        return got.kind in ("text", "binary")
    if (expected.kind, expected.code) != (got.kind, got.code):
        return False
    is_shown = expected.kind in ("text", "binary") or expected.text != ""
    return not is_shown or matches_body(expected.text, got.text)


def parse_documented_json(text: str) -> Any:
    """Parse JSON in which a bare `...` may stand for a value, further items or further members.

    Raises:
        ValueError: It is not JSON.
    """
    out: list[str] = []
    stack: list[str] = []
    pieces = _TOKEN.findall(text)
    for index, piece in enumerate(pieces):
        if piece in "{[":
            stack.append(piece)
        elif piece in "}]" and stack:
            stack.pop()
        if piece == WILDCARD:
            is_member = bool(stack) and stack[-1] == "{" and pieces[index - 1] in "{,"
            out.append(f'"{ANY}": null' if is_member else f'"{ANY}"')
        else:
            out.append(piece)
    return json.loads(" ".join(out))


def matches_json(expected: Any, got: Any) -> bool:
    """Tell whether a decoded value is as documented (see `parse_documented_json`)."""
    if isinstance(expected, str):
        if expected in (ANY, WILDCARD):
            return True
        return isinstance(got, str) and _matches(expected, got)
    if isinstance(expected, dict):
        return isinstance(got, dict) and _matches_object(expected, got)
    if isinstance(expected, list):
        return isinstance(got, list) and _matches_array(expected, got)
    # JSON tells true from 1, Python does not.
    return isinstance(expected, bool) == isinstance(got, bool) and bool(expected == got)


def _matches_object(expected: dict[str, Any], got: dict[str, Any]) -> bool:
    wanted = {key: value for key, value in expected.items() if key != ANY}
    if len(wanted) == len(expected) and wanted.keys() != got.keys():
        return False
    return all(key in got and matches_json(value, got[key]) for key, value in wanted.items())


def _matches_array(expected: list[Any], got: list[Any]) -> bool:
    if expected and expected[-1] == ANY:
        expected = expected[:-1]
        got = got[: len(expected)]
    return len(expected) == len(got) and all(map(matches_json, expected, got))
