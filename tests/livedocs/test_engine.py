import sys
from pathlib import Path
from typing import Any

import pytest

from livedocs.engine import (
    ExampleError,
    Print,
    Program,
    documented_output,
    output_of,
    run_app,
    run_script,
    traceback_in,
)
from livedocs.model import Request

pytestmark = pytest.mark.anyio
PLACE = "docs/guide/a.md"
APP = """\
import helpers


async def app(scope, receive, send):
    if scope["type"] == "http":
        helpers.work()
"""


def program(folder: Path, source: str, **options: Any) -> Program:
    files = {"app.py": source, **options.pop("files", {})}
    return Program(folder, files, "app.py", source, PLACE, **options)


async def run(folder: Path, source: str, **options: Any) -> list[Print]:
    return await run_script(program(folder, source, **options), write=lambda _text: None)


async def failure(folder: Path, source: str, **options: Any) -> str:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 # any, and its traceback is looked at
        await run(folder, source, **options)
    return traceback_in(PLACE, caught.value, more=options.get("more", ()))


@pytest.mark.parametrize(
    ("source", "prints"),
    [
        ("print(1, 'a')\n", [(1, "1 a")]),
        ("print('a', 'b', sep='')\n", [(1, "ab")]),
        ("print('a', 'b', sep=None, end='')\n", [(1, "a b")]),
        ("print()\n", [(1, "")]),
        ("print(\n    1,\n)\n", [(1, "1")]),
        ("import asyncio\nprint(await asyncio.sleep(0, 2))\n", [(2, "2")]),
        ("def f():\n    print(1)\n\n\nprint(2)\nf()\n", [(5, "2"), (2, "1")]),
        ("import sys\nprint('no', file=sys.stderr)\n", []),
    ],
)
async def test_a_script_prints(source: str, prints: list[tuple[int, str]], tmp_path: Path) -> None:
    assert [(entry.line, entry.text) for entry in await run(tmp_path, source)] == prints


async def test_prints_are_written_as_they_come(tmp_path: Path) -> None:
    written: list[str] = []

    with pytest.raises(ZeroDivisionError):
        await run_script(program(tmp_path, "print(1)\n1 / 0\n"), write=written.append)

    assert written == ["1"]


def test_output_stands_in_the_order_of_the_lines() -> None:
    assert output_of([Print(5, "b"), Print(2, "a"), Print(5, "c")]) == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("print(1)\n#> 1\n", "1\n"),
        ("print()\n#>\n", "\n"),
        ("for n in 1, 2:\n    print(n)\n    #> 1\n    #> 2\n", "1\n2\n"),
        ("if 1:\n    pass\nelse:\n    print(a)\n    #> 1\n", "1\n"),
        ('print(x)\n"""\na\n  b\n"""\n', "a\n  b\n"),
        ('def f():\n    print(\n        [x]\n    )\n    """\n    a\n    """\n', "a\n"),
        ('try:\n    pass\nfinally:\n    print(x)\n    """\n    a\n\n    b\n    """\n', "a\n\nb\n"),
        ('text = """\nfoo()\n"""\n', ""),
        ('text = """\n#> no\n"""\n', ""),
        ("x = 1  #> no\n", ""),
        ("#>no\n", ""),
        ("def broken(:\n#> 1\n", ""),
        ("def of_a_newer_python(x := 1):\n    #> 1\n", "1\n"),
    ],
)
def test_documented_prints_are_found(source: str, output: str) -> None:
    assert documented_output(source) == output


async def test_files_are_imported_and_forgotten(tmp_path: Path) -> None:
    files = {
        "helpers.py": "x = 1\n",
        "chat/rooms.py": "x = 2\n",
        "data.txt": "é",
    }
    source = (
        "import helpers, chat.rooms, pathlib\n"
        "print(helpers.x + chat.rooms.x, pathlib.Path('data.txt').read_text('utf-8'), __name__)\n"
    )
    before, path, folder = set(sys.modules), list(sys.path), Path.cwd()

    prints = await run(tmp_path, source, files=files)

    assert prints[0].text == "3 é app"
    assert set(sys.modules) == before
    assert (sys.path, Path.cwd()) == (path, folder)


