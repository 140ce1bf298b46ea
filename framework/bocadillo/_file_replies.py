"""What answers a request for a file: all of it, parts of it, or that the client has it already.

Source: RFC 9110, sections 13.2 (precedence), 14 (ranges), 15.3.7 (206), 15.4.5 (304), 15.5.13
(412) and 15.5.17 (416).
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

import msgspec

from ._conditions import Validators, evaluate, is_range_current, read_conditions
from ._ranges import Range, parse_ranges
from .errors import HTTPError

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["Content", "RawHeaders", "Reply", "compose_error", "compose_reply"]

RawHeaders = list[tuple[bytes, bytes]]

# What describes the content goes where the content goes. `content-security-policy` stays.
CONTENT_HEADERS = frozenset(
    {
        b"content-disposition",
        b"content-encoding",
        b"content-language",
        b"content-type",
    }
)

# What an error must not keep of the file: it is no state of it, and not to be stored as one.
FILE_HEADERS = CONTENT_HEADERS | {b"cache-control", b"etag", b"expires", b"last-modified"}

WITHOUT_CONTENT = frozenset({204, 205, 304})  # RFC 9110, 15.3.5, 15.3.6 and 15.4.5


@dataclass(frozen=True, slots=True)
class Content:
    """Tell what is in a file.

    Attributes:
        content_type: told by its name.
        encoding: how it is compressed, when that is not part of its type.
        size: in bytes.
        modified_ns: when it was changed, in nanoseconds since 1970.
    """

    content_type: str
    encoding: str | None
    size: int
    modified_ns: int

    @property
    def etag(self) -> str:
        """The strong tag of this state."""
        return f'"{self.modified_ns:x}-{self.size:x}{f"-{self.encoding}" if self.encoding else ""}"'

    @property
    def last_modified(self) -> str:
        """When it was changed, as headers have it."""
        return formatdate(self.modified_ns // 1_000_000_000, usegmt=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """A response whose body is made of bytes, and of ranges of a file."""

    status: int
    headers: RawHeaders
    pieces: tuple[bytes | Range, ...] = ()

    @property
    def length(self) -> int:
        """How many bytes the body has."""
        return _measure(self.pieces)


def compose_reply(scope: "Scope", headers: RawHeaders, *, status: int, content: Content) -> Reply:
    """Return what answers a request for a file.

    Conditions and ranges count for GET, conditions for HEAD, and only where the status is 200.

    Args:
        scope: the request's.
        headers: those the view has set; they win over those of the file.
        status: the one the view has set.
        content: what is in the file.
    """
    if status in WITHOUT_CONTENT:
        return Reply(status, _without(CONTENT_HEADERS, headers))
    known = [(b"content-type", content.content_type.encode("latin-1"))]
    if content.encoding is not None:
        known.append((b"content-encoding", content.encoding.encode("ascii")))
    if status != 200 or scope["method"] not in ("GET", "HEAD"):
        return _compose_whole(status, _add(headers, known), size=content.size)
    known += [
        (b"last-modified", content.last_modified.encode("ascii")),
        (b"etag", content.etag.encode("ascii")),
        (b"accept-ranges", b"bytes"),
    ]
    merged = _add(headers, known)
    if conditions := read_conditions(scope["headers"]):
        is_get = scope["method"] == "GET"
        reply = _compose_conditional(conditions, merged, size=content.size, is_get=is_get)
        if reply is not None:
            return reply
    return _compose_whole(200, merged, size=content.size)


def compose_error(error: HTTPError, headers: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """Return the answer that tells an error, with the headers that do not describe the file."""
    body = msgspec.json.encode(error.as_json())
    own = {name.lower(): value for name, value in (error.headers or {}).items()}
    own |= {"content-type": "application/json", "content-length": str(len(body))}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in own.items()]
    return Reply(error.status_code, [*_without(FILE_HEADERS, headers), *raw], (body,))


def _compose_conditional(
    conditions: dict[str, str], headers: RawHeaders, *, size: int, is_get: bool
) -> Reply | None:
    """Return what the conditions and ranges call for; `None` for the whole file."""
    texts = {name: value.decode("latin-1") for name, value in headers}
    validators = Validators(texts[b"etag"], texts[b"last-modified"])
    status = evaluate(conditions, validators)
    if status == 304:
        return Reply(304, _without(CONTENT_HEADERS, headers))
    if status is not None:
        return compose_error(HTTPError(status), headers)
    if not (is_get and "range" in conditions):
        return None
    if not is_range_current(conditions.get("if-range"), validators):
        return None
    ranges = parse_ranges(conditions["range"], size)
    if ranges is None:
        return None
    if not ranges:
        return compose_error(HTTPError(416, headers={"content-range": f"bytes */{size}"}), headers)
    return _compose_parts(headers, ranges, size=size, content_type=texts[b"content-type"])


def _compose_whole(status: int, headers: RawHeaders, *, size: int) -> Reply:
    return Reply(status, [*headers, (b"content-length", b"%d" % size)], ((0, size),))


def _compose_parts(
    headers: RawHeaders, ranges: list[Range], *, size: int, content_type: str
) -> Reply:
    pieces: tuple[bytes | Range, ...] = tuple(ranges)
    if len(ranges) == 1:
        added = [(b"content-range", _format_range(ranges[0], size))]
    else:
        boundary = secrets.token_hex(13).encode()
        pieces = _delimit(ranges, boundary, size=size, content_type=content_type)
        headers = _without(frozenset({b"content-type"}), headers)
        added = [(b"content-type", b"multipart/byteranges; boundary=" + boundary)]
    length = (b"content-length", b"%d" % _measure(pieces))
    return Reply(206, [*headers, *added, length], pieces)


def _delimit(
    ranges: list[Range], boundary: bytes, *, size: int, content_type: str
) -> tuple[bytes | Range, ...]:
    """Return the parts of a multipart body (RFC 9110, 14.6)."""
    pieces: list[bytes | Range] = []
    for pair in ranges:
        start = b"\r\n--" if pieces else b"--"
        kind = content_type.encode("latin-1")
        place = _format_range(pair, size)
        head = b"%s\r\ncontent-type: %s\r\ncontent-range: %s\r\n\r\n" % (boundary, kind, place)
        pieces += [start + head, pair]
    return (*pieces, b"\r\n--%s--\r\n" % boundary)


def _format_range(pair: Range, size: int) -> bytes:
    return b"bytes %d-%d/%d" % (pair[0], pair[1] - 1, size)


def _measure(pieces: Iterable[bytes | Range]) -> int:
    return sum(len(piece) if isinstance(piece, bytes) else piece[1] - piece[0] for piece in pieces)


def _add(headers: RawHeaders, known: RawHeaders) -> RawHeaders:
    given = {name for name, _ in headers}
    return [*headers, *(pair for pair in known if pair[0] not in given)]


def _without(names: frozenset[bytes], headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    return [pair for pair in headers if pair[0] not in names]
