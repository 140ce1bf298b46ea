"""Bodies of requests over real sockets: what is refused, and what becomes of the connection."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bocadillo import App, HTTPError, LiveServer, Request, Response, configure
from bocadillo._forms import UploadFile

pytestmark = pytest.mark.real

LIMIT = 64 * 1024


@dataclass
class Todo:
    title: str


class Recorder:
    """What the application saw."""

    def __init__(self) -> None:
        self.uploads: list[UploadFile] = []
        self.left = threading.Event()


def make_app(recorder: Recorder) -> App:
    app = App()
    configure(app, MAX_BODY_SIZE=LIMIT, BODY_TIMEOUT=0.3)

    @app.route("/size", methods=["POST"])
    async def size(req: Request, res: Response) -> None:
        res.json = len(await req.body())

    @app.route("/small", methods=["POST"], max_body_size=10)
    async def small(req: Request, res: Response) -> None:
        res.json = len(await req.body())

    @app.route("/pieces", methods=["POST"])
    async def pieces(req: Request, res: Response) -> None:
        try:
            res.json = sum([len(chunk) async for chunk in req])
        except Exception as error:
            if not isinstance(error, HTTPError):
                recorder.left.set()
            raise

    @app.route("/ignored", methods=["POST"])
    async def ignored(req: Request, res: Response) -> None:
        res.text = "not read"

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    add_decoding_views(app, recorder)
    return app


def add_decoding_views(app: App, recorder: Recorder) -> None:
    @app.route("/json", methods=["POST"])
    async def as_json(req: Request, res: Response) -> None:
        res.json = await req.json()

    @app.route("/todos", methods=["POST"])
    async def todos(req: Request, res: Response, todo: Todo, page: int = 1) -> None:
        res.json = [todo, page]

    @app.route("/form", methods=["POST"])
    async def form(req: Request, res: Response) -> None:
        found: dict[str, Any] = {}
        for name, value in (await req.form()).multi_items():
            if isinstance(value, UploadFile):
                recorder.uploads.append(value)
                found[name] = [value.safe_filename, (await value.read()).decode()]
            else:
                found[name] = value
        res.json = found


class Connection:
    """Speak HTTP/1.1 over one socket, byte by byte as it is written here."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.reader = self.socket.makefile("rb")

    def post(self, path: str, body: bytes, *headers: str) -> None:
        self.start(path, f"content-length: {len(body)}", *headers)
        self.send(body)

    def start(self, path: str, *headers: str) -> None:
        self.send("\r\n".join([f"POST {path} HTTP/1.1", "host: x", *headers, "", ""]).encode())

    def send(self, data: bytes) -> None:
        # A server that refuses a body closes the connection while it is being sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def read(self) -> tuple[int, dict[str, str], bytes]:
        """Read one response, and not a byte more."""
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return status, headers, self.reader.read(int(headers.get("content-length", 0)))

    def is_closed(self) -> bool:
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True

    def is_in_order(self) -> bool:
        """Whether the next request on the same connection gets its answer."""
        self.send(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        return self.read()[2] == b"hello"

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


@pytest.fixture
def recorder(server: tuple[LiveServer, Recorder]) -> Recorder:
    return server[1]


@pytest.fixture(params=["httptools", "h11"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[LiveServer, Recorder]]:
    recorder = Recorder()
    with LiveServer(make_app(recorder), http=request.param) as server:
        yield server, recorder


@pytest.fixture
def connection(
    server: tuple[LiveServer, Recorder], caplog: pytest.LogCaptureFixture
) -> Iterator[Connection]:
    connection = Connection(server[0].url)
    yield connection
    connection.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


JSON = "content-type: application/json"
CHUNKED = "transfer-encoding: chunked"
MULTIPART = "content-type: multipart/form-data; boundary=cut"


@pytest.mark.parametrize("path", ["/size", "/pieces"])
def test_body_of_exactly_the_limit_is_read(connection: Connection, path: str) -> None:
    connection.post(path, b"x" * LIMIT)
    assert connection.read()[2] == str(LIMIT).encode()
    assert connection.is_in_order()


@pytest.mark.parametrize("path", ["/size", "/pieces"])
def test_chunked_body_is_read(connection: Connection, path: str) -> None:
    connection.start(path, CHUNKED)
    for chunk in (b"3\r\nabc\r\n", b"2;x=y\r\n", b"de\r\n", b"0\r\n\r\n"):
        connection.send(chunk)
    assert connection.read()[2] == b"5"
    assert connection.is_in_order()


@pytest.mark.parametrize(("path", "limit"), [("/size", LIMIT), ("/pieces", LIMIT), ("/small", 10)])
def test_body_that_announces_too_much_is_refused_unread(
    connection: Connection, path: str, limit: int
) -> None:
    connection.start(path, f"content-length: {limit + 1}", "expect: 100-continue")
    status, headers, body = connection.read()
    assert (status, headers["connection"]) == (413, "close")
    assert f"The body is larger than {limit} bytes.".encode() in body
    assert connection.is_closed()


@pytest.mark.parametrize("path", ["/size", "/pieces", "/small"])
def test_body_that_grows_too_large_is_refused_while_it_is_sent(
    connection: Connection, path: str
) -> None:
    connection.start(path, CHUNKED)
    for _ in range(100):
        connection.send(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
    status, headers, _ = connection.read()
    assert (status, headers["connection"]) == (413, "close")
    assert connection.is_closed()


@pytest.mark.parametrize("path", ["/size", "/pieces"])
@pytest.mark.parametrize("framing", ["content-length: 10", CHUNKED])
def test_body_that_does_not_go_on_is_a_408(connection: Connection, path: str, framing: str) -> None:
    connection.start(path, framing)
    connection.send(b"3\r\nabc\r\n")
    status, headers, body = connection.read()
    assert (status, headers["connection"]) == (408, "close")
    assert b"The body did not go on for 0.3 seconds." in body
    assert connection.is_closed()


def test_body_that_is_not_asked_for_leaves_the_connection_in_order(connection: Connection) -> None:
    connection.post("/ignored", b"GET /teapot HTTP/1.1\r\n\r\n" * 100)
    assert connection.read()[2] == b"not read"
    assert connection.is_in_order()


@pytest.mark.parametrize(
    ("path", "headers", "detail"),
    [
        ("/size", ["content-encoding: gzip"], b"Compressed request bodies are not accepted."),
        ("/json", ["content-type: text/plain"], b"got `text/plain`"),
        ("/json", [], b"got none"),
        ("/todos", ["content-type: text/plain"], b"got `text/plain`"),
        ("/form", [JSON], b"got `application/json`"),
        ("/form", [f"{MULTIPART}; charset=utf-7"], b"got `utf-7`"),
    ],
)
def test_body_of_another_type_is_a_415(
    connection: Connection, path: str, headers: list[str], detail: bytes
) -> None:
    connection.post(path, b"{}", *headers)
    status, _, body = connection.read()
    assert status == 415
    assert detail in body


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"NaN", b"[Infinity]", b"1e999", b"1" * 5000, b"[" * 50_000, b'"\xff"',
     b'"\\ud800"', b'{"a":' * 10_000],
    ids=lambda body: body[:10],
)  # fmt: skip
def test_malformed_json_is_a_400(connection: Connection, body: bytes) -> None:
    connection.post("/json", body, JSON)
    assert connection.read()[::2] == (
        400,
        b'{"error":"400 Bad Request","status":400,"detail":"JSON is malformed."}',
    )
    assert connection.is_in_order()


@pytest.mark.parametrize("depth", [100, 500, 800, 900, 950, 970, 980, 985, 990, 995, 1000])
def test_nested_json_is_echoed_or_refused(connection: Connection, depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    connection.post("/json", body, JSON)
    status, _, answer = connection.read()
    assert status == 400 or answer == body


def test_all_errors_of_a_request_are_told_at_once(connection: Connection) -> None:
    connection.post("/todos?page=x", b'{"title": 1}', JSON)
    status, _, body = connection.read()
    assert status == 400
    assert b'"page":"Expected `int`, got `x`"' in body
    assert b'"title":"Expected `str`, got `int`"' in body


FORM = (
    b'--cut\r\ncontent-disposition: form-data; name="title"\r\n\r\nhello\r\n'
    b'--cut\r\ncontent-disposition: form-data; name="file"; filename="../a.txt"\r\n\r\nabc\r\n'
)


def test_form_is_read_and_its_files_are_closed(connection: Connection, recorder: Recorder) -> None:
    connection.post("/form", FORM + b"--cut--\r\n", MULTIPART)
    assert connection.read()[2] == b'{"title":"hello","file":["a.txt","abc"]}'
    assert connection.is_in_order()
    assert recorder.uploads.pop().file.closed


def test_urlencoded_form_is_read(connection: Connection) -> None:
    connection.post("/form", b"a=caf%C3%A9&b=+", "content-type: application/x-www-form-urlencoded")
    assert connection.read()[2].decode() == '{"a":"café","b":" "}'


def test_form_that_is_cut_short_is_a_400(connection: Connection) -> None:
    connection.post("/form", FORM, MULTIPART)
    status, _, body = connection.read()
    assert status == 400
    assert b"The form ends before its closing boundary." in body
    assert connection.is_in_order()


def test_form_of_too_many_fields_is_a_413(connection: Connection) -> None:
    connection.post("/form", b"a&" * 201, "content-type: application/x-www-form-urlencoded")
    status, _, body = connection.read()
    assert status == 413
    assert b"The form has more than 200 fields." in body
    assert connection.is_in_order()


@pytest.mark.parametrize(
    ("path", "header", "half"),
    [("/size", JSON, b"half"), ("/json", JSON, b'{"a'), ("/form", MULTIPART, FORM)],
)
def test_client_that_leaves_while_it_sends_is_no_error(
    server: tuple[LiveServer, Recorder], connection: Connection, path: str, header: str, half: bytes
) -> None:
    leaving = Connection(server[0].url)
    leaving.start(path, "content-length: 10000", header)
    leaving.send(half)
    leaving.close()
    assert connection.is_in_order()


def test_view_is_told_that_the_client_left(
    server: tuple[LiveServer, Recorder], recorder: Recorder, connection: Connection
) -> None:
    leaving = Connection(server[0].url)
    leaving.start("/pieces", "content-length: 10")
    leaving.send(b"half")
    leaving.close()
    assert recorder.left.wait(5)
    recorder.left.clear()
    assert connection.is_in_order()
