"""What the pages in a preview ask the application for: requests and WebSockets, byte for byte.

Messages in: `fetch` (a request), `socket` (a handshake), `frame` (what a page says over a
WebSocket), `abandon`. Messages out: `head` (status and headers of a response, or of a handshake's
answer), `chunk` (a part of its body), `frame` (what came over a WebSocket), `over` (with the error
that broke it off, if one did). Each carries `visit`, the page's number for it; bytes are base64.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

from livedocs.asgi import Exchange
from livedocs.asgi import Message as ASGIMessage
from livedocs.conversation import Conversation
from livedocs.files import to_bytes, to_text
from livedocs.messages import request_from_json
from livedocs.model import SWITCHING, Frame, Request
from livedocs.sockets import Socket

Message = dict[str, Any]
KINDS = frozenset({"fetch", "socket"})  # messages that begin something
LIMIT = 50_000_000  # bytes of one response or WebSocket; then it is left
GOING_AWAY = 1001


class Fetch(Exchange):
    """A request whose response goes to the page while it is sent, whatever it is.

    Args:
        request: What is sent.
        tell: Sends a message about it to the page.
    """

    def __init__(self, request: Request, tell: Callable[..., None]) -> None:
        super().__init__(request)
        self._tell_page = tell
        self._size = 0

    def _tell(self) -> None:
        """Tell nothing of events: all goes to the page."""

    async def send(self, message: ASGIMessage) -> None:
        """Take the response's messages."""
        if self.has_left:
            return
        body = bytes(message.get("body", b""))
        await super().send({**message, "body": b""})
        self._chunks.clear()  # the page has them
        if message["type"] == "http.response.start" and (response := self.response) is not None:
            headers = [list(pair) for pair in response.headers]
            self._tell_page("head", status=response.status, reason=response.reason, headers=headers)
        elif body and not self._is_head:
            self._size += len(body)
            self._tell_page("chunk", data=b64encode(body).decode())
            if self._size > LIMIT:
                self.leave()


class Visits:
    """What the pages of previews have under way, by the page's numbers.

    Args:
        session: The application.
        post: Sends a message to the page.
        explain: Returns the traceback of what the application raised.
    """

    def __init__(
        self,
        session: Conversation,
        post: Callable[..., None],
        *,
        explain: Callable[[BaseException], str],
    ) -> None:
        self._session = session
        self._post = post
        self._explain = explain
        self._fetches: dict[int, Fetch] = {}
        self._sockets: dict[int, Socket] = {}

    async def live(self, message: Message) -> None:
        """Do what a `fetch` or a `socket` asks for, until either side ends it."""
        number: int = message["visit"]
        begin = self._fetch if message["type"] == "fetch" else self._connect
        error: str | None = None
        try:
            await begin(number, _request(message["request"]))
        except Exception as raised:  # noqa: BLE001 # whatever the reader's code raises is shown
            error = self._explain(raised)
        self._post("over", visit=number, error=error)

    def receive(self, message: Message) -> None:
        """Take a message about something that is under way; what has ended takes none."""
        number = message["visit"]
        socket, fetch = self._sockets.get(number), self._fetches.get(number)
        if socket is not None:
            is_over = message["type"] == "abandon"
            socket.say(Frame("close", "", GOING_AWAY) if is_over else _frame(message))
        elif fetch is not None:
            fetch.leave()

    async def _fetch(self, number: int, request: Request) -> None:
        fetch = Fetch(request, lambda kind, **fields: self._post(kind, visit=number, **fields))
        self._fetches[number] = fetch
        try:
            await fetch.run(self._session.app, self._session.state)
        finally:
            del self._fetches[number]

    async def _connect(self, number: int, request: Request) -> None:
        async with self._session.sockets() as connect:
            socket = await connect(request)
            answer = socket.handshake
            headers = [list(pair) for pair in answer.headers]
            self._post(
                "head", visit=number, status=answer.status, reason=answer.reason, headers=headers
            )
            self._sockets[number] = socket
            try:
                if answer.status == SWITCHING:
                    await self._listen(number, socket)
                    await socket.leave(1000, "")
            finally:
                del self._sockets[number]
        if socket.late_error is not None:
            raise socket.late_error

    async def _listen(self, number: int, socket: Socket) -> None:
        size = 0
        frame = Frame("any")
        while not frame.is_last:
            frame = await socket.receive()
            data = bytes.fromhex(frame.text) if frame.kind == "binary" else to_bytes(frame.text)
            size += len(data)
            fields = {"kind": frame.kind, "data": b64encode(data).decode(), "code": frame.code}
            self._post("frame", visit=number, **fields)
            if size > LIMIT:
                socket.say(Frame("close", "", GOING_AWAY))
            await asyncio.sleep(0)  # one that floods must not keep the others waiting


def _request(data: Message) -> Request:
    request = request_from_json({**data, "body": ""})
    body = to_text(b64decode(data.get("body") or ""))
    return Request(request.method, request.target, request.headers, body)


def _frame(message: Message) -> Frame:
    data = b64decode(message.get("data") or "")
    text = data.hex() if message["kind"] == "binary" else to_text(data)
    return Frame(message["kind"], text, message.get("code") or 0)
