"""The session of a visitor: a dict that knows whether it was read, and whether it changed."""

import secrets
import time
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Any, Self

import msgspec

__all__ = ["Session", "SessionError", "State", "decode_state"]


class SessionError(ValueError):
    """Tell that what a session holds cannot be kept in a cookie."""


class Content(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What is kept of a session.

    Args:
        id: random.
        issued: when the session was begun or rotated, in seconds since 1970.
        data: what the application remembers.
    """

    id: str
    issued: int
    data: dict[str, Any]

    @classmethod
    def new(cls, data: dict[str, Any]) -> Self:
        """Make a content with a new identity."""
        return cls(secrets.token_urlsafe(16), int(time.time()), data)


class State:
    """A session that is open.

    Args:
        content: what it holds.
        text: what the cookie held, as JSON; empty for a new session.
        was_sent: whether the request had a cookie, valid or not.
    """

    __slots__ = ("content", "is_stale", "text", "was_sent")

    def __init__(self, content: Content, *, text: bytes, was_sent: bool) -> None:
        self.content = content
        self.text = text
        self.was_sent = was_sent
        self.is_stale = False

    @classmethod
    def new(cls, *, was_sent: bool) -> Self:
        """Open a session that holds nothing."""
        return cls(Content.new({}), text=b"", was_sent=was_sent)


decode_content = msgspec.json.Decoder(Content).decode
encode_json = msgspec.json.Encoder().encode

LONGEST_PATH = 200  # a list that holds itself has no end


def decode_state(text: bytes) -> State:
    """Open the session that a cookie held.

    Raises:
        ValueError: the text is not that of a session.
    """
    try:
        return State(decode_content(text), text=text, was_sent=True)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


class Session(MutableMapping[str, Any]):
    """Remember things of a visitor, from one request to the next, as a dict does.

    It holds what JSON holds: str, int, float, bool, None, and lists and dicts of these, under
    names that are str. A change inside of a value, such as `session["cart"].append(3)`, is
    noticed. The cookie is read when the session is first touched, and written when the response
    starts; then the session cannot be changed any more.

    Visitors can read what it holds, and a session that was copied stays valid until it expires.
    """

    __slots__ = ("_is_closed", "_load", "_state")

    def __init__(self, load: Callable[[], State]) -> None:
        self._load = load
        self._state: State | None = None
        self._is_closed = False

    @property
    def id(self) -> str:
        """A random text that is that of this session only, until it is rotated or cleared."""
        return self._open().content.id

    @property
    def issued_at(self) -> datetime:
        """When the session was begun, or last rotated."""
        return datetime.fromtimestamp(self._open().content.issued, UTC)

    @property
    def accessed(self) -> bool:
        """Whether the session was read or changed: whether the response depends on it."""
        return self._state is not None

    @property
    def modified(self) -> bool:
        """Whether the session holds something else than the cookie of the request."""
        state = self._state
        if state is None:
            return False
        return _encode(state.content) != state.text if state.content.data else bool(state.text)

    def mark_accessed(self) -> None:
        """Note that the session is read: `req.session` does so."""
        self._open()

    def rotate(self) -> None:
        """Give the session a new `id` and a new `issued_at`; keep what it holds.

        Do so where a visitor logs in, or gets other rights, so that what belongs to the session
        from before, on the server, does not belong to the one after. The cookie of before is not
        revoked: to refuse it, remember when, and compare that with `issued_at`. What the session
        held before is kept: `clear()` it first if a stranger may have put it there.
        """
        content = self._open_to_change()
        self._replace(Content.new(content.data))

    def clear(self) -> None:
        """Forget everything: the cookie is deleted, or holds a new session if more is set."""
        self._open_to_change()
        self._replace(Content.new({}))

    def close(self) -> bytes | None:
        """End the time in which the session can be changed, and return what the cookie must hold.

        The middleware calls it when the response starts.

        Returns:
            A text to sign, `b""` to delete the cookie, or `None` to leave it as it is.

        Raises:
            SessionError: the session holds what JSON cannot hold.
        """
        self._is_closed = True
        state = self._state
        if state is None:
            return None
        if not state.content.data:
            return b"" if state.was_sent else None
        text = _encode(state.content)
        return text if state.is_stale or text != state.text else None

    def __getitem__(self, key: str) -> Any:
        return self._open().content.data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"expected a name in the session as str, got {key!r}")
        self._open_to_change().data[key] = value

    def __delitem__(self, key: str) -> None:
        del self._open_to_change().data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open().content.data)

    def __len__(self) -> int:
        return len(self._open().content.data)

    def __repr__(self) -> str:
        # Names only: values are private, and representations end up in logs.
        if self._state is None:
            return "<Session: not read>"
        return f"<Session: {', '.join(self) or 'empty'}>"

    def _open(self) -> State:
        if self._state is None:
            self._state = self._load()
        return self._state

    def _open_to_change(self) -> Content:
        if self._is_closed:
            raise RuntimeError(
                "the session cannot be changed: the response has started, and its headers, which "
                "carry the cookie, are sent. Change it before streaming, or before accepting "
                "the WebSocket."
            )
        return self._open().content

    def _replace(self, content: Content) -> None:
        self._open().content = content


def _encode(content: Content) -> bytes:
    if not _reads_back([content.data]):
        raise SessionError(
            f"the session cannot keep {_find_culprit('session', content.data)}: expected what JSON "
            "holds (str, int, float, bool, None, lists, and dicts with str keys)"
        )
    return encode_json(content)


def _reads_back(value: Any) -> bool:
    """Tell if a value comes back as it was: a date would be a str in the next request."""
    try:
        return bool(msgspec.json.decode(encode_json(value)) == value)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return False


def _find_culprit(path: str, value: Any) -> str:
    """Tell where the value is that does not come back, and its type: the value may be private."""
    while True:
        inner = value if type(value) is dict else {}
        if type(value) is list:
            inner = dict(enumerate(value))
        found = [key for key in inner if not _reads_back(inner[key])]
        if not found or len(path) > LONGEST_PATH:
            return f"`{path}`, a `{type(value).__name__}`"
        path, value = f"{path}[{found[0]!r}]", inner[found[0]]
