"""The page that shows an unhandled error while an application is developed (`DEBUG=True`).

It tells the request's method and path, the exceptions, and the lines of source around each call:
never the values of variables, headers, cookies, or the environment.
"""

import linecache
import os
import traceback
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from .requests import Request
from .responses import Response

__all__ = ["error_to_debug_page", "format_debug_html", "format_debug_text", "wants_html"]

CONTEXT_LINES = 2  # before the line of a call, and after it
MAX_FRAMES = 60
MAX_CHARACTERS = 4000
MAX_LINE = 300
MAX_EXCEPTIONS = 20

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

PACKAGE = Path(__file__).parent
STANDARD_LIBRARY = Path(os.__file__).parent
SITE_FOLDERS = ("site-packages", "dist-packages")

Frame = traceback.FrameSummary

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1e; --quiet: #5f6368; --line: #dfe1e5;
  --bad: #b3261e; --band: #fdecea; --box: #f6f7f9; --mark: #f9c9c4 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17181b; --ink: #e8e8ea; --quiet: #a3a8b0; --line: #34373d;
    --bad: #ff8a80; --band: #3a1f1e; --box: #202226; --mark: #7a2e28 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
code, pre, ol { font: .875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
h1, h2 { margin: 0; color: var(--bad); font-size: 1.75rem; line-height: 1.3 }
h2 { font-size: 1.25rem }
header p, footer p, .why { color: var(--quiet); margin: .5rem 0 }
section + section { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line) }
pre { margin: .5rem 0 1.5rem; padding: .75rem 1rem; white-space: pre-wrap; background: var(--band);
  border-left: 4px solid var(--bad); max-height: 24rem; overflow: auto }
article { margin: 1rem 0 }
article p { margin: 0 }
ol { margin: .25rem 0 0; padding: .5rem 0; list-style: none; overflow-x: auto;
  background: var(--box); border: 1px solid var(--line); border-radius: 6px }
li { display: flex; width: max-content; min-width: 100%; white-space: pre; padding-right: 1rem }
li::before { content: attr(value); flex: none; width: 3.5rem; padding-right: 1rem;
  text-align: right; color: var(--quiet); user-select: none }
li.here { background: var(--band); box-shadow: inset 4px 0 var(--bad) }
mark { background: var(--mark); color: inherit; border-radius: 2px }
details { margin: 1rem 0; padding: .5rem 1rem; border: 1px dashed var(--line); border-radius: 6px;
  color: var(--quiet) }
