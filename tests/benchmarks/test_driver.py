"""The driver: what a server would do, and nothing that an application could notice."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from tests.benchmarks.cases import CASES, HELLO, LOOKUPS, Case, lookup_case, route_path
from tests.benchmarks.driver import count_calls, do_nothing, drive, problem, start, timed
from tests.benchmarks.frameworks import IN_PROJECT

HERE = "tests.benchmarks.apps"
PLAIN = CASES[0]


def response(body: bytes, status: int = 200) -> list[dict[str, Any]]:
    """Return the messages of a response."""
    return [
        {"type": "http.response.start", "status": status, "headers": []},
        {"type": "http.response.body", "body": body},
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("framework", sorted(IN_PROJECT))
async def test_application_answers_each_case_rightly(framework: str, case: Case) -> None:
    make = getattr(import_module(f"{HERE}.{framework}"), case.kind, None)
    if make is None:
        assert (framework, case.kind) == ("starlette", "providers")
        return
    app = make()
    for _ in range(2):
        assert problem(case, await drive(app, case)) == ""


@pytest.mark.parametrize("where", LOOKUPS)
@pytest.mark.parametrize("param", [False, True])
@pytest.mark.parametrize("framework", sorted(IN_PROJECT))
async def test_application_with_many_routes_finds_them(
    framework: str, where: str, param: bool
) -> None:
    app = import_module(f"{HERE}.{framework}").routing(routes=60, param=param)
    case = lookup_case(where, routes=60, param=param)
    assert problem(case, await drive(app, case)) == ""


@pytest.mark.parametrize("framework", sorted(IN_PROJECT))
async def test_hello_application_answers(framework: str) -> None:
    app = import_module(f"{HERE}.{framework}").hello()
    assert problem(PLAIN, await drive(app, PLAIN)) == ""


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (response(HELLO.encode()), ""),
        (response(b"Hola"), "body b'Hola'"),
        (response(b"?", status=500), "status 500, body b'?'"),
        (response(b"")[:1], "the response has no end"),
        ([], "no response, but []"),
    ],
)
def test_wrong_answer_is_told(messages: list[dict[str, Any]], expected: str) -> None:
    assert problem(PLAIN, messages) == expected


def test_documents_are_compared_as_json() -> None:
    case = Case("json", "JSON", document={"id": 1})
    assert case.is_right(b'{ "id": 1 }')
    assert not case.is_right(b'{"id": 2}')
    assert Case("any", "any").is_right(b"whatever")


def test_events_are_read_as_browsers_do() -> None:
    case = Case("sse", "events", document={"id": 1}, events=2)
    event = b': hello\nid: 7\nevent: greeting\ndata: {"id": 1}\n\n'
    assert case.is_right(event * 2)
    assert case.is_right(event.replace(b"\n", b"\r\n") + event)
    assert not case.is_right(event)
    assert not case.is_right(event + event.replace(b"event: greeting\n", b""))
    assert not case.is_right(event + event.replace(b"1", b"2"))


async def test_each_request_has_a_scope_of_its_own() -> None:
    seen: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        scope["headers"].append((b"x-mine", b"1"))
        scope["state"]["mine"] = True
        for message in response(HELLO.encode()):
            await send(message)

    await drive(app, PLAIN, requests=3)
    assert [len(scope["headers"]) for scope in seen] == [11, 11, 11]
    assert len({id(scope["state"]) for scope in seen}) == 3


async def test_client_is_gone_once_the_response_has_ended() -> None:
    heard: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append((await receive())["type"])
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(receive())
            await asyncio.sleep(0)
            assert not listening.done()
            for message in response(HELLO.encode()):
                await send(message)
        heard.append(listening.result()["type"])
        heard.append((await receive())["type"])

    await drive(app, PLAIN)
    assert heard == ["http.request", "http.disconnect", "http.disconnect"]


async def test_calls_are_exact() -> None:
    alone = await count_calls(do_nothing_at_all, PLAIN)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        len(scope)
        len(scope)

    assert await count_calls(app, PLAIN) == alone + 2


async def do_nothing_at_all(scope: Any, receive: Any, send: Any) -> None:
    pass


async def test_time_is_that_of_the_processor() -> None:
    assert 0 < await timed(do_nothing, PLAIN, 1000) < 5


async def test_failed_startup_is_told() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no flour"})

    with pytest.raises(RuntimeError, match="no flour"):
        await start(app)


async def test_application_without_lifespan_is_measured_all_the_same() -> None:
    await start(do_nothing)


def test_generated_paths_are_distinct() -> None:
    paths = {route_path(number, param=True) for number in range(1000)}
    assert len(paths) == 1000
    assert "/api/v1/group19/resource49/{name}" in paths
