from typing import Any

from bocadillo._transmission import send_whole


async def test_response_that_is_known_as_a_whole_is_two_messages() -> None:
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await send_whole(send, 404, [(b"x", b"y")], body=b"hello")
    assert messages == [
        {"type": "http.response.start", "status": 404, "headers": [(b"x", b"y")]},
        {"type": "http.response.body", "body": b"hello"},
    ]


async def test_whole_response_to_a_client_that_is_gone_is_no_error() -> None:
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])
        raise OSError("gone")

    await send_whole(send, 200, [], body=b"")
    assert sent == ["http.response.start"]
