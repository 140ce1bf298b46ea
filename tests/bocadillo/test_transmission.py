from typing import Any

import pytest

from bocadillo import Response
from bocadillo._transmission import transmit


@pytest.mark.parametrize(("is_head", "body"), [(False, b"hello"), (True, b"")])
async def test_response_is_two_messages(is_head: bool, body: bytes) -> None:
    messages: list[Any] = []
    response = Response()
    response.text = "hello"

    async def send(message: Any) -> None:
        messages.append(message)

    await transmit(response, send, is_head=is_head)
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"5")]
    assert messages == [
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": body},
    ]


async def test_client_that_is_gone_is_not_an_error() -> None:
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])
        raise OSError("gone")

    await transmit(Response(), send, is_head=False)
    assert sent == ["http.response.start"]
