"""Run examples: the one engine, the same in CI (CPython) and in the reader's browser (Pyodide).

Plain asyncio, no threads, no sockets. An example is a folder of files; its main file runs in a
fresh module that is gone, with every module it imported from the folder, when the example ends.
"""

import ast
import inspect
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from livedocs.asgi import ASGIApp, Lifespan, exchange
from livedocs.model import Request, Response

Printer = Callable[[str], None]


class ExampleError(Exception):
    """An example that cannot run; its text is worded for the person who reads it."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is executed.

    Attributes:
        folder: Where the files are written and imported from; it belongs to this run alone.
        files: Path to text of each file.
        main: Key of `files` that is executed.
        source: The text that is compiled: `files[main]`, perhaps with empty lines before it.
        place: The file name that tracebacks show.
    """

    folder: Path
    files: Mapping[str, str]
    main: str
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class Print:
    """One call of `print` in the main file.

    Attributes:
        line: 1-based line of the compiled source where the call begins.
        text: What it printed, without the final line break.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """An example's application, started."""

    app: ASGIApp
    state: dict[str, Any]

    async def send(self, request: Request) -> Response:
        """Return the application's response.

        Raises:
            Exception: What the application raised before its response started.
        """
        return await exchange(self.app, request, self.state)


@asynccontextmanager
async def run_app(program: Program, *, write: Printer) -> AsyncIterator[Session]:
    """Run an application: import it, start its lifespan, and stop it at the end.

    Args:
        program: Its main file must bind an ASGI application to `app`.
        write: Gets each printed text.

    Raises:
        ExampleError: There is no `app`.
        Exception: What importing or starting it raised.
    """
    with _module(program) as module:
        await _execute(program, module, printed=lambda _line, text: write(text))
        app = getattr(module, "app", None)
        if not callable(app):
            raise ExampleError(
                f"{program.main} binds no ASGI application to the name `app`: "
                f"expected `app = App()`, got {app!r}."
            )
        async with Lifespan(app) as lifespan:
            yield Session(app, lifespan.state)


async def run_script(program: Program, *, write: Printer) -> list[Print]:
    """Run a script to its end and return what it printed; top-level `await` is allowed.

    Args:
        program: The script.
        write: Gets each printed text as it comes, before the script ends.

    Raises:
        Exception: What the script raised.
    """
    prints: list[Print] = []

    def note(line: int, text: str) -> None:
        prints.append(Print(line, text))
        write(text)

    with _module(program) as module:
        await _execute(program, module, printed=note)
    return prints


def output_of(prints: list[Print]) -> str:
    """Return printed texts in the order of the lines that printed them, as `#>` shows them."""
    return "".join(f"{entry.text}\n" for entry in sorted(prints, key=lambda entry: entry.line))


def documented_output(source: str) -> str:
    r"""Return what the comments of a script say that it prints.

    >>> documented_output("print(1)\n#> 1\n")
    '1\n'
    """
    shown: list[str] = []
    lines = iter(source.split("\n"))
    previous = ""
    for line in lines:
        text = line.strip()
        if text == "#>" or text.startswith("#> "):
            shown.append(text[3:])
        elif text == '"""' and previous.startswith(("print(", ")")):
            # Several lines in one print stand in a string below it.
            indent = len(line) - len(line.lstrip())
            for inner in lines:
                if inner.strip() == '"""':
                    break
                shown.append(inner[indent:])
        previous = text or previous
    return "".join(f"{line}\n" for line in shown)


def traceback_in(place: str, error: BaseException) -> str:
    """Return the traceback from the example's first own line on: the engine's frames left out.

    Args:
        place: The file name that the program was compiled with.
        error: What was raised.
    """
    summary = traceback.TracebackException.from_exception(error)
    own = [number for number, frame in enumerate(summary.stack) if frame.filename == place]
    if own:
        del summary.stack[: own[0]]
    elif isinstance(error, SyntaxError):
        summary.stack.clear()
    return "".join(summary.format())


@contextmanager
def _module(program: Program) -> Iterator[ModuleType]:
    """Provide the main file's module, importable with its neighbors while it lives."""
    folder = str(program.folder)
    for path, text in program.files.items():
        target = program.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    name = Path(program.main).stem
    module = ModuleType(name)
    module.__file__ = str(program.folder / program.main)
    before = dict(sys.modules)
    sys.path.insert(0, folder)
    sys.modules[name] = module
    try:
        yield module
    finally:
        sys.path.remove(folder)
        for key, loaded in list(sys.modules.items()):
            origin = getattr(loaded, "__file__", None) or ""
            if before.get(key) is not loaded and origin.startswith(folder):
                del sys.modules[key]
        if name in before:
            sys.modules[name] = before[name]


async def _execute(
    program: Program, module: ModuleType, *, printed: Callable[[int, str], None]
) -> None:
    code = compile_program(program)
    namespace = vars(module)
    namespace["print"] = _printer(code, printed)
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, namespace)  # noqa: S307 # running the example is what this is for
    else:
        exec(code, namespace)  # noqa: S102 # running the example is what this is for


def compile_program(program: Program) -> CodeType:
    """Compile the main file, `await` allowed at the top level.

    Raises:
        SyntaxError: Its line is the line of `place`.
    """
    code: CodeType = compile(
        program.source,
        program.place,
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )
    return code


def _printer(code: CodeType, printed: Callable[[int, str], None]) -> Callable[..., None]:
    def example_print(*values: object, **options: Any) -> None:
        if options.get("file") is not None:
            print(*values, **options)  # noqa: T201 # the reader's own choice of a file
            return
        text = str(options.get("sep") or " ").join(map(str, values))
        frame = sys._getframe(1)  # noqa: SLF001 # the documented way to the caller's line
        printed(frame.f_lineno if frame.f_code.co_filename == code.co_filename else 0, text)

    example_print.__name__ = "print"
    return example_print
