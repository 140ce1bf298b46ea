import asyncio
import contextlib
import enum
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo import App, ClientDisconnect, HTTPError, Request, Response, create_client
from bocadillo.requests import DEFAULT_MAX_BODY_SIZE, Limits, UploadFile


class Todo(msgspec.Struct):
    title: str
    tags: list[str] = []


@dataclass
class Page:
    number: int


class Color(enum.Enum):
    RED = "red"


FRAMEWORK = Path(__file__).parents[2] / "framework"
SCOPE = {"type": "http", "method": "POST"}


def make_request(
    *chunks: bytes,
    disconnects: bool = False,
    headers: dict[str, str] | None = None,
    kind: type[Request] = Request,
) -> Request:
    """Make a request whose body comes in chunks; at its end the client may leave instead."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if disconnects:
        messages.append({"type": "http.disconnect"})
    elif messages:
        messages[-1]["more_body"] = False
    else:
        messages.append({"type": "http.request"})
    pending = iter(messages)

    async def receive() -> Any:
        return next(pending)

    async def send(message: Any) -> None:
        raise NotImplementedError

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return kind({**SCOPE, "headers": raw}, receive, send)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("chunks", [(), (b"",), (b"abc",), (b"a", b"", b"bc")])
async def test_body_is_read_whole_and_again(chunks: tuple[bytes, ...]) -> None:
    request = make_request(*chunks)
    assert await request.body() == await request.body() == b"".join(chunks)


async def test_body_is_read_by_pieces_without_empty_ones() -> None:
    assert [chunk async for chunk in make_request(b"a", b"", b"bc")] == [b"a", b"bc"]


async def test_body_that_was_read_is_streamed_from_memory() -> None:
    request = make_request(b"a", b"b")
    await request.body()
    assert [chunk async for chunk in request] == [b"ab"]
    assert [chunk async for chunk in request.stream()] == [b"ab", b""]


async def test_body_that_was_streamed_cannot_be_read_again() -> None:
    request = make_request(b"a")
    assert [chunk async for chunk in request.stream()] == [b"a", b""]
    with pytest.raises(RuntimeError, match="the body of this request was already read by pieces"):
        await request.body()


async def read_whole(request: Request) -> None:
    await request.body()


async def read_pieces(request: Request) -> None:
    async for _ in request:
        pass


READERS = [read_whole, read_pieces]


@pytest.mark.parametrize("read", READERS)
async def test_client_that_leaves_is_told_by_an_exception(read: Callable[[Request], Any]) -> None:
    request = make_request(b"a", disconnects=True)
    with pytest.raises(ClientDisconnect):
        await read(request)
    assert await request.is_disconnected()


@pytest.mark.parametrize("read", READERS)
async def test_body_is_refused_while_it_is_read(read: Callable[[Request], Any]) -> None:
    chunk = b"x" * (DEFAULT_MAX_BODY_SIZE // 2)
    request = make_request(chunk, chunk, b"x", b"never read", disconnects=True)
    with pytest.raises(HTTPError) as caught:
        await read(request)
    assert caught.value.status_code == 413
    assert caught.value.detail == "The body is larger than 10485760 bytes."


async def test_body_of_exactly_the_limit_is_read() -> None:
    body = b"x" * DEFAULT_MAX_BODY_SIZE
    assert len(await make_request(body).body()) == DEFAULT_MAX_BODY_SIZE


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-length": str(DEFAULT_MAX_BODY_SIZE + 1)}, 413),
        ({"content-length": "9" * 5000}, 413),
        ({"content-encoding": "gzip"}, 415),
        ({"transfer-encoding": "chunked", "content-length": "1"}, 400),
        ({"content-length": "1", "transfer-encoding": "chunked"}, 400),
    ],
)
async def test_headers_are_enough_to_refuse_a_body(headers: dict[str, str], status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"x", headers=headers).body()
    assert caught.value.status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": "1"},
        {"content-length": "x"},
        {"content-encoding": "Identity"},
        {"transfer-encoding": "chunked"},
    ],
)
async def test_harmless_headers_do_not_stop_the_body(headers: dict[str, str]) -> None:
    assert await make_request(b"x", headers=headers).body() == b"x"


async def test_refusal_of_a_compressed_body_tells_what_is_accepted() -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"x", headers={"content-encoding": "br"}).body()
    assert caught.value.detail == "Compressed request bodies are not accepted."
    assert caught.value.headers == {"accept-encoding": "identity"}


async def test_body_of_two_lengths_ends_the_connection() -> None:
    headers = {"content-length": "1", "transfer-encoding": "chunked"}
    with pytest.raises(HTTPError) as caught:
        await make_request(b"x", headers=headers).body()
    assert caught.value.detail == "The body has two lengths."
    assert caught.value.headers == {"connection": "close"}


async def test_limit_can_be_lifted() -> None:
    request = make_request(b"x" * (DEFAULT_MAX_BODY_SIZE + 1))
    request.limit(max_body_size=None)
    assert len(await request.body()) == DEFAULT_MAX_BODY_SIZE + 1


async def test_request_can_have_a_limit_of_its_own() -> None:
    request = make_request(b"1234")
    request.limit(max_body_size=3)
    with pytest.raises(HTTPError, match="413"):
        await request.body()


async def test_application_makes_a_class_of_requests_with_its_limits() -> None:
    kind = Request.with_limits(Limits(max_body_size=3, body_timeout=None))
    assert issubclass(kind, Request)
    assert kind.__name__ == "Request"
    assert await make_request(b"123", kind=kind).body() == b"123"
    with pytest.raises(HTTPError, match="413"):
        await make_request(b"1234", kind=kind).body()
    assert await make_request(b"1234").body() == b"1234"


def test_default_limits_need_no_class_of_their_own() -> None:
    assert Request.with_limits(Limits()) is Request


def test_request_that_is_not_touched_costs_three_attributes() -> None:
    assert sorted(vars(make_request())) == ["_receive", "_send", "scope"]


async def test_body_that_does_not_go_on_is_a_408() -> None:
    left = False

    async def receive() -> Any:
        nonlocal left
        try:
            await asyncio.Event().wait()
        finally:
            left = True

    request = Request.with_limits(Limits(body_timeout=0.001))({**SCOPE, "headers": []}, receive)
    with pytest.raises(HTTPError) as caught:
        await request.body()
    assert caught.value.status_code == 408
    assert caught.value.detail == "The body did not go on for 0.001 seconds."
    assert caught.value.headers == {"connection": "close"}
    assert left


@pytest.mark.parametrize(
    ("version", "more", "headers"),
    [
        ({"http_version": "1.1"}, b"more", {"connection": "close"}),
        ({"http_version": "1.1"}, None, None),
        ({"http_version": "2"}, b"more", None),
    ],
)
async def test_connection_is_closed_where_more_of_a_refused_body_may_come(
    version: dict[str, str], more: bytes | None, headers: Any
) -> None:
    request = make_request(*[b"1234", more] if more else [b"1234"])
    request.scope.update(version)
    request.limit(max_body_size=3)
    with pytest.raises(HTTPError) as caught:
        await request.body()
    assert caught.value.headers == headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1}x',
        b"NaN",
        b"[Infinity]",
        b"1e400",
        b"1" * 5000,
        b"[" * 100_000,
        b'"\xff"',
        b'"\\ud800"',
        "\ufeff{}".encode(),
    ],
)
async def test_malformed_json_is_a_400(body: bytes) -> None:
    for type_ in ([], [Any]):
        with pytest.raises(HTTPError) as caught:
            await make_request(body, headers=JSON).json(*type_)
        assert caught.value.status_code == 400
    with pytest.raises(HTTPError) as caught:
        await make_request(body, headers=JSON).json()
    assert caught.value.detail == "JSON is malformed."


async def test_json_is_decoded_once() -> None:
    request = make_request(b'{"a": [1, null]}', headers=JSON)
    value = await request.json()
    assert value == {"a": [1, None]}
    assert await request.json() is value


@pytest.mark.parametrize(
    ("body", "type_", "value"),
    [
        (b'{"title": "x"}', Todo, Todo("x")),
        (b'{"number": 1}', Page, Page(1)),
        (b"[1, 2]", list[int], [1, 2]),
        (b'"red"', Color, Color.RED),
        (b"null", int | None, None),
    ],
)
async def test_json_of_a_type_is_decoded(body: bytes, type_: Any, value: Any) -> None:
    assert await make_request(body, headers=JSON).json(type_) == value


@pytest.mark.parametrize(
    ("body", "type_", "detail"),
    [
        (b'{"title": 1}', Todo, {"title": "Expected `str`, got `int`"}),
        (b"{}", Todo, {"title": "Missing required field"}),
        (
            b'[{"title": "x", "tags": ["a", 2]}]',
            list[Todo],
            {"[0].tags[1]": "Expected `str`, got `int`"},
        ),
        (b"[]", Todo, {"body": "Expected `object`, got `array`"}),
        (b'{"a": "x"}', dict[str, int], {"a": "Expected `int`, got `str`"}),
        (b'{"a": 1}', dict[int, int], {"a": "Expected `int`, got `str` for a key"}),
        (
            b'{"pages": {"a": 1}}',
            dict[str, dict[int, int]],
            {"pages.a": "Expected `int`, got `str` for a key"},
        ),
        (b'"x - at `$.y"', Color, {"body": "Invalid enum value 'x - at `$.y'"}),
        (b"{", Todo, "JSON is malformed."),
    ],
)
async def test_json_that_does_not_fit_names_the_field(body: bytes, type_: Any, detail: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(body, headers=JSON).json(type_)
    assert (caught.value.status_code, caught.value.detail) == (400, detail)


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/x+json"]
)
async def test_json_content_types_are_accepted(content_type: str) -> None:
    headers = {"accept": "*/*", "content-type": content_type}
    assert await make_request(b"[1]", headers=headers).json(list[int]) == [1]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_other_content_types_are_a_415(content_type: str) -> None:
    for type_ in ([], [Todo]):
        with pytest.raises(HTTPError) as caught:
            await make_request(b"{}", headers={"content-type": content_type}).json(*type_)
        assert caught.value.status_code == 415
        assert caught.value.detail == (
            f"Expected content type `application/json`, got `{content_type}`"
        )


@pytest.mark.parametrize("type_", [[], [Todo]])
async def test_json_needs_a_content_type(type_: list[Any]) -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"{}").json(*type_)
    assert caught.value.status_code == 415
    assert caught.value.detail == "Expected content type `application/json`, got none"


def test_request_has_what_the_one_of_starlette_has() -> None:
    app = App()

    @app.route("/{x}", methods=["POST"])
    async def view(req: Request, res: Response, x: str) -> None:
        res.json = {
            "app": req.app is app,
            "cookies": req.cookies,
            "method": req.method,
            "path": req.url.path,
            "path_params": req.path_params,
            "query": req.query_params["q"],
            "body": await req.json(),
        }

    client = create_client(app, cookies={"a": "b"})
    assert client.post("/1?q=2", json=[1]).json() == {
        "app": True,
        "cookies": {"a": "b"},
        "method": "POST",
        "path": "/1",
        "path_params": {"x": "1"},
        "query": "2",
        "body": [1],
    }


def test_body_is_sent_in_pieces_and_read_in_pieces() -> None:
    app = App()

    @app.route("/", methods=["POST"])
    async def view(req: Request, res: Response) -> None:
        res.json = [len(chunk) async for chunk in req]

    def pieces() -> Any:
        yield b"abc"
        yield b"de"

    assert sum(create_client(app).post("/", content=pieces()).json()) == 5


def test_request_can_be_made_of_a_scope_alone_as_that_of_starlette() -> None:
    assert Request({"type": "http", "headers": [(b"a", b"b")]}).headers["a"] == "b"


URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=cut"}
FILE = (
    b'--cut\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--cut--'
)


async def test_form_is_read_once_and_again() -> None:
    request = make_request(b"a=1&", b"b=2", headers=URLENCODED)
    form = await request.form()
    assert form.multi_items() == [("a", "1"), ("b", "2")]
    assert await request.form() is form
    await request.close()


async def test_form_is_read_of_a_body_that_was_read_before() -> None:
    request = make_request(b"a=1", headers=URLENCODED)
    await request.body()
    assert dict(await request.form()) == {"a": "1"}


async def test_files_are_closed_at_the_end_of_the_block() -> None:
    async with make_request(FILE, headers=MULTIPART).form() as form:
        upload = form["f"]
        assert isinstance(upload, UploadFile)
        assert await upload.read() == b"hello"
    assert upload.file.closed


async def test_upload_has_a_name_to_save_it_under() -> None:
    form = await make_request(FILE.replace(b'"a.txt"', b'"../../a.txt"'), headers=MULTIPART).form()
    upload = form["f"]
    assert isinstance(upload, UploadFile)
    assert (upload.filename, upload.safe_filename) == ("../../a.txt", "a.txt")
    upload.file.close()


def test_class_of_uploads_is_imported_when_it_is_asked_for() -> None:
    script = (
        "import sys, bocadillo; print('bocadillo._forms' in sys.modules); "
        "from bocadillo.requests import UploadFile; print(UploadFile.__name__)"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=FRAMEWORK, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "UploadFile"]


async def test_files_are_closed_with_the_request() -> None:
    request = make_request(FILE, headers=MULTIPART)
    form = await request.form()
    await request.close()
    await request.close()
    assert isinstance(form["f"], UploadFile)
    assert form["f"].file.closed


async def test_request_without_a_form_has_nothing_to_close() -> None:
    await make_request().close()


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        ({"max_fields": 1}, "The form has more than 1 field."),
        ({"max_part_size": 2}, "A field of the form is larger than 2 bytes."),
    ],
)
async def test_form_can_be_read_with_other_limits(limits: Any, detail: str) -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"a=1&", b"b=2", headers=URLENCODED).form(**limits)
    assert (caught.value.status_code, caught.value.detail) == (413, detail)


async def test_form_can_be_read_with_another_limit_of_files() -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(FILE, headers=MULTIPART).form(max_files=0)
    assert caught.value.detail == "The form has more than 0 files."


async def test_form_needs_the_content_type_of_one() -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"a=1").form()
    assert caught.value.status_code == 415


async def test_rest_of_a_refused_form_is_not_waited_for() -> None:
    request = make_request(b"a=1&b=2&", b"c=3", headers=URLENCODED)
    with pytest.raises(HTTPError) as caught:
        await request.form(max_fields=1)
    assert caught.value.headers == {"connection": "close"}


@pytest.mark.parametrize(
    ("headers", "last"),
    [
        ([], None),
        ([(b"accept", b"*/*"), (b"last-event-id", b"12")], "12"),
        ([(b"last-event-id", "é".encode())], "é"),
        ([(b"last-event-id", b"\xff")], "\ufffd"),
    ],
)
def test_last_event_id_is_that_of_the_header(headers: Any, last: str | None) -> None:
    assert Request({**SCOPE, "headers": headers}).last_event_id == last


def test_last_event_id_with_a_nul_is_refused() -> None:
    with pytest.raises(HTTPError) as caught:
        _ = Request({**SCOPE, "headers": [(b"last-event-id", b"a\0")]}).last_event_id
    assert caught.value.status_code == 400
    assert caught.value.detail == "The header `Last-Event-ID` holds the character NUL."


def receive_later(*messages: Any) -> Callable[[], Any]:
    """Give the messages, then let wait for ever, as a server does while its client is there."""
    pending = list(messages)

    async def receive() -> Any:
        return pending.pop(0) if pending else await asyncio.Event().wait()

    return receive


async def test_client_is_there_until_it_has_left() -> None:
    request = Request({**SCOPE, "headers": []}, receive_later())
    assert not await request.is_disconnected()
    request = Request({**SCOPE, "headers": []}, receive_later({"type": "http.disconnect"}))
    assert await request.is_disconnected()
    assert await request.is_disconnected()


async def test_asking_if_the_client_has_left_loses_nothing_of_the_body() -> None:
    first = {"type": "http.request", "body": b"a", "more_body": True}
    last = {"type": "http.request", "body": b"b"}
    receive = receive_later(first, last, {"type": "http.disconnect"})
    request = Request({**SCOPE, "headers": []}, receive)
    assert not await request.is_disconnected()
    assert not await request.is_disconnected()
    assert await request.body() == b"ab"
    assert await request.is_disconnected()


async def test_client_that_leaves_a_body_that_nobody_reads_is_noticed() -> None:
    receive = receive_later({"type": "http.request"}, {"type": "http.request"})
    request = Request({**SCOPE, "headers": []}, receive)
    assert not await request.is_disconnected()
    assert not await request.is_disconnected()  # a server that repeats the end of a body
    assert await request.body() == b""
    receive = receive_later({"type": "http.request", "body": b"a"}, {"type": "http.disconnect"})
    request = Request({**SCOPE, "headers": []}, receive)
    assert not await request.is_disconnected()
    assert await request.is_disconnected()
    assert await request.body() == b"a"


async def test_piece_that_is_kept_is_handed_over_once_to_whoever_listens() -> None:
    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]
    request = Request({**SCOPE, "headers": []}, receive_later(*messages))
    assert not await request.is_disconnected()
    receive = request.receive
    assert [await receive(), await receive()] == messages


async def test_piece_that_is_kept_is_handed_over_to_what_stands_in_for_the_server() -> None:
    first = {"type": "http.request", "body": b"a", "more_body": True}
    request = Request({**SCOPE, "headers": []}, receive_later(first))
    assert not await request.is_disconnected()
    kept = request.receive

    async def stand_in() -> Any:
        return await kept()

    request._receive = stand_in
    assert await stand_in() == first
    assert request.receive is stand_in


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_body_is_anything_but_a_form_or_an_http_error(body: bytes) -> None:
    async def read(headers: dict[str, str], method: str) -> None:
        with contextlib.suppress(HTTPError):
            request = make_request(body[:50], body[50:], headers=headers)
            await getattr(request, method)()
            await request.close()

    async def read_all() -> None:
        await read(JSON, "json")
        await read(URLENCODED, "form")
        await read(MULTIPART, "form")

    asyncio.run(read_all())
