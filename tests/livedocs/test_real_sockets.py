"""A raw application, served by uvicorn and spoken to with `websockets`."""

from pathlib import Path

import pytest

from livedocs.compare import compare_talk
from livedocs.cookies import Jar
from livedocs.real import serve
from livedocs.real_sockets import talk_for_real
from livedocs.running import run_example
from livedocs.talk_text import parse_talk
from tests.livedocs.samples import application, talk_step

pytestmark = pytest.mark.real

APP = """\
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    headers = dict(scope["headers"])
    if scope["path"] == "/closed":
        return await send({"type": "websocket.close"})
    if scope["path"] in ("/denied", "/moved"):
        kind = "websocket.http.response"
        status = 401 if scope["path"] == "/denied" else 302
        pairs = [(b"location", b"/"), (b"content-length", b"4")]
        await send({"type": f"{kind}.start", "status": status, "headers": pairs})
        return await send({"type": f"{kind}.body", "body": b"who?"})
    chosen = (scope["subprotocols"] or [None])[-1]
    cookies = [(b"set-cookie", b"who=ada; path=/")]
    await send({"type": "websocket.accept", "subprotocol": chosen, "headers": cookies})
    words = (scope["path"], scope["query_string"].decode(), headers[b"host"].decode())
    text = " ".join(word for word in words if word)
    await send({"type": "websocket.send", "text": text})
    await send({"type": "websocket.send", "text": headers.get(b"cookie", b"none").decode()})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "bye":
            await send({"type": "websocket.close", "code": 4000, "reason": "good bye"})
        elif message.get("text") == "fail":
            raise RuntimeError("as it was told to")
        else:
            await send({**message, "type": "websocket.send"})
"""
TALKS = [
    "/a%20b?c=d\n< /a b c=d localhost:8000\n< none\n> é\n< é\n> 0x00ff\n< 0x00ff\n",
    "/\ncookie: who=...\n< ...\n< who=ada\n> bye\n< close 4000 good bye\n",
    "/\nSec-WebSocket-Protocol: a, b\n< accepted b\n> close 1000\n",
    "/\nHost: example.com\n< / example.com\n",
    "/closed\n< denied 403\n",
    "/denied\n< denied 401 who?\n",
    "/moved\n< denied 302\n",
    "ada /\nbob /\nada> 1\nbob> 2\nbob< ...\nbob< ...\nbob< 2\nada< ...\nada< ...\nada< 1\n",
]
WRONG = "/\n< ...\n< ...\n> fail\n< fine\n"


def test_a_real_client_hears_what_the_engine_says(tmp_path: Path) -> None:
    steps = [talk_step(number, source) for number, source in enumerate([*TALKS, WRONG])]
    run = run_example(application(APP, *steps))
    told = {
        step: (answer.failure, list(map(str, answer.differences)))
        for step, answer in run.answers.items()
    }

    (tmp_path / "app.py").write_text(APP)
    jar = Jar()
    with serve("app:app", tmp_path) as port:
        real = [
            list(map(str, compare_talk(talk_for_real(parse_talk(source, 1), port, jar))))
            for source in [*TALKS, WRONG]
        ]

    assert real == [*[[]] * len(TALKS), ["line 5: expected '< fine', got '< close 1006'"]]
    assert [differences for _, differences in told.values()] == real
    assert {failure for failure, _ in told.values()} == {None}
    cause = run.answers[f"s{len(TALKS)}"].cause
    assert cause is not None
    assert cause.endswith("RuntimeError: as it was told to\n")
