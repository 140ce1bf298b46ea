"""Turn a page's blocks into examples with their steps. Reads included files, runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from livedocs.collect import Block, collect, split_lines
from livedocs.curl import Command, expected_output, parse_console, parse_curl
from livedocs.engine import documented_output
from livedocs.errors import MarkupError, did_you_mean
from livedocs.http_text import HTTPBlock, parse_http
from livedocs.include import find_include, include
from livedocs.markup import Header, parse_header
from livedocs.model import Example, Segment, Step


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, understood.

    Attributes:
        block: The block as it stands on the page.
        header: Its header.
        shown: The text that readers see.
        example: Id of the example that it makes or speaks to; `None`: neither.
        steps: Ids of the steps that it documents.
        http: The parts of an `http` block.
        commands: The commands of a `console` block.
    """

    block: Block
    header: Header
    shown: str
    example: str | None = None
    steps: tuple[str, ...] = ()
    http: HTTPBlock | None = None
    commands: tuple[Command, ...] = ()

    @property
    def skip(self) -> str | None:
        """Return why the block is not run, if it is not."""
        return self.header.options.get("skip")


@dataclass(slots=True)
class Page:
    """A page's blocks and examples.

    Attributes:
        path: The page, relative to the repository, with `/`.
        blocks: Its blocks in order, those that could be understood.
        examples: Its examples by id, in order.
        errors: What could not be understood.
    """

    path: str
    blocks: list[Placed] = field(default_factory=list)
    examples: dict[str, Example] = field(default_factory=dict)
    errors: list[MarkupError] = field(default_factory=list)

    def latest(self, name: str | None) -> Example | None:
        """Return the last application so far, as `python more` left it.

        Args:
            name: What `app="..."` says; `None`: any.
        """
        apps = [example for example in self.examples.values() if example.kind == "app"]
        found = [example for example in apps if name is None or example.app == name]
        return found[-1] if found else None


def read_page(path: str, text: str, *, root: Path) -> Page:
    """Return a page's blocks and examples; what is wrong with it is in `errors`.

    Args:
        path: The page, relative to the repository, with `/`.
        text: Its Markdown.
        root: The repository.
    """
    page = Page(path)
    try:
        blocks = collect(split_lines(text))
    except MarkupError as error:
        page.errors.append(error)
        return page
    for block in blocks:
        try:
            page.blocks.append(_place(page, block, root))
        except MarkupError as error:
            page.errors.append(error)
    return page


def _place(page: Page, block: Block, root: Path) -> Placed:
    header = parse_header(block.header, block.line)
    if not block.source.strip():
        raise MarkupError("an empty block: write its content or remove it.", block.line)
    if header.kind.name not in ("app", "more") and find_include(block.source, block.first_line):
        raise MarkupError(
            f"`{header.language}` shows no files of examples/: only `python app` and `python more` "
            "do.",
            block.line,
        )
    return _PLACERS[header.kind.name](page, block, header, root)


def _place_text(_page: Page, block: Block, header: Header, _root: Path) -> Placed:
    return Placed(block, header, block.source)


def _place_app(page: Page, block: Block, header: Header, root: Path) -> Placed:
    name = header.options.get("app") or _number(page, "app")
    if name in page.examples:
        raise MarkupError(
            f'two examples of this page are named {name!r}: give one another name in app="...".',
            block.line,
        )
    title = header.options.get("title", "")
    directive = find_include(block.source, block.first_line)
    if directive:
        found = include(directive, block.first_line, root=root)
        example = replace(
            _example(page, block, header, name=name, kind="app", main=found.main),
            place=found.place,
            files=found.files,
            segments=(Segment(found.raw, 1, found.place),),
        )
        shown = found.shown
    else:
        main = title if title.endswith(".py") else "app.py"
        example = _example(page, block, header, name=name, kind="app", main=main)
        shown = block.source
    page.examples[name] = example
    return Placed(block, header, shown, example=name)


