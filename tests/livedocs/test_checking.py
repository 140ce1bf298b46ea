import sys
from importlib import metadata
from pathlib import Path

import pytest

from livedocs.checking import Checker, Outcome
from livedocs.page import read_page

ROOT = Path(__file__).parents[2]
APP = """\
```python app
async def app(scope, receive, send):
    if scope["type"] == "http":
        if scope["path"] == "/fail":
            raise KeyError("é")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})
```

"""


def outcomes(text: str) -> list[Outcome]:
    page = read_page("docs/p.md", text, root=ROOT)
    assert [error.at("p.md") for error in page.errors] == []
    checker = Checker(page, ROOT)
    return [checker.check(placed) for placed in page.blocks]


def last(text: str) -> Outcome:
    return outcomes(text)[-1]


@pytest.mark.parametrize(
    "text",
    [
        APP,
        f"{APP}```http\nGET /a\n\nHTTP/1.1 204 No Content\n\n/a\n```\n",
        f"{APP}```console\n$ uvicorn app:app\n$ curl localhost:8000/a\n/a\n$ pip install x\n```\n",
        "```python\nprint(1)\n#> 1\n```\n",
        "```python\nprint(1)\n#> ...\n```\n",
        '```python raises="KeyError"\nprint(1)\n#> 1\n{}[0]\n```\n',
        "```json\n[1]\n```\n",
        "```toml\na = 1\n```\n",
        "```yaml\na: 1\n```\n",
        "```html\n<p>\n```\n",
        "```ini\n[a]\nb = %c\n```\n",
        f'{APP}```python file="words.py"\nHELLO = 1\n```\n```json file="a.json"\n[1]\n```\n',
        f"{APP}```python test\nfrom app import app\n\n\ndef test_it():\n    assert app\n```\n",
        '```python test\n--8<-- "hello/test_app.py"\n```\n',
        f"{APP}```console\n$ curl -o x -w '%{{http_code}}' localhost:8000/a\n204\n```\n",
        "```console\n$ pip install bocadillo\n```\n",
        "> ```python\n> print(1)\n> #> 1\n> ```\n",
    ],
)
def test_blocks_that_do_what_they_say_pass(text: str) -> None:
    assert set(outcomes(text)) == {Outcome()}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            f'{APP}```json file="a.json"\n[1 2]\n```\n',
            (
                "this is no json: Expecting ',' delimiter: line 11 column 4 (char 13)\n"
                'Mend it, or give it skip="reason".'
            ),
        ),
        (
            f"{APP}```python test\ndef test_it():\n    assert 1 == 2\n```\n",
            (
                f"{' test_it ':_^100}\ndocs/p.md:12: in test_it\n    assert 1 == 2\n"
                "E   assert 1 == 2"
            ),
        ),
        (
            f"{APP}```http\nGET /a\n\nHTTP/1.1 200 OK\n```\n",
            "status: expected '200', got '204'",
        ),
        (
            f"{APP}```console\n$ uvicorn main:app\n$ curl localhost:8000/a\n/b\n```\n",
            (
                "`uvicorn main:app` does not serve app.py: expected `uvicorn app:app`.\n"
                "body: expected '/b', got '/a'"
            ),
        ),
        (
            "```python app\nnope\n```\n\n```http\nGET /\n\nHTTP/1.1 200 OK\n```\n",
            "its application at line 1 does not run.",
        ),
        (
            '```python raises="KeyError"\nx = 1\n```\n',
            "expected it to raise KeyError, and it did not.",
        ),
        ("```python\nprint(1)\n#> 2\n```\n", "output: expected '2', got '1'"),
        ("```python\nprint(1)\n```\n", "output: expected '', got '1'"),
        (
            "\n\n```json\n{\n  a\n}\n```\n",
            (
                "this is no json: Expecting property name enclosed in double quotes: "
                'line 5 column 3 (char 7)\nMend it, or give it skip="reason".'
            ),
        ),
        (
            "\n\n```toml\na\n```\n",
            (
                "this is no toml: Expected '=' after a key in a key/value pair "
                '(at line 4, column 2)\nMend it, or give it skip="reason".'
            ),
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    assert last(text).problem == problem


def test_broken_yaml_names_the_line_of_the_page() -> None:
    assert "line 4, column 5" in str(last("\n\n```yaml\na: b: c\n```\n").problem)


def test_an_app_that_fails_shows_the_line_of_the_page() -> None:
    problem = last("\n```python app\nx = 1\n1 / 0\n```\n").problem

    assert 'File "docs/p.md", line 4, in <module>\n    1 / 0' in str(problem)


def test_a_request_that_fails_shows_the_line_of_the_page() -> None:
    outcome = last(f"{APP}```http\nGET /fail\n\nHTTP/1.1 200 OK\n```\n")

    assert 'File "docs/p.md", line 5, in app' in str(outcome.problem)
    assert outcome.updated is None


def test_a_500_that_is_not_documented_shows_the_line_of_the_page() -> None:
    source = (
        "\n```python app\nfrom bocadillo import App\n\napp = App()\n\n\n"
        '@app.route("/{divisor}")\nasync def divide(req, res, divisor: int):\n'
        "    res.json = 1 / divisor\n```\n```http\nGET /0\n\nHTTP/1.1 {}\n```\n"
    )
    problem = str(last(source.replace("{}", "200 OK")).problem)
    assert problem.startswith("status: expected '200', got '500'\nTraceback")
    assert 'File "docs/p.md", line 10, in divide' in problem
    assert problem.endswith("ZeroDivisionError: division by zero\n")
    assert last(source.replace("{}", "500 Internal Server Error")).problem is None


def test_the_wrong_error_is_shown() -> None:
    assert "ZeroDivisionError" in str(last('```python raises="KeyError"\n1 / 0\n```\n').problem)


def test_style_is_checked_where_the_page_has_the_text() -> None:
    assert "docs/p.md:2:8: F401" in str(last("```python\nimport os\n```\n").problem)
    file = '```python file="words.py"\nimport os\n```\n'
    assert "docs/p.md:11:8: F401" in str(last(APP + file).problem)


def test_an_included_file_runs_without_a_check_of_its_style(tmp_path: Path) -> None:
    folder = tmp_path / "examples" / "hello"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("import os\n\n\nasync def app(scope, receive, send): ...\n")
    text = '```python app\n--8<-- "hello/app.py"\n```\n\n```python more\n1 / 0\n```\n'
    page = read_page("docs/p.md", text, root=tmp_path)
    checker = Checker(page, tmp_path)

    first, second = (checker.check(placed).problem for placed in page.blocks)

    assert first is None
    assert 'File "docs/p.md", line 6, in <module>\n    1 / 0\n' in str(second)


def test_leftovers_are_a_problem() -> None:
    assert "never awaited" in str(last("```python\nasync def f(): ...\n\n\nf()\n```\n").problem)


@pytest.mark.parametrize(
    ("text", "updated"),
    [
        (
            f"{APP}```http\nGET /a\n\nHTTP/1.1 200 OK\n\n/...\n```\n",
            "GET /a\n\nHTTP/1.1 204 No Content\n\n/...\n",
        ),
        (
            f"{APP}```console\n$ curl localhost:8000/a\nold\n$ curl localhost:8000/b\n/...\n```\n",
            "$ curl localhost:8000/a\n/a\n$ curl localhost:8000/b\n/...\n",
        ),
        (
            "```python\nprint(1)\n#> ...\nprint(2)\n#> 3\n```\n",
            "print(1)\n#> ...\nprint(2)\n#> 2\n",
        ),
        ("```python\nprint(1)\n#>  1\n```\n", "print(1)\n#> 1\n"),
        (
            "```python\nprint(1)\nprint(2)\n#> 1\n#> 2\n```\n",
            "print(1)\n#> 1\nprint(2)\n#> 2\n",
        ),
    ],
)
def test_what_is_out_of_date_is_rewritten(text: str, updated: str) -> None:
    assert last(text).updated == updated


def test_broken_ini_is_told_with_the_line_of_the_page() -> None:
    problem = last("```ini\na = b\n```\n").problem

    assert "line: 2" in str(problem)
    assert str(problem).endswith('Mend it, or give it skip="reason".')


def test_output_of_a_command_is_brought_up_to_date_beside_that_of_curl() -> None:
    text = (
        f"{APP}```console\n$ bocadillo --version\nold\n$ curl localhost:8000/a\nold\n"
        "$ uvicorn app:app\n```\n"
    )

    outcome = last(text)

    version = metadata.version("bocadillo")
    assert outcome.problem == (
        f"output: expected 'old', got 'bocadillo, version {version}'\n"
        "body: expected 'old', got '/a'"
    )
    assert outcome.updated == (
        f"$ bocadillo --version\nbocadillo, version {version}\n$ curl localhost:8000/a\n/a\n"
        "$ uvicorn app:app\n"
    )


STREAM = """\
```python app
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/event-stream")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    await send(start)
    body = b'event: a\\ndata: {"n":1}\\n\\n' * 3
    await send({"type": "http.response.body", "body": body, "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
```

"""


def test_an_event_stream_is_compared_and_rewritten_up_to_where_the_page_ends() -> None:
    same = 'event: ...\ndata: {"n": 1}\n\n...\n'
    wrong = 'event: ...\ndata: {"n": 2}\n'

    assert last(f"{STREAM}```sse\nGET /\n\n{same}```\n") == Outcome()
    assert last(f"{STREAM}```console\n$ curl -N localhost:8000\n{same}```\n") == Outcome()

    outcome = last(f"{STREAM}```sse\nGET /\n\n{wrong}```\n")
    assert outcome.problem is not None
    assert outcome.problem.startswith("body\n  expected:\n    event: ...")
    assert outcome.updated == 'GET /\n\nevent: ...\ndata: {"n":1}\n'


def test_an_application_that_goes_on_without_its_client_fails_the_block() -> None:
    deaf = STREAM.replace('while (await receive())["type"] != "http.disconnect"', "while True")
    deaf = deaf.replace("        pass\n", "        await asyncio.sleep(60)\n")
    deaf = deaf.replace("async def app", "import asyncio\n\n\nasync def app")

    outcome = last(f"{deaf}```sse\nGET /\n\n...\n```\n")

    assert outcome.problem == (
        "RuntimeError: the application had not ended 1 second after its client left: GET /\n"
    )


TALK = """\
```python app
from bocadillo import App, HTTPError

app = App()


@app.websocket_route("/divide/{divisor}")
async def divide(ws, divisor: int):
    if divisor > 9:
        raise HTTPError(403)
    async for message in ws:
        await ws.send(f"{int(message) / divisor:g}")
```

"""


def test_a_conversation_is_compared_and_rewritten() -> None:
    fine = "/divide/2\n> 8\n< 4\n> close 1000\n"
    assert last(f"{TALK}```websocket\n{fine}```\n") == Outcome()
    assert last(f"{TALK}```websocket\n/divide/x\n< denied 400 ...\n```\n") == Outcome()

    wrong = "/divide/2\n> 8\n< 5\n> 6\n< close 1000\n"
    outcome = last(f"{TALK}```websocket\n{wrong}```\n")
    assert outcome.problem == (
        "line 18: expected '< 5', got '< 4'\nline 20: expected '< close 1000', got '< 3'"
    )
    assert outcome.updated == "/divide/2\n> 8\n< 4\n> 6\n< 3\n"


def test_a_view_that_fails_shows_the_line_of_the_page() -> None:
    outcome = last(f"{TALK}```websocket\n/divide/0\n> 8\n< 4\n```\n")

    problem = str(outcome.problem)
    assert problem.startswith("line 18: expected '< 4', got '< close 1011'\nTraceback")
    assert 'File "docs/p.md", line 12, in divide' in problem
    assert problem.endswith("ZeroDivisionError: division by zero\n")
    assert outcome.updated == "/divide/0\n> 8\n< close 1011\n"
    assert last(f"{TALK}```websocket\n/divide/0\n> 8\n< close 1011\n```\n") == Outcome()


def test_a_view_that_fails_when_its_client_has_left_fails_the_block() -> None:
    broken = TALK.replace("    async for", "    await ws.send('hi')\n    async for").replace(
        "```\n\n", "    raise LookupError('late')\n```\n\n"
    )
    talk = "/divide/1\n< hi\n"

    outcome = last(f"{broken}```websocket\n{talk}```\n")
    assert 'File "docs/p.md", line 14, in divide' in str(outcome.problem)
    assert str(outcome.problem).endswith("LookupError: late\n")
    assert outcome.updated is None

    denied = last(f"{TALK}```websocket\n/divide/10\n< denied 403\n```\n")
    assert str(denied.problem).startswith("line 17: expected '< denied 403', got '< accepted'\nTra")


def test_a_view_that_goes_on_without_its_client_fails_the_block() -> None:
    deaf = TALK.replace(
        "    async for message in ws:",
        "    with suppress(asyncio.CancelledError):\n        await asyncio.sleep(60)\n"
        "    await asyncio.sleep(60)\n    async for message in ws:",
    )
    deaf = deaf.replace(
        "from bocadillo", "import asyncio\nfrom contextlib import suppress\n\nfrom bocadillo"
    )

    outcome = last(f"{deaf}```websocket\n/divide/1\n< accepted\n```\n")

    assert outcome.problem == (
        "RuntimeError: the application had not ended 1 second after its client left: "
        "WebSocket /divide/1\n"
    )
    assert outcome.updated is None


SHOP = """\
```python app
from bocadillo import App

app = App()
prices = {"soup": 3}


@app.route("/soup")
async def soup(req, res):
    print("asked")
    res.json = prices
```

"""


def test_a_session_shares_the_names_of_the_application_above() -> None:
    typed = "```pycon\n>>> prices[\"soup\"] += 1\n>>> prices\n{'soup': ...}\n```\n"
    asked = '```http\nGET /soup\n\nHTTP/1.1 200 OK\n\n{"soup": 4}\n```\n'

    assert set(outcomes(f"{SHOP}{typed}{asked}")) == {Outcome()}


@pytest.mark.parametrize("app", [SHOP, ""])
def test_a_session_is_compared_and_rewritten(app: str) -> None:
    stack = "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n"
    kept = f">>> 1 / 0\n{stack.replace('...', 'File 1')}>>> object()\n<object ...>\n"
    line = app.count("\n") + 2

    outcome = last(f"{app}```pycon\n>>> 1 + 1\n3\n{kept}>>> 1 / 0\n```\n")

    assert outcome.updated == f">>> 1 + 1\n2\n{kept}>>> 1 / 0\n{stack}"
    assert str(outcome.problem).startswith(
        f"line {line}: expected '3', got '2'\nline {line + 8}\n  expected:\n    \n  got:\n"
    )


def test_a_session_without_an_application_leaves_nothing_behind() -> None:
    assert last("```pycon\n>>> 1\n1\n>>>\n```\n") == Outcome()

    outcome = last("```pycon\n>>> import warnings\n>>> warnings.warn('old')\n```\n")
    assert "UserWarning: old" in str(outcome.problem)
    stuck = last("```pycon\n>>> raise SystemExit(1)\n```\n")
    assert str(stuck.problem).endswith("raise SystemExit(1)\nSystemExit: 1\n")


def test_what_needs_a_newer_python_is_judged_by_its_rules() -> None:
    source = "type Soup = str\nprint(Soup)\n#> Soup\n"

    outcome = last(f"```python\n{source}```\n")
    newer = last(f'```python requires="3.12"\n{source}```\n')

    assert "Python 3.11" in str(outcome.problem) or "SyntaxError" in str(outcome.problem)
    assert newer == Outcome() if sys.version_info >= (3, 12) else newer.problem is not None


def test_folded_lines_are_run_and_kept_when_prints_are_rewritten() -> None:
    outcome = last("```python\nx = 1  # hide\nprint(x)\n#> 2\n```\n")

    assert outcome.updated == "x = 1  # hide\nprint(x)\n#> 1\n"
    assert last("```python\n# hide: on\nx = 1\n# hide: off\nprint(x)\n#> 1\n```\n") == Outcome()
