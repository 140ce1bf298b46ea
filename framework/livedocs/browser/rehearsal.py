"""Run an application under Node as a page will, and tell which modules that takes.

It shows while the site is built that the framework runs in Pyodide at all, and what the page must
download before the first response; the rest of the standard library comes when it is imported.
"""

import asyncio
import importlib
import json
import sys
from typing import Any

from livedocs.browser.runner import Runner

APP = """
from dataclasses import dataclass
from bocadillo import App

app = App()


@app.route("/hello/{who}", methods=["get", "post"])
async def hello(req, res, who: str, times: int = 1):
    res.json = {"message": f"Hello, {who}!" * times, "body": (await req.body()).decode()}


@app.route("/fail")
async def fail(req, res):
    raise RuntimeError("as a reader's code may")


@app.websocket_route("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)
"""
STEP = {"id": "s1", "talk": "/echo\n> hello\n< hello\n> close 1000\n"}
# What examples are likely to import.
COMMON = (
    "base64 bisect calendar collections.abc contextvars copy csv datetime decimal enum fractions "
    "hashlib heapq hmac html http.cookies itertools json math operator pathlib pprint "
    "queue random secrets string textwrap timeit tomllib traceback typing uuid zoneinfo"
)
# What examples of certain pages import, which has an archive of its own.
MORE = (
    "configparser gzip itsdangerous jinja2 mimetypes python_multipart.multipart "
    "starlette.formparsers starlette.middleware.cors starlette.middleware.gzip "
    "starlette.middleware.sessions starlette.staticfiles"
)


class RehearsalError(RuntimeError):
    """An application does not run in Pyodide as it should."""


async def used_modules() -> str:
    """Return the names of modules by when they are imported, as JSON.

    Returns:
        `{"python": [...], "more": [...]}`: what a first run imports, and what `MORE` does besides.

    Raises:
        RehearsalError: A request was not answered; the text has the runner's messages.
    """
    answered = asyncio.Event()
    posted: list[dict[str, Any]] = []

    def post(message: dict[str, Any]) -> None:
        posted.append(message)
        responses = [entry for entry in posted if entry["type"] == "response"]
        if message["type"] == "failed" or len(responses) == len(requests) + 1:
            answered.set()

    requests = [
        {"method": "POST", "target": "/hello/Ada?times=2", "headers": [], "body": "{}"},
        {"method": "GET", "target": "/hello/Ada?times=x", "headers": []},
        {"method": "GET", "target": "/fail", "headers": []},
        {"method": "GET", "target": "/nowhere", "headers": []},
    ]
    runner = Runner(post)
    example = {"kind": "app", "main": "app.py", "files": {"app.py": APP}, "steps": [STEP]}
    runner.receive({"type": "run", "run": 1, "example": example})
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(runner.serve())
        await asyncio.sleep(0)  # let it take the run
        for number, request in enumerate(requests):
            runner.receive({"type": "send", "run": 1, "exchange": number, "request": request})
        runner.receive({"type": "send", "run": 1, "exchange": len(requests), "step": "s1"})
        await answered.wait()
        serving.cancel()
    statuses = [entry["response"]["status"] for entry in posted if "response" in entry]
    verdicts = {entry["verdict"] for entry in posted if entry["type"] == "response"}
    if sorted(statuses) != [200, 400, 404, 500] or verdicts != {"undocumented", "same"}:
        raise RehearsalError(f"an application did not answer as it should in Pyodide: {posted}")
    for name in COMMON.split():
        importlib.import_module(name)
    first = set(sys.modules)
    for name in MORE.split():
        importlib.import_module(name)
    return json.dumps({"python": sorted(first), "more": sorted(set(sys.modules) - first)})
