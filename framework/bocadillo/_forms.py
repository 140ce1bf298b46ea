"""Forms: from the body of a request to fields and uploaded files, within limits.

What is malformed is a 400, what exceeds a limit a 413, what is no form a 415.

Source: RFC 7578 (multipart/form-data), WHATWG URL, section 5.1 (urlencoded).
"""

import re
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette import datastructures
from starlette.datastructures import FormData, Headers

from ._dispositions import safe_filename
from ._limits import Limits
from .errors import HTTPError

__all__ = ["FormReading", "UploadFile", "close_files", "read_form"]

# Names of charsets as clients write them, and as Python does.
CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
EXPECTED = "`multipart/form-data` or `application/x-www-form-urlencoded`"
SPOOL_SIZE = 1024 * 1024

is_boundary = re.compile(rb"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]").fullmatch


class UploadFile(datastructures.UploadFile):
    """A file of a form: read it, in memory up to 1 MiB, on the disk above.

    It is Starlette's: `filename`, `content_type`, `size`, `headers`, `await read()`,
    `await seek()`; `file` is the plain file object. It is closed when the request ends.
    """

    @property
    def safe_filename(self) -> str:
        """The name without folders and control characters, fit to be a name on this disk."""
        return safe_filename(self.filename or "", fallback="file")


async def read_form(
    content_type: str | None, chunks: AsyncIterator[bytes], *, limits: Limits
) -> FormData:
    """Read a form of either kind. Its files must be closed; on an error they are.

    Raises:
        HTTPError: 400, 413 or 415.
    """
    kind, parameters = parse_options_header(content_type)
    charset = _find_charset(parameters)
    if kind == b"application/x-www-form-urlencoded":
        return FormData(await _read_urlencoded(chunks, charset, limits=limits))
    if kind == b"multipart/form-data":
        boundary = parameters.get(b"boundary", b"")
        if not is_boundary(boundary):
            raise HTTPError(400, "The boundary of the form is missing or malformed.")
        return FormData(await _read_multipart(chunks, boundary, reader=_Reader(charset, limits)))
    shown = "none" if content_type is None else f"`{content_type}`"
    raise HTTPError(415, f"Expected content type {EXPECTED}, got {shown}")


class FormReading:
    """A form to be read: await it, or enter it, which also closes its files at the end."""

    def __init__(self, read: Callable[[], Coroutine[Any, Any, FormData]]) -> None:
        self._read = read

    def __await__(self) -> Generator[Any, None, FormData]:
        return self._read().__await__()

    async def __aenter__(self) -> FormData:
        return await self

    async def __aexit__(self, *_: object) -> None:
        close_files(await self)

    if not TYPE_CHECKING:  # pragma: no branch - or any name would be right

        def __getattr__(self, name: str) -> NoReturn:
            """Tell that the form is not read yet."""
            raise AttributeError(f"a form must be read before its `{name}`: `await req.form()`")

        def __getitem__(self, name: str) -> NoReturn:
            """Tell that the form is not read yet."""
            raise TypeError(f"a form must be read before its field {name!r}: `await req.form()`")


def close_files(form: FormData) -> None:
    """Close all files of a form; it waits for nothing, so that no cancellation can stop it."""
    for _, value in form.multi_items():
        if isinstance(value, datastructures.UploadFile):
            value.file.close()


async def _read_urlencoded(
    chunks: AsyncIterator[bytes], charset: str, *, limits: Limits
) -> list[tuple[str, str | datastructures.UploadFile]]:
    """Decode the fields as they come: of the body, no more than a field is kept.

    Empty ones are left out, but they count: a body of separators takes its time, too.
    """
    fields: list[tuple[str, str | datastructures.UploadFile]] = []
    rest = bytearray()
    count = 0

    def take(field: bytes) -> None:
        nonlocal count
        count += 1
        _check_count(count, limits.max_fields, what="field")
        _check_size(len(field), limits)
        if field:
            name, _, value = field.replace(b"+", b" ").partition(b"=")
            fields.append((_unquote(name, charset), _unquote(value, charset)))

    async for chunk in chunks:
        first, *others = chunk.split(b"&")
        rest += first
        for part in others:
            take(bytes(rest))
            rest = bytearray(part)
        _check_size(len(rest), limits)
    if rest:
        take(bytes(rest))
    return fields


