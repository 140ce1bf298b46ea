"""Server-sent events as a browser reads them.

Source: WHATWG HTML, section 9.2.6 (Interpreting an event stream).
"""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["EventParser", "ReceivedEvent"]

split_lines = re.compile(r"\r\n|\r|\n").split


@dataclass(frozen=True)
class ReceivedEvent:
    """Tell what a client of an event stream has got: one event.

    As in a browser, the id and the time to reconnect hold until the stream says others.

    Attributes:
        name: what browsers dispatch it as.
        data: its text.
        id: the last id that the stream has said, which is what a client that comes back sends as
            `Last-Event-ID`; empty if there was none.
        retry: after how many milliseconds a client comes back, if the stream has said so.
    """

    name: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None

    def json(self) -> Any:
        """Return the data, decoded from JSON."""
        return json.loads(self.data)


class EventParser:
    """Turn the chunks of an event stream into events, wherever they are cut.

    Attributes:
        id: the last id that the stream has said.
        retry: after how many milliseconds a client comes back, if the stream has said so.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest = ""  # of a line whose end has not come yet
        self._is_after_cr = False
        self._name = ""
        self._data: list[str] = []
        self.id = ""
        self.retry: int | None = None

    def feed(self, chunk: bytes) -> list[ReceivedEvent]:
        """Return the events that are complete with this chunk."""
        text = self._decoder.decode(chunk)
        if text:
            if self._is_after_cr:  # the line has ended already
                text = text.removeprefix("\n")
            self._is_after_cr = text.endswith("\r")
        *lines, self._rest = split_lines(self._rest + text)
        return [event for line in lines if (event := self._read(line)) is not None]

    def _read(self, line: str) -> ReceivedEvent | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self.id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)
        return None

    def _dispatch(self) -> ReceivedEvent | None:
        name, data = self._name, self._data
        self._name, self._data = "", []
        if not data:
            return None
        return ReceivedEvent(name or "message", "\n".join(data), id=self.id, retry=self.retry)
