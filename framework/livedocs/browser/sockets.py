"""The WebSockets that a page has open: those of readers, and documented conversations.

What is told of them: `turn`, a line with its `way` (`+`, `>`, `<`, or `!`: it cannot be sent), its
`client`, its `kind` and its `text` as in a `websocket` block; and at the end a `response`, as of a
request.
"""

from collections.abc import Callable
from typing import Any

from livedocs.browser.programs import verdict_of
from livedocs.compare import compare_talk
from livedocs.conversation import Conversation
from livedocs.errors import MarkupError
from livedocs.model import Frame, Request, Talk, Turn
from livedocs.sockets import Socket
from livedocs.talk_text import parse_frame, write_frame
from livedocs.talking import converse, handshake_of

Post = Callable[..., None]
Message = dict[str, Any]
LIMIT = 10_000  # messages of one WebSocket; then it is left


async def perform(session: Conversation, talk: Talk, number: int, *, post: Post) -> Message:
    """Hold a documented conversation; return the verdict and the differences.

    Args:
        session: The application.
        talk: What is documented.
        number: The page's number for it.
        post: Sends a message to the page.
    """

    def show(turn: Turn, frame: Frame) -> None:
        post("turn", exchange=number, client=turn.client, **_line(turn.way, frame))

    async with session.sockets() as connect:
        heard = await converse(talk, connect, show=show)
    return verdict_of(compare_talk(heard))


class Sockets:
    """The WebSockets of readers, by the page's numbers.

    Args:
        post: Sends a message to the page.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._open: dict[int, Socket] = {}

    async def live(self, session: Conversation, request: Request, number: int) -> Message:
        """Connect a reader, and tell what comes until either side ends it.

        Raises:
            Exception: What the application raised when its reader had left.
        """
        async with session.sockets() as connect:
            socket = await connect(request)
            frame = handshake_of(socket)
            self._tell(number, "+", frame)
            self._open[number] = socket
            try:
                count = 0
                while not frame.is_last:
                    frame = await socket.receive()
                    count += 1
                    is_ours = socket.has_left and frame.kind == "close"
                    self._tell(number, ">" if is_ours else "<", frame)
                    if count == LIMIT:
                        socket.say(Frame("close", "", 1000))
            finally:
                del self._open[number]
            await socket.leave(1000, "")
        if socket.late_error is not None:
            raise socket.late_error
        return {"verdict": "undocumented", "differences": []}

    def say(self, number: int, text: str) -> None:
        """Send what a reader wrote, as in a `websocket` block; `close 1000` leaves."""
        socket = self._open.get(number)
        if socket is None:
            return
        try:
            frame = parse_frame(text, 1, comes=False)
        except MarkupError as error:
            self._tell(number, "!", Frame("text", error.message))
            return
        if frame.kind != "close":
            self._tell(number, ">", frame)
        socket.say(frame)

    def _tell(self, number: int, way: str, frame: Frame) -> None:
        self._post("turn", exchange=number, client="", **_line(way, frame))


def _line(way: str, frame: Frame) -> dict[str, str]:
    return {"way": way, "kind": frame.kind, "text": write_frame(frame)}
