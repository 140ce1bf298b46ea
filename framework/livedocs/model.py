"""Examples and their steps: what the engine runs, in CI and in the browser. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

REASONS = {status.value: status.phrase for status in HTTPStatus}
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to make of an application.

    Attributes:
        method: An HTTP method, upper case.
        target: Path and query as they stand on the request line, as in `/hello?name=Ada`.
        headers: Names and values as sent.
        body: The body's text; it is sent as UTF-8.
    """

    method: str
    target: str
    headers: Headers = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a documented response says; `...` in it stands for anything.

    Attributes:
        status: The status code; `None`: not shown.
        headers: A subset of the response's headers.
        body: The body's text; `None`: not shown.
    """

    status: int | None = None
    headers: Headers = ()
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What an application answered.

    Attributes:
        status: The status code.
        headers: Names (lower case) and values, in order.
        body: The body, decoded as UTF-8 (what is not UTF-8 as replacement characters).
    """

    status: int
    headers: Headers
    body: str

    def header(self, name: str) -> str | None:
        """Return the header's value (the last one when it is repeated), or `None`."""
        return dict(self.headers).get(name.lower())

    @property
    def reason(self) -> str:
        """Return the status in words, as in `Not Found`; empty for one without a name."""
        return REASONS.get(self.status, "")


@dataclass(frozen=True, slots=True)
class Step:
    """A documented exchange of an example.

    Attributes:
        id: Names the step on its page, as in `s1`.
        command: The words of a console block's command, for the real curl; `None` for `http`.
    """

    id: str
    request: Request
    expected: Expected
    command: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        """Return what a button says, as in `GET /hello/Ada`."""
        return f"{self.request.method} {self.request.target}"


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines of an example and the place they stand at.

    Attributes:
        source: The lines.
        line: 1-based line of `place` where they begin.
        place: The file that tracebacks name: the page, or the included file.
    """

    source: str
    line: int
    place: str


@dataclass(frozen=True, slots=True)
class Example:
    """A working program with its documented behavior.

    Attributes:
        id: Names the example on its page.
        kind: `app` (binds an ASGI application `app`) or `script` (runs to its end).
        app: What `app="..."` says to speak to it, shared with what `more` makes of it; empty for
            a script.
        title: What readers see above it: a file name.
        line: 1-based line of the page where its block stands.
        place: The page, or the included file.
        main: Key of `files` that is executed.
        files: Path to text of each file, as copied and as run in the browser.
        segments: The lines of `main` with their places; together they are `files[main]`.
        steps: Documented exchanges, in order.
        output: What a script prints, as documented; `None` for an app.
        raises: The exception that a script is documented to end with.
        skip: Why CI does not run it.
        no_live: Why the browser does not run it.
    """

    id: str
    kind: str
    app: str
    title: str
    line: int
    place: str
    main: str
    files: Mapping[str, str]
    segments: tuple[Segment, ...]
    steps: tuple[Step, ...] = ()
    output: str | None = None
    raises: str | None = None
    skip: str | None = None
    no_live: str | None = None

    @property
    def source(self) -> str:
        """Return the text of the main file."""
        return self.files[self.main]

    def padded(self) -> dict[str, str]:
        """Return the main file's text by place, each line at the number it has there.

        There are two places when `python more` adds to an included file.
        """
        texts: dict[str, str] = {}
        for segment in self.segments:
            text = texts.get(segment.place, "")
            text += "\n" * (segment.line - 1 - text.count("\n")) + segment.source
            texts[segment.place] = text
        return texts


def example_to_json(example: Example) -> dict[str, Any]:
    """Return what the page hands to the browser's engine."""
    return {
        "id": example.id,
        "title": example.title,
        "kind": example.kind,
        "main": example.main,
        "files": dict(example.files),
        "output": example.output,
        "raises": example.raises,
        "steps": [_step_to_json(step) for step in example.steps],
    }


def _step_to_json(step: Step) -> dict[str, Any]:
    request, expected = step.request, step.expected
    return {
        "id": step.id,
        "label": step.label,
        "request": {
            "method": request.method,
            "target": request.target,
            "headers": [list(pair) for pair in request.headers],
            "body": request.body,
        },
        "expected": {
            "status": expected.status,
            "headers": [list(pair) for pair in expected.headers],
            "body": expected.body,
        },
    }


def request_from_json(data: Mapping[str, Any]) -> Request:
    """Return the request of a message from the page."""
    return Request(
        method=str(data["method"]).upper(),
        target=str(data["target"]),
        headers=_headers(data.get("headers", ())),
        body=str(data.get("body") or ""),
    )


def expected_from_json(data: Mapping[str, Any]) -> Expected:
    """Return the documented response of a message from the page."""
    return Expected(
        status=data.get("status"),
        headers=_headers(data.get("headers", ())),
        body=data.get("body"),
    )


def _headers(pairs: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)
