"""Turn a page's blocks into examples with their steps. Reads included files, runs nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from livedocs.blocks import Page, Placed, WaitingFile
from livedocs.collect import Block, collect, split_lines
from livedocs.console import parse_console
from livedocs.curl import expected_output, parse_curl
from livedocs.errors import MarkupError, did_you_mean
from livedocs.events import count_events
from livedocs.http_text import HTTPBlock, parse_http, parse_sse
from livedocs.include import find_include
from livedocs.markup import Header, parse_header
from livedocs.model import PLAIN, Expected, Manner, Step
from livedocs.placing import (
    place_app,
    place_client,
    place_file,
    place_more,
    place_script,
    place_session,
    place_test,
    place_text,
)
from livedocs.talk_text import parse_talk

SHOWS_NO_FILES = ("script", "session", "http", "sse", "websocket", "client", "console")


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
            page.blocks.append(_checked(page, _place(page, block, root)))
        except MarkupError as error:
            page.errors.append(error)
    page.errors += [_without_app(page, entry) for entry in page.waiting]
    return page


def _without_app(page: Page, entry: WaitingFile) -> MarkupError:
    wanted, hint = "application", ""
    if entry.app is not None:
        wanted = f"application named {entry.app!r}"
        hint = did_you_mean(entry.app, [example.app for example in page.examples.values()])
    return MarkupError(
        f"no {wanted} on this page for the file {entry.path!r}: begin one with `python app`.{hint}",
        entry.line,
    )


def _place(page: Page, block: Block, root: Path) -> Placed:
    header = parse_header(block.header, block.line)
    if not block.source.strip():
        raise MarkupError("an empty block: write its content or remove it.", block.line)
    if header.kind.name in SHOWS_NO_FILES and find_include(block.source, block.first_line):
        raise MarkupError(
            f"`{header.language}` shows no files of examples/: `python app`, `python more`, "
            "`python test` and blocks of data or text do.",
            block.line,
        )
    return _PLACERS[header.kind.name](page, block, header, root)


def _checked(page: Page, placed: Placed) -> Placed:
    """Return a block whose options suit what it shows.

    Raises:
        MarkupError: `hl="..."` matches nothing, or `name="..."` is another block's.
    """
    options, line = placed.header.options, placed.block.line
    if "hl" in options and not placed.marked:
        raise MarkupError(
            f"hl={options['hl']!r} highlights nothing: expected a text that stands in a line that "
            "readers see.",
            line,
        )
    if placed.name and placed.name in (other.name for other in page.blocks):
        raise MarkupError(
            f"two blocks of this page have name={placed.name!r}: links lead to one.", line
        )
    return placed


def _place_http(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    found = parse_http(block.source, block.first_line)
    if found.expected is None and "skip" not in header.options:
        raise MarkupError(
            "the block shows no response: after an empty line, write the expected one, "
            'beginning with `HTTP/1.1 200 OK`, or give the block skip="reason".',
            block.line,
        )
    return _place_exchange(page, block, header, found=found)


def _place_sse(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    found = parse_sse(block.source, block.first_line)
    count = count_events(f"{found.response_text}\n")
    if not count:
        raise MarkupError(
            "the block shows no event: after an empty line, write the first ones that come, as in "
            "`data: hello`.",
            block.line,
        )
    return _place_exchange(page, block, header, found=found, manner=Manner(events=count))


def _place_exchange(
    page: Page, block: Block, header: Header, *, found: HTTPBlock, manner: Manner = PLAIN
) -> Placed:
    placed = Placed(block, header, block.source, header.options.get("title", ""), http=found)
    if "skip" in header.options or found.expected is None:
        return placed
    base = page.speaks_to(block, header)
    step = Step(
        id=f"s{len(base.steps) + 1}",
        request=found.request,
        expected=found.expected,
        manner=manner,
    )
    page.examples[base.id] = replace(base, steps=(*base.steps, step))
    return replace(placed, example=base.id, steps=(step.id,))


def _place_websocket(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    talk = parse_talk(block.source, block.first_line)
    if all(turn.way != "<" for turn in talk.turns):
        raise MarkupError(
            "the block shows nothing that comes: write what the application says, as in `< hello`.",
            block.line,
        )
    placed = Placed(block, header, block.source, header.options.get("title", ""), talk=talk)
    if "skip" in header.options:
        return placed
    base = page.speaks_to(block, header)
    first, *_ = talk.handshakes.values()
    step = Step(id=f"s{len(base.steps) + 1}", request=first, expected=Expected(), talk=talk)
    page.examples[base.id] = replace(base, steps=(*base.steps, step))
    return replace(placed, example=base.id, steps=(step.id,))


def _place_console(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    commands = tuple(parse_console(block.source, block.first_line))
    title = header.options.get("title", "")
    placed = Placed(block, header, block.source, title, commands=commands)
    curls = [command for command in commands if command.is_curl]
    if "skip" in header.options:
        return placed
    if not curls:
        served = page.latest(header.options.get("app"))
        return replace(placed, example=served.id if served else None)
    base = page.speaks_to(block, header)
    steps = []
    for number, command in enumerate(curls, start=len(base.steps) + 1):
        curl = parse_curl(command, base.files)
        steps.append(
            Step(
                id=f"s{number}",
                request=curl.request,
                expected=expected_output(command, curl),
                command=command.words,
                manner=curl.manner,
            )
        )
    page.examples[base.id] = replace(base, steps=(*base.steps, *steps))
    return replace(placed, example=base.id, steps=tuple(step.id for step in steps))


_PLACERS: dict[str, Callable[[Page, Block, Header, Path], Placed]] = {
    "app": place_app,
    "more": place_more,
    "script": place_script,
    "session": place_session,
    "test": place_test,
    "client": place_client,
    "file": place_file,
    "http": _place_http,
    "sse": _place_sse,
    "websocket": _place_websocket,
    "console": _place_console,
    "data": place_text,
    "text": place_text,
}
