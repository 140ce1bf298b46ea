"""Compile archives of Python sources, by the interpreter that will import them.

Compiling runs inside Pyodide under Node while the site is built (`precompile.mjs`), so that the
bytecode is always that of the reader's interpreter: importing it costs no parsing. It is marked as
not to be checked against its source, which most modules then do not need to bring along.
"""

import ast
import importlib.util
import marshal
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

FLAG_UNCHECKED_HASH = 0b01
# Anyio reads its own to know what to import lazily.
NEEDS_SOURCE = ("anyio/__init__.py", "anyio/abc/__init__.py")
SHOWS_LINES = "bocadillo/"  # in tracebacks
# Pyodide needs these before `rest.py` can bring what is not there.
ALWAYS_USED = ("pyodide/", "_pyodide/", "encodings/__init__", "encodings/aliases")
WITHOUT_DOCSTRINGS = 2  # without asserts, too: those of the standard library guard nothing here


def compile_archive(source: Path, destination: Path, *, mount: str, optimize: int = 0) -> None:
    """Write an archive with the bytecode of another one's modules.

    Args:
        source: An archive whose modules are source text.
        destination: Is overwritten. Equal sources make equal bytes.
        mount: Where the archive will lie in the browser; tracebacks name it.
        optimize: As for `compile`.
    """
    with (
        zipfile.ZipFile(source) as archive,
        zipfile.ZipFile(destination, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out,
    ):
        for name in sorted(archive.namelist()):
            data = archive.read(name)
            is_module = name.endswith(".py")
            if is_module:
                code = bytecode(data, f"{mount}/{name}", optimize=optimize)
                write_entry(out, f"{name}c", code)
            if is_module and name.startswith(SHOWS_LINES):
                write_entry(out, name, without_prose(data))
            elif name.startswith(NEEDS_SOURCE) or not (is_module or name.endswith("/")):
                write_entry(out, name, data)


def bytecode(source: bytes, filename: str, *, optimize: int) -> bytes:
    """Return the contents of a `.pyc` file that is used without a look at its source."""
    code = compile(source, filename, "exec", dont_inherit=True, optimize=optimize)
    head = importlib.util.MAGIC_NUMBER + FLAG_UNCHECKED_HASH.to_bytes(4, "little")
    return head + importlib.util.source_hash(source) + marshal.dumps(code)


def without_prose(source: bytes) -> bytes:
    """Return a source whose docstrings and comments are empty lines: no traceback shows them."""
    lines = source.decode().split("\n")
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        match body:
            case [ast.Expr(ast.Constant(str())) as text, *_]:
                last = text.end_lineno or text.lineno
                lines[text.lineno - 1 : last] = [""] * (last - text.lineno + 1)
    return "\n".join("" if line.lstrip().startswith("#") else line for line in lines).encode()


def merge_archives(
    sources: Iterable[Path], destination: Path, *, without: tuple[str, ...] = ()
) -> None:
    """Write one archive with the files of several, wheels' own records left out.

    Args:
        sources: The archives.
        destination: Is overwritten.
        without: What the paths of files begin with that are left out, too.
    """
    with zipfile.ZipFile(destination, "w") as out:
        for source in sources:
            with zipfile.ZipFile(source) as archive:
                for name in archive.namelist():
                    if not name.endswith(("/", "/RECORD")) and not name.startswith(without):
                        out.writestr(name, archive.read(name))


def split_archives(
    archives: list[Path], used: Mapping[str, frozenset[str]], *, folder: Path
) -> None:
    """Part archives by what is imported when.

    Args:
        archives: With compiled modules.
        used: Names of modules by the archive that gets them. The first archive is there from the
            beginning, and lists the modules of each other in `NAME.txt`; the last one gets all that
            no other has.
        folder: Gets the archives, `NAME.zip`.
    """
    first, *_, last = used
    listed: dict[str, list[str]] = {name: [] for name in used}
    with ExitStack() as stack:
        out = {
            name: stack.enter_context(zipfile.ZipFile(folder / f"{name}.zip", "w")) for name in used
        }
        for path in archives:
            archive = stack.enter_context(zipfile.ZipFile(path))
            for entry in archive.namelist():
                module = _module_of(entry)
                where = next((name for name in used if module in used[name]), last)
                where = first if entry.startswith(ALWAYS_USED) else where
                write_entry(out[where], entry, archive.read(entry))
                listed[where] += [] if module is None else [module]
        for name in (name for name in used if name != first):
            write_entry(out[first], f"{name}.txt", "\n".join(listed[name]).encode())


def _module_of(path: str) -> str | None:
    """Return the module of a file; its source, if it is there too, belongs to it.

    >>> _module_of("anyio/__init__.pyc")
    'anyio'
    """
    stem, _, suffix = path.rpartition(".")
    is_module = suffix in ("py", "pyc")
    return stem.removesuffix("/__init__").replace("/", ".") if is_module else None


def write_entry(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file to an archive, the same bytes at any time."""
    info = zipfile.ZipInfo(name)  # its own date is a constant
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data, compresslevel=9)
