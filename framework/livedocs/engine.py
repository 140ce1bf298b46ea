"""Run examples: the one engine, the same in CI (CPython) and in the reader's browser (Pyodide).

Plain asyncio, no threads, no sockets. An example is a folder of files; its main file runs there, in
a fresh module that is gone, with every module it imported from the folder, when the example ends.
"""

import ast
import inspect
import io
import linecache
import sys
import tokenize
import traceback
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, chdir, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from livedocs.asgi import Lifespan, StartupError
from livedocs.conversation import Conversation
from livedocs.cookies import MissingCookieError
from livedocs.errors import MarkupError
from livedocs.files import write_files

Printer = Callable[[str], None]
LIVEDOCS = str(Path(__file__).parent)


class ExampleError(Exception):
    """An example that cannot run; its text is worded for the person who reads it."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is executed.

    Attributes:
        folder: Where the files are written and imported from, and the working directory; it
            belongs to this run alone.
        files: Path to text of each file.
        main: Key of `files` that is executed.
        source: The text that is compiled: `files[main]`, perhaps with empty lines before it.
        place: The file name that tracebacks show.
        more: Sources that are compiled and run after it, by the file names that tracebacks show.
    """

    folder: Path
    files: Mapping[str, str]
    main: str
    source: str
    place: str
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Print:
    """One call of `print` in the main file.

    Attributes:
        line: 1-based line of the compiled source where the call begins.
        text: What it printed, without the final line break.
    """

    line: int
    text: str


@asynccontextmanager
async def run_app(program: Program, *, write: Printer) -> AsyncIterator[Conversation]:
    """Run an application: import it, start its lifespan, and stop it at the end.

    Args:
        program: Its main file must bind an ASGI application to `app`.
        write: Gets each printed text.

    Raises:
        ExampleError: There is no `app`.
        Exception: What importing or starting it raised.
    """
    with open_module(program) as module:
        await _execute(program, module, printed=lambda _line, text: write(text))
        app = getattr(module, "app", None)
        if not callable(app):
            raise ExampleError(
                f"{program.main} binds no ASGI application to the name `app`: "
                f"expected `app = App()`, got {app!r}."
            )
        async with Lifespan(app) as lifespan:
            yield Conversation(app, lifespan.state, vars(module))


async def run_script(
    program: Program, *, write: Printer, prints: list[Print] | None = None
) -> list[Print]:
    """Run a script to its end and return what it printed; top-level `await` is allowed.

    Args:
        program: The script.
        write: Gets each printed text as it comes, before the script ends.
        prints: Is filled and returned; one's own keeps what was printed before an error.

    Raises:
        Exception: What the script raised.
    """
    found: list[Print] = [] if prints is None else prints

    def note(line: int, text: str) -> None:
        found.append(Print(line, text))
        write(text)

    with open_module(program) as module:
        await _execute(program, module, printed=note)
    return found


def output_of(prints: list[Print]) -> str:
    """Return printed texts in the order of the lines that printed them, as `#>` shows them."""
    return "".join(f"{entry.text}\n" for entry in sorted(prints, key=lambda entry: entry.line))


def documented_output(source: str) -> str:
    r"""Return what the comments of a script say that it prints.

    >>> documented_output("print(1)\n#> 1\n")
    '1\n'
    """
    shown: dict[int, str] = {}
    with suppress(SyntaxError):  # running it tells where and why, or a newer Python knows it
        shown = _string_lines(ast.parse(source))
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return ""
    for token in tokens:
        text = token.line.strip()
        if token.type == tokenize.COMMENT and (text == "#>" or text.startswith("#> ")):
            shown[token.start[0]] = text[3:]
    return "".join(f"{shown[line]}\n" for line in sorted(shown))


def _string_lines(tree: ast.AST) -> dict[int, str]:
    """Return the lines of the strings that stand below a print, as those of several lines do."""
    bodies = (getattr(node, "body", None) for node in ast.walk(tree))
    rest = (
        getattr(node, name, None) for node in ast.walk(tree) for name in ("orelse", "finalbody")
    )
    shown: dict[int, str] = {}
    for body in [*bodies, *rest]:
        for above, below in pairwise(body if isinstance(body, list) else []):
            match above, below:
                case (
                    ast.Expr(ast.Call(ast.Name("print"))),
                    ast.Expr(ast.Constant(str() as text), lineno=line, col_offset=indent),
                ):
                    lines = text.split("\n")[1:-1]
                    shown |= {line + n: entry[indent:] for n, entry in enumerate(lines, start=1)}
    return shown


def traceback_in(place: str, error: BaseException, *, more: Collection[str] = ()) -> str:
    """Return the traceback from the example's first own line on: the engine's frames left out.

    Args:
        place: The file name that the program was compiled with.
        error: What was raised.
        more: The names of its further sources.
    """
    if isinstance(error, ExampleError | MarkupError | StartupError | MissingCookieError):
        return f"{error}\n"
    summary = traceback.TracebackException.from_exception(error)
    names = [frame.filename for frame in summary.stack]
    own = [number for number, name in enumerate(names) if name == place or name in more]
    engine = [number for number, name in enumerate(names) if name.startswith(LIVEDOCS)]
    if own:
        del summary.stack[: own[0]]
    elif engine:
        del summary.stack[: engine[-1] + 1]
    return "".join(summary.format() if summary.stack else summary.format_exception_only())


@contextmanager
def open_module(program: Program) -> Iterator[ModuleType]:
    """Provide the main file's module, importable with its neighbors while it lives."""
    folder = str(program.folder)
    write_files(program.folder, program.files)
    name = Path(program.main).stem
    module = ModuleType(name)
    module.__file__ = str(program.folder / program.main)
    own = {Path(path).parts[0].removesuffix(".py") for path in program.files} | {name}
    search_path, hidden = list(sys.path), _take_modules(own)
    sys.path.insert(0, folder)
    sys.modules[name] = module
    try:
        with chdir(folder):
            yield module
    finally:
        sys.path[:] = search_path
        _take_modules(own)
        sys.modules.update(hidden)


def _take_modules(names: Collection[str]) -> dict[str, ModuleType]:
    """Take the modules of these names, and those in them, out of what is imported."""
    found = [key for key in sys.modules if key.partition(".")[0] in names]
    return {key: sys.modules.pop(key) for key in found}


async def _execute(
    program: Program, module: ModuleType, *, printed: Callable[[int, str], None]
) -> None:
    sources = {program.place: program.source, **program.more}
    codes = [compile_source(source, place) for place, source in sources.items()]
    namespace = vars(module)
    namespace["print"] = _printer(program.place, printed)
    for code in codes:
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, namespace)  # noqa: S307 # running the example is what this is for
        else:
            exec(code, namespace)  # noqa: S102 # running the example is what this is for


def compile_source(source: str, place: str) -> CodeType:
    """Compile a source, `await` allowed at the top level; tracebacks show its lines.

    Raises:
        SyntaxError: Its line is the line of `place`.
    """
    # No file of this name need exist from where the example runs.
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    code: CodeType = compile(
        source, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
    )
    return code


def _printer(place: str, printed: Callable[[int, str], None]) -> Callable[..., None]:
    def example_print(*values: object, **options: Any) -> None:
        if options.get("file") is not None:
            print(*values, **options)  # noqa: T201 # the reader's own choice of a file
            return
        sep = options.get("sep")
        text = (" " if sep is None else str(sep)).join(map(str, values))
        frame = sys._getframe(1)  # noqa: SLF001 # the documented way to the caller's line
        printed(frame.f_lineno if frame.f_code.co_filename == place else 0, text)

    example_print.__name__ = "print"
    return example_print
