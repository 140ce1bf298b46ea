from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

APP = """\
```python app
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello 7"})
```
"""


@pytest.fixture
def docs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makeini("[pytest]\naddopts = -p livedocs.pytest_plugin\ntestpaths = docs README.md\n")
    folder = pytester.path / "docs"
    folder.mkdir()
    return folder


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-q", *arguments)


def write(docs: Path, text: str) -> Path:
    page = docs / "a.md"
    page.write_bytes(text.encode())
    return page


BROKEN = """\
---
title: x
---

# Page

{}
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "```pyhton app\nx\n```",
            ["docs/a.md:7", "unknown language 'pyhton' (known: *). Did you mean 'python'?*"],
        ),
        (
            "```python app\nx\n~~~",
            ["docs/a.md:7", "'```python app' opens a block that is never closed: *"],
        ),
        (
            '```python app\n--8<-- "no/app.py"\n```',
            ["docs/a.md:8", "no file 'no/app.py' in examples/."],
        ),
        (
            f"{APP}```http\nGET /\n\nHTTP/1.1 200 OK\n\nbye\n```",
            [
                "docs/a.md:13",
                "body: expected 'bye', got 'hello 7'",
                "(`dev.py update` writes what came.)",
            ],
        ),
        (
            f"{APP}```console\n$ curl localhost:8000\nbye\n```",
            ["docs/a.md:13", "body: expected 'bye', got 'hello 7'"],
        ),
        (
            "```python\nx = 1\nx / 0\n```",
            [
                "docs/a.md:7",
                "Traceback (most recent call last):",
                '  File "docs/a.md", line 9, in <module>',
                "    x / 0",
                "ZeroDivisionError: division by zero",
            ],
        ),
    ],
)
def test_a_block_that_fails_says_where_and_why(
    text: str, lines: list[str], docs: Path, pytester: pytest.Pytester
) -> None:
    write(docs, BROKEN.format(text))

    result = run(pytester)

    result.assert_outcomes(failed=1, passed=text.startswith(APP))
    result.stdout.fnmatch_lines([line.replace("[", "[[]") for line in lines])


PLACES = """\
!!! note

    ```python
    print(1)
    #> 1
    ```

=== "Tab"

    ```python
    print(2)
    #> 2
    ```

- item

    ```python
    print(3)
    #> 3
    ```

> ```python
> print(4)
> #> 4
> ```
"""


def test_blocks_run_wherever_they_stand(docs: Path, pytester: pytest.Pytester) -> None:
    write(docs, PLACES)

    result = run(pytester)

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["4 blocks run, 0 skipped"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_prints_are_updated_wherever_they_stand(
    end: str, docs: Path, pytester: pytest.Pytester
) -> None:
    page = write(docs, PLACES.replace("#> ", "#> old ").replace("\n", end))

    result = run(pytester, "--update-examples")

    assert page.read_bytes().decode() == PLACES.replace("\n", end)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines([f"  updated docs/a.md:{line}" for line in (3, 10, 17, 22)])
    run(pytester).assert_outcomes(passed=4)


def test_exchanges_are_updated_and_wildcards_kept(docs: Path, pytester: pytest.Pytester) -> None:
    rest = """
```http
GET /{new}

HTTP/1.1 {status}

hello ...
```

```console
$ curl localhost:8000/1
{body}
$ curl localhost:8000/2
hello ...
```
"""
    page = write(docs, APP + rest.format(new="é", status="404 Not Found", body="old"))

    run(pytester, "--update-examples").assert_outcomes(passed=3)

    new = APP + rest.format(new="é", status="200 OK", body="hello 7")
    assert page.read_text(encoding="utf-8") == new
    run(pytester).assert_outcomes(passed=3)


def test_skipped_blocks_are_named_with_their_reasons(docs: Path, pytester: pytest.Pytester) -> None:
    (pytester.path / "README.md").write_text('```console skip="it serves"\n$ x\n```\n')
    write(
        docs,
        APP.replace("python app", 'python app skip="no network"')
        + "```http\nGET /\n\nHTTP/1.1 200 OK\n```\n\n```python\nprint(1)\n#> 1\n```\n",
    )

    result = run(pytester)

    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "1 blocks run, 3 skipped",
            "  docs/a.md:1: no network",
            "  docs/a.md:7: no network",
            "  README.md:1: it serves",
        ]
    )


def test_one_block_runs_by_its_node_id(docs: Path, pytester: pytest.Pytester) -> None:
    write(docs, APP + "```http\nGET /\n\nHTTP/1.1 200 OK\n```\n")

    names = run(pytester, "--collect-only").stdout.lines[:2]
    result = run(pytester, names[1])

    assert names == ["docs/a.md::L1 python app", "docs/a.md::L7 http"]
    result.assert_outcomes(passed=1)


def test_other_markdown_is_left_alone(docs: Path, pytester: pytest.Pytester) -> None:
    (pytester.path / "NOTES.md").write_text("```nope\n```\n")
    write(docs, "# No block\n\n```text\nx\n```\n")

    result = run(pytester, "NOTES.md", "docs")

    assert result.ret == pytest.ExitCode.USAGE_ERROR or result.parseoutcomes() == {}
    assert "documentation" not in result.stdout.str()


def test_a_block_that_needs_a_newer_python_is_skipped(
    docs: Path, pytester: pytest.Pytester
) -> None:
    write(docs, '```python requires="3.99"\n1 / 0\n```\n')

    result = run(pytester)

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["  docs/a.md:1: it needs Python 3.99, and this is 3.*"])


def test_the_answers_of_a_session_are_updated(docs: Path, pytester: pytest.Pytester) -> None:
    session = "- a\n\n    ```pycon\n    >>> 1 + 1\n    {}\n    >>> object()\n    <...>\n    ```\n"
    page = write(docs, session.format(3))

    run(pytester, "--update-examples")

    assert page.read_text() == session.format(2)
