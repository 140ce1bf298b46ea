"""Limits on the head of a request, over real sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import sleep

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from bocadillo import LiveServer
from bocadillo.cli._protocol import LimitedProtocol

pytestmark = pytest.mark.real


class ImpatientProtocol(LimitedProtocol):
    head_timeout_seconds = 0.2


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path and the names of the headers, once the body is read."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await anyio.sleep(2 * ImpatientProtocol.head_timeout_seconds)
        await send({"type": "websocket.send", "text": "hello"})
        return
    if scope["path"] == "/early":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"early", "more_body": True})
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if scope["path"] == "/early":
        await anyio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"late"})
        return
    names = b",".join(name for name, _ in scope["headers"])
    body = scope["path"].encode() + b" " + names
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with LiveServer(app, http=LimitedProtocol, lifespan="off", server_header=False) as running:
        yield running


@pytest.fixture(scope="module")
def impatient() -> Iterator[LiveServer]:
    with LiveServer(app, http=ImpatientProtocol, lifespan="off", timeout_keep_alive=60) as running:
        yield running


@contextmanager
def connect(server: LiveServer) -> Iterator[socket.socket]:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        yield connection


def read_all(connection: socket.socket) -> str:
    """Return what comes until the server closes the connection."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:  # it did not read all that was sent
        pass
    return received.decode()


def read_until(connection: socket.socket, end: bytes) -> str:
    received = b""
    while end not in received:
        chunk = connection.recv(65536)
        assert chunk, received
        received += chunk
    return received.decode("latin-1")


def exchange(server: LiveServer, request: bytes) -> str:
    with connect(server) as connection:
        connection.sendall(request)
        return read_all(connection)


def with_headers(count: int) -> bytes:
    lines = b"".join(b"x-%d: y\r\n" % i for i in range(count - 2))
    return b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n" + lines + b"\r\n"


def test_a_hundred_headers_are_answered(server: LiveServer) -> None:
    assert exchange(server, with_headers(100)).startswith("HTTP/1.1 200 OK\r\n")


