import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import pytest

from livedocs.browser.runner import CUT, OUTPUT_LIMIT, Message, Runner, connect
from livedocs.model import Manner

APP = """
import asyncio, logging, sys

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        print("started")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("stopped")
        await send({"type": "lifespan.shutdown.complete"})
        return
    await views[scope["path"]](scope, receive, send)

async def answer(send, body, kind=b"text/plain"):
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

async def hello(scope, receive, send):
    await answer(send, b"hello")

async def data(scope, receive, send):
    await answer(send, b'{"big": 12345678901234567890}', b"application/json")

async def noise(scope, receive, send):
    print("printed")
    sys.stderr.write("to stderr")
    logging.getLogger("kitchen").warning("too %s", "hot")
    logging.getLogger("kitchen").info("not shown by default")
    await answer(send, b"")

async def logged(scope, receive, send):
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("kitchen").exception("burnt")
    await answer(send, b"")

async def login(scope, receive, send):
    headers = [(b"set-cookie", b"who=ada; path=/"), (b"location", b"/me")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

async def me(scope, receive, send):
    await answer(send, dict(scope["headers"]).get(b"cookie", b"nobody"))

async def logo(scope, receive, send):
    await answer(send, b"\\x89PNG", b"image/png")

async def wait(scope, receive, send):
    await asyncio.Event().wait()

async def fail(scope, receive, send):
    raise LookupError("no bread")

async def events(scope, receive, send):
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for n in range(3):
        body = b"data: %d\\n\\n" % n
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await receive()
    while (await receive())["type"] != "http.disconnect":
        pass
    print("left")

async def flood(scope, receive, send):
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for n in range(30):
        body = b"data: " + b"x" * 10_000 + b"\\n\\n"
        await send({"type": "http.response.body", "body": body, "more_body": True})

async def echo(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})
    print("left")

async def deaf(scope, receive, send):
    await send({"type": "websocket.accept"})
    await asyncio.Event().wait()

everything = (hello, data, noise, logged, login, me, logo, wait, fail, events, flood, echo, deaf)
views = {f"/{view.__name__}": view for view in everything}
"""


class Page:
    """Stands in for the page: keeps what the runner posts."""

    def __init__(self) -> None:
        self.posted: list[Message] = []
        self._news = asyncio.Event()
        self.runner = Runner(self.post)

    def post(self, message: Message) -> None:
        json.dumps(message)  # it must cross to JavaScript
        self.posted.append(message)
        self._news.set()

    async def until(self, kind: str, *, count: int = 1) -> Message:
        """Wait for the `count`-th message of a kind, and return it."""
        while len(found := [entry for entry in self.posted if entry["type"] == kind]) < count:
            self._news.clear()
            await self._news.wait()
        return found[count - 1]

    def run(self, source: str, *, number: int = 1, **example: Any) -> None:
        """Ask for a run of an example of one file."""
        example = {"kind": "app", "main": "app.py", "files": {}, "steps": [], **example}
        example["files"] = {"app.py": source, **example["files"]}
        self.runner.receive({"type": "run", "run": number, "example": example})

    def send(
        self, target: str, *, exchange: int = 1, run: int = 1, step: str | None = None
    ) -> None:
        """Ask for a request."""
        request = {"method": "GET", "target": target, "headers": [], "body": ""}
        message = {"run": run, "exchange": exchange, "step": step, "request": request}
        self.runner.receive({"type": "send", **message})

    def stop(self) -> None:
        """Ask for the end of the first run."""
        self.runner.receive({"type": "stop", "run": 1})

    def text(self, stream: str) -> str:
        """Return what was printed or logged."""
        return "".join(
            e["text"] for e in self.posted if e["type"] == "log" and e["stream"] == stream
        )


def visit(story: Callable[[Page], Awaitable[None]]) -> Page:
    """Play a story with a runner that serves meanwhile."""

    async def play() -> Page:
        page = Page()
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            serving = group.create_task(page.runner.serve())
            await story(page)
            serving.cancel()
        return page

    return asyncio.run(play())


async def answered(page: Page, target: str, *, steps: list[Message] | None = None) -> Message:
    """Run the application, send one request and return what is told of it."""
    page.run(APP, steps=steps or [])
    await page.until("started")
    page.send(target, step="s1" if steps else None)
    return await page.until("response")


def documented(body: str) -> list[Message]:
    return [{"id": "s1", "expected": {"status": 200, "headers": [], "body": body}}]


