"""The scripts that need no page, in Node."""

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livedocs.runtime import BROWSER

STDLIB = ["asyncio", "json", "os"]
PLACE = {"title": "Views", "url": "https://example.org/views/", "site": "https://example.org/"}
EXAMPLE = {"kind": "app", "main": "app.py", "files": {"app.py": "app = 1\n"}}
CAUGHT = ".catch((error) => ({ error: error.message }))"


def call(expression: str, *arguments: Any) -> Any:
    """Return the value of an expression in Node; `args` are the arguments."""
    script = (
        f"const args = {json.dumps(arguments)};\n"
        f"const value = await ({expression});\n"
        "process.stdout.write(JSON.stringify(value));"
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        cwd=BROWSER,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def use(module: str, expression: str) -> str:
    return f"import('./{module}.js').then(({{ {expression.partition('(')[0]} }}) => {expression})"


def packed(value: Any) -> str:
    """Return what stands in a link, as Python makes it."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    compressor = zlib.compressobj(wbits=-15)
    raw = compressor.compress(data) + compressor.flush()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def test_an_archive_has_each_file_byte_by_byte() -> None:
    files = {"app.py": "print('é €')\n", "templates/ä.html": "", "logo.png": "\udcffPNG\udc80é"}
    data = bytes(
        call(use("zip", "zip(args[0], new Date(2026, 10, 25, 13, 30, 10))"), files).values()
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        found = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 25, 13, 30, 10)}
    assert found == {
        "app.py": "print('é €')\n".encode(),
        "templates/ä.html": b"",
        "logo.png": b"\xffPNG\x80\xc3\xa9",
    }


def test_a_link_carries_an_example_and_nothing_of_its_requests() -> None:
    example = {**EXAMPLE, "files": {"app.py": "é 🥪\n" * 1000, "x/y.png": "\udcff"}, "steps": [1]}
    module = "import('./share.js').then(({ pack, unpack }) => "
    found = call(f"{module}pack(args[0]).then((text) => unpack(text)))", example)
    without: dict[str, Any] = {"steps": [], "clients": [], "output": None, "raises": None}
    assert found == {**example, "title": "app.py", **without}


def test_code_that_is_too_long_for_a_link_says_what_to_do() -> None:
    noise = os.urandom(60_000).hex()
    files = {"app.py": noise}
    found = call(use("share", f"pack(args[0]){CAUGHT}"), {**EXAMPLE, "files": files})
    assert found["error"].startswith("The code is too long for a link: ")
    assert found["error"].endswith(" 40000 are the most. Download it instead.")


BROKEN = [
    ("", "it was cut or changed on its way"),
    ("?", "it was cut or changed on its way"),
    (packed(EXAMPLE)[:-4], "it was cut or changed on its way"),
    ("A" * 40_001, "it has 40001 characters"),
    (packed(b"x" * 500_001), "it holds more than 500000 bytes"),
    (packed(b"\xff"), "it was cut or changed on its way"),
    (packed(b"{"), "it holds no JSON"),
    (packed(None), "its kind is undefined"),
    (packed({**EXAMPLE, "kind": "page"}), 'its kind is "page"'),
    (packed({**EXAMPLE, "files": None}), "it has no files"),
    (packed({**EXAMPLE, "files": ["app.py"]}), "it has no files"),
    (packed({**EXAMPLE, "files": dict.fromkeys(map(str, range(51)), "")}), "it has 51 files"),
    (packed({**EXAMPLE, "files": {"app.py": 1}}), '"app.py" is no file of an example'),
    (packed({**EXAMPLE, "main": "x.py"}), "it has no Python file to run"),
    (packed({**EXAMPLE, "main": "toString"}), "it has no Python file to run"),
    (
        packed({**EXAMPLE, "main": "x.sh", "files": {"x.sh": ""}}),
        "it has no Python file to run",
    ),
    *(
        (packed({**EXAMPLE, "files": {path: ""}}), " is no file of an example")
        for path in ("/etc/x", "../x", "a/../x", "a//x", "a\\x", ".", "a/.", "a\0", "")
    ),
]


def test_a_link_that_is_none_is_told() -> None:
    expression = f"Promise.all(args[0].map((text) => unpack(text){CAUGHT}))"
    texts, reasons = zip(*BROKEN, strict=True)
    found = call(f"import('./share.js').then(({{ unpack }}) => {expression})", texts)
    for (error,), why in zip(map(dict.values, found), reasons, strict=True):
        assert error.startswith("The code in this link cannot be read: ")
        assert f"{why}. Ask for the link again, or for the files." in error


@pytest.fixture
def readme() -> Callable[..., dict[str, str]]:
    def make(files: dict[str, str], **fields: Any) -> dict[str, str]:
        argument = {
            "files": files,
            "example": {"kind": "app", "main": "app.py", **fields},
            "place": PLACE,
            "stdlib": STDLIB,
        }
        found: dict[str, str] = call(use("readme", "withReadme(args[0])"), argument)
        return found

    return make


def test_a_readme_says_how_to_run_an_application(readme: Callable[..., dict[str, str]]) -> None:
    files = {"app.py": "from bocadillo import App\n"}
    commands = ["curl -i http://localhost:8000/", "curl -d '1\n2' http://localhost:8000/"]
    found = readme(files, commands=commands)
    assert found["app.py"] == files["app.py"]
    assert (
        found["README.md"]
        == """\
# app.py

From “Views”: <https://example.org/views/>

## Set up

You need Python 3.11 or newer. In this folder:

    python3 -m venv .venv
    source .venv/bin/activate
    pip install "bocadillo[standard]"

On Windows, the first two lines are `py -m venv .venv` and `.venv\\Scripts\\activate`.

What `pip` finds must be Bocadillo 1.0 or later; until it is out, install it from its sources:
<https://example.org/guide/installation/#before-10-is-out>

## Run

    uvicorn app:app --reload

Then it is at <http://localhost:8000/>, until you press Ctrl-C.

## Ask

In another terminal, in this order:

    curl -i http://localhost:8000/
    curl -d '1
    2' http://localhost:8000/
"""
    )


def test_a_file_of_the_same_name_stays(readme: Callable[..., dict[str, str]]) -> None:
    found = readme({"app.py": "", "README.md": "mine"})
    assert found["README.md"] == "mine"
    assert "uvicorn app:app" in found["HOW-TO-RUN.md"]


def test_an_application_in_a_package_is_served_by_its_module(
    readme: Callable[..., dict[str, str]],
) -> None:
    found = readme({"shop/main.py": ""}, main="shop/main.py")
    assert "    uvicorn shop.main:app --reload\n" in found["README.md"]


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("print(1)\n", "python app.py"),
        ("async def f():\n    await g()\n", "python app.py"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('done')\n", "python run.py"),
        ("a, b = await f()\n", "python run.py"),
        ("async with f():\n    pass\n", "python run.py"),
    ],
)
def test_a_script_is_run_as_it_must_be(
    source: str, runs: str, readme: Callable[..., dict[str, str]]
) -> None:
    found = readme({"app.py": source}, kind="script")
    assert f"    {runs}\n" in found["README.md"]
    assert "http://localhost:8000/" not in found["README.md"]
    assert ("run.py" in found) is ("run.py" in runs)


def test_a_session_is_typed_at_the_prompt(readme: Callable[..., dict[str, str]]) -> None:
    files = {"session.pycon": ">>> from bocadillo import App\n>>> import aiosqlite\n"}
    text = readme(files, kind="session", main="session.pycon")["README.md"]
    assert '    pip install "bocadillo[standard]" aiosqlite\n' in text
    assert "    python -m asyncio\n\nThen type the lines of `session.pycon` " in text


def test_what_runs_a_script_that_awaits_really_does(
    readme: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    source = "import asyncio\nawait asyncio.sleep(0)\nprint('done')\n"
    for name, text in readme({"app.py": source}, kind="script").items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "run.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "done\n"


def test_what_an_example_imports_must_be_installed() -> None:
    table = {
        "import os, json\nfrom asyncio import run\n": [],
        "from bocadillo.sse import server_event\n": ["bocadillo[standard]"],
        "from starlette.routing import Route\n": ["bocadillo[standard]"],
        "import bocadillo, aiosqlite as sql\n": ["bocadillo[standard]", "aiosqlite"],
        "    import yaml\nimport os.path, PIL.Image\n": ["pillow", "pyyaml"],
        "from . import x\nfrom .y import z\nimport words\nfrom __future__ import a\n": [],
        "from bocadillo import create_client\n": ["bocadillo[standard,test]"],
        "import bocadillo\n# mounts WSGI\n": ["bocadillo[standard,wsgi]"],
    }
    others = {"words.py": "", "templates/x.html": "import numpy"}
    all_files = [{"app.py": source, **others} for source in table]
    expression = "args[0].map((files) => packagesOf(files, args[1]))"
    found = call(
        f"import('./readme.js').then(({{ packagesOf }}) => {expression})", all_files, STDLIB
    )
    assert dict(zip(table, found, strict=True)) == table


def test_what_a_cookie_says_is_read_as_browsers_do() -> None:
    table = {
        "a=1": ["a", "1", True],
        " a = b=c ; Path=/x": ["a", "b=c", True],
        "a=; Max-Age=0": ["a", "", False],
        "a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT": ["a", "1", False],
        "a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=60": ["a", "1", True],
        "a=1; max-age=soon": ["a", "1", True],
        "alone": ["", "alone", True],
    }
    read = "(text) => (({ name, value, ends }) => [name, value, ends > Date.now()])(parse(text))"
    found = call(f"import('./cookies.js').then(({{ parse }}) => args[0].map({read}))", [*table])
    assert dict(zip(table, found, strict=True)) == table
