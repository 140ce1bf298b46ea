"""A compressed stream over a real socket: each chunk is there before the next one is made."""

import socket
import threading
import zlib
from typing import Any

import pytest

from bocadillo import App, LiveServer, Request, Response, configure

pytestmark = pytest.mark.real


def read_until_eof(connection: socket.socket, wanted: bytes) -> bytes:
    """Read and decompress a chunked response until its text holds what is wanted."""
    received, text, body = b"", b"", b""
    while wanted not in text:
        piece = connection.recv(65536)
        assert piece, f"the connection ended before {wanted!r}: {text!r}"
        received += piece
        head, mark, rest = received.partition(b"\r\n\r\n")
        if not mark:
            continue
        assert b"content-encoding: gzip" in head.lower()
        body = dechunk(rest)
        text = zlib.decompressobj(31).decompress(body)
    return text


def dechunk(data: bytes) -> bytes:
    """Return what the complete chunks hold."""
    body = b""
    while (end := data.find(b"\r\n")) > 0:
        size = int(data[:end], 16)
        if size == 0 or len(data) < end + 4 + size:
            break
        body += data[end + 2 : end + 2 + size]
        data = data[end + 4 + size :]
    return body


@pytest.mark.parametrize("http", ["h11", "httptools"])
def test_compressed_chunk_arrives_before_the_next_one_is_made(http: str) -> None:
    go_on = threading.Event()
    app = configure(App(), gzip=True)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.headers["content-type"] = "text/plain"

        @res.stream
        async def lines() -> Any:
            import anyio

            yield "first line\n"
            assert await anyio.to_thread.run_sync(go_on.wait, 5)
            yield "second line\n"

    with LiveServer(app, http=http) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n")
            assert read_until_eof(connection, b"first line\n") == b"first line\n"
            go_on.set()
