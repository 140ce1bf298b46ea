"""What each row of the table of real time asks of a framework, and how it is answered.

A probe serves an application of `apps.probed` with uvicorn, does something to it over a raw socket,
and tells in a word or two what came of it. Where something must be noticed, 0.2 s are allowed.
"""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.probed import Served
from tests.real.frames import Frames, open_frames
from tests.real.wire import Wire, connect, request

__all__ = ["PROBES", "Outcome", "Probe"]

NOTICE_SECONDS = 0.2
PATIENCE_SECONDS = 10.0  # "never" is longer than this
NEVER = "never"
STREAMS = ("/sleeping", "/busy", "/greedy")
GRACE_SECONDS = 12.0  # how long a server may take to end: what is usual, and a little more
CLEANUP_SECONDS = 0.5
FLOOD_SECONDS = 2.0
FLOOD_BYTES = 20_000_000


class Outcome(NamedTuple):
    """What came of it.

    Attributes:
        said: in words, as the table shows it.
        holds: whether it is what the row asks for; `None` where the framework has no such thing.
    """

    said: str
    holds: bool | None


class Probe(NamedTuple):
    """A line of the table.

    Attributes:
        row: its number in the table; some rows have two lines.
        title: what happens.
        run: does it.
        variant: how the application is served.
    """

    row: int
    title: str
    run: Callable[[Served], Outcome]
    variant: str = ""


def leave(path: str) -> Callable[[Served], Outcome]:
    """Leave a stream, or a plain view, where it waits."""

    def run(served: Served) -> Outcome:
        with connect(served.url) as wire:
            begin(served, wire, path)
        return noticed(served, time.monotonic())

    return run


def ask_if_gone(served: Served) -> Outcome:
    """Leave a view that asks again and again if its client has left."""
    with connect(served.url) as wire:
        wire.send(request("/polling"))
        if served.told.wait("ready", 2) is None:
            answer = wire.read()
            assert answer is not None
            assert answer.status == 404
            return Outcome("cannot ask", holds=None)
    return noticed(served, time.monotonic())


def leave_busy(path: str) -> Callable[[Served], Outcome]:
    """Leave a stream without end after some of it."""

    def run(served: Served) -> Outcome:
        with connect(served.url) as wire:
            begin(served, wire, path)
            until = time.monotonic() + 0.05
            while time.monotonic() < until:
                wire.read_chunk()
        outcome = noticed(served, time.monotonic())
        if outcome.said == NEVER and not answers(served):
            return Outcome("never: the server hangs", holds=False)
        return outcome

    return run


def answers(served: Served) -> bool:
    """Tell if others are answered."""
    with connect(served.url) as wire:
        wire.socket.settimeout(2)
        wire.send(request("/plain"))
        try:
            return wire.read() is not None
        except TimeoutError:
            return False


def begin(served: Served, wire: Wire, path: str) -> None:
    """Ask for something, and wait until it is up to the client to go on."""
    wire.send(request(path))
    if path in STREAMS:
        answer = wire.read(has_body=False)
        assert answer is not None
        assert answer.status == 200
        assert wire.read_chunk()
    assert served.told.wait("ready") is not None


def leave_socket(path: str) -> Callable[[Served], Outcome]:
    """Leave a WebSocket as a browser does whose tab is closed."""

    def run(served: Served) -> Outcome:
        with open_frames(served.url, path) as frames:
            assert served.told.wait("ready") is not None
            frames.leave(1001)
            left = time.monotonic()
            frames.socket.settimeout(1)
            try:
                while frames.hear() is not None:
                    pass
            except TimeoutError:
                pass
        return noticed(served, left)

    return run


def noticed(served: Served, left: float) -> Outcome:
    """Tell after how long what was left came to its `finally`, and if that was let end."""
    at = served.told.wait("noticed", PATIENCE_SECONDS)
    if at is None:
        return Outcome(NEVER, holds=False)
    seconds = max(at - left, 0.0)
    is_clean = served.told.wait("cleaned", CLEANUP_SECONDS) is not None
    said = format_seconds(seconds) + ("" if is_clean else ", cleanup cut")
    return Outcome(said, is_clean and seconds <= NOTICE_SECONDS)


def end_stream(served: Served) -> Outcome:
    """Tell the server to end while a client reads an event stream."""
    with connect(served.url) as wire:
        begin(served, wire, "/sleeping")
        said, holds = ended(served)
    return Outcome(said, holds)


def end_socket(served: Served) -> Outcome:
    """Tell the server to end while a WebSocket is open."""
    with open_frames(served.url, "/ws/sleeping") as frames:
        assert served.told.wait("ready") is not None
        said, holds = ended(served)
        frame = frames.hear_close()
    code = "no close frame" if frame is None else str(frame.code)
    return Outcome(f"{code}, {said}", holds and code == "1012")