summary { cursor: pointer }
footer { margin-top: 3rem; border-top: 1px solid var(--line) }
"""


async def error_to_debug_page(req: Request, res: Response, exc: Exception) -> None:
    """Answer with the traceback: as a page to browsers, as text to other clients."""
    res.status_code = 500
    if wants_html(", ".join(req.headers.getlist("accept"))):
        res.html = format_debug_html(f"{req.method} {req.scope['path']}", exc)
        res.headers["content-security-policy"] = POLICY
    else:
        res.text = format_debug_text(exc)
    res.headers["x-content-type-options"] = "nosniff"
    res.headers["cache-control"] = "no-store"
    res.headers["vary"] = "Accept"


def wants_html(accept: str | None) -> bool:
    """Tell if a client prefers HTML to plain text, by its Accept header.

    Source: RFC 9110, section 12.5.1.
    """
    ranges = dict(_parse_accept(accept or ""))
    return _quality(ranges, "text/html") > _quality(ranges, "text/plain")


def _parse_accept(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        values = [value[2:] for value in parameters if value.startswith("q=")]
        try:
            yield media_range, float(values[0]) if values else 1.0
        except ValueError:
            continue  # what cannot be read counts for nothing


def _quality(ranges: dict[str, float], media_type: str) -> float:
    """Return the quality of the most specific range that the type is in."""
    names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((ranges[name] for name in names if name in ranges), 0.0)


def format_debug_text(exc: Exception) -> str:
    """Return the traceback as Python prints it, with what a terminal would obey made visible."""
    text = traceback.TracebackException.from_exception(exc, compact=True)
    return _make_visible("".join(text.format()))


def format_debug_html(request_line: str, exc: Exception) -> str:
    """Return a page with the traceback of an exception.

    Args:
        request_line: what was asked for: `GET /todos/1`. It is escaped.
        exc: the exception; those that caused it are shown below it.
    """
    sections = "\n".join(_format_exception(error, why) for error, why in _follow(exc))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(type(exc).__qualname__)}</title>\n<style>{STYLE}</style>\n"
        f"<header><p><code>{_escape(request_line)}</code> failed with this error:</p></header>\n"
        f"<main>\n{sections}\n</main>\n<footer><p>You see this page because <code>DEBUG</code> "
        "is on. Turn it off wherever others can see it.</p></footer>\n</html>\n"
    )


def _follow(exc: Exception) -> Iterator[tuple[BaseException, str]]:
    """Yield an exception, the members of a group, and what caused each, with why it is shown."""
    seen: set[int] = set()
    pending: list[tuple[BaseException, str]] = [(exc, "")]
    while pending and len(seen) < MAX_EXCEPTIONS:
        error, why = pending.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error, why
        name = type(error).__qualname__
        if error.__cause__ is not None:
            pending.append((error.__cause__, f"It caused {name}"))
        elif error.__context__ is not None and not error.__suppress_context__:
            pending.append((error.__context__, f"{name} was raised while this was handled"))
        if isinstance(error, BaseExceptionGroup):
            members = error.exceptions
            pending += reversed([(member, f"It is one of {name}") for member in members])


def _format_exception(exc: BaseException, why: str) -> str:
    heading = "h2" if why else "h1"
    reason = f'<p class="why">{_escape(why)}:</p>\n' if why else ""
    message = _message(exc)
    return (
        f"<section>\n{reason}<{heading}>{_escape(type(exc).__qualname__)}</{heading}>\n"
        + (f"<pre>{_escape(message)}</pre>\n" if message else "")
        + "\n".join(_format_frames(traceback.extract_tb(exc.__traceback__)))
        + "\n</section>"
    )


def _message(exc: BaseException) -> str:
    """Return the message, the notes, and for a syntax error where it is; shortened."""
    text = "".join(traceback.format_exception_only(exc)).rstrip("\n")
    name = type(exc).__qualname__
    text = text.removeprefix(f"{type(exc).__module__}.").removeprefix(name).removeprefix(": ")
    left = len(text) - MAX_CHARACTERS
    return f"{text[:MAX_CHARACTERS]}… and {left} characters more" if left > 0 else text


def _format_frames(frames: list[Frame]) -> Iterator[str]:
    """Yield the frames in the order of the calls, those of libraries folded."""
    left = len(frames) - MAX_FRAMES
    half = MAX_FRAMES // 2
    if left > 0:
        yield from _format_frames(frames[:half])
        yield f'<p class="why">… {left} calls more …</p>'
        frames = frames[-half:]
    for is_library, group in groupby(frames, lambda frame: _library(frame.filename) != ""):
        if is_library:
            yield _fold(list(group))
        else:
            yield from (_format_frame(frame, CONTEXT_LINES) for frame in group)


def _fold(frames: list[Frame]) -> str:
    names = ", ".join(dict.fromkeys(_library(frame.filename).split("/")[0] for frame in frames))
    calls = "1 call" if len(frames) == 1 else f"{len(frames)} calls"
    inside = "\n".join(_format_frame(frame, 0) for frame in frames)
    names = _escape(names.replace(".py", ""))
    return f"<details><summary>{calls} in {names}</summary>\n{inside}\n</details>"


def _format_frame(frame: Frame, context: int) -> str:
    place = _library(frame.filename) or _relative(frame.filename)
    rows = "".join(_format_rows(frame, context))
    return (
        f"<article><p><code>{_escape(place)}:{frame.lineno}</code> in "
        f"<code>{_escape(frame.name)}</code></p>{rows and f'<ol>{rows}</ol>'}</article>"
    )


def _format_rows(frame: Frame, context: int) -> Iterator[str]:
    """Yield the line of a call and those around it; nothing where there is no source."""
    here = frame.lineno or 1
    first = max(here - context, 1)
    lines = linecache.getlines(frame.filename)[first - 1 : here + context]
    for number, line in enumerate(lines, first):
        if number == here:
            yield f'<li value="{number}" class="here">{_mark(line.rstrip(), frame)}</li>'
        else:
            yield f'<li value="{number}">{_escape(line.rstrip()[:MAX_LINE])}</li>'


def _mark(line: str, frame: Frame) -> str:
    """Return a line with the part that was running marked, where it is a part of it."""
    raw, start, end = line.encode(), frame.colno, frame.end_colno
    if start is None or frame.end_lineno != frame.lineno or len(line) > MAX_LINE:
        return _escape(line[:MAX_LINE])
    before, part, after = (
        _escape(piece.decode("utf-8", "replace"))
        for piece in (raw[:start], raw[start:end], raw[end:])
    )
    is_all = not before.strip() and not after.strip()
    return before + part + after if is_all else f"{before}<mark>{part}</mark>{after}"


def _library(filename: str) -> str:
    """Return a file's path inside the library it is of; empty for a file of the application."""
    path = Path(filename)
    for folder in SITE_FOLDERS:
        if folder in path.parts:
            return Path(*path.parts[path.parts.index(folder) + 1 :]).as_posix()
    if path.is_relative_to(PACKAGE):
        return path.relative_to(PACKAGE.parent).as_posix()
    if path.is_relative_to(STANDARD_LIBRARY):
        return path.relative_to(STANDARD_LIBRARY).as_posix()
    return filename if filename.startswith("<frozen ") else ""


def _relative(filename: str) -> str:
    """Return a file's path from the working directory, when it is below it."""
    path = Path(filename)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else filename


def _escape(text: str) -> str:
    return escape(_make_visible(text))


def _make_visible(text: str) -> str:
    """Replace what does not print by its escape: terminals obey it, or UTF-8 does not have it."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )
