import logging
import random
import signal
import threading

import pytest

from livedocs.model import Example, Expected, Manner, Request, Segment, Step
from livedocs.running import RANDOM_SEED, Run, run_example
from tests.livedocs.samples import application

HANDLER = """\
async def app(scope, receive, send):
    if scope["type"] == "http":
        {}
"""
ANSWER = """\
await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hi"})"""


def script(source: str) -> Example:
    return Example(
        id="script-1",
        kind="script",
        app="",
        title="example.py",
        line=1,
        place="docs/p.md",
        main="example.py",
        files={"example.py": source},
        segments=(Segment(source, 2, "docs/p.md"),),
    )


def step(number: int = 1, body: str = "hi") -> Step:
    return Step(f"s{number}", Request("GET", "/"), Expected(200, (), body))


def fine(run: Run) -> None:
    assert (run.failure, run.leftovers) == (None, [])


def test_a_script_prints_at_the_lines_of_its_page() -> None:
    run = run_example(script("\nprint(1)\n"))

    fine(run)
    assert [(entry.line, entry.text) for entry in run.prints] == [(3, "1")]


def test_steps_are_answered_and_compared() -> None:
    run = run_example(application(HANDLER.format(ANSWER), step(1), step(2, "ho")))

    fine(run)
    assert run.answers["s1"].differences == ()
    assert [str(entry) for entry in run.answers["s2"].differences] == [
        "body: expected 'ho', got 'hi'"
    ]


def test_a_failing_step_shows_the_line_of_the_page_and_hides_no_other() -> None:
    run = run_example(application(HANDLER.format("raise KeyError(1)"), step(1), step(2)))

    assert 'File "docs/p.md", line 4, in app' in str(run.answers["s1"].failure)
    assert str(run.answers["s2"].failure).endswith("KeyError: 1\n")
    fine(run)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("1 / 0\n", "ZeroDivisionError"),
        ("raise SystemExit(1)\n", "SystemExit"),
        ("raise ExceptionGroup('all', [KeyError()])\n", "ExceptionGroup"),
        ("def broken(:\n", "SyntaxError"),
        ("import asyncio; raise asyncio.CancelledError\n", "CancelledError"),
    ],
)
def test_an_example_that_fails_says_how(source: str, error: str) -> None:
    run = run_example(script(source))

    assert run.error == error
    assert 'File "docs/p.md", line 2' in str(run.failure)


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    pass\n",
        "import asyncio\nawait asyncio.Event().wait()\n",
        "while True:\n    try:\n        while True: pass\n    except Exception:\n        pass\n",
    ],
)
def test_an_example_without_end_is_stopped(source: str) -> None:
    run = run_example(script(source), time_limit_seconds=0.05)

    assert run.error == "TimeLimitError"
    assert "the example took more than 0.05 seconds" in str(run.failure)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_request_without_end_stops_the_example() -> None:
    loop = "try:\n            while True: pass\n        except Exception: pass"

    run = run_example(application(HANDLER.format(loop), step(1)), time_limit_seconds=0.05)

    assert run.error == "TimeLimitError"
    assert run.answers == {}


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_lifespan_without_end_stops_the_example(phase: str) -> None:
    source = (
        "from bocadillo import App\n\napp = App()\n\n\n"
        f"@app.on('{phase}')\ndef f():\n    while True: pass\n"
    )

    run = run_example(application(source), time_limit_seconds=0.05)

    assert "TimeLimitError: the example took more than 0.05 seconds" in str(run.failure)


def test_without_signals_there_is_no_time_limit() -> None:
    runs: list[Run] = []
    thread = threading.Thread(target=lambda: runs.append(run_example(script("print(1)\n"))))

    thread.start()
    thread.join()

    fine(runs[0])


@pytest.mark.parametrize(
    ("source", "leftover"),
    [
        (
            (
                "import asyncio\n\n\nasync def wait():\n    await asyncio.Event().wait()\n\n\n"
                "task = asyncio.ensure_future(wait())\n"
            ),
            "a task is still running: wait. Await it, or run it in a task group.",
        ),
        (
            "async def f(): ...\n\n\nf()\n",
            "RuntimeWarning: coroutine 'f' was never awaited (docs/p.md:5)",
        ),
        (
            "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
            "DeprecationWarning: old (docs/p.md:3)",
        ),
        (
            (
                "import asyncio\n\n\nasync def f():\n    raise KeyError(1)\n\n\n"
                "task = asyncio.ensure_future(f())\nawait asyncio.sleep(0)\n"
            ),
            "Task exception was never retrieved: KeyError(1)",
        ),
        (
            "with open('a', 'w') as f: ...\nopen('a')\n",
            (
                "ResourceWarning: unclosed file <_io.TextIOWrapper name='a' mode='r' "
                "encoding='UTF-8'> (docs/p.md:3)"
            ),
        ),
    ],
)
def test_what_is_left_behind_is_told(source: str, leftover: str) -> None:
    assert run_example(script(source)).leftovers == [leftover]


def test_random_is_seeded_for_the_example_alone() -> None:
    random.seed(1)
    state = random.getstate()

    runs = [run_example(script("import random\nprint(random.random())\n")) for _ in range(2)]

    assert runs[0].prints == runs[1].prints
    assert runs[0].prints[0].text == str(random.Random(RANDOM_SEED).random())
    assert random.getstate() == state


def test_what_an_app_logs_is_no_part_of_the_report(caplog: pytest.LogCaptureFixture) -> None:
    fine(run_example(script("import logging\nlogging.error('oh')\n")))

    assert caplog.text == ""
    assert logging.root.manager.disable == 0


def test_more_after_an_included_file_fails_at_the_line_of_the_page() -> None:
    example = application("x = 0\n" * 30)
    segments = (Segment("x = 0\n" * 30, 1, "examples/a/app.py"), Segment("1 / x\n", 9, "docs/p.md"))
    run = run_example(
        Example(
            **{
                name: getattr(example, name)
                for name in example.__dataclass_fields__
                if name not in ("segments", "place")
            },
            segments=segments,
            place="examples/a/app.py",
        )
    )

    assert 'File "docs/p.md", line 9, in <module>\n    1 / x\n' in str(run.failure)


def test_an_app_that_fails_at_its_start_shows_the_line() -> None:
    source = (
        "from bocadillo import App\n\napp = App()\n\n\n@app.on('startup')\ndef f():\n    1 / 0\n"
    )

    run = run_example(application(source, step()))

    assert run.error == "ZeroDivisionError"
    assert str(run.failure).startswith(
        'Traceback (most recent call last):\n  File "docs/p.md", line 9, in f\n    1 / 0\n'
    )
    assert run.answers == {}


EVENTS = """\
await send(
            {"type": "http.response.start", "status": 200,
             "headers": [(b"content-type", b"text/event-stream")]}
        )
        await send({"type": "http.response.body", "body": b"data: a\\n\\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass"""


def test_an_event_stream_is_left_after_the_documented_events() -> None:
    expected = Expected(200, (("content-type", "text/event-stream..."),), "data: a")
    steps = [Step(f"s{n}", Request("GET", "/"), expected, manner=Manner(events=1)) for n in (1, 2)]
    endless = HANDLER.replace("{}", EVENTS)
    run = run_example(application(endless, *steps))

    fine(run)
    assert [answer.differences for answer in run.answers.values()] == [(), ()]
