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
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

from livedocs.compare import Difference, compare, compare_session, compare_talk
from livedocs.conversation import Conversation, printed
from livedocs.engine import (
    Print,
    Program,
    run_app,
    run_script,
    traceback_in,
)
from livedocs.model import Example, Request, Response, Step, Talk
from livedocs.session_text import Reply
from livedocs.sessions import hold_session, run_session
from livedocs.sockets import Socket
from livedocs.talking import Heard, converse

TIME_LIMIT_SECONDS = 10.0
RANDOM_SEED = 2018


class TimeLimitError(BaseException):
    """The time is up; no `except Exception` of an application makes a 500 of it."""


# Whatever a page's code raises is its result; only Ctrl-C is meant for pytest.
ENDINGS = (Exception, BaseExceptionGroup, SystemExit, asyncio.CancelledError, TimeLimitError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a step.

    Attributes:
        response: The response; `None` when there was none.
        heard: The lines of a conversation.
        replies: What came of each input of a session.
        differences: What is not as documented.
        failure: Why there was no response, or no conversation.
        cause: The traceback of what may explain the differences.
    """

    response: Response | None = None
    heard: tuple[Heard, ...] = ()
    replies: tuple[Reply, ...] = ()
    differences: tuple[Difference, ...] = ()
    failure: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class Run:
    """What came of an example.

    Attributes:
        failure: Why it could not run to its end; `None`: it did.
        error: Name of the exception it ended with.
        prints: What it printed.
        answers: What came of each step, by the step's id.
        replies: What came of each input of a session that speaks to no application.
        leftovers: What it left behind: tasks, warnings, unclosed things.
    """

    failure: str | None = None
    error: str | None = None
    prints: list[Print] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    replies: tuple[Reply, ...] = ()
    leftovers: list[str] = field(default_factory=list)


def run_example(example: Example, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> Run:
    """Run an example with all its steps, in order, and tell what came of it."""
    run = Run()
    with (
        tempfile.TemporaryDirectory(prefix="example-") as folder,
        _no_warnings(run),
        _quiet_log(),
        _seeded_random(),
    ):
        more = example.padded()
        program = Program(
            folder=Path(folder),
            files=example.files,
            main=example.main,
            source=more.pop(example.place),
            place=example.place,
            more=more,
        )
        try:
            with _time_limit(time_limit_seconds):
                asyncio.run(_run(example, program, run))
        except ENDINGS as error:
            run.error = type(error).__name__
            run.failure = traceback_in(example.place, error, more=more)
        gc.collect()
    return run


async def _run(example: Example, program: Program, run: Run) -> None:
    before = asyncio.all_tasks()
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: run.leftovers.append(_lost_error(context))
    )
    if example.kind == "script":
        await run_script(program, write=lambda _text: None, prints=run.prints)
    elif example.kind == "session":
        run.replies = tuple(await run_session(program, line=example.segments[0].line))
    else:
        async with run_app(program, write=lambda _text: None) as session:
            for step in example.steps:
                run.answers[step.id] = await _answer(session, step, program)
    left = [task for task in asyncio.all_tasks() - before if not task.done()]
    run.leftovers += [
        f"a task is still running: {getattr(task.get_coro(), '__qualname__', task)}. "
        "Await it, or run it in a task group."
        for task in left
    ]


def _lost_error(context: dict[str, Any]) -> str:
    return f"{context['message']}: {context.get('exception')!r}"


async def _answer(session: Conversation, step: Step, program: Program) -> Answer:
    try:
        if step.talk is not None:
            return await _talk(session, step.talk, program)
        if step.session is not None:
            replies = tuple(await hold_session(step.session, session.names))
            return Answer(replies=replies, differences=tuple(compare_session(replies)))
        response = printed(await session.send(step.request, step.manner), step.manner)
    except Exception as error:  # noqa: BLE001 # whatever the page's code raises is its result
        return Answer(failure=_cause(error, program))
    differences = tuple(compare(step.expected, response))
    cause = _cause(response.error, program) if differences and response.error else None
    # A kept error would keep what its frames hold, and hide that it was not closed.
    return Answer(replace(response, error=None), differences=differences, cause=cause)


async def _talk(session: Conversation, talk: Talk, program: Program) -> Answer:
    sockets: list[Socket] = []

    async with session.sockets() as connect:

        async def note(request: Request) -> Socket:
            sockets.append(await connect(request))
            return sockets[-1]

        heard = tuple(await converse(talk, note))
    differences = tuple(compare_talk(heard))
    if differences:
        errors = [socket.error for socket in sockets if socket.error is not None]
        cause = _cause(errors[0], program) if errors else None
        return Answer(heard=heard, differences=differences, cause=cause)
    late = [socket.late_error for socket in sockets if socket.late_error is not None]
    return Answer(heard=heard, failure=_cause(late[0], program) if late else None)


def _cause(error: Exception, program: Program) -> str:
    return traceback_in(program.place, error, more=program.more)


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
def _seeded_random() -> Iterator[None]:
    before = random.getstate()
    random.seed(RANDOM_SEED)
    try:
        yield
    finally:
        random.setstate(before)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimitError` in the running code, endless loops included, where signals exist.

    It is raised again each second, should the code go on.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(f"the example took more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
