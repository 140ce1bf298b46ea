"""Streams: an async generator of the application, sent chunk by chunk."""

import inspect
from collections.abc import Coroutine
from math import inf
from typing import TYPE_CHECKING, Any

from ._delivery import Delivery
from ._draining import Draining
from ._heartbeat import EventDelivery
from ._stream import Stream, StreamFunction, describe

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

__all__ = [
    "CLEANUP_SECONDS",
    "STALL_SECONDS",
    "Stream",
    "StreamFunction",
    "make_stream",
    "send_stream",
]

CLEANUP_SECONDS = 5.0
"""How long a generator may take to finish once its client has left."""

STALL_SECONDS = 60.0
"""How long a client may take nothing before it counts as gone; or up to 2.25 times as long."""


def make_stream(
    function: Any,
    *,
    raise_on_disconnect: bool = False,
    ping: float | None = None,
    goodbye: Any = None,
) -> Stream:
    """Return the stream that an async generator function makes.

    Args:
        function: an async generator function without arguments.
        raise_on_disconnect: see `Stream`.
        ping: see `Stream`.
        goodbye: see `Stream`; text or bytes.

    Raises:
        TypeError: `function` is something else, or needs arguments; or `goodbye` is.
        ValueError: `ping` is not a number of seconds greater than 0.
    """
    if not _is_plainly_fit(function):
        _check(function)
    if ping is not None and not _is_time(ping):
        raise ValueError(f"expected seconds greater than 0, or None, for `ping`, got {ping!r}")
    if goodbye is not None and not isinstance(goodbye, str | bytes):
        raise TypeError(
            f"expected str or bytes for `goodbye`, such as `server_event(...)`, got {goodbye!r}"
        )
    last = goodbye.encode() if isinstance(goodbye, str) else goodbye
    return Stream(function, raise_on_disconnect, ping, last)


def send_stream(
    stream: Stream,
    receive: "Receive",
    send: "Send",
    *,
    start: "Message | None" = None,
    draining: Draining | None = None,
    cleanup_seconds: float = CLEANUP_SECONDS,
    stall_seconds: float = STALL_SECONDS,
) -> Coroutine[Any, Any, None]:
    """Send the body of a response from a generator, until it ends or the client leaves.

    At most one chunk waits for the transport.

    Args:
        stream: makes the generator, which runs in this task.
        receive: tells when the client leaves.
        send: takes the messages of the body.
        start: the message that starts the response, unless that is done.
        draining: ends the stream when the application is ending.
        cleanup_seconds: how long the generator may take to finish once it is being closed.
        stall_seconds: how long the client may take nothing before it counts as gone.

    Raises:
        TypeError: the generator yielded something other than text or bytes.
        Exception: what the generator raised, once it is finished.

    Cancellation:
        The generator has finished; the body is incomplete.
    """
    options: Any = {
        "draining": draining,
        "cleanup_seconds": cleanup_seconds,
        "stall_seconds": stall_seconds,
    }
    is_plain = stream.ping is None and stream.goodbye is None
    make = Delivery if is_plain else EventDelivery
    return make(stream, send, **options).run(receive, start)


def _is_time(ping: object) -> bool:
    return isinstance(ping, int | float) and not isinstance(ping, bool) and 0 < ping < inf


def _is_plainly_fit(function: Any) -> bool:
    """Tell if `function` is an async generator function that takes nothing, at a glance.

    Views make their streams anew for each request, and a full inspection takes 20 µs.
    """
    code = getattr(function, "__code__", None)
    return (
        code is not None
        and code.co_flags & inspect.CO_ASYNC_GENERATOR != 0
        and not code.co_argcount
        and not code.co_kwonlyargcount
    )


def _check(function: Any) -> None:
    """Raise a `TypeError` that teaches unless `function` makes a stream."""
    if not inspect.isasyncgenfunction(function):
        raise TypeError(
            "expected an async generator function without arguments to stream, such as "
            f"`async def feed(): yield ...`, got {_explain(function)}"
        )
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise TypeError(
            f"expected an async generator function without arguments to stream, got "
            f"{describe(function)}: {error}. Define it inside the view, where it sees the "
            "variables of the view."
        ) from None


def _explain(function: object) -> str:
    """Return what came instead of an async generator function, and what is wrong with it."""
    if inspect.isasyncgen(function):
        name = function.__name__
        return f"the generator that `{name}()` returns: pass `{name}`, without calling it"
    if inspect.iscoroutinefunction(function):
        return f"{describe(function)}, which has no `yield`"
    if inspect.isgeneratorfunction(function):
        return f"{describe(function)}, which is not async: write `async def`"
    return repr(function)
