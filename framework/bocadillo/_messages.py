"""Messages of WebSockets: from what the server hands over to values, and back.

type       a text message            a bytes message        sent as
"text"     str                       refused, 1003          text
"bytes"    refused, 1003             bytes                  bytes
"json"     any JSON; else 1007       refused, 1003          text
a type     a value of it; else 1007  refused, 1003          text: JSON
"event"    the server's message      the server's message   the message

Source: RFC 6455, sections 5.6 and 7.4.1.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ._bodies import compile_body, decode_json
from ._json import encode_json
from ._near_misses import ask_for_await, find_near_miss
from .errors import HTTPError

if TYPE_CHECKING:
    from starlette.types import Message

__all__ = [
    "BYTES_OF_REASON",
    "Decode",
    "Encode",
    "RefusedMessage",
    "check_close",
    "compile_decoder",
    "compile_encoder",
    "decode_any_json",
    "decode_binary_json",
    "decode_bytes",
    "decode_event",
    "decode_text",
    "encode_as_json",
    "encode_bytes",
    "encode_text",
]

Decode = Callable[["Message"], Any]
Encode = Callable[[Any], "Message"]

BYTES_OF_REASON = 123  # RFC 6455, section 5.5: a control frame has 125, the code takes two
SENDABLE = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014})
OWN_CODES = range(3000, 5000)

WRONG_FRAME, WRONG_DATA = 1003, 1007


class RefusedMessage(Exception):  # noqa: N818 - it is no error of the application
    """Tell that a message is not what was expected.

    Args:
        code: what the WebSocket is to be closed with.
        errors: what is wrong, by the path of the field.
    """

    def __init__(self, code: int, errors: dict[str, str]) -> None:
        self.code = code
        self.errors = errors
        super().__init__(code, errors)

    @property
    def reason(self) -> str:
        """What is wrong, in as many bytes as a close frame can hold."""
        lines = [f"{path}: {text}" if path else text for path, text in self.errors.items()]
        encoded = "; ".join(lines).encode("utf-8", "replace")
        if len(encoded) <= BYTES_OF_REASON:
            return encoded.decode()
        return encoded[: BYTES_OF_REASON - 3].decode("utf-8", "ignore") + "…"


def check_close(code: object, reason: object) -> None:
    """Refuse what cannot be sent in a close frame.

    Raises:
        ValueError: the code may not be sent, or the reason is too long.
        TypeError: the reason is not text.
    """
    if type(code) is not int or (code not in SENDABLE and code not in OWN_CODES):
        raise ValueError(
            "expected a close code that may be sent, such as 1000, or one of your own from 4000 "
            f"to 4999, got {code!r}"
        )
    if reason is None:
        return
    if not isinstance(reason, str):
        raise TypeError(f"expected the reason of a close as str, got {reason!r}")
    if len(reason.encode()) > BYTES_OF_REASON:
        raise ValueError(
            f"expected a reason of at most {BYTES_OF_REASON} bytes in UTF-8, got "
            f"{len(reason.encode())}: {reason!r}"
        )


def decode_text(message: "Message") -> str:
    """Return the text of a message."""
    text: str | None = message.get("text")
    if text is None:
        raise RefusedMessage(WRONG_FRAME, {"": "Expected text, got bytes"})
    return text


def decode_bytes(message: "Message") -> bytes:
    """Return the bytes of a message."""
    content: bytes | None = message.get("bytes")
    if content is None:
        raise RefusedMessage(WRONG_FRAME, {"": "Expected bytes, got text"})
    return content


def decode_any_json(message: "Message") -> Any:
    """Return the JSON of a message, whatever it is."""
    return _decode(decode_json, decode_text(message))


def decode_binary_json(message: "Message") -> Any:
    """Return the JSON of a message of bytes."""
    try:
        text = decode_bytes(message).decode()
    except UnicodeDecodeError:
        raise RefusedMessage(WRONG_DATA, {"": "The text is not UTF-8."}) from None
    return decode_any_json({"text": text})


def decode_event(message: "Message") -> "Message":
    """Return a message as it is."""
    return message


def encode_text(value: Any) -> "Message":
    """Return the message that sends text.

    Raises:
        TypeError: it is not text.
    """
    if not isinstance(value, str):
        raise TypeError(
            "expected str to send as text (`send_json` and `send_bytes` send other things), got "
            f"{value!r}{ask_for_await(value)}"
        )
    return {"type": "websocket.send", "text": value}


def encode_bytes(value: Any) -> "Message":
    """Return the message that sends bytes.

    Raises:
        TypeError: they are not bytes.
    """
    if not isinstance(value, bytes):
        raise TypeError(f"expected bytes to send, got {value!r}{ask_for_await(value)}")
    return {"type": "websocket.send", "bytes": value}


def encode_as_json(value: Any) -> "Message":
    """Return the message that sends JSON.

    Raises:
        TypeError: it cannot be encoded.
    """
    return {"type": "websocket.send", "text": encode_json(value).decode()}


DECODERS: dict[str, Decode] = {
    "text": decode_text,
    "bytes": decode_bytes,
    "json": decode_any_json,
    "event": decode_event,
}
ENCODERS: dict[str, Encode | None] = {
    "text": encode_text,
    "bytes": encode_bytes,
    "json": encode_as_json,
    "event": None,  # what it does, its type tells
}
NAMES: dict[Any, str] = {str: "text", bytes: "bytes"}


def compile_decoder(kind: Any) -> Decode:
    """Return what decodes messages of a type.

    Raises:
        ValueError: there is no type of that name.
        TypeError: JSON cannot be decoded into such a type.
    """
    name = _name(kind)
    return DECODERS[name] if name else _compile_typed(kind)


def compile_encoder(kind: Any) -> Encode | None:
    """Return what encodes messages of a type; `None` for `"event"`.

    Raises:
        ValueError: there is no type of that name.
    """
    return ENCODERS[_name(kind) or "json"]


@lru_cache(maxsize=256)
def _compile_typed(kind: Any) -> Decode:
    decode = compile_body(kind)
    return lambda message: _decode(decode, decode_text(message))


def _decode(decode: Callable[[bytes], Any], text: str) -> Any:
    try:
        return decode(text.encode())
    except HTTPError as error:
        detail = error.detail
        errors = detail if isinstance(detail, dict) else {"": str(detail)}
    except UnicodeEncodeError:  # a lone surrogate, which no server should let through
        errors = {"": "The text is not Unicode."}
    raise RefusedMessage(WRONG_DATA, errors)


def _name(kind: Any) -> str | None:
    kind = NAMES.get(kind, kind) if isinstance(kind, type) else kind
    if not isinstance(kind, str):
        return None
    if kind not in DECODERS:
        near = find_near_miss(kind, DECODERS)
        cure = f" Did you mean {near!r}?" if near else ""
        raise ValueError(
            "expected the type of messages as 'text', 'bytes', 'json', 'event', or a type such "
            f"as a msgspec.Struct, got {kind!r}.{cure}"
        )
    return kind
