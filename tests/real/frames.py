"""WebSockets over a socket, frame by frame as it is written in a test.

Source: RFC 6455, sections 4 and 5.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from .wire import Answer, Wire, request

__all__ = ["BINARY", "CLOSE", "HANDSHAKE", "PING", "PONG", "TEXT", "Frame", "Frames", "open_frames"]

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FINAL = MASKED = 0x80
HANDSHAKE = (
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
)


class Frame(NamedTuple):
    """A frame of the server."""

    opcode: int
    content: bytes

    @property
    def code(self) -> int:
        """The code of a close frame; 1005 when it has none."""
        return int.from_bytes(self.content[:2]) if self.content else 1005

    @property
    def reason(self) -> str:
        """The reason of a close frame."""
        return self.content[2:].decode()


class Frames(Wire):
    """A connection on which frames are written and read."""

    def ask(self, path: str, *headers: str) -> Answer:
        """Ask for a WebSocket, and return the answer."""
        self.send(request(path, *HANDSHAKE, *headers))
        line = self.reader.readline()
        status = int(line.split()[1])
        answer = Answer(status, list(self._read_headers()), b"")
        return answer if status == 101 else answer._replace(body=self._read_body(answer))

    def say(self, content: bytes | str, opcode: int = TEXT) -> None:
        """Send one masked frame."""
        content = content.encode() if isinstance(content, str) else content
        size = len(content)
        if size < 126:
            head = bytes([FINAL | opcode, MASKED | size])
        elif size < 65536:
            head = bytes([FINAL | opcode, MASKED | 126]) + size.to_bytes(2)
        else:
            head = bytes([FINAL | opcode, MASKED | 127]) + size.to_bytes(8)
        mask = os.urandom(4)
        self.send(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(content)))

    def leave(self, code: int = 1000) -> None:
        """Send a close frame."""
        self.say(code.to_bytes(2), CLOSE)

    def hear(self) -> Frame | None:
        """Read one frame; `None` when the server has closed the connection without one."""
        try:
            head = self.reader.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(self.reader.read(2 if size == 126 else 8))
            return Frame(head[0] & 0x0F, self.reader.read(size))
        except ConnectionResetError:
            return None

    def hear_close(self) -> Frame | None:
        """Read until the close frame, which is answered; `None` if there was none."""
        while (frame := self.hear()) is not None:
            if frame.opcode == CLOSE:
                self.say(frame.content[:2], CLOSE)
                return frame
        return None


@contextlib.contextmanager
def open_frames(url: str, path: str, *headers: str) -> Iterator[Frames]:
    """Open a WebSocket, and close its connection."""
    frames = Frames(url)
    try:
        answer = frames.ask(path, *headers)
        assert answer.status == 101, answer
        yield frames
    finally:
        frames.close()
