"""A small raw application, served by uvicorn and asked with curl."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from livedocs import real
from livedocs.model import Example, Expected, Request, Step
from livedocs.real import ServerError, curl, run_for_real, serve
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
