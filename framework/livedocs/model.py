"""Examples and their steps: what the engine runs, in CI and in the browser. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from livedocs.files import to_bytes
from livedocs.session_text import Session

REASONS = {status.value: status.phrase for status in HTTPStatus}
SWITCHING = 101  # the status of a WebSocket's accepted handshake: RFC 6455, section 4.2.2
MOST_OF_LABEL = 40  # characters, of what is typed
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to make of an application.

    Attributes:
        method: An HTTP method, upper case.
        target: Path and query as they stand on the request line, as in `/hello?name=Ada`.
        headers: Names and values as sent.
        body: The body, its bytes as text (see `files`).
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
        body: The body, its bytes as text (see `files`).
        target: The path and query that it is the answer to: another after a redirect.
        redirects: How many redirects led to it.
        error: What the application raised when it had answered, as for a 500.
    """

    status: int
    headers: Headers
    body: str
    target: str = ""
    redirects: int = 0
    error: Exception | None = field(default=None, compare=False)

    def header(self, name: str) -> str | None:
        """Return the header's value (the last one when it is repeated), or `None`."""
        return dict(self.headers).get(name.lower())

    @property
    def reason(self) -> str:
        """Return the status in words, as in `Not Found`; empty for one without a name."""
        return REASONS.get(self.status, "")

    @property
    def size(self) -> int:
        """Return the body's length in bytes."""
        return len(to_bytes(self.body))


@dataclass(frozen=True, slots=True)
class Manner:
    """What curl's options say beyond the request; of an `http` block, nothing.

    Attributes:
        follows: Redirects are followed (`-L`).
        keeps_method: They are so with the same method, whatever they are (`-X`).
        reads: The file whose cookies are sent (`-b FILE`).
        writes: The file that cookies are kept in (`-c FILE`).
        decodes: A compressed body is decompressed (`--compressed`).
        discards: The body is not shown (`-o FILE`).
        template: What is shown after the body (`-w`).
        events: After how many events of an event stream the client leaves; `None`: at its end.
    """

    follows: bool = False
    keeps_method: bool = False
    reads: str | None = None
    writes: str | None = None
    decodes: bool = False
    discards: bool = False
    template: str = ""
    events: int | None = None


PLAIN = Manner()
NO_REQUEST = Request("", "")


@dataclass(frozen=True, slots=True)
class Frame:
    """What one side of a WebSocket tells the other; `...` in it stands for anything.

    Attributes:
        kind: `text`, `binary`, `close`; of a handshake `accepted`, `denied`; or `any` message.
        text: The text; the bytes of `binary` in hexadecimal; the reason of `close`, the
            subprotocol of `accepted`, the body of `denied`, each empty where none is shown.
        code: The code of `close`, the status of `denied`.
    """

    kind: str
    text: str = ""
    code: int = 0

    @property
    def is_last(self) -> bool:
        """Tell whether nothing follows it: the WebSocket was closed, or never opened."""
        return self.kind in ("close", "denied")


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of a conversation over WebSockets.

    Attributes:
        way: `+`: a client connects; `>`: it sends a message, or leaves; `<`: what must come.
        client: The client's name; empty where there is but one.
        line: 1-based line of the page where it begins.
        end: The line after its last one.
        frame: What is said; of a client that connects, `accepted`.
        request: The handshake of a client that connects.
    """

    way: str
    client: str
    line: int
    end: int
    frame: Frame = Frame("accepted")
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A documented conversation over one WebSocket or several.

    Attributes:
        turns: Its lines, in order; the first connects a client.
        source: The block's text.
        line: 1-based line of the page where the text begins.
    """

    turns: tuple[Turn, ...]
    source: str
    line: int

    @property
    def handshakes(self) -> dict[str, Request]:
        """Return each client's first handshake, by the client's name."""
        found: dict[str, Request] = {}
        for turn in self.turns:
            if turn.request is not None:
                found.setdefault(turn.client, turn.request)
        return found


@dataclass(frozen=True, slots=True)
class Step:
    """A documented exchange of an example.

    Attributes:
        id: Names the step on its page, as in `s1`.
        request: What is sent; of a conversation, its first handshake; of a session, nothing.
        expected: What must come back, unless it is a conversation or a session.
        command: The words of a console block's command, for the real curl; `None` for `http`.
        manner: How its request is made.
        talk: The conversation of a `websocket` block; `None`: it is none.
        session: What a `pycon` block types and gets; `None`: it is none.
    """

    id: str
    request: Request
    expected: Expected
    command: tuple[str, ...] | None = None
    manner: Manner = PLAIN
    talk: Talk | None = None
    session: Session | None = None

    @property
    def label(self) -> str:
        """Return what a button says: `GET /hello/Ada`, `WebSocket: ada, bob`, `>>> menu.prices`."""
        if self.session is not None:
            first = self.session.source.split("\n")[0].rstrip()
            return first if len(first) <= MOST_OF_LABEL else f"{first[: MOST_OF_LABEL - 1]}…"
        if self.talk is None:
            return f"{self.request.method} {self.request.target}"
        names = [name for name in self.talk.handshakes if name]
        return f"WebSocket: {', '.join(names)}" if names else f"WebSocket {self.request.target}"


@dataclass(frozen=True, slots=True)
class Client:
    """A script of a page that speaks to an application.

    Attributes:
        id: Names the script on its page, as in `c1`.
        source: Its text.
        output: What it logs, as documented.
        no_live: Why the browser does not run it.
    """

    id: str
    source: str
    output: str
    no_live: str | None = None


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
        kind: `app` (binds an ASGI application `app`), `script` (runs to its end) or `session`
            (lines typed at the interpreter's prompt, with their answers).
        app: What `app="..."` says to speak to it, shared with what `more` makes of it; empty for
            what is no application.
        title: What readers see above it: a file name.
        line: 1-based line of the page where its block stands.
        place: The page, or the included file.
        main: Key of `files` that is executed.
        files: Path to text of each file, as copied and as run in the browser.
        segments: The lines of `main` with their places, as they stand there; together they are
            `files[main]`, but for marks that only the page has.
        steps: Documented exchanges, in order.
        clients: Scripts of pages that speak to it.
        output: What a script prints, as documented; `None` for an app.
        raises: The exception that a script is documented to end with.
        skip: Why CI does not run it.
        no_live: Why the browser does not run it.
        requires: The least version of Python that it runs with, as in `3.12`; empty: any.
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
    clients: tuple[Client, ...] = ()
    output: str | None = None
    raises: str | None = None
    skip: str | None = None
    no_live: str | None = None
    requires: str = ""

    @property
    def source(self) -> str:
        """Return the text of the main file."""
        return self.files[self.main]

    def padded(self) -> dict[str, str]:
        """Return the main file's text by place, each line at the number it has there."""
        texts: dict[str, str] = {}
        for segment in self.segments:  # of two places, where `python more` adds to a file
            text = texts.get(segment.place, "")
            text += "\n" * (segment.line - 1 - text.count("\n")) + segment.source
            texts[segment.place] = text
        return texts