async def _read_multipart(
    chunks: AsyncIterator[bytes], boundary: bytes, *, reader: "_Reader"
) -> list[tuple[str, str | datastructures.UploadFile]]:
    parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type] # a TypedDict
    try:
        async for chunk in chunks:
            parser.write(chunk)
            for upload, data in reader.writes:
                await upload.write(data)
            reader.writes.clear()
        reader.check_end()
        for upload in reader.uploads:
            await upload.seek(0)
    except BaseException as error:
        for upload in reader.uploads:
            upload.file.close()
        if isinstance(error, FormParserError):
            raise HTTPError(400, "The form is malformed.") from None
        raise
    return reader.items


class _Reader:
    """Collect what the parser of multipart bodies finds, part by part."""

    def __init__(self, charset: str, limits: Limits) -> None:
        self.charset = charset
        self.limits = limits
        self.items: list[tuple[str, str | datastructures.UploadFile]] = []
        self.uploads: list[UploadFile] = []
        self.writes: list[tuple[UploadFile, bytes]] = []  # to the disk, perhaps: not in a callback
        self.is_complete = False
        self._begin_part()

    def callbacks(self) -> dict[str, Any]:
        """Return the functions that the parser calls, by its names of the events."""
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_to_header_name,
            "on_header_value": self._add_to_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._add_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def check_end(self) -> None:
        """Refuse a form that was cut short."""
        if not self.is_complete:
            raise HTTPError(400, "The form ends before its closing boundary.")

    def _begin_part(self) -> None:
        self._headers: list[tuple[bytes, bytes]] = []
        self._header_name = self._header_value = b""
        self._name = ""
        self._field: bytearray | None = None  # of a part that is no file

    def _add_to_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_to_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers.append((self._header_name.lower(), self._header_value))
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        headers = Headers(raw=self._headers)
        kind, options = parse_options_header(headers.get("content-disposition"))
        if kind != b"form-data" or b"name" not in options:
            raise HTTPError(400, "A part of the form is not `form-data` with a name.")
        self._name = _decode(options[b"name"], self.charset)
        if b"filename" not in options:
            self._field = bytearray()
            count = len(self.items) - len(self.uploads) + 1
            _check_count(count, self.limits.max_fields, what="field")
            return
        _check_count(len(self.uploads) + 1, self.limits.max_files, what="file")
        filename = _decode(options[b"filename"], self.charset)
        file: Any = tempfile.SpooledTemporaryFile(max_size=SPOOL_SIZE)  # noqa: SIM115 - the form closes it
        self.uploads.append(UploadFile(file, size=0, filename=filename, headers=headers))

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self.writes.append((self.uploads[-1], data[start:end]))
        else:
            _check_size(len(self._field) + end - start, self.limits)
            self._field += data[start:end]

    def _end_part(self) -> None:
        if self._field is None:
            self.items.append((self._name, self.uploads[-1]))
        else:
            _, parameters = parse_options_header(Headers(raw=self._headers).get("content-type"))
            charset = _find_charset(parameters, default=self.charset)
            self.items.append((self._name, _decode(bytes(self._field), charset)))

    def _end(self) -> None:
        self.is_complete = True


def _find_charset(parameters: dict[bytes, bytes], *, default: str = "utf-8") -> str:
    given = parameters.get(b"charset")
    if given is None:
        return default
    name = given.decode("latin-1")
    try:
        return CHARSETS[name.lower()]
    except KeyError:
        raise HTTPError(
            415, f"Expected charset `utf-8`, `us-ascii` or `iso-8859-1`, got `{name}`"
        ) from None


def _unquote(text: bytes, charset: str) -> str:
    return _decode(unquote_to_bytes(text), charset)


def _decode(text: bytes, charset: str) -> str:
    try:
        return text.decode(charset)
    except UnicodeDecodeError:
        raise HTTPError(400, f"The form is not valid {charset.upper()}.") from None


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_field_size:
        raise HTTPError(413, f"A field of the form is larger than {limits.max_field_size} bytes.")


def _check_count(count: int, limit: float, *, what: str) -> None:
    if count > limit:
        raise HTTPError(413, f"The form has more than {limit} {what}{'' if limit == 1 else 's'}.")
