"""Say for each block of a page whether it does what it says, and what it should say instead."""

from dataclasses import dataclass, field
from pathlib import Path

from livedocs.blocks import Page, Placed
from livedocs.commands import check_command
from livedocs.compare import Difference, compare_output, compare_session
from livedocs.console import Command
from livedocs.engine import output_of
from livedocs.languages import ERRORS, PARSERS
from livedocs.model import Example, Talk
from livedocs.prints import lint, printed_source
from livedocs.rewrite import (
    curl_output,
    rewrite_console,
    rewrite_http,
    rewrite_session,
    rewrite_sse,
    rewrite_talk,
)
from livedocs.running import Answer, Run, run_example
from livedocs.session_text import Session
from livedocs.testing import run_tests


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a block.

    Attributes:
        problem: What is wrong, for the person who wrote it; `None`: nothing.
        updated: The block's text as it should be, where its documented part is out of date.
    """

    problem: str | None = None
    updated: str | None = None


@dataclass(slots=True)
class Checker:
    """Checks the blocks of one page; each example runs once.

    Attributes:
        page: The page.
        root: The repository.
    """

    page: Page
    root: Path
    _runs: dict[str, Run] = field(default_factory=dict)

    def check(self, placed: Placed) -> Outcome:
        """Return what came of a block."""
        kind = placed.header.kind.name
        if kind in ("app", "more"):
            return Outcome(self._check_app(placed))
        if kind == "script":
            return self._check_script(placed)
        if placed.session is not None:
            return self._check_session(placed, placed.session)
        if kind in ("http", "sse"):
            return self._check_http(placed)
        if placed.talk is not None:
            return self._check_websocket(placed, placed.talk)
        if kind == "console":
            return self._check_console(placed)
        if kind == "test":
            return Outcome(self._check_test(placed))
        return Outcome(None if placed.is_included else self._check_text(placed))

    def _example(self, placed: Placed) -> Example:
        assert placed.example is not None  # noqa: S101 # only blocks that run come here
        return self.page.examples[placed.example]

    def _run(self, example: Example) -> Run:
        if example.id not in self._runs:
            self._runs[example.id] = run_example(example)
        return self._runs[example.id]

    def _check_app(self, placed: Placed) -> str | None:
        example = self._example(placed)
        run = self._run(example)
        problems = [run.failure, *run.leftovers, _lint(example)]
        return _joined(problems)

    def _check_script(self, placed: Placed) -> Outcome:
        example = self._example(placed)
        run = self._run(example)
        failure = run.failure if run.error != example.raises else None
        if example.raises and not run.failure:
            failure = f"expected it to raise {example.raises}, and it did not."
        problems = [failure, *run.leftovers, _lint(example)]
        if any(problems):
            return Outcome(_joined(problems))
        updated = printed_source(placed.block, run.prints)
        differences = compare_output(example.output or "", output_of(run.prints))
        if updated is not None and not differences:
            differences = [Difference("prints", placed.block.source, updated)]
        return Outcome(_joined(map(str, differences)), updated if differences else None)

    def _check_http(self, placed: Placed) -> Outcome:
        answer = self._answers(placed)[0]
        updated = None
        if answer.differences and answer.response and placed.http:
            is_stream = placed.header.kind.name == "sse"
            rewrite = rewrite_sse if is_stream else rewrite_http
            updated = rewrite(placed.http, answer.response)
        return Outcome(_explain(answer), updated)

    def _check_websocket(self, placed: Placed, talk: Talk) -> Outcome:
        answer = self._answers(placed)[0]
        updated = rewrite_talk(talk, answer.heard) if answer.differences else None
        return Outcome(_explain(answer), updated)

    def _check_session(self, placed: Placed, session: Session) -> Outcome:
        if placed.steps:
            answer = self._answers(placed)[0]
            problem, replies = _explain(answer), answer.replies
            is_other = bool(answer.differences)
        else:
            run = self._run(self._example(placed))
            differences = compare_session(run.replies)
            problem = _joined([run.failure, *map(str, differences), *run.leftovers])
            replies, is_other = run.replies, bool(differences)
        return Outcome(problem, rewrite_session(session, replies) if is_other else None)

    def _check_console(self, placed: Placed) -> Outcome:
        example = self._example(placed) if placed.example else None
        answers = iter(self._answers(placed) if placed.steps else ())
        problems: list[str | None] = []
        outputs: list[tuple[Command, str]] = []
        for command in placed.commands:
            if command.is_curl:
                answer = next(answers)
                problems.append(_explain(answer))
                if answer.response is not None and answer.differences and example:
                    outputs.append((command, curl_output(command, answer.response, example.files)))
                continue
            checked = check_command(command, example, root=self.root)
            problems.append(checked.problem)
            if checked.output is not None:
                outputs.append((command, checked.output))
        updated = rewrite_console(placed.block.source, outputs) if outputs else None
        return Outcome(_joined(problems), updated)

    def _check_test(self, placed: Placed) -> str | None:
        if placed.is_included:
            return None
        # Empty lines above, so that messages name the page's own lines.
        source = "\n" * placed.block.line + placed.block.source
        files = {**self._example(placed).files, placed.title: source}
        requires = placed.header.options.get("requires", "")
        style = lint(source, place=self.page.path, requires=requires)
        return _joined([style, run_tests(files, placed.title, place=self.page.path)])

    def _check_text(self, placed: Placed) -> str | None:
        if placed.header.language == "python":
            return lint("\n" * placed.block.line + placed.block.source, place=self.page.path)
        return _check_data(placed) if placed.header.language in PARSERS else None

    def _answers(self, placed: Placed) -> list[Answer]:
        example = self._example(placed)
        run = self._run(example)
        missing = Answer(failure=f"its application at line {example.line} does not run.")
        return [run.answers.get(step, missing) for step in placed.steps]


def _lint(example: Example) -> str | None:
    if example.place.endswith(".py"):
        return None  # checked as a file of the repository
    source = example.padded()[example.place]
    return lint(source, place=example.place, requires=example.requires)


def _explain(answer: Answer) -> str | None:
    if answer.failure is not None:
        return answer.failure
    return _joined([*map(str, answer.differences), answer.cause])


def _check_data(placed: Placed) -> str | None:
    # Empty lines above, so that errors name the page's own lines.
    text = "\n" * placed.block.line + placed.block.source
    try:
        PARSERS[placed.header.language](text)
    except ERRORS as error:
        return f'this is no {placed.header.language}: {error}\nMend it, or give it skip="reason".'
    return None


def _joined(problems: "map[str] | list[str | None]") -> str | None:
    return "\n".join(problem for problem in problems if problem) or None
