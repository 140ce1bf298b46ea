"""Attending to a client while a plain view works: when it leaves, the view is cancelled.

A route asks for it with `cancel_on_disconnect=True`. It costs a task for each request, so that it
is not the default; streams and WebSockets notice by themselves.

    the view, when the client has left        what happens
    ----------------------------------------  ---------------------------------------------------
    waits for more of the body                gets ClientDisconnect there
    waits for something else                  is cancelled; past a deadline, again and again
    has ended                                 nothing

Nothing is sent then, and the error that providers see is ClientDisconnect. What the view has in
`finally` may await as usual.

Source: ASGI specification, HTTP Connection Scope (Disconnect).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING

from ._beside import start_beside, stop_beside
from ._deadlines import Deadline
from .errors import ClientDisconnect
from .requests import Request
from .responses import Response
from .views import ViewFunction

if TYPE_CHECKING:
    from starlette.types import Message, Receive

__all__ = ["CLEANUP_SECONDS", "attend"]

CLEANUP_SECONDS = 5.0
"""How long a view that was cancelled may take to end."""

READ_AHEAD_BYTES = 65536

logger = logging.getLogger("bocadillo")


def attend(function: ViewFunction, place: str) -> ViewFunction:
    """Return a view that is cancelled when its client leaves.

    Args:
        function: the view.
        place: how messages name it.
    """

    @wraps(function)
    async def attended(
        request: Request, response: Response, *args: object, **kwargs: object
    ) -> object:
        ears = Ears(request._receive)  # noqa: SLF001 - it stands in for the server
        request._receive = ears.receive  # noqa: SLF001 - it does from here on
        call = partial(function, request, response, *args, **kwargs)
        with Deadline(CLEANUP_SECONDS, partial(_warn, place), is_waiting=True) as deadline:
            result = await _call_while_listening(call, ears, deadline)
        if deadline.is_over:
            raise ears.failure or ClientDisconnect
        return result

    return attended  # type: ignore[return-value] # what it returns is refused by what calls it


async def _call_while_listening(
    call: Callable[[], Awaitable[object]], ears: "Ears", deadline: Deadline
) -> object:
    listener = start_beside(ears.listen(deadline.cut))
    try:
        return await call()
    finally:
        ears.is_over = True
        failure = await stop_beside(listener)
        if failure is not None:
            raise failure


class Ears:
    """Ask the server for messages ahead of the view, and so notice when the client leaves.

    No more than `READ_AHEAD_BYTES` of the body, and one message, are kept: a view that leaves a
    larger body unread does not get to know.

    Attributes:
        failure: an error of the server.
        is_over: whether the view has ended: nothing is to be told any more.
    """

    def __init__(self, receive: "Receive") -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._size = 0
        self._is_gone = False
        self._reader: asyncio.Future[None] | None = None
        self._resting: asyncio.Future[None] | None = None
        self.failure: Exception | None = None
        self.is_over = False

    async def receive(self) -> "Message":
        """Return the next message, as the server would."""
        if not self._messages and not self._is_gone:
            if self.is_over:
                return await self._receive()
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._messages:
            return {"type": "http.disconnect"}
        message = self._messages.pop(0)
        self._size -= len(message.get("body", b""))
        _wake(self._resting)
        return message

    async def listen(self, leave: Callable[[], None]) -> None:
        """Read ahead until the client leaves; then tell the view that reads, or else call `leave`.

        An `OSError` of the server is the client's leaving.
        """
        try:
            is_whole = False
            while (message := await self._receive())["type"] != "http.disconnect":
                if is_whole:  # some servers repeat an empty body, and at once
                    await asyncio.sleep(0)
                    continue
                is_whole = not message.get("more_body", False)
                self._messages.append(message)
                self._size += len(message.get("body", b""))
                _wake(self._reader)
                while self._size > READ_AHEAD_BYTES:
                    self._resting = asyncio.get_running_loop().create_future()
                    await self._resting
        except OSError:
            pass
        except Exception as error:  # noqa: BLE001 - raised where the view is called
            self.failure = error
        self._is_gone = True
        if self._reader is not None and self.failure is None:
            _wake(self._reader)
        else:
            leave()


def _wake(future: "asyncio.Future[None] | None") -> None:
    if future is not None and not future.done():
        future.set_result(None)


def _warn(place: str) -> None:
    logger.error(
        "%s was cut: it had not ended %g seconds after its client left", place, CLEANUP_SECONDS
    )
