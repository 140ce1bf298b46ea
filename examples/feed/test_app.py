import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from bocadillo import LiveServer, create_client

from app import app, parse_id


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer(app) as server:
        yield server


# --8<-- [start:listener]
class Listener:
    """A client of the event stream."""

    def __init__(self, server: LiveServer, last_event_id: str = "") -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        headers = {"last-event-id": last_event_id} if last_event_id else {}
        self.connection.request("GET", "/readings", headers=headers)
        self.response = self.connection.getresponse()

    def next(self) -> dict[str, str]:
        """Return the fields of the next event."""
        lines = iter(lambda: self.response.readline().decode().rstrip("\n"), "")
        return dict(line.split(": ", 1) for line in lines)

    def close(self) -> None:
        self.response.close()
        self.connection.close()


# --8<-- [end:listener]


def report(server: LiveServer, celsius: float) -> str:
    """Report a reading, and return its id."""
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)) as connection:
        headers = {"content-type": "application/json"}
        connection.request("POST", "/readings", f'{{"celsius": {celsius}}}', headers)
        response = connection.getresponse()
        assert response.status == 201
        return str(json.loads(response.read())["id"])


# --8<-- [start:live]
def test_reading_comes_to_all_who_listen(server: LiveServer) -> None:
    with closing(Listener(server)) as one, closing(Listener(server)) as two:
        number = report(server, 21.5)
        event = {"id": number, "event": "reading", "data": '{"celsius":21.5}'}
        assert [one.next(), two.next()] == [event, event]


# --8<-- [end:live]


def test_client_that_comes_back_gets_what_it_missed(server: LiveServer) -> None:
    first, *others = [report(server, celsius) for celsius in (20, 21, 22)]
    with closing(Listener(server, last_event_id=first)) as listener:
        assert [listener.next()["id"], listener.next()["id"]] == others
        newest = report(server, 23)
        assert listener.next()["id"] == newest


def test_client_that_comes_back_after_a_restart_gets_all_that_came_since() -> None:
    with LiveServer(app) as server:
        old = [report(server, celsius) for celsius in (20, 21, 22)]
    with LiveServer(app) as server:
        new = [report(server, celsius) for celsius in (30, 31, 32, 33)]
        with closing(Listener(server, last_event_id=old[-1])) as listener:
            assert [listener.next()["id"] for _ in new] == new


def test_client_from_the_future_starts_anew(server: LiveServer) -> None:
    newest = report(server, 20)
    with closing(Listener(server, last_event_id="9" * 15)) as listener:
        assert listener.next()["id"] == newest


@pytest.mark.parametrize(
    ("text", "number"), [(None, 0), ("", 0), ("12", 12), ("-1", 0), ("x", 0), ("9" * 5000, 0)]
)
def test_id_that_is_none_of_ours_counts_as_none(text: str | None, number: int) -> None:
    assert parse_id(text) == number


@pytest.fixture
def client() -> Iterator[TestClient]:
    with create_client(app) as client:
        yield client


def test_page_is_served(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "EventSource" in answer.text


@pytest.mark.parametrize("celsius", [-300, 5000, "warm"])
def test_reading_that_cannot_be_is_refused(client: TestClient, celsius: object) -> None:
    assert client.post("/readings", json={"celsius": celsius}).status_code == 400
