"""Run examples for a page: typed messages in, typed messages out, the engine between them.

In the browser this is imported by Pyodide in the page's worker (`worker.js`); it also runs on
CPython, where its tests do. One example runs at a time, in one task from its lifespan's startup to
its shutdown; its requests run beside each other in that task's group.

Messages in: `run`, `send`, `leave` (an event stream), `connect` and `say` (over a WebSocket),
`stop`. Messages out: `started`, `failed`, `stream` (what came of an event stream), `turn` (what was
said over a WebSocket), `response`, `finished`, `stopped`, `log`, `marks` (where errors arose). Each
carries `run`, the page's number for one run of one example. Those of previews are in `visits`.
"""

import asyncio
import json
import linecache
import shutil
import tempfile
import time
import zipimport
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from livedocs.browser import rest
from livedocs.browser.marks import find_marks
from livedocs.browser.output import LastResort, Stream, own_logging
from livedocs.browser.programs import live_script, live_session, type_session, verdict_of
from livedocs.browser.sockets import Sockets, perform
from livedocs.browser.streams import Streams
from livedocs.browser.threads import replace_threads
from livedocs.browser.visits import KINDS, Visits
from livedocs.compare import Difference, compare
from livedocs.conversation import Conversation, printed
from livedocs.engine import Program, run_app, traceback_in
from livedocs.messages import (
    expected_from_json,
    manner_from_json,
    request_from_json,
    response_to_json,
    session_from_json,
    talk_from_json,
)
from livedocs.model import Response

Message = dict[str, Any]
Post = Callable[[Message], None]

OUTPUT_LIMIT = 200_000
STDLIB = "/lib/python314.zip"
CUT = "\n(output is cut here: more than 200 KB)\n"


class Runner:
    """Runs one example at a time and posts what happens.

    Args:
        post: Gets each message for the page; must not block.
    """

    def __init__(self, post: Post) -> None:
        self.post = post
        self._waiting: asyncio.Queue[_Run] = asyncio.Queue()
        self._runs: dict[int, _Run] = {}  # by number: those that wait, and the one that runs

    def receive_json(self, text: str) -> None:
        """Take a message from the page as JSON text."""
        self.receive(json.loads(text))

    def receive(self, message: Message) -> None:
        """Take a message from the page."""
        if message["type"] == "run":
            for run in self._runs.values():
                run.receive({"type": "stop"})  # a new run ends those before it
            self._runs[message["run"]] = run = _Run(message, self.post)
            self._waiting.put_nowait(run)
        elif message["run"] in self._runs:
            self._runs[message["run"]].receive(message)

    async def serve(self) -> None:
        """Run one example after the other, for ever.

        Cancellation: the requests of the running example are cut short, then it is shut down.
        """
        while True:
            run = await self._waiting.get()
            await run.live()
            del self._runs[run.number]


