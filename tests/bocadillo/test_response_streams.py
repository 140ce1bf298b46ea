from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bocadillo import Response
from bocadillo.streaming import Stream


async def feed() -> AsyncGenerator[str, None]:
    yield "data: a\n\n"


def headers_of(response: Response) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in response.encode()[1]}


def test_event_stream_has_the_headers_that_browsers_and_proxies_need() -> None:
    response = Response()
    assert response.event_stream(feed) is feed
    assert response.source == Stream(feed, ping=15.0)
    assert response.is_stream
    assert headers_of(response) == {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
    }


def test_event_stream_takes_options() -> None:
    response = Response()
    response.event_stream(ping=None, raise_on_disconnect=True)(feed)
    assert response.source == Stream(feed, raise_on_disconnect=True)
    response.event_stream(ping=3)(feed)
    assert response.source == Stream(feed, ping=3)


def test_headers_that_the_view_has_set_are_kept() -> None:
    response = Response()
    response.headers["cache-control"] = "no-store"
    response.headers["x-accel-buffering"] = "yes"
    response.headers["content-type"] = "text/event-stream; charset=utf-8"
    response.event_stream(feed)
    assert headers_of(response) == {
        "cache-control": "no-store",
        "x-accel-buffering": "yes",
        "content-type": "text/event-stream; charset=utf-8",
    }


def test_headers_of_an_event_stream_can_be_seen_and_changed() -> None:
    response = Response()
    response.event_stream(feed)
    assert response.headers["cache-control"] == "no-cache, no-transform"
    del response.headers["x-accel-buffering"]
    assert headers_of(response) == {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
    }


def test_last_content_set_wins() -> None:
    response = Response()
    response.json = {}
    response.event_stream(feed)
    assert headers_of(response)["content-type"] == "text/event-stream"
    response.text = "a"
    assert (response.source, response.content) == (None, b"a")


@pytest.mark.parametrize("ping", [0, -1, float("inf"), float("nan"), "15", True])
def test_ping_that_is_no_time_is_refused(ping: Any) -> None:
    response = Response()
    with pytest.raises(ValueError, match="expected seconds greater than 0, or None, for `ping`"):
        response.event_stream(ping=ping)(feed)
    assert response.source is None


@pytest.mark.parametrize("register", ["stream", "event_stream"])
def test_what_is_no_generator_function_is_refused(register: str) -> None:
    with pytest.raises(TypeError, match="expected an async generator function"):
        getattr(Response(), register)(len)
