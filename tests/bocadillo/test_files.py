import asyncio
import gc
import io
import os
from pathlib import Path
from typing import Any

import pytest

from bocadillo import _files
from bocadillo._files import CHUNK_BYTES, File, find_file, send_file
from bocadillo._threads import run_in_thread
from bocadillo.errors import HTTPError

LARGE = os.urandom(3 * CHUNK_BYTES + 17)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.txt"
    path.write_bytes(b"0123456789")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    return path


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Watch the files that are opened, and fail when one is not closed."""
    files: list[Any] = []
    plain_open = Path.open

    def open_watched(self: Path, mode: str = "r") -> Any:
        file = plain_open(self, mode)
        if mode == "rb":
            files.append(file)
        return file

    monkeypatch.setattr(Path, "open", open_watched)
    yield files
    assert [file for file in files if not file.closed] == []


class Client:
    def __init__(self, *headers: tuple[bytes, bytes], method: str = "GET") -> None:
        self.scope = {"type": "http", "method": method, "headers": list(headers)}
        self.gone = asyncio.Event()
        self.messages: list[Any] = []

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    async def get(self, file: File, *, status: int = 200) -> tuple[int, dict[bytes, bytes], bytes]:
        await send_file(
            file, status=status, headers=[], scope=self.scope, receive=self.receive, send=self.send
        )
        start = self.messages[0]
        assert start["type"] == "http.response.start"
        body = b"".join(message["body"] for message in self.messages[1:])
        assert not self.messages[-1].get("more_body", False)
        return start["status"], dict(start["headers"]), body


async def test_file_is_found_by_its_path(small: Path) -> None:
    found = File(small, "small.txt", "text/plain; charset=utf-8")
    assert await find_file(small) == found
    assert await find_file(str(small)) == found


@pytest.mark.parametrize("name", ["", "none.txt", "nul\x00", "\ud800", "x" * 5000])
async def test_what_is_no_file_is_a_404(tmp_path: Path, name: str) -> None:
    with pytest.raises(HTTPError) as caught:
        await find_file(tmp_path / name)
    assert caught.value.status_code == 404


async def test_what_is_neither_file_nor_folder_is_a_404(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(HTTPError):
        await find_file(tmp_path / "pipe")


async def test_file_that_cannot_be_read_is_a_404(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)
    with pytest.raises(HTTPError):
        await find_file(small)


async def test_small_file_is_sent_in_one_message(small: Path) -> None:
    client = Client()
    status, headers, body = await client.get(await find_file(small))
    assert (status, headers[b"content-length"], body) == (200, b"10", b"0123456789")
    assert len(client.messages) == 2


async def test_empty_file_is_sent(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    status, headers, body = await Client().get(await find_file(tmp_path / "empty"))
    assert (status, headers[b"content-length"], body) == (200, b"0", b"")


async def test_large_file_is_sent_by_pieces(large: Path) -> None:
    client = Client()
    status, headers, body = await client.get(await find_file(large))
    assert (status, headers[b"content-length"]) == (200, str(len(LARGE)).encode())
    assert body == LARGE
    assert max(len(message["body"]) for message in client.messages[1:]) == CHUNK_BYTES


@pytest.mark.parametrize("at", [5, CHUNK_BYTES, 2 * CHUNK_BYTES + 1])
async def test_large_range_is_that_part_of_the_file(large: Path, at: int) -> None:
    client = Client((b"range", b"bytes=%d-" % at))
    status, headers, body = await client.get(await find_file(large))
    assert (status, body) == (206, LARGE[at:])
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize("ranges", [b"bytes=0-4,10-14", b"bytes=0-4,100-199999"])
async def test_several_ranges_are_sent_with_their_heads(large: Path, ranges: bytes) -> None:
    status, headers, body = await Client((b"range", ranges)).get(await find_file(large))
    assert (status, headers[b"content-length"]) == (206, str(len(body)).encode())
    boundary = headers[b"content-type"].partition(b"boundary=")[2]
    first, second = (part.partition(b"\r\n\r\n")[2] for part in body.split(boundary)[1:3])
    start = 10 if b"10-14" in ranges else 100
    end = 15 if b"10-14" in ranges else 200000
    assert first == LARGE[:5] + b"\r\n--"
    assert second == LARGE[start:end] + b"\r\n--"


@pytest.mark.parametrize("name", ["small.txt", "large.bin"])
async def test_head_has_the_length_and_no_body(
    tmp_path: Path, small: Path, large: Path, name: str
) -> None:
    status, headers, body = await Client(method="HEAD").get(await find_file(tmp_path / name))
    length = str((tmp_path / name).stat().st_size).encode()
    assert (status, headers[b"content-length"], body) == (200, length, b"")


async def test_status_of_the_view_is_kept(small: Path) -> None:
    client = Client((b"if-none-match", b"*"))
    status, _, body = await client.get(await find_file(small), status=404)
    assert (status, body) == (404, b"0123456789")


async def test_client_that_has_the_file_gets_no_body(small: Path) -> None:
    _, headers, _ = await Client().get(await find_file(small))
    again = Client((b"if-none-match", headers[b"etag"]))
    assert (await again.get(await find_file(small)))[::2] == (304, b"")


async def test_file_that_changes_has_another_tag(small: Path) -> None:
    before = (await Client().get(await find_file(small)))[1]
    await run_in_thread(small.write_bytes, b"another")
    assert (await Client().get(await find_file(small)))[1][b"etag"] != before[b"etag"]


async def test_file_that_is_gone_since_it_was_found_is_a_404(small: Path) -> None:
    file = await find_file(small)
    await run_in_thread(small.unlink)
    status, headers, body = await Client().get(file)
    assert (status, headers[b"content-type"]) == (404, b"application/json")
    assert body == b'{"error":"404 Not Found","status":404}'


@pytest.mark.parametrize("size", [10, 3 * CHUNK_BYTES])
async def test_file_that_becomes_shorter_is_an_error(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * size)
    plain = _files._Reader.open

    def open_and_shorten(self: Any) -> Any:
        found = plain(self)
        os.truncate(path, 5)
        return found

    monkeypatch.setattr(_files._Reader, "open", open_and_shorten)
    with pytest.raises(RuntimeError) as caught:
        await Client().get(await find_file(path))
    assert str(caught.value) == f"the file {str(path)!r} became shorter while it was sent"


async def test_client_that_leaves_ends_a_large_file(large: Path) -> None:
    client = Client()

    async def send(message: Any) -> None:
        client.messages.append(message)
        if len(client.messages) == 2:
            client.gone.set()
            await asyncio.Event().wait()

    file = await find_file(large)
    await send_file(
        file, status=200, headers=[], scope=client.scope, receive=client.receive, send=send
    )
    assert len(client.messages) == 2


@pytest.mark.parametrize("fails_at", [1, 2])
@pytest.mark.parametrize("name", ["small.txt", "large.bin"])
async def test_transport_that_fails_is_not_an_error(
    tmp_path: Path, small: Path, large: Path, *, name: str, fails_at: int
) -> None:
    client = Client()

    async def send(message: Any) -> None:
        client.messages.append(message)
        if len(client.messages) == fails_at:
            raise OSError("gone")

    file = await find_file(tmp_path / name)
    await send_file(
        file, status=200, headers=[], scope=client.scope, receive=client.receive, send=send
    )
    assert len(client.messages) == fails_at


async def test_file_opened_for_a_request_that_was_cancelled_is_closed(
    small: Path, opened: list[io.BufferedReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await find_file(small)
    client = Client()
    loop = asyncio.get_running_loop()
    has_begun, has_ended = asyncio.Event(), asyncio.Event()
    plain = _files._Reader.open
    is_cancelled = asyncio.Event()

    def open_late(self: Any) -> Any:
        loop.call_soon_threadsafe(has_begun.set)
        asyncio.run_coroutine_threadsafe(is_cancelled.wait(), loop).result(5)
        found = plain(self)
        loop.call_soon_threadsafe(has_ended.set)
        return found

    monkeypatch.setattr(_files._Reader, "open", open_late)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(client.get(file))
        await has_begun.wait()
        task.cancel()
        await asyncio.wait([task])
        is_cancelled.set()
        await has_ended.wait()
    assert (len(opened), client.messages) == (1, [])
    gc.collect()  # an open file would be a warning
