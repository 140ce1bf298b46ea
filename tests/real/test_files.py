"""Files over real sockets: parts of them, clients that leave, and paths that want out."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bocadillo import App, LiveServer, Request, Response, static

pytestmark = pytest.mark.real

LARGE = os.urandom(8 * 1024 * 1024)
SECRET = b"the secret"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("outside") / "site"
    root.mkdir()
    (root.parent / "secret.txt").write_bytes(SECRET)
    (root / ".hidden").write_bytes(SECRET)
    (root / "link").symlink_to(root.parent)
    (root / "large.bin").write_bytes(LARGE)
    (root / "a.txt").write_bytes(b"0123456789")
    return root


@pytest.fixture(params=["httptools", "h11"], scope="module")
def server(request: pytest.FixtureRequest, site: Path) -> Iterator[LiveServer]:
    app = App()
    app.mount("static", static(site))

    @app.route("/large")
    async def large(req: Request, res: Response) -> None:
        await res.file(site / "large.bin")

    @app.route("/none")
    async def none(req: Request, res: Response) -> None:
        await res.file(site / "none.bin")

    @app.route("/gone")
    async def gone(req: Request, res: Response) -> None:
        res.status_code = 410
        await res.file(site / "a.txt", attach=False)

    with LiveServer(app, http=request.param) as server:
        yield server


class Connection:
    """Speak HTTP/1.1 over one socket, byte by byte as it is written here."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.reader = self.socket.makefile("rb")

    def ask(self, target: str, *headers: str, method: str = "GET") -> None:
        lines = [f"{method} {target} HTTP/1.1", "host: x", *headers, "", ""]
        self.socket.sendall("\r\n".join(lines).encode("latin-1"))

    def read(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        length = int(headers.get("content-length", 0)) if has_body else 0
        return status, headers, self.reader.read(length)

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


@pytest.fixture
def connection(server: LiveServer) -> Iterator[Connection]:
    connection = Connection(server.url)
    yield connection
    connection.close()


@pytest.mark.parametrize("target", ["/large", "/static/large.bin"])
def test_large_file_is_whole_and_so_are_its_parts(connection: Connection, target: str) -> None:
    connection.ask(target)
    status, headers, body = connection.read()
    assert (status, body == LARGE) == (200, True)
    connection.ask(target, "range: bytes=1000000-", f"if-range: {headers['etag']}")
    status, _, body = connection.read()
    assert (status, body == LARGE[1_000_000:]) == (206, True)
    connection.ask(target, "range: bytes=0-9,-10")
    status, headers, body = connection.read()
    assert (status, headers["content-length"]) == (206, str(len(body)))
    connection.ask(target, "range: bytes=99999999-")
    assert connection.read()[0] == 416
    connection.ask(target, f"if-none-match: {headers['etag']}")
    assert connection.read()[::2] == (304, b"")
    connection.ask(target, method="HEAD")
    status, headers, body = connection.read(has_body=False)
    assert (status, headers["content-length"]) == (200, str(len(LARGE)))
    connection.ask("/none")
    assert connection.read()[0] == 404


def test_status_of_the_view_is_kept(connection: Connection) -> None:
    connection.ask("/gone", "range: bytes=0-1", "if-none-match: *")
    assert connection.read()[::2] == (410, b"0123456789")


def test_client_that_leaves_closes_the_file(
    server: LiveServer, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        leaving = Connection(server.url)
        leaving.ask("/static/large.bin")
        leaving.reader.read(1000)
        leaving.close()
    other = Connection(server.url)
    other.ask("/static/a.txt")
    assert other.read()[2] == b"0123456789"
    other.close()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "target",
    [
        "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt",
        "/static/%2e%2e%2fsecret.txt", "/static/..%5csecret.txt", "/static/%252e%252e/secret.txt",
        "/static/..%c0%afsecret.txt", "/static/%c0%ae%c0%ae/secret.txt", "/static//secret.txt",
        "/static/link/secret.txt", "/static/link/none.txt", "/static/.hidden", "/static/%2ehidden",
        "/static/a.txt%00", "/static/a.txt%00.png", "/static/a.txt/", "/static/a.txt%2f",
        "/static/a.txt%0a", "/static/C:%5csecret.txt", "/static/%5c%5chost%5cshare",
        "/static/a.txt::$DATA", "/static/", "/static/none",
        "/static/..;/secret.txt", "/static/./a.txt", "/static/%ff",
    ],
)  # fmt: skip
def test_paths_that_want_out_are_all_the_same_404(connection: Connection, target: str) -> None:
    connection.ask(target)
    status, _, body = connection.read()
    assert (status, body) == (404, b'{"error":"404 Not Found","status":404}')
    connection.ask("/static/a.txt")
    assert connection.read()[2] == b"0123456789"
