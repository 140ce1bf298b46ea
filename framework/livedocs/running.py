"""Run an example for CI: a fresh folder, a seeded random, a time limit, and nothing left behind."""

import asyncio
import gc
import logging
import random
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from livedocs.compare import Difference, compare
from livedocs.engine import (
    Print,
    Program,
    Session,
    run_app,
    run_script,
    traceback_in,
)
from livedocs.model import Example, Response, Step

TIME_LIMIT_SECONDS = 10.0
RANDOM_SEED = 2018


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a step.

    Attributes:
        response: The response; `None` when there was none.
        differences: What is not as documented.
        failure: Why there was no response.
    """

    response: Response | None = None
    differences: tuple[Difference, ...] = ()
    failure: str | None = None


@dataclass(slots=True)
class Run:
    """What came of an example.

    Attributes:
        failure: Why it could not run to its end; `None`: it did.
        error: Name of the exception it ended with.
        prints: What it printed.
        answers: What came of each step, by the step's id.
        leftovers: What it left behind: tasks, warnings, unclosed things.
    """

    failure: str | None = None
    error: str | None = None
    prints: list[Print] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    leftovers: list[str] = field(default_factory=list)


def run_example(example: Example, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> Run:
    """Run an example with all its steps, in order, and tell what came of it."""
    run = Run()
    random.seed(RANDOM_SEED)
    with (
        tempfile.TemporaryDirectory(prefix="example-") as folder,
        _no_warnings(run),
        _quiet_log(),
    ):
        program = Program(
            folder=Path(folder),
            files=example.files,
            main=example.main,
            source=example.padded(),
            place=example.place,
        )
        try:
            with _time_limit(time_limit_seconds):
                asyncio.run(_run(example, program, run))
        except Exception as error:  # noqa: BLE001 # whatever the page's code raises is its result
            run.error = type(error).__name__
            run.failure = traceback_in(example.place, error)
        gc.collect()
    return run


async def _run(example: Example, program: Program, run: Run) -> None:
    before = asyncio.all_tasks()
    if example.kind == "script":
        prints: list[Print] = run.prints
        prints += await run_script(program, write=lambda _text: None)
    else:
        async with run_app(program, write=lambda _text: None) as session:
            for step in example.steps:
                run.answers[step.id] = await _answer(session, step, place=example.place)
    left = [task for task in asyncio.all_tasks() - before if not task.done()]
    run.leftovers += [f"a task still running: {task.get_coro()!r}" for task in left]


async def _answer(session: Session, step: Step, *, place: str) -> Answer:
    try:
        response = await session.send(step.request)
    except Exception as error:  # noqa: BLE001 # whatever the page's code raises is its result
        return Answer(failure=traceback_in(place, error))
    return Answer(response, tuple(compare(step.expected, response)))


@contextmanager
def _no_warnings(run: Run) -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    run.leftovers += [
        f"{warning.category.__name__}: {warning.message} ({warning.filename}:{warning.lineno})"
        for warning in caught
    ]


@contextmanager
def _quiet_log() -> Iterator[None]:
    """Keep what the application logs about documented errors out of the test's report."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` in the running code, endless loops included, where signals exist."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"the example took more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
