"""Run what ends by itself, for a page: scripts, and sessions with the interpreter."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from livedocs.compare import Difference, compare_output, compare_session
from livedocs.engine import Program, output_of, run_script
from livedocs.session_text import Reply, Session
from livedocs.sessions import hold_session, run_session

Message = dict[str, Any]
Log = Callable[[str, str], None]


async def live_script(
    program: Program,
    documented: Mapping[str, Any],
    *,
    log: Log,
    explain: Callable[[BaseException], str],
) -> Message:
    """Run a script, and return what the page is told of its end.

    Args:
        program: The script.
        documented: Its `output` and what it `raises`, or neither.
        log: Gets the name of a stream, and each text.
        explain: Returns the traceback of what it raised.

    Raises:
        Exception: What the script raised and is not documented to.
    """
    raises, output = documented.get("raises"), documented.get("output")
    found: list[Difference] = []
    try:
        prints = await run_script(program, write=lambda text: log("out", f"{text}\n"))
    except Exception as error:
        if raises is None:
            raise
        log("err", explain(error))
        if type(error).__name__ != raises:
            found.append(Difference("exception", raises, type(error).__name__))
    else:
        found += compare_output(output, output_of(prints)) if output is not None else []
        if raises is not None:
            found.append(Difference("exception", raises, "none"))
    is_documented = output is not None or raises is not None
    return verdict_of(found) if is_documented else {"verdict": "undocumented", "differences": []}


async def live_session(program: Program, *, log: Log) -> Message:
    """Hold a session that speaks to no application; return what the page is told of its end."""
    return _judge(await run_session(program, show=lambda text: log("out", text)))


async def type_session(session: Session, names: dict[str, Any]) -> Message:
    """Hold a session in the namespace of an application; return what the page is told."""
    shown: list[str] = []
    replies = await hold_session(session, names, show=shown.append)
    return {"transcript": "".join(shown), **_judge(replies)}


def _judge(replies: list[Reply]) -> Message:
    return verdict_of(compare_session(replies))


def verdict_of(differences: list[Difference]) -> Message:
    """Return what the page is told of a comparison."""
    verdict = "differs" if differences else "same"
    return {"verdict": verdict, "differences": [asdict(entry) for entry in differences]}
