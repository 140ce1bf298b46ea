"""Place Python blocks and files: what makes examples."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from livedocs.blocks import Page, Placed, WaitingFile, refuse_second, version_of
from livedocs.client_text import documented_logs
from livedocs.collect import Block
from livedocs.engine import documented_output
from livedocs.errors import MarkupError
from livedocs.hiding import split_hidden
from livedocs.include import Included, find_include, include
from livedocs.markup import Header
from livedocs.model import NO_REQUEST, Client, Example, Expected, Segment, Step
from livedocs.session_text import parse_session


def place_app(page: Page, block: Block, header: Header, root: Path) -> Placed:
    """Begin an example with an application."""
    name = header.options.get("app") or page.new_id("app")
    if name in page.examples:
        raise MarkupError(
            f'two examples of this page are named {name!r}: give one another name in app="...".',
            block.line,
        )
    title = header.options.get("title", "")
    found = _included(block, root)
    if found:
        example = replace(
            _example(page, block, header, name=name, kind="app", main=found.main),
            place=found.place,
            files=found.files,
            segments=(Segment(found.raw, 1, found.place),),
        )
    else:
        main = title if title.endswith(".py") else "app.py"
        example = _example(page, block, header, name=name, kind="app", main=main)
    files = {**example.files, **page.take_waiting(name, example.main)}
    page.examples[name] = replace(example, files=files)
    if found:
        return Placed(block, header, found.shown, title, name, is_included=True)
    return _shown(block, header, title, example=name)


def place_more(page: Page, block: Block, header: Header, root: Path) -> Placed:
    """Add to an application, or show another part of an included one."""
    base = page.speaks_to(block, header)
    title = header.options.get("title", "")
    found = _included(block, root)
    if found:
        # Another part of what runs already: shown, nothing is added.
        if PurePosixPath(found.place).parts[:2] != PurePosixPath(base.place).parts[:2]:
            raise MarkupError(
                f"`python more` shows a part of the example at {base.place}, got {found.place}.",
                block.line,
            )
        other = found.main if found.main != base.main else ""
        return Placed(block, header, found.shown, title or other, base.id, is_included=True)
    name = page.new_id(base.app)
    added, _ = split_hidden(block.source, block.first_line)
    source = f"{base.source.rstrip()}\n\n\n{added}"
    segments = (*base.segments, Segment(block.source, block.first_line, page.path))
    page.examples[name] = replace(
        base,
        id=name,
        line=block.line,
        files={**base.files, base.main: source},
        segments=segments,
        steps=(),
        clients=(),
        skip=header.options.get("skip", base.skip),
        no_live=header.options.get("no_live", base.no_live),
        requires=max(base.requires, header.options.get("requires", ""), key=version_of),
    )
    return _shown(block, header, title, example=name)


def place_script(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    """Make an example of a script, beside the files of an application if it names one."""
    name = page.new_id("script")
    title = header.options.get("title", "")
    main = title if title.endswith(".py") else "example.py"
    example = _example(page, block, header, name=name, kind="script", main=main)
    files = example.files
    if "app" in header.options:
        base = page.speaks_to(block, header)
        refuse_second(base.files, main, line=block.line)
        files = {**base.files, **files}
    page.examples[name] = replace(
        example,
        files=files,
        output=documented_output(block.source),
        raises=header.options.get("raises"),
    )
    return _shown(block, header, title, example=name)


def place_session(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    """Place a session: with the application above it, or with none."""
    session = parse_session(block.source, block.first_line)
    title = header.options.get("title", "")
    placed = Placed(block, header, block.source, title, session=session)
    base = page.speaks_to(block, header) if "app" in header.options else page.latest(None)
    if base is None:
        name = page.new_id("session")
        page.examples[name] = _example(
            page, block, header, name=name, kind="session", main="session.pycon"
        )
        return replace(placed, example=name)
    for option in ("no_live", "requires"):
        if option in header.options:
            raise MarkupError(
                f"the session speaks to the application at line {base.line}: give {option} to that "
                "one, which runs with it.",
                block.line,
            )
    if placed.skip:
        return placed
    step = Step(f"s{len(base.steps) + 1}", NO_REQUEST, Expected(), session=session)
    page.examples[base.id] = replace(base, steps=(*base.steps, step))
    return replace(placed, example=base.id, steps=(step.id,))


def place_test(page: Page, block: Block, header: Header, root: Path) -> Placed:
    """Place tests of an application, or show those of an example."""
    title = header.options.get("title", "")
    found = _included(block, root)
    if found:
        return Placed(block, header, found.shown, title, is_included=True)
    if "skip" in header.options:
        return _shown(block, header, title)
    base = page.speaks_to(block, header)
    return _shown(block, header, title or "test_app.py", example=base.id)


def place_client(page: Page, block: Block, header: Header, _root: Path) -> Placed:
    """Place a script of a page that speaks to an application."""
    placed = Placed(block, header, block.source, header.options.get("title", ""))
    if "skip" in header.options:
        return placed
    base = page.speaks_to(block, header)
    client = Client(
        id=f"c{len(base.clients) + 1}",
        source=block.source,
        output=documented_logs(block.source),
        no_live=header.options.get("no_live"),
    )
    if not client.output:
        raise MarkupError(
            "the script shows nothing that it logs: below a `console.log`, write `//> ` and the "
            'text, or give the block skip="reason".',
            block.line,
        )
    page.examples[base.id] = replace(base, clients=(*base.clients, client))
    return replace(placed, example=base.id, client=client)


def place_file(page: Page, block: Block, header: Header, root: Path) -> Placed:
    """Add a file to the application above, or keep it for the one below."""
    path = header.options["file"]
    parts = PurePosixPath(path).parts
    if "\\" in path or ".." in parts or path != PurePosixPath(*parts).as_posix() or path[0] == "/":
        raise MarkupError(
            f"expected a path in the example's folder, as in `templates/index.html`; got {path!r}.",
            block.line,
        )
    if _included(block, root):
        raise MarkupError(
            'a file of examples/ has its place there: leave out file="...".', block.line
        )
    name = header.options.get("app")
    base = page.latest(name)
    placed = _shown(block, header, path)
    if base is None:
        page.waiting.append(WaitingFile(name, path, placed.shown, block.line))
    else:
        refuse_second(base.files, path, line=block.line)
        page.examples[base.id] = replace(base, files={**base.files, path: placed.shown})
    return placed


def place_text(_page: Page, block: Block, header: Header, root: Path) -> Placed:
    """Place what is shown only, or parsed only: a text, or a file of an example."""
    found = _included(block, root)
    title = header.options.get("title", "")
    if found:
        return Placed(block, header, found.shown, title or found.main, is_included=True)
    return Placed(block, header, block.source, title)


def _shown(block: Block, header: Header, title: str, *, example: str | None = None) -> Placed:
    """Place a block that readers see as it stands, but for the lines that are folded."""
    if header.language != "python":
        return Placed(block, header, block.source, title, example)
    shown, hidden = split_hidden(block.source, block.first_line)
    return Placed(block, header, shown, title, example, hidden=hidden)


def _included(block: Block, root: Path) -> Included | None:
    directive = find_include(block.source, block.first_line)
    return include(directive, block.first_line, root=root) if directive else None


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
        files={main: split_hidden(block.source, block.first_line)[0]},
        segments=(Segment(block.source, block.first_line, page.path),),
        skip=header.options.get("skip"),
        no_live=header.options.get("no_live"),
        requires=header.options.get("requires", ""),
    )
