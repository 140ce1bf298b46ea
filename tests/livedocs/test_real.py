"""A small raw application, served by uvicorn and asked with curl."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from livedocs import real
from livedocs.console import parse_console
from livedocs.curl import expected_output, parse_curl
from livedocs.model import NO_REQUEST, Example, Expected, Headers, Manner, Request, Step
from livedocs.real import ServerError, curl, run_for_real, serve
from livedocs.running import run_example
from livedocs.session_text import parse_session
from tests.livedocs.samples import application

pytestmark = pytest.mark.real

ECHO = """\
from words import HELLO


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = (await receive())["body"].decode()
    name = dict(scope["headers"]).get(b"x-name", b"")
    path = scope["raw_path"].decode() + "?" + scope["query_string"].decode()
    status = 204 if path == "/empty?" else 200
    text = "" if status == 204 else f"{HELLO} {scope['method']} {path} {body}\\r\\n\\r\\nend"
    await send({"type": "http.response.start", "status": status, "headers": [(b"x-name", name)]})
    await send({"type": "http.response.body", "body": text.encode()})
"""


def example(source: str, *steps: Step) -> Example:
    return application(source, *steps, files={"words.py": "HELLO = 'é'\n"})


def http(number: int, request: Request, body: str, status: int = 200) -> Step:
    return Step(f"s{number}", request, Expected(status, (), body))


def console(number: int, words: str, body: str) -> Step:
    request, expected = Request("GET", "/"), Expected(body=body)
    return Step(f"s{number}", request, expected, tuple(words.split()))


def test_a_real_server_and_a_real_curl_say_the_same(tmp_path: Path) -> None:
    end = "\r\n\r\nend"
    steps = (
        http(1, Request("GET", "//a[b]/../{c}?d=%20"), f"é GET //a[b]/../{{c}}?d=%20 {end}"),
        http(2, Request("PUT", "/", (("x-name", "é"),), "@body\n"), f"é PUT /? @body\n{end}"),
        http(3, Request("HEAD", "/"), ""),
        http(4, Request("GET", "/empty"), "", 204),
        console(5, "curl http://localhost:8000/a", f"é GET /a? {end}"),
        console(6, "curl -d x=1 127.0.0.1:8000/a", f"é POST /a? x=1{end}"),
        http(7, Request("GET", "/"), "other"),
    )

    differences = run_for_real(example(ECHO, *steps), tmp_path)

    assert [step for step, found in differences.items() if found] == ["s7"]
    [difference] = differences["s7"]
    assert (difference.expected, difference.got) == ("other", f"é GET /? {end}")


VISITS = """\
from http.cookies import SimpleCookie

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route


async def visit(request):
    number = int(request.cookies.get("visits", "0")) + 1
    response = PlainTextResponse(f"visit {number}")
    response.set_cookie("visits", str(number))
    return response


async def login(request):
    response = RedirectResponse("/visit", 303)
    response.set_cookie("visits", "10")
    return response


async def upload(request):
    async with request.form() as form:
        data = await form["file"].read()
        kind = form["file"].content_type
        text = f"{form['name']} {form['file'].filename} {kind} {len(data)} {data[:1].hex()}"
        return PlainTextResponse(text)


async def echo(request):
    return Response(await request.body(), media_type="image/png")