def test_one_header_more_is_refused_and_the_connection_ends(server: LiveServer) -> None:
    reply = exchange(server, with_headers(101))

    assert reply.startswith("HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert "\r\nconnection: close\r\n" in reply
    assert "\r\ncontent-type: text/plain; charset=utf-8\r\n" in reply
    assert "\r\nserver:" not in reply
    assert reply.endswith("\r\n\r\nexpected at most 100 headers, got 101")


def test_head_of_nearly_64_kib_is_answered(server: LiveServer) -> None:
    request = b"GET / HTTP/1.1\r\nconnection: close\r\ncookie: " + b"a" * 65_000 + b"\r\n\r\n"
    assert exchange(server, request).startswith("HTTP/1.1 200 OK\r\n")


TOO_LARGE = [
    pytest.param(b"GET / HTTP/1.1\r\ncookie: " + b"a" * 66_000 + b"\r\n\r\n", id="header"),
    pytest.param(b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\n\r\n", id="path"),
    pytest.param(b"GET / HTTP/1.1\r\ncookie: " + b"a" * 200_000, id="header without end"),
    pytest.param(b"GET /" + b"a" * 200_000, id="path without end"),
]


@pytest.mark.parametrize("request_", TOO_LARGE)
def test_head_above_64_kib_is_refused(server: LiveServer, request_: bytes) -> None:
    with connect(server) as connection:
        try:
            connection.sendall(request_)
        except (BrokenPipeError, ConnectionResetError):
            return  # closed before all of it was sent: nothing can be read any more
        reply = read_all(connection)

    if reply:  # a reset, because of what was sent and not read, may overtake the answer
        assert reply.startswith("HTTP/1.1 431 ")
        assert reply.endswith("expected at most 65536 bytes in the head of a request, got more")


def test_complete_head_above_64_kib_in_one_piece_is_refused() -> None:
    """Where the kernel hands over more than 64 KiB at once."""

    class SmallProtocol(LimitedProtocol):
        max_head_bytes = 100

    with LiveServer(app, http=SmallProtocol, lifespan="off") as server:
        fits = exchange(server, b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n" + b"\r\n" * 40)
        reply = exchange(server, b"GET / HTTP/1.1\r\ncookie: " + b"a" * 100 + b"\r\n\r\n")
        unfinished = exchange(server, b"GET / HTTP/1.1\r\ncookie: " + b"a" * 100)

    assert fits.startswith("HTTP/1.1 200 ")
    for refusal in (reply, unfinished):
        assert refusal.startswith("HTTP/1.1 431 ")
        assert refusal.endswith("expected at most 100 bytes in the head of a request, got more")


def test_large_body_is_not_a_large_head(server: LiveServer) -> None:
    head = b"POST / HTTP/1.1\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n"
    assert exchange(server, head + b"a" * 1_000_000).startswith("HTTP/1.1 200 OK\r\n")


def test_trailers_are_no_headers(server: LiveServer) -> None:
    request = b"POST / HTTP/1.1\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    request += b"1\r\na\r\n0\r\nauthorization: me\r\n\r\n"
    assert exchange(server, request).endswith("/ connection,transfer-encoding")


def test_trailers_without_end_end_the_connection(server: LiveServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")
        assert "early" in read_until(connection, b"early\r\n")
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(7):
                connection.sendall(b"x: " + b"y" * 10_000 + b"\r\n")
        assert read_all(connection) == ""


def test_malformed_request_is_still_400(server: LiveServer) -> None:
    reply = exchange(server, b"GET HTTP\r\n\r\n")

    assert reply.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert reply.endswith("Invalid HTTP request received.")


def test_answer_in_the_making_is_sent_before_a_later_bad_request_ends_it(
    server: LiveServer,
) -> None:
    reply = exchange(server, b"GET /first HTTP/1.1\r\n\r\nGET HTTP\r\n\r\n")

    assert reply.count("HTTP/1.1 ") == 1
    assert reply.startswith("HTTP/1.1 200 OK\r\n")
    assert "/first" in reply


def test_nothing_is_read_after_a_bad_request(server: LiveServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /early HTTP/1.1\r\n\r\n")
        assert "early" in read_until(connection, b"early\r\n")
        connection.sendall(b"GET HTTP\r\n\r\n")
        sleep(0.05)  # so that the next line comes in a piece of its own
        connection.sendall(b"GET /next HTTP/1.1\r\n\r\n")
        assert read_all(connection) == "4\r\nlate\r\n0\r\n\r\n"


def test_bad_body_ends_a_response_that_has_not_begun_with_400(server: LiveServer) -> None:
    reply = exchange(server, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n")
    assert reply.startswith("HTTP/1.1 400 Bad Request\r\n")


def test_bad_body_cuts_a_response_that_has_begun(server: LiveServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        assert "early" in read_until(connection, b"early\r\n")
        connection.sendall(b"xyz\r\n")
        connection.sendall(b"more")
        assert read_all(connection) == ""


def test_head_that_stops_is_given_up_with_408(impatient: LiveServer) -> None:
    assert exchange(impatient, b"GET / HTTP/1.1\r\nhost:").startswith("HTTP/1.1 408 ")


def test_head_that_drips_is_given_up_with_408(impatient: LiveServer) -> None:
    reply = b""
    with connect(impatient) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: ")
        connection.settimeout(0.05)
        while not reply:
            connection.sendall(b"x")
            with suppress(TimeoutError):
                reply = connection.recv(65536)

    assert reply.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert reply.endswith(b"expected the head of a request within 0.2 seconds")


def test_connection_without_a_request_is_closed_without_a_word(impatient: LiveServer) -> None:
    assert exchange(impatient, b"") == ""


def test_second_head_on_a_connection_has_the_same_limit(impatient: LiveServer) -> None:
    with connect(impatient) as connection:
        connection.sendall(b"GET /one HTTP/1.1\r\n\r\n")
        assert "/one" in read_until(connection, b"/one ")
        connection.sendall(b"\r\n")
        connection.sendall(b"\r\n")
        assert read_all(connection).startswith("HTTP/1.1 408 ")


def test_websocket_outlives_the_time_its_handshake_had(impatient: LiveServer) -> None:
    with connect(impatient) as connection:
        connection.sendall(
            b"GET / HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert "hello" in read_until(connection, b"hello")
