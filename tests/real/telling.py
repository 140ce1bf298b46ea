"""What an application tells while it is served, from another thread or another process."""

import threading
import time

__all__ = ["Told"]


class Told:
    """Keep what is told, and when.

    Attributes:
        lines: what was told, and the seconds of the monotonic clock, which all processes share.
    """

    def __init__(self) -> None:
        self.lines: list[tuple[str, float]] = []
        self._condition = threading.Condition()

    def tell(self, what: str, at: float | None = None) -> None:
        """Take note of something that happens, or happened at a time."""
        with self._condition:
            self.lines.append((what, time.monotonic() if at is None else at))
            self._condition.notify_all()

    @property
    def words(self) -> list[str]:
        """What was told, without the times."""
        return [what for what, _ in self.lines]

    def wait(self, what: str, seconds: float = 5, *, count: int = 1) -> float | None:
        """Wait until something was told a number of times, and return when; `None`: it was not."""
        with self._condition:
            self._condition.wait_for(lambda: self.words.count(what) >= count, seconds)
            times = [at for word, at in self.lines if word == what]
        return times[count - 1] if len(times) >= count else None
