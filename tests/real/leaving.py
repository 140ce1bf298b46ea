"""What clients do to a server over raw sockets, and how long it takes to be noticed.

The applications tell `ready` when they wait for nothing but the client, and `cleaned` in `finally`.
"""

import time

from .frames import open_frames
from .telling import Told
from .wire import connect, request

__all__ = ["see_socket_left", "see_stream_left"]

READING_SECONDS = 0.05  # how long a client reads of a stream without end before it leaves


def see_stream_left(url: str, told: Told, path: str, *, seconds: float = 5) -> float | None:
    """Leave a stream that has begun; return after how many seconds the generator is cleaned up.

    Returns:
        The seconds; `None` when it was not within the given ones.
    """
    with connect(url) as wire:
        wire.send(request(path))
        answer = wire.read(has_body=False)
        assert answer is not None
        assert answer.status == 200
        assert wire.read_chunk()
        assert told.wait("ready") is not None
        if path == "/busy":
            reading_until = time.monotonic() + READING_SECONDS
            while time.monotonic() < reading_until:
                wire.read_chunk()
    return _since(time.monotonic(), told, seconds)


def see_socket_left(
    url: str, told: Told, path: str, *, is_polite: bool = True, seconds: float = 5
) -> float | None:
    """Leave a WebSocket, with a close frame if that is polite; return as `see_stream_left`."""
    with open_frames(url, path) as frames:
        assert told.wait("ready") is not None
        left = time.monotonic()
        if is_polite:
            frames.leave(1001)
            while frames.hear() is not None:  # the server closes the connection first
                pass
    return _since(left, told, seconds)


def _since(left: float, told: Told, seconds: float) -> float | None:
    at = told.wait("cleaned", seconds)
    return None if at is None else max(at - left, 0.0)