async def test_modules_of_the_same_name_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = object()
    for name in ("app", "helpers", "helpers.inner"):
        monkeypatch.setitem(sys.modules, name, mine)

    source = "import app, helpers, sys\nsys.path.clear()\nprint(helpers.x)\n1 / 0\n"
    with pytest.raises(ZeroDivisionError):
        await run(tmp_path, source, files={"helpers.py": "x = 1\n"})

    assert [sys.modules[name] for name in ("app", "helpers", "helpers.inner")] == [mine] * 3
    assert sys.path


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
async def test_annotations_of_an_example_resolve(future: str, tmp_path: Path) -> None:
    source = f"""{future}
import typing
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True)
class Bread:
    name: str
    fillings: "list[Filling]"


class Filling(msgspec.Struct, frozen=True):
    name: "str"


class Order(msgspec.Struct):
    bread: "Bread | None" = None


TEXT = '{{"bread": {{"name": "x", "fillings": [{{"name": "y"}}]}}}}'
print(msgspec.json.decode(TEXT, type=Order))
print(typing.get_type_hints(Bread)["fillings"])
"""
    first, second = await run(tmp_path, source)

    assert first.text == "Order(bread=Bread(name='x', fillings=[Filling(name='y')]))"
    assert second.text == "list[app.Filling]"


async def test_a_traceback_begins_at_the_examples_own_line(tmp_path: Path) -> None:
    source = "\n\nimport helpers\n\nhelpers.work()\n"

    text = await failure(tmp_path, source, files={"helpers.py": "def work():\n    1 / 0\n"})

    assert text.startswith(
        f'Traceback (most recent call last):\n  File "{PLACE}", line 5, in <module>\n'
        "    helpers.work()\n"
    )
    assert text.endswith("ZeroDivisionError: division by zero\n")
    assert "livedocs" not in text


async def test_a_syntax_error_names_the_examples_own_line(tmp_path: Path) -> None:
    text = await failure(tmp_path, "\n\ndef broken(:\n")

    assert text.startswith(f'  File "{PLACE}", line 3\n')
    assert "livedocs" not in text


async def test_more_source_has_its_own_place(tmp_path: Path) -> None:
    text = await failure(tmp_path, "x = 0\n", more={"docs/b.md": "\n\n\ny = 1 / x\n"})

    assert '  File "docs/b.md", line 4, in <module>\n    y = 1 / x\n' in text


async def test_an_error_outside_of_the_example_has_no_frames_of_the_engine(tmp_path: Path) -> None:
    with pytest.raises(LookupError) as caught:
        async with run_app(program(tmp_path, FAILS_ELSEWHERE), write=lambda _text: None) as session:
            await session.send(Request("GET", "/"))

    text = traceback_in(PLACE, caught.value)
    assert "livedocs/asgi" not in text
    assert "in fail\n" in text


FAILS_ELSEWHERE = f"""
from {__name__.rpartition(".")[2]} import fail as app
"""


async def fail(scope: Any, _receive: Any, _send: Any) -> None:
    raise LookupError(scope["type"])


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__.rpartition(".")[2], sys.modules[__name__])


@pytest.mark.parametrize("source", ["x = 1\n", "app = 1\n"])
async def test_an_example_without_an_app_names_the_cure(source: str, tmp_path: Path) -> None:
    with pytest.raises(ExampleError) as caught:
        async with run_app(program(tmp_path, source), write=lambda _text: None):
            pass

    got = "1" if "app" in source else "None"
    message = (
        f"app.py binds no ASGI application to the name `app`: expected `app = App()`, got {got}."
    )
    assert str(caught.value) == message
    assert traceback_in(PLACE, caught.value) == f"{message}\n"


async def test_an_app_prints_and_fails_in_its_own_lines(tmp_path: Path) -> None:
    files = {"helpers.py": "def work():\n    raise KeyError('é')\n"}
    written: list[str] = []
    source = f"{APP}\n\nprint('hi')\n"

    with pytest.raises(KeyError) as caught:
        async with run_app(program(tmp_path, source, files=files), write=written.append) as session:
            await session.send(Request("GET", "/"))

    assert written == ["hi"]
    assert f'last):\n  File "{PLACE}", line 6, in app\n    helpers.work()\n' in traceback_in(
        PLACE, caught.value
    )
