import asyncio
from collections.abc import AsyncIterator

import pytest

from bocadillo.testing import AsyncClient

from app import app, parse_id

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# --8<-- [start:client]
@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(app) as client:
        yield client


async def report(client: AsyncClient, celsius: float) -> str:
    """Report a reading, and return its id."""
    response = await client.post("/readings", json={"celsius": celsius})
    assert response.status_code == 201
    return str(response.json()["id"])


# --8<-- [end:client]


# --8<-- [start:live]
async def test_reading_comes_to_all_who_listen(client: AsyncClient) -> None:
    async with client.stream("GET", "/readings") as one, client.stream("GET", "/readings") as two:
        number = await report(client, 21.5)
        for listener in (one, two):
            event = await listener.event()
            assert (event.name, event.id, event.json()) == ("reading", number, {"celsius": 21.5})


async def test_client_that_comes_back_gets_what_it_missed(client: AsyncClient) -> None:
    first, *others = [await report(client, celsius) for celsius in (20, 21, 22)]
    headers = {"last-event-id": first}
    async with client.stream("GET", "/readings", headers=headers) as listener:
        assert [(await listener.event()).id, (await listener.event()).id] == others
        newest = await report(client, 23)
        assert (await listener.event()).id == newest


# --8<-- [end:live]


async def test_client_that_comes_back_after_a_restart_gets_all_that_came_since() -> None:
    async with AsyncClient(app) as client:
        old = [await report(client, celsius) for celsius in (20, 21, 22)]
    await asyncio.sleep(0.01)  # a restart takes a while, and ids are times
    async with AsyncClient(app) as client:
        new = [await report(client, celsius) for celsius in (30, 31, 32, 33)]
        headers = {"last-event-id": old[-1]}
        async with client.stream("GET", "/readings", headers=headers) as listener:
            assert [(await listener.event()).id for _ in new] == new


async def test_client_from_the_future_starts_anew(client: AsyncClient) -> None:
    newest = await report(client, 20)
    headers = {"last-event-id": "9" * 15}
    async with client.stream("GET", "/readings", headers=headers) as listener:
        assert (await listener.event()).id == newest


async def test_client_is_told_to_come_back_when_the_server_stops(client: AsyncClient) -> None:
    async with client.stream("GET", "/readings") as listener:
        await report(client, 20)
        await listener.event()
        await client.drain()
        assert [event async for event in listener.events()] == []
        assert listener.retry == 1000


@pytest.mark.parametrize(
    ("text", "number"), [(None, 0), ("", 0), ("12", 12), ("-1", 0), ("x", 0), ("9" * 5000, 0)]
)
def test_id_that_is_none_of_ours_counts_as_none(text: str | None, number: int) -> None:
    assert parse_id(text) == number


async def test_page_is_served(client: AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "EventSource" in answer.text


@pytest.mark.parametrize("celsius", [-300, 5000, "warm"])
async def test_reading_that_cannot_be_is_refused(client: AsyncClient, celsius: object) -> None:
    response = await client.post("/readings", json={"celsius": celsius})
    assert response.status_code == 400