def ended(served: Served) -> tuple[str, bool]:
    """Tell the server to end, and what became of the client's view or generator."""
    seconds = served.end(GRACE_SECONDS)
    if seconds is None:
        return "hangs until killed", False
    words = [word for word in served.told.words if word in ("noticed", "cleaned", "shutdown")]
    said = f"ends in {format_seconds(seconds)}"
    if "noticed" not in words:
        return f"{said}, no cleanup", False
    if "cleaned" not in words:
        return f"{said}, cleanup cut", False
    if "shutdown" in words and words.index("shutdown") < words.index("cleaned"):
        return f"{said}, cleanup after shutdown", False
    return said, "shutdown" in words


def ask_for_head(served: Served) -> Outcome:
    """Ask for the headers of an event stream, and then for something else."""
    with connect(served.url) as wire:
        wire.socket.settimeout(2)
        try:
            wire.send(request("/sleeping", method="HEAD"))
            head = wire.read(has_body=False)
        except TimeoutError:
            return Outcome("no answer", holds=False)
        assert head is not None
        if head.status != 200:
            return Outcome(str(head.status), holds=False)
        try:
            wire.send(request("/plain"))
            after = wire.read()
        except (TimeoutError, ValueError, IndexError):
            return Outcome("connection wedged", holds=False)
    if after is None:
        return Outcome("connection closed", holds=False)
    is_right = (after.status, after.body) == (200, b"plain")
    return Outcome("connection reused" if is_right else "connection mixed up", is_right)


def raise_in_view(served: Served) -> Outcome:
    """Ask for a WebSocket whose view raises."""
    with open_frames(served.url, "/ws/raising") as frames:
        frame = frames.hear_close()
    if frame is None:
        return Outcome("no close frame", holds=False)
    leaks = "secret" in frame.reason
    said = f"{frame.code}{', tells the error' if leaks else ''}"
    return Outcome(said, frame.code == 1011 and not leaks)


def refuse(served: Served) -> Outcome:
    """Ask for a WebSocket that is refused with 401."""
    frames = Frames(served.url)
    try:
        status = frames.ask("/ws/refusing").status
        frame = frames.hear_close() if status == 101 else None
    finally:
        frames.close()
    closed = f", then {frame.code}" if frame else ""
    return Outcome(f"accepted{closed}" if status == 101 else str(status), status == 401)


def stop_reading(path: str) -> Callable[[Served], Outcome]:
    """Read nothing of what comes without end."""

    def run(served: Served) -> Outcome:
        frames = Frames(served.url)
        try:
            before = served.memory()
            if path.startswith("/ws/"):
                frames.ask(path)
            else:
                frames.send(request(path))
            assert served.told.wait("ready") is not None
            time.sleep(FLOOD_SECONDS)
            grown = served.memory() - before
        finally:
            frames.close()
        return Outcome(f"+{max(grown, 0) / 1e6:.0f} MB", grown < FLOOD_BYTES)

    return run


def format_seconds(seconds: float) -> str:
    """Write seconds, or whole milliseconds, rounded up."""
    return f"{max(math.ceil(seconds * 1000), 1)} ms" if seconds < 1 else f"{seconds:.1f} s"


PROBES = {
    "stream-sleeps": Probe(1, "a generator that sleeps is left", leave("/sleeping")),
    "stream-busy": Probe(2, "a generator that yields without end is left", leave_busy("/busy")),
    "stream-greedy": Probe(2, "one that never waits, either, is left", leave_busy("/greedy")),
    "socket-sleeps": Probe(3, "a WebSocket view that sleeps is left", leave_socket("/ws/sleeping")),
    "socket-sends": Probe(
        3, "a WebSocket view that only sends is left", leave_socket("/ws/ticking")
    ),
    "view-waits": Probe(4, "a plain view that waits is left", leave("/waiting")),
    "stream-ends": Probe(5, "SIGTERM, an event stream is open", end_stream),
    "socket-ends": Probe(6, "SIGTERM, a WebSocket is open", end_socket),
    "stream-head": Probe(7, "HEAD on an event stream, then another request", ask_for_head),
    "socket-raises": Probe(8, "a WebSocket view raises", raise_in_view),
    "socket-refuses": Probe(9, "a handshake is refused with 401", refuse),
    "stream-unread": Probe(10, "a client stops reading a stream", stop_reading("/greedy")),
    "socket-unread": Probe(10, "a client stops reading a WebSocket", stop_reading("/ws/flooding")),
    "stream-wrapped": Probe(
        11, "row 1 behind middleware that does nothing", leave("/sleeping"), "wrapped"
    ),
    "view-asks": Probe(11, "a view behind it asks if its client has left", ask_if_gone, "wrapped"),
    "stream-claimed": Probe(
        12, "row 1 on a server that claims ASGI 2.4", leave("/sleeping"), "claiming"
    ),
}
"""The lines of the table, by name."""