def test_app_starts_answers_and_stops_with_its_lifespan() -> None:
    async def story(page: Page) -> None:
        response = await answered(page, "/hello")
        assert response["response"]["status"] == 200
        assert response["response"]["body"] == "hello"
        assert response["seconds"] >= 0
        page.stop()
        await page.until("stopped")

    page = visit(story)
    assert page.text("out") == "started\nstopped\n"
    assert {entry["run"] for entry in page.posted} == {1}


@pytest.mark.parametrize(
    ("body", "verdict", "differences"),
    [
        ("hello", "same", []),
        ("hel...", "same", []),
        ("bye", "differs", [{"what": "body", "expected": "bye", "got": "hello"}]),
    ],
)
def test_documented_response_is_compared(body: str, verdict: str, differences: list[Any]) -> None:
    async def story(page: Page) -> None:
        response = await answered(page, "/hello", steps=documented(body))
        assert (response["verdict"], response["differences"]) == (verdict, differences)

    visit(story)


def test_own_request_is_undocumented() -> None:
    async def story(page: Page) -> None:
        response = await answered(page, "/hello")
        assert (response["verdict"], response["differences"]) == ("undocumented", [])

    visit(story)


def test_json_is_shown_a_member_a_line_with_its_numbers_intact() -> None:
    async def story(page: Page) -> None:
        response = await answered(page, "/data")
        assert response["pretty"] == '{\n  "big": 12345678901234567890\n}'

    visit(story)


def test_text_is_not_made_pretty() -> None:
    async def story(page: Page) -> None:
        assert (await answered(page, "/hello"))["pretty"] is None

    visit(story)


def test_body_that_is_no_text_is_told_by_its_size() -> None:
    async def story(page: Page) -> None:
        response = (await answered(page, "/logo"))["response"]
        assert (response["body"], response["size"]) == (None, 4)
        assert ["content-type", "image/png"] in response["headers"]

    visit(story)


def test_documented_command_follows_redirects_and_keeps_cookies() -> None:
    steps = documented("")
    steps[0]["manner"] = asdict(
        Manner(follows=True, writes="jar", template=" %{http_code}", decodes=True)
    )
    steps[0]["expected"]["body"] = "who=ada 200"

    async def story(page: Page) -> None:
        response = await answered(page, "/login", steps=steps)
        assert (response["verdict"], response["response"]["body"]) == ("same", "who=ada")

    visit(story)


@pytest.mark.parametrize(("first", "verdict"), [("/login", "same"), ("/me", "differs")])
def test_open_cookie_has_the_value_that_an_earlier_response_set(first: str, verdict: str) -> None:
    steps = documented("who=ada")

    async def story(page: Page) -> None:
        page.run(APP, steps=steps)
        await page.until("started")
        page.send(first, exchange=1)
        await page.until("response")
        request = {"method": "GET", "target": "/me", "headers": [["cookie", "who=..."]]}
        message = {"run": 1, "exchange": 2, "step": steps[0]["id"], "request": request}
        page.runner.receive({"type": "send", **message})
        response = await page.until("response", count=2)
        assert response["verdict"] == verdict
        if verdict == "differs":
            assert response["error"].startswith("no response so far has set the cookie 'who'")

    visit(story)


def test_prints_stderr_and_log_lines_are_streamed() -> None:
    async def story(page: Page) -> None:
        await answered(page, "/noise")

    page = visit(story)
    assert page.text("out") == "started\nprinted\nstopped\n"
    assert page.text("err") == "to stderr"
    assert page.text("log") == "WARNING kitchen: too hot\n"


def test_logged_traceback_has_the_files_own_lines_alone() -> None:
    async def story(page: Page) -> None:
        await answered(page, "/logged")

    page = visit(story)
    log = page.text("log")
    line = APP.split("\n").index("        1 / 0") + 1
    assert log.startswith(
        f'ERROR kitchen: burnt\nTraceback (most recent call last):\n  File "app.py", line {line}'
    )
    assert "1 / 0" in log
    assert log.endswith("ZeroDivisionError: division by zero\n")
    assert log.count("File ") == 1
    mark = {"file": "app.py", "line": line, "text": "ZeroDivisionError: division by zero"}
    assert [e["marks"] for e in page.posted if e["type"] == "marks"] == [[mark]]


def test_error_in_another_file_names_that_file_and_marks_its_line() -> None:
    async def story(page: Page) -> None:
        page.run("import words", files={"words.py": "\ndef say(:\n"})
        failed = await page.until("failed")
        assert '  File "words.py", line 2\n' in failed["traceback"]
        (mark,) = (await page.until("marks"))["marks"]
        assert (mark["file"], mark["line"]) == ("words.py", 2)

    visit(story)