class _Run:
    """One run of one example."""

    def __init__(self, message: Message, post: Post) -> None:
        example: Message = message["example"]
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.number: int = message["run"]
        self.place: str = example["main"]
        self._example = example
        self._post = post
        self._written = 0
        self._is_stopped = False
        self._scope: asyncio.Timeout | None = None  # for a stop, until an app reads its inbox
        self._streams = Streams()
        self._sockets = Sockets(self.post)
        self._steps = {step["id"]: step for step in example["steps"]}

    def receive(self, message: Message) -> None:
        """Take a message; a `stop` cancels what does not read its inbox."""
        self.inbox.put_nowait(message)
        if message["type"] == "stop":
            self._is_stopped = True
            if self._scope is not None:
                self._loop.call_soon(self._cancel)  # JavaScript calls from outside the loop

    def _cancel(self) -> None:
        if self._scope is not None:
            self._scope.reschedule(self._loop.time())

    def post(self, kind: str, /, **fields: Any) -> None:
        """Send a message to the page."""
        self._post({"type": kind, "run": self.number, **fields})

    def log(self, stream: str, text: str) -> None:
        """Send printed or logged text to the page, up to the limit."""
        shown = self._shown(text) if stream == "log" else text
        room = OUTPUT_LIMIT - self._written
        self._written += len(shown)
        if room > 0:
            self.post("log", stream=stream, text=shown[:room] + (CUT if len(shown) > room else ""))

    async def live(self) -> None:
        """Run the example from its start to its end; never raises what the example raised."""
        linecache.clearcache()  # tracebacks show the text of this run
        self._folder = folder = Path(tempfile.mkdtemp())
        out, err = Stream(self.log, "out"), Stream(self.log, "err")
        last_resort = LastResort(self.log, self.place, note=self.mark)
        try:
            with redirect_stdout(out), redirect_stderr(err), own_logging(last_resort):
                await self._execute(self._program(folder))
        except BaseException as error:
            task = asyncio.current_task()
            if isinstance(error, GeneratorExit) or (task is not None and task.cancelling()):
                raise  # it is we who are to end; else the example raised it, whatever it is
            self.post("failed", traceback=self._traceback(error))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _program(self, folder: Path) -> Program:
        files: Mapping[str, str] = self._example["files"]
        main = self._example["main"]
        return Program(folder, files, main, files[main], self.place)

    async def _execute(self, program: Program) -> None:
        if self._is_stopped:
            return self.post("stopped")
        self._loop = asyncio.get_running_loop()
        kinds = {"script": self._run_script, "session": self._run_session}
        run = kinds.get(self._example["kind"], self._run_app)
        scope = asyncio.timeout(None)
        try:
            async with scope as self._scope:
                await run(program)
        except TimeoutError:
            if not scope.expired():
                raise
            self.post("stopped")
        finally:
            self._scope = None

    async def _run_script(self, program: Program) -> None:
        told = await live_script(program, self._example, log=self.log, explain=self._traceback)
        self.post("finished", **told)

    async def _run_session(self, program: Program) -> None:
        self.post("finished", **await live_session(program, log=self.log))

    async def _run_app(self, program: Program) -> None:
        started = time.perf_counter()
        async with run_app(program, write=lambda text: self.log("out", f"{text}\n")) as session:
            self._scope = None
            visits = Visits(session, self.post, explain=self._traceback)
            self.post("started", seconds=time.perf_counter() - started)
            async with asyncio.TaskGroup() as group:
                requests = set()
                while (message := await self.inbox.get())["type"] != "stop":
                    if message["type"] == "leave":
                        self._streams.leave(message["exchange"])
                    elif message["type"] == "say":
                        self._sockets.say(message["exchange"], message["text"])
                    elif message["type"] in ("frame", "abandon"):
                        visits.receive(message)
                    else:
                        is_visit = message["type"] in KINDS
                        task = group.create_task(
                            visits.live(message) if is_visit else self._answer(session, message)
                        )
                        requests.add(task)
                        task.add_done_callback(requests.discard)
                for task in requests:
                    task.cancel()
        self.post("stopped")

    async def _answer(self, session: Conversation, message: Message) -> None:
        number = message["exchange"]
        step = self._steps.get(message.get("step"), {})
        talk, typed = talk_from_json(step), session_from_json(step)
        started = time.perf_counter()
        try:
            if message["type"] == "connect":
                request = request_from_json(message["request"])
                fields = await self._sockets.live(session, request, number)
            elif talk is not None:
                fields = await perform(session, talk, number, post=self.post)
            elif typed is not None:
                fields = await type_session(typed, session.names)
            else:
                fields = await self._send(session, message, step)
        except Exception as error:  # noqa: BLE001 # whatever the reader's code raises is shown
            fields = {"error": self._traceback(error), "verdict": "differs"}
            self.post("response", exchange=number, **fields)
            return
        self.post("response", exchange=number, seconds=time.perf_counter() - started, **fields)

    async def _send(self, session: Conversation, message: Message, step: Message) -> Message:
        manner = manner_from_json(step)
        expected = expected_from_json(step["expected"]) if step else None
        number = message["exchange"]
        with self._streams.open(number, expected, manner.events, post=self.post) as stream:
            response = await session.send(
                request_from_json(message["request"]),
                replace(manner, events=None),  # readers see more, until they stop it
                show=stream.show,
            )
        found: list[Difference] = []
        if expected is not None:
            found = compare(expected, stream.first(printed(response, manner)))
        told = verdict_of(found)
        if not step or (found and stream.is_cut_short):
            told = {"verdict": "stopped" if step else "undocumented", "differences": []}
        return {"response": response_to_json(response), "pretty": _pretty(response), **told}

    def mark(self, error: BaseException) -> None:
        """Tell the page at which lines of the example an error arose."""
        files, place = self._example["files"], self.place
        if marks := find_marks(error, files, main=place, folder=self._folder):
            self.post("marks", marks=[asdict(mark) for mark in marks])

    def _traceback(self, error: BaseException) -> str:
        self.mark(error)
        return self._shown(traceback_in(self.place, error))

    def _shown(self, text: str) -> str:
        """Return a text that names files as the reader knows them: without this run's folder."""
        return text.replace(f"{self._folder}/", "")


def _pretty(response: Response) -> str | None:
    """Return a JSON body with one member a line; `None`: it is not JSON."""
    if "json" not in (response.header("content-type") or ""):
        return None
    try:
        return json.dumps(json.loads(response.body), indent=2, ensure_ascii=False)
    except ValueError:
        return None


def prepare(download: Callable[[str], Any]) -> None:
    """Make the worker a place to run examples in.

    Args:
        download: Returns an archive by its name as a JavaScript `Uint8Array`; blocks meanwhile.
    """
    replace_threads()
    lists = zipimport.zipimporter(STDLIB)
    rest.install(
        lambda name: lists.get_data(name).decode(), lambda name: bytes(download(name).to_bytes())
    )


def connect(post: Callable[[str], None]) -> Runner:
    """Return a runner whose messages cross to JavaScript as JSON text, in one copy each."""
    return Runner(lambda message: post(json.dumps(message)))
