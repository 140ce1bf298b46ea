import asyncio
import contextlib
import errno
import tempfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from bocadillo import HTTPError
from bocadillo._forms import FormReading, UploadFile, close_files, read_form
from bocadillo._limits import Limits

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=cut"


async def give(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(content_type: str | None, *chunks: bytes, **limits: Any) -> FormData:
    return await read_form(content_type, give(*chunks), limits=Limits(**limits))


async def refuse(content_type: str | None, *chunks: bytes, **limits: Any) -> tuple[int, Any]:
    with pytest.raises(HTTPError) as caught:
        await read(content_type, *chunks, **limits)
    return caught.value.status_code, caught.value.detail


def part(disposition: str, data: bytes = b"", *headers: str) -> bytes:
    lines = [f"Content-Disposition: {disposition}", *headers, "", ""]
    return b"--cut\r\n" + "\r\n".join(lines).encode() + data + b"\r\n"


def field(name: str, data: bytes = b"", *headers: str) -> bytes:
    return part(f'form-data; name="{name}"', data, *headers)


def file(name: str, data: bytes = b"", *headers: str) -> bytes:
    return part(f'form-data; name="f"; filename="{name}"', data, *headers)


END = b"--cut--\r\n"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the temporary files that the test opens."""
    files: list[Any] = []
    make = tempfile.SpooledTemporaryFile

    def note(**options: Any) -> Any:
        files.append(make(**options))
        return files[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", note)
    return files


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"", []),
        (b"&&", []),
        (b"a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        (b"a", [("a", "")]),
        (b"=1", [("", "1")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a+b=c+%2B", [("a b", "c +")]),
        (b"%C3%A9=%E2%82%AC", [("é", "€")]),
        ("é=€".encode(), [("é", "€")]),
        (b"a=%zz%", [("a", "%zz%")]),
        (b"a=%00", [("a", "\0")]),
    ],
)
async def test_urlencoded_fields_are_decoded(body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert (await read(URLENCODED, body)).multi_items() == pairs
    pieces = [body[i : i + 1] for i in range(len(body))]
    assert (await read(URLENCODED, *pieces)).multi_items() == pairs


@pytest.mark.parametrize(
    ("charset", "body", "value"),
    [
        ("UTF-8", b"a=%C3%A9", "é"),
        ("utf8", b"a=%C3%A9", "é"),
        ('"us-ascii"', b"a=e", "e"),
        ("ISO-8859-1", b"a=%E9", "é"),
    ],
)
async def test_charsets_of_the_list_are_decoded(charset: str, body: bytes, value: str) -> None:
    assert dict(await read(f"{URLENCODED}; charset={charset}", body)) == {"a": value}


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "zlib", "cp037", "x" * 100, ""])
@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
async def test_other_charsets_are_a_415(charset: str, kind: str) -> None:
    expected = f"Expected charset `utf-8`, `us-ascii` or `iso-8859-1`, got `{charset}`"
    assert await refuse(f"{kind}; charset={charset}", b"") == (415, expected)
    body = field("a", b"", f"Content-Type: text/plain; charset={charset}") + END
    assert await refuse(MULTIPART, body) == (415, expected)


@pytest.mark.parametrize(
    ("kind", "body", "charset"),
    [
        (URLENCODED, b"a=%FF", "UTF-8"),
        (URLENCODED, b"%ED%A0%80=a", "UTF-8"),
        (f"{URLENCODED}; charset=us-ascii", b"a=%C3%A9", "ASCII"),
        (MULTIPART, field("a", b"\xff") + END, "UTF-8"),
        (f"{MULTIPART}; charset=us-ascii", field("a", b"\xff") + END, "ASCII"),
        (MULTIPART, field("a", b"\xe9", "Content-Type: text/plain; charset=us-ascii") + END,
         "ASCII"),
        (MULTIPART, field("X").replace(b"X", b"\xff") + END, "UTF-8"),
        (MULTIPART, file("X").replace(b"X", b"\xff") + END, "UTF-8"),
    ],
)  # fmt: skip
async def test_text_of_another_charset_is_a_400(kind: str, body: bytes, charset: str) -> None:
    assert await refuse(kind, body) == (400, f"The form is not valid {charset}.")


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/json; x=y"])
async def test_what_is_no_form_is_a_415(content_type: str | None) -> None:
    shown = "none" if content_type is None else f"`{content_type}`"
    expected = "`multipart/form-data` or `application/x-www-form-urlencoded`"
    detail = f"Expected content type {expected}, got {shown}"
    assert await refuse(content_type, b"a=1") == (415, detail)


BODY = b"".join(
    [
        field("title", "café".encode()),
        field("title", b"\r\n--cu"),
        field("latin", b"\xe9", "Content-Type: text/plain; charset=iso-8859-1"),
        file("a.txt", b"hello", "Content-Type: text/plain"),
        file("", b""),
        file("é.txt", b"x" * 10),
        END,
        b"an epilogue",
    ]
)


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_multipart_fields_and_files_are_read(size: int) -> None:
    form = await read(MULTIPART, *[BODY[i : i + size] for i in range(0, len(BODY), size)])
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    assert fields == [("title", "café"), ("title", "\r\n--cu"), ("latin", "é")]
    uploads = [value for value in form.getlist("f") if isinstance(value, UploadFile)]
    assert [await upload.read() for upload in uploads] == [b"hello", b"", b"x" * 10]
    assert [upload.filename for upload in uploads] == ["a.txt", "", "é.txt"]
    assert [upload.size for upload in uploads] == [5, 0, 10]
    assert [upload.content_type for upload in uploads] == ["text/plain", None, None]
    close_files(form)
    assert all(upload.file.closed for upload in uploads)


async def test_form_without_parts_is_empty() -> None:
    assert (await read(MULTIPART, b"--cut--")).multi_items() == []


async def test_large_file_goes_to_the_disk() -> None:
    data = b"x" * (1024 * 1024)
    form = await read(MULTIPART, file("a", data)[:-2], b"y\r\n" + END)
    upload = form["f"]
    assert isinstance(upload, UploadFile)
    assert upload.size == len(data) + 1
    assert (await upload.read()).endswith(b"xy")
    close_files(form)
    assert upload.file.closed


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\\\x\\\\b.txt", "b.txt"),
        ("", "file"),
    ],
)
async def test_name_of_a_file_can_be_had_safe(given: str, safe: str) -> None:
    form = await read(MULTIPART, file(given) + END)
    upload = form["f"]
    assert isinstance(upload, UploadFile)
    assert upload.safe_filename == safe
    close_files(form)


def test_file_without_a_name_has_a_safe_one() -> None:
    with tempfile.SpooledTemporaryFile() as opened:
        assert UploadFile(opened).safe_filename == "file"  # type: ignore[arg-type] # what a form may bring


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 71,
        'multipart/form-data; boundary="a "',
        "multipart/form-data; boundary=a\u00e9",
        'multipart/form-data; boundary="a\r\nb"',
    ],
)
async def test_boundary_that_is_none_is_a_400(content_type: str) -> None:
    detail = "The boundary of the form is missing or malformed."
    assert await refuse(content_type, b"--a--") == (400, detail)


MALFORMED = "The form is malformed."
CUT_SHORT = "The form ends before its closing boundary."
NAMELESS = "A part of the form is not `form-data` with a name."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", CUT_SHORT),
        (b"--cut\r\n", CUT_SHORT),
        (field("a", b"1"), CUT_SHORT),
        (file("a", b"1"), CUT_SHORT),
        (field("a", b"1") + b"--cut-", CUT_SHORT),
        (file("a") + b"--cut\r\nContent Disposition: x\r\n\r\n", MALFORMED),
        (file("a") + b"--cut\r\n: x\r\n\r\n", MALFORMED),
        (file("a") + b"--cut\r\nA: x\rB: y\r\n\r\n", MALFORMED),
        (b"--other\r\n", MALFORMED),
        (b"a=1", MALFORMED),
        (field("a", b"", *["X: y"] * 10) + END, MALFORMED),
        (field("a", b"", "X: " + "y" * 10_000) + END, MALFORMED),
        (file("a") + b"--cut\r\nX: y\r\n\r\n\r\n" + END, NAMELESS),
        (file("a") + part("form-data") + END, NAMELESS),
        (file("a") + part('attachment; name="a"') + END, NAMELESS),
    ],
)
async def test_malformed_form_is_a_400_and_its_files_are_closed(
    body: bytes, detail: str, opened: list[Any]
) -> None:
    assert await refuse(MULTIPART, body) == (400, detail)
    assert await refuse(MULTIPART, *[body[i : i + 1] for i in range(len(body))]) == (400, detail)
    assert len(opened) == 2 * body.count(b"filename=")
    assert all(file.closed for file in opened)


@pytest.mark.parametrize(
    ("kind", "body", "limits", "detail"),
    [
        (URLENCODED, b"a&b&c", {"max_fields": 2}, "The form has more than 2 fields."),
        (URLENCODED, b"&&&", {"max_fields": 2}, "The form has more than 2 fields."),
        (URLENCODED, b"a=123", {"max_field_size": 4},
         "A field of the form is larger than 4 bytes."),
        (URLENCODED, b"a=123&b=1", {"max_field_size": 4},
         "A field of the form is larger than 4 bytes."),
        (MULTIPART, file("x") + field("a") * 3, {"max_fields": 2},
         "The form has more than 2 fields."),
        (MULTIPART, field("a") + file("x") * 3, {"max_files": 2},
         "The form has more than 2 files."),
        (MULTIPART, file("x", b"12345") + field("a", b"12345"), {"max_field_size": 4},
         "A field of the form is larger than 4 bytes."),
    ],
)  # fmt: skip
async def test_form_beyond_a_limit_is_a_413_and_its_files_are_closed(
    kind: str, body: bytes, limits: Any, detail: str, opened: list[Any]
) -> None:
    assert await refuse(kind, body, **limits) == (413, detail)
    assert all(file.closed for file in opened)


async def test_form_of_exactly_the_limits_is_read() -> None:
    body = field("a", b"1234") * 2 + file("x", b"12345") * 2 + END
    form = await read(MULTIPART, body, max_fields=2, max_files=2, max_field_size=4)
    assert len(form.multi_items()) == 4
    close_files(form)
    form = await read(URLENCODED, b"a=12&b=34&", max_fields=2, max_field_size=4)
    assert len(form) == 2


@pytest.mark.parametrize("error", [asyncio.CancelledError(), HTTPError(413), OSError("gone")])
async def test_files_are_closed_when_the_body_breaks_off(
    error: BaseException, opened: list[Any]
) -> None:
    async def give_half() -> AsyncIterator[bytes]:
        yield file("a", b"1")
        raise error

    with pytest.raises(type(error)):
        await read_form(MULTIPART, give_half(), limits=Limits())
    assert [file.closed for file in opened] == [True]


async def test_files_are_closed_when_the_disk_is_full(
    opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(self: UploadFile, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(UploadFile, "write", write)
    with pytest.raises(OSError, match="no space left"):
        await read(MULTIPART, file("a", b"1") + END)
    assert [file.closed for file in opened] == [True]


async def test_form_to_be_read_can_be_awaited_or_entered() -> None:
    form = await read(MULTIPART, file("a", b"1") + END)

    async def read_it() -> FormData:
        return form

    assert await FormReading(read_it) is form
    upload = form["f"]
    assert isinstance(upload, UploadFile)
    async with FormReading(read_it) as entered:
        assert entered is form
        assert not upload.file.closed
    assert upload.file.closed


def test_form_that_is_not_read_says_how() -> None:
    reading: Any = FormReading(lambda: read(MULTIPART, END))
    with pytest.raises(AttributeError) as caught:
        reading.getlist("wish")
    assert str(caught.value) == "a form must be read before its `getlist`: `await req.form()`"
    with pytest.raises(TypeError) as refused:
        reading["wish"]
    assert str(refused.value) == "a form must be read before its field 'wish': `await req.form()`"


pieces = st.sampled_from(
    [b"--cut", b"--cut--", b"\r\n", b"\r", b"content-disposition", b": ", b"form-data", b"; ",
     b'name="a"', b'filename="b"', b"content-type", b"text/plain; charset=utf-16", b"\xff", b"x"]
)  # fmt: skip


@given(st.lists(pieces | st.binary(max_size=5), max_size=30), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_anything_but_a_form_or_an_http_error(
    chunks: list[bytes], is_whole: bool
) -> None:
    chunks = [b"".join(chunks)] if is_whole else chunks

    async def read_both() -> None:
        for kind in (MULTIPART, URLENCODED):
            with contextlib.suppress(HTTPError):
                close_files(await read(kind, *chunks))

    asyncio.run(read_both())