def test_error_without_a_response_is_a_traceback() -> None:
    async def story(page: Page) -> None:
        response = await answered(page, "/fail")
        assert response["verdict"] == "differs"
        assert response["error"].endswith("LookupError: no bread\n")
        assert "livedocs" not in response["error"]

    visit(story)


def test_requests_run_beside_each_other_and_stop_ends_those_that_wait() -> None:
    async def story(page: Page) -> None:
        page.run(APP)
        await page.until("started")
        page.send("/wait", exchange=1)
        page.send("/hello", exchange=2)
        assert (await page.until("response"))["exchange"] == 2
        page.stop()
        await page.until("stopped")

    assert visit(story).text("out") == "started\nstopped\n"


def test_new_run_ends_the_one_before() -> None:
    async def story(page: Page) -> None:
        page.run(APP, number=1)
        await page.until("started")
        page.run(APP, number=2)
        await page.until("started", count=2)
        page.send("/hello", run=2)
        await page.until("response")

    page = visit(story)
    told = [(entry["type"], entry["run"]) for entry in page.posted if entry["type"] != "log"]
    assert told == [("started", 1), ("stopped", 1), ("started", 2), ("response", 2)]


def test_two_new_runs_at_once_leave_the_last() -> None:
    async def story(page: Page) -> None:
        page.run(APP, number=1)
        page.run(APP, number=2)
        assert (await page.until("started"))["run"] == 2
        assert (await page.until("stopped"))["run"] == 1

    visit(story)


def test_message_of_another_run_is_ignored() -> None:
    async def story(page: Page) -> None:
        page.run(APP, number=1)
        await page.until("started")
        page.send("/hello", run=7, exchange=1)
        page.send("/hello", run=1, exchange=2)
        assert (await page.until("response"))["exchange"] == 2

    visit(story)


FAILURES = {
    "error": ("1 / 0", 'Traceback (most recent call last):\n  File "app.py", line 1'),
    "syntax": (
        "app = (",
        "  File \"app.py\", line 1\n    app = (\n          ^\nSyntaxError: '(' was",
    ),
    "no app": (
        "x = 1",
        "app.py binds no ASGI application to the name `app`: expected `app = App()`",
    ),
    "exit": ("raise SystemExit(3)", 'Traceback (most recent call last):\n  File "app.py", line 1'),
}


@pytest.mark.parametrize("name", FAILURES)
def test_app_that_cannot_start_tells_why(name: str) -> None:
    source, expected = FAILURES[name]

    async def story(page: Page) -> None:
        page.run(source)
        failed = await page.until("failed")
        assert failed["traceback"].startswith(expected)
        page.run(APP, number=2)  # the next run is well
        await page.until("started")

    visit(story)


def test_other_files_of_an_example_are_importable_and_fresh() -> None:
    async def story(page: Page) -> None:
        for number, word in enumerate(("first", "second"), start=1):
            files = {"shop/menu.py": f"word = {word!r}"}
            source = "from shop.menu import word\nprint(word)"
            page.run(source, number=number, kind="script", files=files)
            await page.until("finished", count=number)

    assert visit(story).text("out") == "first\nsecond\n"


@pytest.mark.parametrize(
    ("source", "documents", "verdict", "whats"),
    [
        ("print(1)", {"output": "1\n"}, "same", []),
        ("import asyncio\nawait asyncio.sleep(0)\nprint(1)", {"output": "1\n"}, "same", []),
        ("print(2)", {"output": "1\n"}, "differs", ["output"]),
        ("print(2)", {}, "undocumented", []),
        ("{}[1]", {"raises": "KeyError"}, "same", []),
        ("{}[1]", {"raises": "ValueError"}, "differs", ["exception"]),
        ("1", {"raises": "ValueError"}, "differs", ["exception"]),
    ],
)
def test_script_is_compared_with_what_is_documented(
    source: str, documents: dict[str, Any], verdict: str, whats: list[str]
) -> None:
    async def story(page: Page) -> None:
        page.run(source, kind="script", **documents)
        finished = await page.until("finished")
        assert finished["verdict"] == verdict
        assert [entry["what"] for entry in finished["differences"]] == whats

    visit(story)


def test_documented_exception_is_shown_in_the_output() -> None:
    async def story(page: Page) -> None:
        page.run("{}[1]", kind="script", raises="KeyError")
        await page.until("finished")

    assert visit(story).text("err").endswith("KeyError: 1\n")


def test_undocumented_exception_of_a_script_is_its_failure() -> None:
    async def story(page: Page) -> None:
        page.run("{}[1]", kind="script")
        assert (await page.until("failed"))["traceback"].endswith("KeyError: 1\n")

    visit(story)


@pytest.mark.parametrize("kind", ["script", "app"])
def test_what_waits_before_it_listens_is_stopped_too(kind: str) -> None:
    async def story(page: Page) -> None:
        page.run("import asyncio\nprint(1)\nawait asyncio.sleep(3600)", kind=kind)
        await page.until("log")
        page.stop()
        await page.until("stopped")

    assert [entry["type"] for entry in visit(story).posted] == ["log", "stopped"]


def test_stop_right_after_run_is_not_lost() -> None:
    async def story(page: Page) -> None:
        page.run("print(1)", kind="script")
        page.stop()
        await page.until("stopped")

    assert [entry["type"] for entry in visit(story).posted] == ["stopped"]


def test_timeout_of_a_script_is_no_stop() -> None:
    async def story(page: Page) -> None:
        page.run("raise TimeoutError('too late')", kind="script")
        assert (await page.until("failed"))["traceback"].endswith("TimeoutError: too late\n")

    visit(story)


@pytest.mark.parametrize("name", ["KeyboardInterrupt", "SystemExit", "asyncio.CancelledError"])
def test_script_that_raises_what_ends_programs_fails_like_any_other(name: str) -> None:
    async def story(page: Page) -> None:
        page.run(f"import asyncio\nraise {name}", kind="script")
        traceback = (await page.until("failed"))["traceback"]
        assert traceback.startswith('Traceback (most recent call last):\n  File "app.py", line 2')
        page.run("print(2)", number=2, kind="script")
        await page.until("finished")

    visit(story)


def test_output_is_cut_at_the_limit() -> None:
    async def story(page: Page) -> None:
        page.run("for _ in range(30): print('x' * 10_000)", kind="script")
        await page.until("finished")

    text = visit(story).text("out")
    assert text.endswith(CUT)
    assert len(text) == OUTPUT_LIMIT + len(CUT)


def test_logging_is_left_as_it_was() -> None:
    before = (list(logging.root.handlers), logging.root.level, logging.lastResort)
    source = "import logging\nlogging.basicConfig(level=10)\nlogging.debug('seen')"

    async def story(page: Page) -> None:
        page.run(source, kind="script")
        await page.until("finished")

    assert visit(story).text("err") == "DEBUG:root:seen\n"
    assert (list(logging.root.handlers), logging.root.level, logging.lastResort) == before


def test_connected_runner_speaks_json_both_ways() -> None:
    posted: list[str] = []

    async def play() -> None:
        done = asyncio.Event()

        def post(text: str) -> None:
            posted.append(text)
            if '"finished"' in text:
                done.set()

        runner = connect(post)
        example = {"kind": "script", "main": "a.py", "files": {"a.py": "1"}, "steps": []}
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            serving = group.create_task(runner.serve())
            runner.receive_json(json.dumps({"type": "run", "run": 1, "example": example}))
            await done.wait()
            serving.cancel()

    asyncio.run(play())
    message = {"type": "finished", "run": 1, "verdict": "undocumented", "differences": []}
    assert [json.loads(text) for text in posted] == [message]


def streaming(body: str, events: int) -> list[Message]:
    manner = asdict(Manner(events=events))
    return [{**documented(body)[0], "manner": manner}]


@pytest.mark.parametrize(
    ("body", "verdict"), [("data: 0\n\ndata: ...", "same"), ("data: 0\n\ndata: 2", "differs")]
)
def test_event_stream_is_judged_when_its_events_are_there_and_goes_on_until_it_is_left(
    body: str, verdict: str
) -> None:
    async def story(page: Page) -> None:
        page.run(APP, steps=streaming(body, 2))
        await page.until("started")
        page.send("/events", step="s1")
        third = await page.until("stream", count=3)
        shown = [entry for entry in page.posted if entry["type"] == "stream"]
        assert [entry["text"] for entry in shown] == [f"data: {n}\n\n" for n in range(3)]
        assert [entry.get("verdict") for entry in shown] == [None, verdict, None]
        page.runner.receive({"type": "leave", "run": 1, "exchange": third["exchange"]})
        response = await page.until("response")
        assert response["verdict"] == verdict
        assert response["response"]["body"] == "".join(entry["text"] for entry in shown)

    assert "left" in visit(story).text("out")


def test_event_stream_that_is_left_early_is_not_judged() -> None:
    async def story(page: Page) -> None:
        page.run(APP, steps=streaming("data: 0\n\n...\n\n...\n\n...", 4))
        await page.until("started")
        page.send("/events", step="s1")
        await page.until("stream", count=3)
        for exchange in (1, 99):  # the other is none
            page.runner.receive({"type": "leave", "run": 1, "exchange": exchange})
        response = await page.until("response")
        assert (response["verdict"], response["differences"]) == ("stopped", [])

    visit(story)


def test_event_stream_of_ones_own_is_shown_and_left_when_it_is_too_long() -> None:
    async def story(page: Page) -> None:
        page.run(APP)
        await page.until("started")
        page.send("/flood")
        response = await page.until("response")
        assert response["verdict"] == "undocumented"
        assert 200_000 < response["response"]["size"] < 220_000

    visit(story)


def test_documented_conversation_is_held_and_judged() -> None:
    async def story(page: Page) -> None:
        steps = [{"id": "s1", "talk": "/echo\n> hi\n< ho\n"}]
        response = await answered(page, "/echo", steps=steps)
        difference = {"what": "line 3", "expected": "< ho", "got": "< hi"}
        assert (response["verdict"], response["differences"]) == ("differs", [difference])
        turns = [entry["text"] for entry in page.posted if entry["type"] == "turn"]
        assert turns == ["accepted", "hi", "hi"]

    assert "left" in visit(story).text("out")


def enter(page: Page, target: str) -> None:
    request = {"method": "GET", "target": target, "headers": []}
    message = {"type": "connect", "run": 1, "exchange": 1, "request": request}
    page.runner.receive(message)


def test_reader_speaks_over_a_websocket() -> None:
    async def story(page: Page) -> None:
        page.run(APP)
        await page.until("started")
        enter(page, "/echo")
        await page.until("turn")
        for count, text in ((3, "hello"), (4, "close 1000")):
            page.runner.receive({"type": "say", "run": 1, "exchange": 1, "text": text})
            turn = await page.until("turn", count=count)
            assert turn["text"] == text
        response = await page.until("response")
        assert (response["verdict"], response["exchange"]) == ("undocumented", 1)

    assert "left" in visit(story).text("out")


def test_app_that_does_not_notice_its_reader_left_is_told() -> None:
    async def story(page: Page) -> None:
        page.run(APP)
        await page.until("started")
        enter(page, "/deaf")
        await page.until("turn")
        page.runner.receive({"type": "say", "run": 1, "exchange": 1, "text": "close 1000"})
        response = await page.until("response")
        assert "the application had not ended 1 second after its client left" in response["error"]

    visit(story)


def test_stop_ends_what_is_open() -> None:
    async def story(page: Page) -> None:
        page.run(APP)
        await page.until("started")
        enter(page, "/deaf")
        await page.until("turn")
        page.stop()
        await page.until("stopped")

    assert visit(story).text("out") == "started\nstopped\n"


def test_a_session_is_held_in_the_running_application() -> None:
    typed = ">>> shop = 'open'\n>>> print(shop)\nclosed\n>>> 1 / 0\nTraceback...\n"

    async def story(page: Page) -> None:
        page.run(APP, steps=[{"id": "s1", "session": typed}])
        await page.until("started")
        page.send("", step="s1")
        response = await page.until("response")
        assert response["verdict"] == "differs"
        assert response["differences"] == [{"what": "line 2", "expected": "closed", "got": "open"}]
        assert response["transcript"].startswith(
            ">>> shop = 'open'\n>>> print(shop)\nopen\n>>> 1 / 0\n"
        )
        assert 'File "<session>", line 4, in <module>\n    1 / 0' in response["transcript"]

    assert visit(story).text("out") == "started\nstopped\n"


@pytest.mark.parametrize(("answer", "verdict"), [("2", "same"), ("3", "differs")])
def test_a_session_alone_is_run_to_its_end(answer: str, verdict: str) -> None:
    async def story(page: Page) -> None:
        page.run(f">>> 1 + 1\n{answer}\n", kind="session")
        assert (await page.until("finished"))["verdict"] == verdict

    assert visit(story).text("out") == ">>> 1 + 1\n2\n"


def test_a_text_that_is_no_session_is_explained() -> None:
    async def story(page: Page) -> None:
        page.run("1 + 1\n", kind="session")
        failed = await page.until("failed")
        assert failed["traceback"] == (
            "a pycon block begins with a prompt, as in `>>> 1 + 1`; got '1 + 1'.\n"
        )

    visit(story)
