"""Files: found, read in threads, and sent.

A small file, or part of one, is read and sent at once. A larger one is a stream of its pieces, so
that a client that leaves is noticed. Either way the file is closed before the request ends.
"""

import io
import os
import stat
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from ._file_replies import Content, RawHeaders, Reply, compose_error, compose_reply
from ._media_types import guess_content_type
from ._ranges import Range
from ._threads import run_in_thread
from .errors import HTTPError
from .streaming import Stream, send_stream

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["File", "find_file", "look_up", "send_file", "send_reply"]

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """Tell which file to send, and as what.

    Attributes:
        path: where it is.
        name: how it is called, without its folder.
        content_type: told by the name.
        encoding: how it is compressed, when that is not part of its type.
    """

    path: Path
    name: str
    content_type: str
    encoding: str | None = None
    is_stream: ClassVar[bool] = False


async def find_file(path: str | os.PathLike[str]) -> File:
    """Return the file at a path.

    Raises:
        HTTPError: 404 when there is none, or it cannot be read.
    """
    file = await run_in_thread(look_up, Path(path))
    if file is None:
        raise HTTPError(404)
    return file


def look_up(path: Path) -> File | None:
    """Return the file at a path; `None` when there is none that can be read. It blocks."""
    try:
        is_readable = stat.S_ISREG(path.stat().st_mode) and os.access(path, os.R_OK)
    except (OSError, ValueError):  # a name that no file can have is a ValueError
        return None
    return File(path, path.name, guess_content_type(path.name)) if is_readable else None


async def send_file(
    file: File,
    *,
    status: int,
    headers: RawHeaders,
    scope: "Scope",
    receive: "Receive",
    send: "Send",
) -> None:
    """Answer a request with a file, with parts of it, or with a 304, 404, 412 or 416.

    Args:
        file: which one, as what.
        status: the one the view has set; ranges and conditions count only where it is 200.
        headers: those the view has set, which win over those of the file.
        scope: the request's.
        receive: tells when the client leaves.
        send: the server's.

    Raises:
        RuntimeError: the file became shorter while it was sent.
        OSError: it could not be read any more.

    Cancellation:
        The file is closed; the response may have been sent in part.
    """
    reader = _Reader(file.path)
    try:
        found = await run_in_thread(reader.open)
        if found is None:
            reply = compose_error(HTTPError(404), headers)
        else:
            content = Content(file.content_type, file.encoding, found.st_size, found.st_mtime_ns)
            reply = compose_reply(scope, headers, status=status, content=content)
        if scope["method"] == "HEAD" or not reply.pieces:
            await send_reply(reply, send, body=b"")
        elif reply.length <= CHUNK_BYTES:
            body = await run_in_thread(reader.read, reply.pieces)
            await send_reply(reply, send, body=body)
        else:
            await _send_large(reply, reader, receive=receive, send=send)
    finally:
        reader.close()


async def send_reply(reply: Reply, send: "Send", *, body: bytes) -> None:
    """Send a response whose body is at hand; a client that is gone is not an error."""
    try:
        await send(_start(reply))
        await send({"type": "http.response.body", "body": body})
    except OSError:
        return


async def _send_large(reply: Reply, reader: "_Reader", *, receive: "Receive", send: "Send") -> None:
    async def chunks() -> AsyncGenerator[bytes, None]:
        for piece in reply.pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            for start in range(*piece, CHUNK_BYTES):
                part = start, min(start + CHUNK_BYTES, piece[1])
                yield await run_in_thread(reader.read, (part,))

    try:
        await send(_start(reply))
    except OSError:
        return
    await send_stream(Stream(chunks), receive, send)


def _start(reply: Reply) -> dict[str, object]:
    return {"type": "http.response.start", "status": reply.status, "headers": reply.headers}


class _Reader:
    """A file that is read in threads, and closed whatever becomes of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: io.BufferedReader | None = None
        self.is_closed = False

    def open(self) -> os.stat_result | None:
        """Open the file; return its state, `None` when it is not there any more. It blocks."""
        try:
            file = self.path.open("rb")
        except OSError:
            return None
        self.file = file
        if self.is_closed:  # nobody waits for this thread any more
            file.close()
            return None
        return os.fstat(file.fileno())

    def read(self, pieces: Sequence[bytes | Range]) -> bytes:
        """Return pieces in one. It blocks."""
        return b"".join(
            piece if isinstance(piece, bytes) else self.read_range(*piece) for piece in pieces
        )

    def read_range(self, start: int, end: int) -> bytes:
        """Return a part of the file. It blocks."""
        file = cast("io.BufferedReader", self.file)  # it was opened
        file.seek(start)
        data = file.read(end - start)
        if len(data) < end - start:
            raise RuntimeError(f"the file {str(self.path)!r} became shorter while it was sent")
        return data

    def close(self) -> None:
        """Close the file, once a thread that still reads from it has read its chunk."""
        self.is_closed = True
        if self.file is not None:
            self.file.close()