app = Starlette(
    routes=[
        Route("/visit", visit),
        Route("/login", login, methods=["POST"]),
        Route("/upload", upload, methods=["POST"]),
        Route("/echo", echo, methods=["POST"]),
    ]
)
"""
LOGO = "\udc89PNG\r\n"
COOKIE: Headers = (("cookie", "visits=..."),)
TALK = [
    ("-c cookies.txt {}/visit", "visit 1"),
    ("-b cookies.txt {}/visit", "visit 2"),
    ("-b cookies.txt -c cookies.txt {}/visit", "visit 2"),
    ("-b cookies.txt {}/visit", "visit 3"),
    ("-b visits=7 {}/visit", "visit 8"),
    ("-L -d x=1 {}/login", "visit 1"),
    ("-L -c jar -d x=1 {}/login", "visit 11"),
    ("-d x=1 {}/login", ""),
    ("-o out.bin -w '%{http_code} %{redirect_url}\\n' -d x {}/login", "303 {}/visit"),
    (
        "-L -d x -o out.bin -w '%{http_code} %{num_redirects} %{url_effective}' {}/login",
        "200 1 {}/visit",
    ),
    ("-w ' %{content_type} %{size_download}%%' {}/visit", "visit 1 text/plain; charset=utf-8 7%"),
    ("-F name=é -F file=@static/logo.png {}/upload", "é logo.png image/png 6 89"),
    (
        "-F name=a -F 'file=@logo.csv;filename=b.txt;type=text/csv' {}/upload",
        "a b.txt text/csv 4 61",
    ),
    ("--data-binary @logo.csv {}/echo", "a\nb\n"),
    ("-d @logo.csv --data-urlencode 'c=d e&f' {}/echo", "ab&c=d+e%26f"),
    ("--data-binary @static/logo.png -o logo.png -w '%{size_download}' {}/echo", "6"),
]


def with_talk(example: Example) -> Example:
    """Return an example with the steps of `TALK`, as a page would read them."""
    url = "http://localhost:8000"
    steps = [
        http(0, Request("GET", "/visit"), "visit 1"),
        http(0, Request("GET", "/visit", COOKIE), "visit 2"),
    ]
    for text, output in TALK:
        line = f"$ curl {text.replace('{}', url)}\n{output.replace('{}', url)}\n"
        [command] = parse_console(line, 1)
        curl = parse_curl(command, example.files)
        expected = expected_output(command, curl)
        steps.append(Step("", curl.request, expected, command.words, curl.manner))
    return replace(
        example, steps=tuple(replace(step, id=f"s{number}") for number, step in enumerate(steps))
    )


def test_what_the_engine_says_of_curl_is_what_the_real_one_does(tmp_path: Path) -> None:
    files = {"static/logo.png": LOGO, "logo.csv": "a\nb\n"}
    example = with_talk(application(VISITS, files=files))

    simulated = run_example(example)
    differences = run_for_real(example, tmp_path)

    assert (simulated.failure, simulated.leftovers) == (None, [])
    told = {
        name: (answer.failure, list(map(str, answer.differences)))
        for name, answer in simulated.answers.items()
    }
    assert told == {step.id: (None, []) for step in example.steps}
    assert {name: list(map(str, found)) for name, found in differences.items()} == {
        step.id: [] for step in example.steps
    }


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("x = 1\n", 'Attribute "app" not found in module "app"'),
        (
            (
                "async def app(scope, receive, send):\n    await receive()\n"
                "    await send({'type': 'lifespan.startup.failed', 'message': 'no database'})\n"
            ),
            "no database",
        ),
    ],
)
def test_a_server_that_cannot_start_says_why(source: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ServerError) as caught:
        run_for_real(example(source), tmp_path)

    assert str(caught.value).startswith("uvicorn did not start:\n")
    assert reason in str(caught.value)


def test_a_server_that_ends_says_so(tmp_path: Path) -> None:
    exits = ECHO.replace(
        "    body =",
        '    if scope["path"] == "/exit":\n        __import__("os")._exit(3)\n    body =',
    )
    step = http(1, Request("GET", "/exit"), "")

    with pytest.raises(ServerError, match=r"GET /exit: curl: \(\d+\)"):
        run_for_real(example(exits, step), tmp_path)

    with (
        pytest.raises(ServerError, match="uvicorn ended by itself with code 3:\n"),
        serve("app:app", tmp_path / "app") as port,
        pytest.raises(ServerError),
    ):
        curl(step, port, folder=tmp_path)


def test_a_server_that_does_not_stop_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real, "STOP_TIMEOUT_SECONDS", 0.2)
    stays = ECHO.replace(
        '        await send({"type": "lifespan.shutdown.complete"})',
        '        await __import__("asyncio").Event().wait()',
    )

    with pytest.raises(ServerError, match=r"^uvicorn did not stop within 0\.2 seconds:\n"):
        run_for_real(example(stays), tmp_path)


def test_a_machine_without_curl_is_told_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(ServerError) as caught:
        curl(http(1, Request("GET", "/"), ""), 1, folder=tmp_path)

    assert str(caught.value) == "no curl on this machine: install it (Debian: `apt install curl`)."


def test_a_folder_gets_the_files_of_the_example(tmp_path: Path) -> None:
    run_for_real(
        replace(example(ECHO), files={"app.py": ECHO, "words.py": "HELLO = 1\n"}), tmp_path
    )

    assert (tmp_path / "app" / "words.py").read_text() == "HELLO = 1\n"


STREAM = """\
import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number in (1, 2):
        body = f"data: {number}\\n\\n".encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
"""


def test_curl_is_stopped_after_the_documented_events(tmp_path: Path) -> None:
    request, manner = Request("GET", "/"), Manner(events=2)
    words = ("curl", "-N", "http://localhost:8000/")
    shown = [
        Step("s1", request, Expected(200, (), "data: 1\n\n..."), manner=manner),
        Step("s2", request, Expected(body="data: 1\n\ndata: 3"), words, manner),
    ]

    found = run_for_real(example(STREAM, *shown), tmp_path)

    assert found["s1"] == []
    assert [entry.got for entry in found["s2"]] == ["data: 1\n\ndata: 2\n\n"]


def test_curl_that_gets_no_event_stream_tells_why(tmp_path: Path) -> None:
    step = Step("s1", Request("GET", "/"), Expected(200), manner=Manner(events=1))

    with pytest.raises(ServerError, match=r"Could not connect|Failed to connect"):
        curl(step, 1, folder=tmp_path)


def test_requests_after_a_session_are_not_made_for_real(tmp_path: Path) -> None:
    session = Step("s2", NO_REQUEST, Expected(), session=parse_session(">>> 1\n1\n", 1))
    steps = (http(1, Request("GET", "/"), "é GET /? \r\n\r\nend"), session)
    other = http(3, Request("GET", "/"), "as changed at the prompt")

    assert run_for_real(example(ECHO, *steps, other), tmp_path) == {"s1": []}
