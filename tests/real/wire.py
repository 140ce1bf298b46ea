"""HTTP/1.1 over a socket, byte by byte as it is written in a test."""

import contextlib
import socket
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Answer", "Wire", "connect", "request"]


class Answer(NamedTuple):
    """What a server answered: the headers as they were sent, names in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str | None:
        """Return the value of a header; of several, all of them."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None


def request(target: str, *headers: str, method: str = "GET", host: str | None = "shop") -> bytes:
    """Write the head of a request; latin-1, so that any byte can be in it."""
    lines = [f"{method} {target} HTTP/1.1", *([] if host is None else [f"host: {host}"]), *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Wire:
    """A connection, to which anything can be written."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.reader = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        # A server that refuses a request closes the connection while it is being sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def read(self, *, has_body: bool = True) -> Answer | None:
        """Read one response, and not a byte more; `None` when the server closed instead."""
        try:
            line = self.reader.readline()
            while line.startswith(b"HTTP/1.1 100"):
                self.reader.readline()
                line = self.reader.readline()
            if not line:
                return None
            headers = list(self._read_headers())
            answer = Answer(int(line.split()[1]), headers, b"")
            return answer._replace(body=self._read_body(answer)) if has_body else answer
        except ConnectionResetError:
            return None

    def read_chunk(self) -> bytes:
        """Read one chunk of a body; the last is empty."""
        size = int(self.reader.readline(), 16)
        return self.reader.read(size + 2)[:size]

    def _read_headers(self) -> Iterator[tuple[str, str]]:
        while line := self.reader.readline().decode("latin-1").removesuffix("\r\n"):
            name, _, value = line.partition(": ")
            yield name.lower(), value

    def _read_body(self, answer: Answer) -> bytes:
        if answer.status in (204, 304):
            return b""
        if answer.get("transfer-encoding") != "chunked":
            length = answer.get("content-length")
            return self.reader.read(None if length is None else int(length))
        return b"".join(iter(self.read_chunk, b""))

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


@contextlib.contextmanager
def connect(url: str) -> Iterator[Wire]:
    """Open a connection, and close it."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()
