from typing import Any

from livedocs.asgi import Exchange
from livedocs.browser.streams import Streams
from livedocs.model import Expected, Request, Response


def test_response_that_is_no_event_stream_is_left_as_it_is() -> None:
    posted: list[dict[str, Any]] = []
    streams = Streams()
    response = Response(200, (), "hello")

    with streams.open(1, Expected(200), None, post=lambda **fields: posted.append(fields)) as found:
        streams.leave(1)
        assert found.first(response) is response
        assert not found.is_cut_short

    streams.leave(1)
    assert posted == []


async def test_first_events_are_those_that_are_documented() -> None:
    with Streams().open(1, Expected(body="data: a"), 1, post=lambda kind, **_: None) as stream:
        exchange = Exchange(Request("GET", "/"))
        headers = [(b"content-type", b"text/event-stream")]
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        stream.show(exchange, "")
        assert stream.first(Response(200, (), "data: a\n\ndata: b\n\n")).body == "data: a\n\n"
        assert not stream.is_cut_short
