"""What a view asked to stream."""

import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["Stream", "StreamFunction", "describe"]

StreamFunction = Callable[[], AsyncIterator[str | bytes]]
"""An async generator function without arguments, which yields `str` or `bytes`."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Tell what a view asked to stream.

    Attributes:
        function: makes the generator.
        raise_on_disconnect: whether the generator gets `ClientDisconnect` at its next `yield`
            when the client has left, instead of being closed at once.
        ping: after how many idle seconds an event stream gets a heartbeat; `None`: never.
        goodbye: what is sent last when the application is ending, which then ends the stream at
            once.
    """

    function: StreamFunction
    raise_on_disconnect: bool = False
    ping: float | None = None
    goodbye: bytes | None = None
    is_stream: ClassVar[bool] = True
    """What tells it from a file, which may stand in its place."""

    @property
    def label(self) -> str:
        """The name and place of the function, for messages: `` `feed` (app.py:14)``."""
        return describe(self.function)


def describe(function: Any) -> str:
    """Return the name and place of a function: `` `feed` (app.py:14)``."""
    function = inspect.unwrap(function)
    while isinstance(function, partial):
        function = inspect.unwrap(function.func)
    code = function.__code__
    return f"`{function.__qualname__}` ({Path(code.co_filename).name}:{code.co_firstlineno})"