def _place_more(page: Page, block: Block, header: Header, root: Path) -> Placed:
    base = _speaks_to(page, block, header)
    directive = find_include(block.source, block.first_line)
    if directive:
        # Another part of a file that runs already: shown, nothing is added.
        found = include(directive, block.first_line, root=root)
        if found.place != base.place:
            raise MarkupError(
                f"`python more` shows a part of {base.place}, got {found.place}.", block.line
            )
        return Placed(block, header, found.shown, example=base.id)
    name = _number(page, base.app)
    source = f"{base.source.rstrip()}\n\n\n{block.source}"
    segments = (*base.segments, Segment(block.source, block.first_line, page.path))
    page.examples[name] = replace(
        base,
        id=name,
        line=block.line,
        files={**base.files, base.main: source},
        segments=segments,
        steps=(),
        skip=header.options.get("skip", base.skip),
        no_live=header.options.get("no_live", base.no_live),
    )
    return Placed(block, header, block.source, example=name)


def _place_script(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    name = _number(page, "script")
    title = header.options.get("title", "")
    main = title if title.endswith(".py") else "example.py"
    example = _example(page, block, header, name=name, kind="script", main=main)
    page.examples[name] = replace(
        example,
        output=documented_output(block.source),
        raises=header.options.get("raises"),
    )
    return Placed(block, header, block.source, example=name)


def _place_http(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    found = parse_http(block.source, block.first_line)
    if "skip" in header.options:
        return Placed(block, header, block.source, http=found)
    if found.expected is None:
        raise MarkupError(
            "the block shows no response: after an empty line, write the expected one, "
            'beginning with `HTTP/1.1 200 OK`, or give the block skip="reason".',
            block.line,
        )
    base = _speaks_to(page, block, header)
    step = Step(
        id=f"s{len(base.steps) + 1}",
        request=found.request,
        expected=found.expected,
    )
    page.examples[base.id] = replace(base, steps=(*base.steps, step))
    return Placed(block, header, block.source, example=base.id, steps=(step.id,), http=found)


def _place_console(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    commands = tuple(parse_console(block.source, block.first_line))
    placed = Placed(block, header, block.source, commands=commands)
    curls = [command for command in commands if command.is_curl]
    if "skip" in header.options:
        return placed
    if not curls:
        served = page.latest(header.options.get("app"))
        return replace(placed, example=served.id if served else None)
    base = _speaks_to(page, block, header)
    steps = []
    for number, command in enumerate(curls, start=len(base.steps) + 1):
        curl = parse_curl(command)
        steps.append(
            Step(
                id=f"s{number}",
                request=curl.request,
                expected=expected_output(command, curl),
                command=command.words,
            )
        )
    page.examples[base.id] = replace(base, steps=(*base.steps, *steps))
    return replace(placed, example=base.id, steps=tuple(step.id for step in steps))


_PLACERS: dict[str, Callable[[Page, Block, Header, Path], Placed]] = {
    "app": _place_app,
    "more": _place_more,
    "script": _place_script,
    "http": _place_http,
    "console": _place_console,
    "data": _place_text,
    "text": _place_text,
}


def _example(
    page: Page, block: Block, header: Header, *, name: str, kind: str, main: str
) -> Example:
    return Example(
        id=name,
        kind=kind,
        app=name if kind == "app" else "",
        title=header.options.get("title", main),
        line=block.line,
        place=page.path,
        main=main,
        files={main: block.source},
        segments=(Segment(block.source, block.first_line, page.path),),
        skip=header.options.get("skip"),
        no_live=header.options.get("no_live"),
    )


def _speaks_to(page: Page, block: Block, header: Header) -> Example:
    """Return the example that a block speaks to: the named one, else the last application."""
    name = header.options.get("app")
    found = page.latest(name)
    if found is None:
        wanted, cure = "application", "`python app`"
        if name is not None:
            wanted, cure = f"application named {name!r}", f'`python app app="{name}"`'
        known = [example.app for example in page.examples.values() if example.app]
        hint = did_you_mean(name, known) if name else ""
        raise MarkupError(f"no {wanted} above this block: begin one with {cure}.{hint}", block.line)
    return found


def _number(page: Page, stem: str) -> str:
    names = (f"{stem}-{number}" for number in count(1))
    return next(name for name in names if name not in page.examples)
