"""The response, as a view builds it."""

from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ._headers import ResponseHeaders
from ._json import encode_json
from ._near_misses import ask_for_await
from ._redirects import check_target
from ._response_cookies import CookieSetter
from ._response_streams import EVENT_HEADERS, EVENTS, PLAIN_TEXT, StreamSetter
from ._security import NO_SECURITY, RawHeaders, SecurityHeaders, secure

if TYPE_CHECKING:
    from ._files import File
    from ._lifetimes import Lifetimes
    from .streaming import Stream

__all__ = ["Response"]

F = TypeVar("F", bound=Callable[..., Any])

HTML = (b"content-type", b"text/html; charset=utf-8")
JSON = (b"content-type", b"application/json")
BINARY = (b"content-type", b"application/octet-stream")

CONTENT_HEADERS = frozenset(
    {b"content-type", b"content-encoding", b"content-language", b"content-range"}
)

# Making this header anew costs 4 % of a small response.
LENGTHS = {size: (b"content-length", b"%d" % size) for size in range(256)}

WITHOUT_CONTENT = frozenset({204, 205, 304})  # RFC 9110, 15.3.5, 15.3.6 and 15.4.5


class Response(CookieSetter, StreamSetter):
    """Build the response to a request.

    Set `text`, `html`, `json`, `content`, a file, a stream or a redirect: the last one set wins.
    What cannot be sent is refused where it is set, with a `TypeError` or a `ValueError`.

    Attributes:
        chunked: whether the length is left out, so that HTTP/1.1 servers send chunks.
        lifetimes: for the framework: what the providers of the view have set up, while it runs.
        source: for the framework: the file or stream that the content comes from.
        tasks: for the framework: what runs after the response is sent.
    """

    __slots__ = {
        "_content": "The content, unless it comes from a source.",
        "_content_type": "The content type that goes with the content, as a header.",
        "_headers": "The headers, once they were asked for.",
        "_status_code": "The status.",
        "chunked": "Whether the length is left out, so that HTTP/1.1 servers send chunks.",
        "lifetimes": "What the providers of its view have set up, while the view runs.",
        "source": "The file or stream that the content comes from, for what sends it.",
        "tasks": "What runs after the response is sent.",
    }

    def __init__(self) -> None:
        self._content = b""
        self._status_code = 200
        self._content_type: tuple[bytes, bytes] | None = None
        self._headers: ResponseHeaders | None = None
        self.lifetimes: Lifetimes  # set where it is read
        self.chunked = False
        self.source: File | Stream | None = None
        self.tasks: list[Callable[[], Any]] | None = None

    @property
    def status_code(self) -> int:
        """The status, 200 unless set; informational ones (1xx) are no final response."""
        return self._status_code

    @status_code.setter
    def status_code(self, value: int) -> None:
        if not isinstance(value, int) or not 200 <= value <= 599:
            raise ValueError(f"expected a status from 200 to 599, got {value!r}")
        self._status_code = int(value)

    @property
    def headers(self) -> ResponseHeaders:
        """The headers: case-insensitive, with duplicates such as Set-Cookie kept.

        The content type is one of them; the length of the content is computed when it is sent.
        """
        if self._headers is None:
            raw = [] if self._content_type is None else [self._content_type]
            if self._content_type is EVENTS:
                raw += EVENT_HEADERS
            self._headers = ResponseHeaders(raw=raw)
        return self._headers

    @property
    def content(self) -> bytes:
        """The content as it will be sent. Setting text makes it plain text, in UTF-8.

        A content type that was set in `headers` stays.
        """
        return self._content

    @content.setter
    def content(self, value: str | bytes) -> None:
        try:
            self._content = value if isinstance(value, bytes) else value.encode()
        except AttributeError:
            _refuse_value("content", value, expected="str or bytes")
        self.source = None
        if self._is_content_type_ours():
            self._content_type = BINARY if isinstance(value, bytes) else PLAIN_TEXT
            self._update_headers()

    @property
    def text(self) -> str:
        """Set the content to plain text."""
        _refuse_reading("text")

    @text.setter
    def text(self, value: str) -> None:
        try:
            self._content = value.encode()
        except AttributeError:
            _refuse_value("text", value)
        self._content_type = PLAIN_TEXT
        self.source = None
        if self._headers is not None:
            self._update_headers()

    @property
    def html(self) -> str:
        """Set the content to HTML."""
        _refuse_reading("html")

    @html.setter
    def html(self, value: str) -> None:
        try:
            self._content = value.encode()
        except AttributeError:
            _refuse_value("html", value)
        self._content_type = HTML
        self.source = None
        if self._headers is not None:
            self._update_headers()

    @property
    def json(self) -> Any:
        """Set the content to JSON, from all that msgspec encodes: dict, list, dataclass, date."""
        _refuse_reading("json")

    @json.setter
    def json(self, value: Any) -> None:
        self._content = encode_json(value)
        self._content_type = JSON
        self.source = None
        if self._headers is not None:
            self._update_headers()

    def _is_content_type_ours(self) -> bool:
        """Tell if the content type is none, or that of the content set before: not the view's."""
        given = None if self._headers is None else self._headers.get("content-type")
        ours = self._content_type
        return given is None or (ours is not None and given == ours[1].decode("ascii"))

    def _update_headers(self) -> None:
        if self._headers is not None and self._content_type is not None:
            self._headers["content-type"] = self._content_type[1].decode("ascii")

    def _set_source(self, source: "File | Stream", content_type: tuple[bytes, bytes]) -> None:
        self._content = b""
        self.source = source
        if self._is_content_type_ours():
            self._content_type = content_type
            self._update_headers()
        if content_type is EVENTS and self._headers is not None:
            for name, value in EVENT_HEADERS:
                self._headers.setdefault(name.decode(), value.decode())

    @property
    def attachment(self) -> str:
        """Set the name under which browsers save the content, instead of showing it."""
        _refuse_reading("attachment")

    @attachment.setter
    def attachment(self, filename: str) -> None:
        self.headers["content-disposition"] = _format_disposition(filename)

    async def file(self, path: str | PathLike[str], attach: bool = True) -> None:
        """Send a file, or the parts of it that the client asks for.

        Args:
            path: where the file is; a relative one is relative to the working directory.
            attach: whether browsers save it under its name, instead of showing it.

        Raises:
            HTTPError: 404 when there is no such file.
        """
        from ._files import find_file  # noqa: PLC0415 - most applications send none

        file = await find_file(path)
        self._set_source(file, (b"content-type", file.content_type.encode("latin-1")))
        if attach:
            self.headers.setdefault("content-disposition", _format_disposition(file.name))

    @property
    def is_stream(self) -> bool:
        """Whether the content comes from a stream, which is made while it is sent."""
        return self.source is not None and self.source.is_stream

    def redirect(self, url: str, permanent: bool = False, external: bool = False) -> None:
        """Send the client elsewhere, with status 302, or 301 for good.

        Args:
            url: a path such as `/todos`, or a reference relative to the current address.
            permanent: whether clients may remember it: 301.
            external: whether `url` may be an address of another site. Never pass what the
                client sent then.

        Raises:
            ValueError: `url` leads to another site, or a browser could read it so.
        """
        self.headers["location"] = check_target(url, external=external)
        self.status_code = 301 if permanent else 302
        self._content = b""
        self.source = None

    def background(self, func: F, *args: Any, **kwargs: Any) -> F:
        """Run a function after the response is sent: `res.background(func, *args, **kwargs)`.

        It is a decorator, too. Functions run in order; one that raises is logged, and does not
        stop the next. A plain function runs in a thread.

        Raises:
            TypeError: `func` is not callable.
        """
        if not callable(func):
            raise TypeError(f"expected a function to run, and not its result, got {func!r}")
        task = partial(func, *args, **kwargs) if args or kwargs else func
        self.tasks = [*(self.tasks or ()), task]
        return func

    def encode(self, security: SecurityHeaders = NO_SECURITY) -> tuple[int, RawHeaders, bytes]:
        """Return status, headers and body, ready to be sent; headers are those of a GET.

        Args:
            security: the headers that a content type calls for, unless they are set.
        """
        status, content = self._status_code, self._content
        content_type = self._content_type
        if self._headers is not None or content_type is None:
            headers = [] if self._headers is None else secure(self._headers.raw, security)
        elif content_type is JSON:
            headers = [JSON]
        elif content_type is PLAIN_TEXT:
            headers = [PLAIN_TEXT, *security.other]
        elif content_type is EVENTS:  # headers that are asked for take half a KiB as long as it is
            headers = [EVENTS, *EVENT_HEADERS, *security.other]
        else:
            headers = secure([content_type], security)
        if status != 200 and status in WITHOUT_CONTENT:
            return status, _without_content(headers), b""
        if self.source is None and not self.chunked:
            size = len(content)
            headers.append(LENGTHS.get(size) or (b"content-length", b"%d" % size))
        return status, headers, content


def _format_disposition(filename: str) -> str:
    from ._dispositions import format_disposition  # noqa: PLC0415 - most applications have none

    return format_disposition(filename)


def _without_content(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    return [(name, value) for name, value in headers if name not in CONTENT_HEADERS]


def _refuse_value(member: str, value: object, *, expected: str = "str") -> NoReturn:
    message = f"expected {expected} for `res.{member}`, got {value!r}{ask_for_await(value)}"
    raise TypeError(message) from None


def _refuse_reading(member: str) -> NoReturn:
    raise AttributeError(f"`res.{member}` can only be set; read `res.content`")
