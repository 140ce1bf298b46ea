r"""Read and write `websocket` blocks: who connects, what is said, and how it ends.

    /echo                    a path connects a client; headers may follow
    > hello                  the client says something
    < You said 'hello'.      this must come from the application
    < close 1000             the application closes; `> close 1000`: the client leaves
    < denied 403             the handshake is refused, perhaps with a body
    > 0x00ff                 bytes

With several clients, each has a name: `ada /chat`, `ada> hello`, `bob< hello`. A line that begins
with spaces goes on with the message above it. A backslash makes text of what is none: `> \close`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from livedocs.errors import MarkupError
from livedocs.http_text import HEADER_LINE, METHODS
from livedocs.model import Frame, Request, Talk, Turn

WILDCARD = Frame("any")
OPENING = re.compile(r"(?:(?P<client>[A-Za-z]\w*)[ ]+)?(?P<target>/\S*)$")
SPEECH = re.compile(r"(?P<client>[A-Za-z]\w*)?(?P<way>[<>])(?: (?P<text>.*))?$", re.DOTALL)
BINARY = re.compile(r"0x(?P<digits>(?:[0-9a-fA-F]| |\.\.\.)*)$")
CLOSE = re.compile(r"close(?: (?P<code>\d+)(?: (?P<text>.*))?)?$")
DENIED = re.compile(r"denied(?: (?P<code>\d+)(?:\s(?P<text>.*))?)?$", re.DOTALL)
ACCEPTED = re.compile(r"accepted(?: (?P<text>\S+))?$")
# RFC 6455, section 7.4: the codes that may be sent.
CLOSE_CODES = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
UNSAID = frozenset({1005, 1006})  # what a client knows that was told none
STATUSES = range(300, 600)
EXAMPLE = (
    "`> hello` (the client says it), `< hello` (the application does) or a path such as `/chat`"
)


def parse_talk(source: str, line: int) -> Talk:
    """Parse a `websocket` block.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: It is no conversation that could take place.
    """
    reader = _Reader()
    for number, end, text in _entries(source.rstrip("\n").split("\n"), line):
        reader.read(text, number, end)
    return Talk(tuple(reader.turns), source, line)


def _entries(lines: list[str], line: int) -> Iterator[tuple[int, int, str]]:
    """Yield what stands in lines of its own, with its first line and the one after its last."""
    start, entry, end = line, "", line
    for number, text in enumerate(lines, start=line):
        speech = SPEECH.match(entry)
        if text.startswith(" ") and speech is not None:
            width = len(speech["client"] or "") + len("> ")
            indent = min(width, len(text) - len(text.lstrip(" ")))
            entry += "\n" * (number - end + 1) + text[indent:]
            end = number + 1
        elif text.strip():
            if entry:
                yield start, end, entry
            start, entry, end = number, text.rstrip(), number + 1
    yield start, end, entry


class _Reader:
    """Reads line by line, and knows which clients are connected."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._open: dict[str, bool] = {}  # whether something was said, by the client's name

    def read(self, text: str, line: int, end: int) -> None:
        speech, opening = SPEECH.match(text), OPENING.match(text)
        if speech is not None:
            self._say(speech, line, end)
        elif opening is not None:
            self._connect(opening, line, end)
        elif (header := HEADER_LINE.match(text)) is not None:
            self._add(header, line, end)
        else:
            raise MarkupError(
                f"expected {EXAMPLE}, got {text!r}. "
                "A further line of a message begins with spaces.",
                line,
            )

    def _connect(self, found: re.Match[str], line: int, end: int) -> None:
        client = found["client"] or ""
        if client in METHODS:
            raise MarkupError(
                f"a WebSocket has no method: write the path alone, `{found['target']}`.", line
            )
        if client in self._open:
            who = f"the client {client!r}" if client else "a client without a name"
            raise MarkupError(
                f"{who} is connected already: give each its own name, as in "
                f"`ada {found['target']}`, and then `ada> hello`.",
                line,
            )
        self._open[client] = False
        self.turns.append(Turn("+", client, line, end, request=Request("GET", found["target"])))

    def _add(self, found: re.Match[str], line: int, end: int) -> None:
        last = self.turns[-1] if self.turns else None
        if last is None or last.request is None or last.end != line:
            raise MarkupError(
                f"a header stands right below the path that it is sent with, got {found[0]!r}.",
                line,
            )
        headers = (*last.request.headers, (found["name"].lower(), found["value"].strip()))
        self.turns[-1] = replace(last, end=end, request=replace(last.request, headers=headers))

    def _say(self, found: re.Match[str], line: int, end: int) -> None:
        client, way = found["client"] or "", found["way"]
        if client not in self._open:
            raise MarkupError(self._unknown(client), line)
        frame = parse_frame(found["text"] or "", line, comes=way == "<")
        if frame.kind in ("accepted", "denied") and self._open[client]:
            raise MarkupError(
                f"a handshake is {frame.kind} before anything is said: write that line right below "
                f"the path. `\\{frame.kind}` would be the text.",
                line,
            )
        self._open[client] = True
        self.turns.append(Turn(way, client, line, end, frame))
        if frame.is_last:
            del self._open[client]

    def _unknown(self, client: str) -> str:
        if any(turn.client == client for turn in self.turns):
            who = f"the client {client!r}" if client else "the client"
            return f"{who} is not connected any more: write a path above to connect it again."
        known = ", ".join(f"`{name}`" for name in self._open if name)
        if not client and known:
            return f"which client is it ({known})? Write its name first, as in `ada> hello`."
        opening = f"{client} /chat".strip()
        return f"nobody has connected here: begin with a path, as in `{opening}`."


