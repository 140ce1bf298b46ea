import json
from typing import Any

import pytest

from bocadillo._file_replies import Content, RawHeaders, Reply, compose_error, compose_reply
from bocadillo.errors import HTTPError

NS = 1_000_000_000
CONTENT = Content("text/plain; charset=utf-8", None, 100, 255 * NS)
ETAG = f'"{255 * NS:x}-64"'
DATE = "Thu, 01 Jan 1970 00:04:15 GMT"


def compose(
    *given: tuple[str, str],
    method: str = "GET",
    status: int = 200,
    headers: RawHeaders | None = None,
    content: Content = CONTENT,
) -> tuple[Reply, dict[str, str]]:
    raw = [(name.encode(), value.encode()) for name, value in given]
    scope = {"type": "http", "method": method, "headers": raw}
    reply = compose_reply(scope, headers or [], status=status, content=content)
    names = [name for name, _ in reply.headers]
    assert len(names) == len(set(names))
    return reply, {name.decode(): value.decode() for name, value in reply.headers}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whole_file_has_length_type_and_validators(method: str) -> None:
    reply, headers = compose(method=method)
    assert (reply.status, reply.pieces, reply.length) == (200, ((0, 100),), 100)
    assert headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-length": "100",
        "last-modified": DATE,
        "etag": ETAG,
        "accept-ranges": "bytes",
    }


def test_headers_of_the_view_win() -> None:
    given = [
        (b"content-type", b"text/html"),
        (b"etag", b'"mine"'),
        (b"cache-control", b"no-store"),
    ]
    _, headers = compose(headers=given)
    assert headers["content-type"] == "text/html"
    assert headers["etag"] == '"mine"'
    assert headers["cache-control"] == "no-store"
    assert compose(("if-none-match", '"mine"'), headers=given)[0].status == 304
    assert compose(("if-none-match", ETAG), headers=given)[0].status == 200


def test_compressed_file_has_its_encoding_and_a_tag_of_its_own() -> None:
    _, headers = compose(content=Content("text/css", "br", 100, 255 * NS))
    assert headers["content-encoding"] == "br"
    assert headers["etag"] == f'"{255 * NS:x}-64-br"'


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("GET", 201), ("POST", 200)])
def test_status_of_the_view_is_kept_and_conditions_do_not_count(method: str, status: int) -> None:
    reply, headers = compose(
        ("if-none-match", "*"), ("range", "bytes=0-0"), method=method, status=status
    )
    assert (reply.status, reply.length) == (status, 100)
    assert headers == {"content-type": "text/plain; charset=utf-8", "content-length": "100"}


@pytest.mark.parametrize("status", [204, 205, 304])
def test_status_without_content_has_none(status: int) -> None:
    reply, headers = compose(
        status=status, headers=[(b"content-disposition", b"inline"), (b"x", b"y")]
    )
    assert (reply.status, reply.pieces, headers) == (status, (), {"x": "y"})


def test_client_that_has_the_file_gets_a_304_without_content() -> None:
    given = [(b"cache-control", b"no-cache"), (b"content-disposition", b"inline")]
    reply, headers = compose(("if-none-match", ETAG), headers=given)
    assert (reply.status, reply.pieces) == (304, ())
    assert headers == {
        "cache-control": "no-cache",
        "last-modified": DATE,
        "etag": ETAG,
        "accept-ranges": "bytes",
    }


def test_client_that_expects_another_state_gets_a_412() -> None:
    reply, headers = compose(("if-match", '"old"'), headers=[(b"cache-control", b"max-age=9")])
    body = b'{"error":"412 Precondition Failed","status":412}'
    assert (reply.status, reply.pieces) == (412, (body,))
    assert headers == {
        "accept-ranges": "bytes",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }


def test_one_range_is_a_206() -> None:
    reply, headers = compose(("range", "bytes=10-19"))
    assert (reply.status, reply.pieces) == (206, ((10, 20),))
    assert headers["content-range"] == "bytes 10-19/100"
    assert headers["content-length"] == "10"
    assert headers["content-type"] == "text/plain; charset=utf-8"


def test_several_ranges_are_a_multipart_body() -> None:
    reply, headers = compose(("range", "bytes=0-9,50-59"))
    kind, _, boundary = headers["content-type"].partition("; boundary=")
    assert (reply.status, kind) == (206, "multipart/byteranges")
    assert "content-range" not in headers
    assert reply.pieces == (
        f"--{boundary}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        "content-range: bytes 0-9/100\r\n\r\n".encode(),
        (0, 10),
        f"\r\n--{boundary}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        "content-range: bytes 50-59/100\r\n\r\n".encode(),
        (50, 60),
        f"\r\n--{boundary}--\r\n".encode(),
    )  # fmt: skip
    assert headers["content-length"] == str(reply.length)


def test_range_beyond_the_end_is_a_416_that_tells_the_size() -> None:
    reply, headers = compose(("range", "bytes=100-"))
    assert (reply.status, headers["content-range"]) == (416, "bytes */100")
    (body,) = reply.pieces
    assert json.loads(bytes(body)) == HTTPError(416).as_json()


@pytest.mark.parametrize(
    "given",
    [
        [("range", "lines=1-2")],
        [("range", "bytes=10-19"), ("if-range", '"old"')],
        [("range", "bytes=10-19"), ("if-range", "Thu, 01 Jan 1970 00:00:00 GMT")],
        [("if-none-match", '"old"')],
    ],
)
def test_range_that_does_not_count_leaves_the_whole_file(given: list[Any]) -> None:
    reply, headers = compose(*given)
    assert (reply.status, headers["content-length"]) == (200, "100")


@pytest.mark.parametrize("validator", [ETAG, DATE])
def test_range_of_the_state_the_client_knows_counts(validator: str) -> None:
    assert compose(("range", "bytes=0-0"), ("if-range", validator))[0].status == 206


def test_range_does_not_count_for_head() -> None:
    assert compose(("range", "bytes=10-19"), method="HEAD")[0].status == 200


def test_error_has_the_form_of_all_errors() -> None:
    reply = compose_error(HTTPError(405, headers={"Allow": "GET"}))
    body = b'{"error":"405 Method Not Allowed","status":405}'
    assert reply == Reply(
        405,
        [
            (b"allow", b"GET"),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ],
        (body,),
    )
