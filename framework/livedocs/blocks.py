"""What a page is made of: its blocks, understood, and the examples that they make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from livedocs.collect import Block
from livedocs.console import Command
from livedocs.errors import MarkupError, did_you_mean
from livedocs.http_text import HTTPBlock
from livedocs.markup import Header
from livedocs.model import Client, Example, Talk
from livedocs.session_text import Session


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, understood.

    Attributes:
        block: The block as it stands on the page.
        header: Its header.
        shown: The text that readers see.
        title: What stands above it: a file name; empty: nothing.
        example: Id of the example that it makes or speaks to; `None`: neither.
        steps: Ids of the steps that it documents.
        http: The parts of an `http` or `sse` block.
        talk: The conversation of a `websocket` block.
        client: The script of a `js client` block.
        commands: The commands of a `console` block.
        is_included: It shows a file of the repository, which is checked as such.
        hidden: Lines of `shown`, from 0, that readers see when they ask for them.
        session: What a `pycon` block types and gets.
    """

    block: Block
    header: Header
    shown: str
    title: str = ""
    example: str | None = None
    steps: tuple[str, ...] = ()
    http: HTTPBlock | None = None
    talk: Talk | None = None
    client: Client | None = None
    commands: tuple[Command, ...] = ()
    is_included: bool = False
    hidden: frozenset[int] = frozenset()
    session: Session | None = None

    @property
    def name(self) -> str:
        """Return the id that links lead to; empty: it has none."""
        return self.header.options.get("name", "")

    @property
    def marked(self) -> list[int]:
        """Return the numbers of the visible lines, from 0, that `hl="..."` highlights."""
        wanted = self.header.options.get("hl")
        if wanted is None:
            return []
        lines = enumerate(self.shown.split("\n"))
        return [number for number, text in lines if wanted in text and number not in self.hidden]

    @property
    def skip(self) -> str | None:
        """Return why the block is not run, if it is not."""
        return self.header.options.get("skip")


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file of an application that stands further below.

    Attributes:
        app: What the application is named; `None`: it is the next one.
        path: Where the file stands in the example's folder.
        text: Its text.
        line: 1-based line of the page where its block stands.
    """

    app: str | None
    path: str
    text: str
    line: int


@dataclass(slots=True)
class Page:
    """A page's blocks and examples.

    Attributes:
        path: The page, relative to the repository, with `/`.
        blocks: Its blocks in order, those that could be understood.
        examples: Its examples by id, in order.
        errors: What could not be understood.
        waiting: Files whose application has not come yet.
    """

    path: str
    blocks: list[Placed] = field(default_factory=list)
    examples: dict[str, Example] = field(default_factory=dict)
    errors: list[MarkupError] = field(default_factory=list)
    waiting: list[WaitingFile] = field(default_factory=list)

    def latest(self, name: str | None) -> Example | None:
        """Return the last application so far, as `python more` left it.

        Args:
            name: What `app="..."` says; `None`: any.
        """
        apps = [example for example in self.examples.values() if example.kind == "app"]
        found = [example for example in apps if name is None or example.app == name]
        return found[-1] if found else None

    def speaks_to(self, block: Block, header: Header) -> Example:
        """Return the example that a block speaks to: the named one, else the last application.

        Raises:
            MarkupError: There is none above the block.
        """
        name = header.options.get("app")
        found = self.latest(name)
        if found is not None:
            return found
        wanted, cure = "application", "`python app`"
        if name is not None:
            wanted, cure = f"application named {name!r}", f'`python app app="{name}"`'
        known = [example.app for example in self.examples.values() if example.app]
        hint = did_you_mean(name, known) if name else ""
        raise MarkupError(f"no {wanted} above this block: begin one with {cure}.{hint}", block.line)

    def why_not_run(self, placed: Placed, *, python: tuple[int, int]) -> str | None:
        """Return why a block is not run with a version of Python; `None`: it is."""
        example = self.examples.get(placed.example or "")
        skip = placed.skip or (example.skip if example else None)
        wanted = placed.header.options.get("requires") or (example.requires if example else "")
        if skip or not needs_newer(wanted, python):
            return skip
        return f"it needs Python {wanted}, and this is {python[0]}.{python[1]}"

    def new_id(self, stem: str) -> str:
        """Return an id that no example has yet, as in `app-2`."""
        names = (f"{stem}-{number}" for number in count(1))
        return next(name for name in names if name not in self.examples)

    def take_waiting(self, name: str, main: str) -> Mapping[str, str]:
        """Return the files that waited for an application, by path.

        Raises:
            MarkupError: One has the place of the application's own.
        """
        mine = [entry for entry in self.waiting if entry.app in (None, name)]
        self.waiting = [entry for entry in self.waiting if entry not in mine]
        files: dict[str, str] = {}
        for entry in mine:
            refuse_second({main: "", **files}, entry.path, line=entry.line)
            files[entry.path] = entry.text
        return files


def version_of(text: str) -> tuple[int, ...]:
    """Return a version as numbers; an empty one is the lowest.

    >>> version_of("3.12")
    (3, 12)
    """
    return tuple(int(part) for part in text.split(".") if part)


def needs_newer(wanted: str, python: tuple[int, int]) -> bool:
    """Tell whether what `requires="..."` says is more than a version of Python."""
    return version_of(wanted) > python


def refuse_second(files: Mapping[str, str], path: str, *, line: int) -> None:
    """Raise if an example has a file of that path.

    Raises:
        MarkupError: It has.
    """
    if path in files:
        raise MarkupError(
            f"the example has a file {path!r} already: give this one another path, or begin "
            "another example with `python app`.",
            line,
        )