def parse_frame(text: str, line: int, *, comes: bool) -> Frame:
    r"""Parse what is said.

    >>> parse_frame("close 1000 bye", 1, comes=True)
    Frame(kind='close', text='bye', code=1000)

    Args:
        text: What follows `> ` or `< `.
        line: 1-based line of the page.
        comes: It comes from the application: then there are handshakes and `...`, too.

    Raises:
        MarkupError: A code or bytes are none.
    """
    if comes and text == "...":
        return WILDCARD
    if found := CLOSE.match(text):
        return _with_code("close", found, line, CLOSE_CODES | (UNSAID if comes else set()))
    if (found := BINARY.match(text)) and (comes or "." not in text):
        digits = found["digits"].replace(" ", "").lower()
        if len(digits.replace("...", "")) % 2:
            raise MarkupError(
                f"expected two digits for each byte, as in `0x00ff`, got {text!r}; `\\{text}` would"
                " be the text.",
                line,
            )
        return Frame("binary", digits)
    if comes and (found := DENIED.match(text)):
        return _with_code("denied", found, line, STATUSES)
    if comes and (found := ACCEPTED.match(text)):
        return Frame("accepted", found["text"] or "")
    return Frame("text", text.removeprefix("\\"))


def _with_code(
    kind: str, found: re.Match[str], line: int, codes: "frozenset[int] | range"
) -> Frame:
    code = int(found["code"] or 0)
    if code not in codes:
        what = "a code, as in `close 1000`" if kind == "close" else "a status, as in `denied 403`"
        raise MarkupError(
            f"expected {what}, got {found[0]!r}; `\\{found[0]}` would be the text.", line
        )
    return Frame(kind, found["text"] or "", code)


def write_frame(frame: Frame) -> str:
    r"""Write what is said, so that it can be read again.

    >>> write_frame(Frame("text", "close 1000"))
    '\\close 1000'
    """
    if frame.kind == "any":
        return "..."
    if frame.kind == "binary":
        return f"0x{frame.text}"
    if frame.kind == "text":
        patterns = (CLOSE, BINARY, DENIED, ACCEPTED, re.compile(r"\\"))
        return "\\" * any(pattern.match(frame.text) for pattern in patterns) + frame.text
    code = [str(frame.code)] if frame.code else []
    return " ".join([frame.kind, *code, *([frame.text] if frame.text else [])])


def write_turn(turn: Turn, frame: Frame) -> str:
    """Write a line with what is said in it, further lines indented as those of its block."""
    start = f"{turn.client}{'<' if turn.way == '+' else turn.way}"
    text = write_frame(frame).replace("\n", f"\n{' ' * (len(start) + 1)}")
    return f"{start} {text}".rstrip()
