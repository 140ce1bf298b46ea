import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from bocadillo import App, ClientDisconnect, HTTPError, Request, Response, create_client
from bocadillo.requests import DEFAULT_MAX_BODY_SIZE


class Todo(msgspec.Struct):
    title: str
    tags: list[str] = []


@dataclass
class Page:
    number: int


class Color(enum.Enum):
    RED = "red"


def make_request(
    *chunks: bytes, disconnects: bool = False, headers: dict[str, str] | None = None
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
    return Request({"type": "http", "method": "POST", "headers": raw}, receive, send)


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
    ],
)
async def test_headers_are_enough_to_refuse_a_body(headers: dict[str, str], status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        await make_request(b"x", headers=headers).body()
    assert caught.value.status_code == status


@pytest.mark.parametrize(
    "headers", [{"content-length": "1"}, {"content-length": "x"}, {"content-encoding": "Identity"}]
)
async def test_harmless_headers_do_not_stop_the_body(headers: dict[str, str]) -> None:
    assert await make_request(b"x", headers=headers).body() == b"x"


async def test_limit_can_be_lifted() -> None:
    request = make_request(b"x" * (DEFAULT_MAX_BODY_SIZE + 1))
    request._max_body_size = None
    assert len(await request.body()) == DEFAULT_MAX_BODY_SIZE + 1


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
        (b"{}", Todo, {"body": "Object missing required field `title`"}),
        (
            b'[{"title": "x", "tags": ["a", 2]}]',
            list[Todo],
            {"[0].tags[1]": "Expected `str`, got `int`"},
        ),
        (b"[]", Todo, {"body": "Expected `object`, got `array`"}),
        (b'{"a": "x"}', dict[str, int], {"[...]": "Expected `int`, got `str`"}),
        (b'{"a": 1}', dict[int, int], {"body": "Expected `int`, got `str` for a key"}),
        (
            b'{"pages": {"a": 1}}',
            dict[str, dict[int, int]],
            {"[...]": "Expected `int`, got `str` for a key"},
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
