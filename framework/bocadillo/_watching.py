"""Watching a WebSocket view, whose client may leave at any moment.

The view runs in one task, the listener in another. When the client has left:

    the view                                  what happens
    ----------------------------------------  ---------------------------------------------------
    waits in `receive`                        gets WebSocketDisconnect there
    waits in `send`                           gets WebSocketDisconnect there, after 0.1 s at most
    receives what the client said before      gets WebSocketDisconnect after the last of it
    received something, and handles it        is cancelled, unless it comes back within 0.1 s
    never received                            is cancelled at once
    was told by WebSocketDisconnect           ends as it likes
    has ended                                 nothing

The cancellation is that of asyncio, raised once, so that what the view awaits in `finally` works as
usual; it is taken back (`Task.uncancel`) when the view has ended. A deadline runs from the
cancellation on: past it, the view is cancelled again, until it gives in. The same happens when the
application is ending, and has closed the WebSocket.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocketDisconnect

from ._sockets import Socket

__all__ = ["CLEANUP_SECONDS", "LINGER_SECONDS", "Watch"]

LINGER_SECONDS = 0.1
"""How long a view may take to come back to a client that has left."""

CLEANUP_SECONDS = 5.0
"""How long a view that was cancelled may take to end."""

logger = logging.getLogger("bocadillo")


class Watch:
    """Look after the view that runs in the current task.

    Args:
        socket: the view's.
        label: how messages name the view.
    """

    __slots__ = (
        "_cancellations",
        "_failure",
        "_has_cancelled",
        "_is_over",
        "_is_told",
        "_label",
        "_others",
        "_socket",
        "_task",
        "_timer",
    )

    def __init__(self, socket: Socket, label: str) -> None:
        self._socket = socket
        self._label = label
        self._task: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment] # there is one
        self._others = self._task.cancelling()
        self._cancellations = 0  # ours, until they are taken back
        self._has_cancelled = False
        self._failure: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_told = False
        self._is_over = False
        socket.watcher = self

    def leave(self, failure: Exception | None) -> None:
        """Let the view end, as nobody is there whom it could talk to, or the server failed."""
        if self._is_over or self._is_told or self._is_cancelled_by_others():
            return
        if self._timer is not None:  # it ends already: its cleanup is not cancelled
            return
        self._failure = failure
        if self._socket.was_read or self._socket.is_sending:
            self._set_timer(LINGER_SECONDS, self._check, len(self._socket.unread))
        else:
            self._cancel()

    @property
    def has_cancelled(self) -> bool:
        """Whether the view was cancelled because its client has left."""
        return self._has_cancelled

    def tell(self) -> None:
        """Take note that the view knows, if it is the view that asks."""
        if asyncio.current_task() is self._task and not self._cancellations:
            self._is_told = True
            self._stop_timer()

    def take_back(self) -> bool:
        """Take back our cancellation, if the view was cancelled by nothing else."""
        is_ours = asyncio.current_task() is self._task and self._is_cancelled_by_us_alone()
        if is_ours:
            self._uncancel()
        return is_ours

    def settle(self, error: BaseException | None) -> BaseException | None:
        """End the watch when the view has ended, and return what it is to have ended with.

        Args:
            error: what the view raised, if anything.
        """
        self._is_over = True
        self._socket.watcher = None  # it refers to this
        is_ours = self._is_cancelled_by_us_alone()
        if self._failure is not None and not self._is_cancelled_by_others():
            error = self._failure
        elif is_ours and (error is None or isinstance(error, asyncio.CancelledError)):
            error = WebSocketDisconnect(self._socket.code, self._socket.reason)
        elif self._is_cancelled_by_others() and error is None:
            error = asyncio.CancelledError()  # the view kept it to itself
        self._uncancel()
        return error

    def _check(self, unread: int) -> None:
        """Cancel a view that has received nothing since the check before this one."""
        if len(self._socket.unread) < unread:
            self._set_timer(LINGER_SECONDS, self._check, len(self._socket.unread))
        else:
            self._cancel()

    def _cancel(self) -> None:
        self._cancellations += 1
        self._has_cancelled = True
        self._task.cancel()
        self._set_timer(CLEANUP_SECONDS, self._cut)

    def _cut(self) -> None:
        logger.error(
            "%s was cut: it had not ended %g seconds after its client left",
            self._label,
            CLEANUP_SECONDS,
        )
        self._cancel()

    def _uncancel(self) -> None:
        self._stop_timer()
        for _ in range(self._cancellations):
            self._task.uncancel()
        self._cancellations = 0

    def _is_cancelled_by_us_alone(self) -> bool:
        return self._cancellations > 0 and not self._is_cancelled_by_others()

    def _is_cancelled_by_others(self) -> bool:
        return self._task.cancelling() > self._others + self._cancellations

    def _set_timer(self, seconds: float, function: Callable[..., None], *args: Any) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, function, *args)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
