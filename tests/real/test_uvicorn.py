"""A real server on a real socket, with each of the HTTP parsers of uvicorn."""

import contextlib
import logging
import socket
from collections.abc import Iterator

import pytest

from bocadillo import App, HTTPError, LiveServer, Request, Response
from bocadillo.requests import DEFAULT_MAX_BODY_SIZE

pytestmark = pytest.mark.real


def make_app(seen: list[str]) -> App:
    app = App()

    @app.on("shutdown")
    async def note() -> None:
        seen.append("shutdown")

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    @app.route("/echo", methods=["POST"])
    async def echo(req: Request, res: Response) -> None:
        res.json = await req.json()

    @app.route("/items/{pk}")
    async def item(req: Request, res: Response, pk: int, q: str = "") -> None:
        res.json = [pk, q]

    @app.route("/nothing")
    async def nothing(req: Request, res: Response) -> None:
        res.text = "dropped"
        res.status_code = 204

    @app.route("/teapot")
    async def teapot(req: Request, res: Response) -> None:
        raise HTTPError(418, "short and stout")

    @app.route("/fail")
    async def fail(req: Request, res: Response) -> None:
        raise ZeroDivisionError("secret")

    return app


class Connection:
    """Speak HTTP/1.1 over one socket, byte by byte as it is written here."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.reader = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(
        self, method: str, target: str, body: bytes = b"", *headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        lines = [f"{method} {target} HTTP/1.1", "host: shop", *headers]
        if body:
            lines.append(f"content-length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)
        return self.read(has_body=method != "HEAD")

    def read(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Read one response, and not a byte more."""
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        length = int(headers.get("content-length", 0)) if has_body else 0
        return status, headers, self.reader.read(length)

    def is_closed(self) -> bool:
        return self.reader.read(1) == b""

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


@pytest.fixture(params=["httptools", "h11"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[LiveServer]:
    seen: list[str] = []
    with LiveServer(make_app(seen), http=request.param) as server:
        yield server
    assert seen == ["shutdown"]


@pytest.fixture
def connection(server: LiveServer) -> Iterator[Connection]:
    connection = Connection(server.url)
    yield connection
    connection.close()


def test_many_requests_on_one_connection_are_each_answered(connection: Connection) -> None:
    for i in range(20):
        status, headers, body = connection.ask("GET", f"/items/{i}?q=caf%C3%A9+au+lait")
        assert (status, body.decode()) == (200, f'[{i},"café au lait"]')
        assert headers["content-type"] == "application/json"
    assert connection.ask("GET", "/")[2] == b"hello"


def test_pipelined_requests_are_answered_in_order(connection: Connection) -> None:
    one = b"GET /items/1 HTTP/1.1\r\nhost: x\r\n\r\n"
    connection.send(one + one.replace(b"items/1", b"items/2"))
    assert [connection.read()[2], connection.read()[2]] == [b'[1,""]', b'[2,""]']


def test_head_has_the_headers_and_leaves_the_connection_in_order(connection: Connection) -> None:
    status, headers, body = connection.ask("HEAD", "/")
    assert (status, headers["content-length"], body) == (200, "5", b"")
    assert connection.ask("GET", "/")[2] == b"hello"


def test_response_without_content_leaves_the_connection_in_order(connection: Connection) -> None:
    status, headers, body = connection.ask("GET", "/nothing")
    assert (status, body) == (204, b"")
    assert not {"content-length", "content-type", "transfer-encoding"} & set(headers)
    assert connection.ask("GET", "/")[2] == b"hello"


@pytest.mark.parametrize(
    ("method", "target", "status", "body"),
    [
        ("GET", "/none", 404, b'{"error":"404 Not Found","status":404}'),
        ("GET", "/items/1%0a", 400, None),
        ("GET", "/items/%FF", 400, None),
        ("GET", "/teapot%0a", 404, None),
        ("GET", "//", 404, None),
        ("POST", "/", 405, b'{"error":"405 Method Not Allowed","status":405}'),
        (
            "GET",
            "/teapot",
            418,
            b'{"error":"418 I\'m a Teapot","status":418,"detail":"short and stout"}',
        ),
    ],
)
def test_errors_are_answered_and_the_connection_goes_on(
    connection: Connection, method: str, target: str, status: int, body: bytes | None
) -> None:
    answer = connection.ask(method, target)
    assert answer[0] == status
    assert body is None or answer[2] == body
    assert answer[1].get("allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)
    assert connection.ask("GET", "/")[2] == b"hello"


def test_options_tell_the_methods(connection: Connection) -> None:
    status, headers, _ = connection.ask("OPTIONS", "/echo")
    assert (status, headers["allow"]) == (204, "POST, OPTIONS")


def test_unhandled_error_is_a_500_without_detail(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    status, _, body = connection.ask("GET", "/fail")
    assert (status, body) == (500, b'{"error":"500 Internal Server Error","status":500}')
    ours = [record for record in caplog.records if record.name == "bocadillo"]
    assert [record.levelno for record in ours] == [logging.ERROR]


def test_json_is_echoed(connection: Connection) -> None:
    body = b'{"title":"caf\xc3\xa9"}'
    answer = connection.ask("POST", "/echo", body, "content-type: application/json")
    assert (answer[0], answer[2]) == (200, body)
    status, _, _ = connection.ask("POST", "/echo", b"{", "content-type: application/json")
    assert status == 400


JSON_POST = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def test_body_that_announces_too_much_is_refused_before_it_is_sent(connection: Connection) -> None:
    length = DEFAULT_MAX_BODY_SIZE + 1
    connection.send(JSON_POST + f"content-length: {length}\r\n\r\n".encode())
    status, _, body = connection.read()
    assert status == 413
    assert b"The body is larger than 10485760 bytes." in body


def test_body_that_grows_too_large_is_refused_while_it_is_sent(connection: Connection) -> None:
    connection.send(JSON_POST + b"transfer-encoding: chunked\r\n\r\n")
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    with contextlib.suppress(ConnectionError):  # the server closes it while the rest is sent
        for _ in range(11):
            connection.send(chunk)
    status, _, _ = connection.read()
    assert status == 413


def test_client_that_leaves_while_it_sends_is_not_an_error(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    leaving = Connection(server.url)
    leaving.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf")
    leaving.close()
    other = Connection(server.url)
    assert other.ask("GET", "/")[2] == b"hello"
    other.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_http_1_0_client_gets_its_answer_and_the_end(connection: Connection) -> None:
    connection.send(b"GET / HTTP/1.0\r\n\r\n")
    assert connection.read()[2] == b"hello"
    assert connection.is_closed()


def test_websocket_handshake_is_denied_where_there_is_no_route(connection: Connection) -> None:
    status, _, _ = connection.ask(
        "GET",
        "/chat",
        b"",
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert status == 403
