from pathlib import Path

import pytest

from livedocs.page import read_page
from tests.livedocs.samples import APP, HTTP, only, read


def test_an_app_and_its_requests_are_one_example() -> None:
    console = "```console\n$ curl localhost:8000\nhi\n$ pip install x\n$ curl -I localhost:8000\n"
    console += "HTTP/1.1 200 OK\n```\n"

    page = read(f"{APP}\n{HTTP}\n{console}")

    [example] = page.examples.values()
    assert (example.id, example.kind, example.main, example.line) == ("app-1", "app", "app.py", 1)
    assert [(step.id, step.command and step.command[0]) for step in example.steps] == [
        ("s1", None),
        ("s2", "curl"),
        ("s3", "curl"),
    ]
    assert [placed.steps for placed in page.blocks] == [(), ("s1",), ("s2", "s3")]


def test_two_apps_of_a_page_are_told_apart_by_name() -> None:
    chat = '```python app app="chat"\napp = 1\n```\n'
    more = '```python more app="chat"\ny = 2\n```\n'
    named = HTTP.replace("```http", '```http app="chat"')

    page = read(f"{chat}{APP}{HTTP}{named}{more}{APP}{named}{HTTP}")

    assert {example.id: len(example.steps) for example in page.examples.values()} == {
        "chat": 1,
        "app-1": 1,
        "chat-1": 1,
        "app-2": 1,
    }
    assert [placed.example for placed in page.blocks] == [
        "chat", "app-1", "app-1", "chat", "chat-1", "app-2", "chat-1", "app-2",
    ]  # fmt: skip


def test_a_number_is_not_given_twice() -> None:
    page = read(f'```python app app="app-1"\na = 1\n```\n{APP}')

    assert list(page.examples) == ["app-1", "app-2"]


def test_a_command_sends_a_file_of_the_example() -> None:
    console = "```console\n$ curl -d @a.txt localhost:8000\nhi\n```\n"

    page = read(f'{APP}```text file="a.txt"\nsoup\n```\n{console}')

    assert only(page).steps[0].request.body == "soup"


def test_a_conversation_is_a_step_and_its_lines_are_those_of_the_page() -> None:
    skipped = '```websocket skip="no"\n/c\n< hi\n```\n'
    page = read(f"{APP}{HTTP}```websocket\nada /a\nbob /b\nada< hi\n```\n{skipped}")

    [_, step] = only(page).steps
    assert (step.id, step.request.target, step.label) == ("s2", "/a", "WebSocket: ada, bob")
    assert step.talk is not None
    assert [turn.line for turn in step.talk.turns] == [10, 11, 12]
    assert [placed.steps for placed in page.blocks] == [(), ("s1",), ("s2",), ()]
    assert page.blocks[2].talk is step.talk


def test_a_stream_is_left_after_the_events_that_are_shown() -> None:
    sse = "```sse\nGET /\n\ndata: a\n\n...\n```\n"
    console = "```console\n$ curl -N localhost:8000\ndata: a\n$ curl -N localhost:8000\na\n```\n"
    skipped = '```sse skip="no"\nGET /\n\ndata: a\n```\n'
    page = read(APP + sse + console + skipped)

    assert [step.manner.events for step in only(page).steps] == [2, 1, None]
    assert [placed.steps for placed in page.blocks] == [(), ("s1",), ("s2", "s3"), ()]


def test_a_skipped_block_documents_nothing() -> None:
    page = read(
        '```http skip="a"\nGET /\n```\n```console skip="b"\n$ a && b\n```\n'
        '```python app skip="c"\napp = 1\n```\n'
    )

    assert [placed.skip for placed in page.blocks] == ["a", "b", "c"]
    assert [example.skip for example in page.examples.values()] == ["c"]


def test_a_console_block_knows_the_app_above_it() -> None:
    console = "```console\n$ uvicorn app:app\n```\n"

    page = read(f"{console}{APP}{console}")

    assert [placed.example for placed in page.blocks] == [None, "app-1", "app-1"]


def test_lines_count_from_the_top_of_the_file_with_any_line_ends() -> None:
    page = read(f"---\ntitle: x\n---\n\n{APP}".replace("\n", "\r\n"))

    assert page.blocks[0].block.line == 5
    assert only(page).source == "app = 1\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x\n\n```python app\n\n```\n", 3, "an empty block: write its content or remove it."),
        (HTTP, 1, "no application above this block: begin one with `python app`."),
        (
            "```python more\nx = 1\n```\n",
            1,
            "no application above this block: begin one with `python app`.",
        ),
        (
            "```console\n$ curl localhost:8000\n```\n",
            1,
            "no application above this block: begin one with `python app`.",
        ),
        (
            '```python app app="chat"\na = 1\n```\n' + HTTP.replace("http", 'http app="cat"', 1),
            4,
            (
                "no application named 'cat' above this block: begin one with "
                "`python app app=\"cat\"`. Did you mean 'chat'?"
            ),
        ),
        (
            '```python app app="a"\na = 1\n```\n' * 2,
            4,
            "two examples of this page are named 'a': give one another name in app=\"...\".",
        ),
        (
            f"{APP}```http\nGET /\n```\n",
            4,
            (
                "the block shows no response: after an empty line, write the expected one, "
                'beginning with `HTTP/1.1 200 OK`, or give the block skip="reason".'
            ),
        ),
        (
            f"{APP}```sse\nGET /\n```\n",
            4,
            (
                "the block shows no event: after an empty line, write the first ones that come, as "
                "in `data: hello`."
            ),
        ),
        (
            f"{APP}```js client\nconsole.log(1);\n```\n",
            4,
            (
                "the script shows nothing that it logs: below a `console.log`, write `//> ` and "
                'the text, or give the block skip="reason".'
            ),
        ),
        (
            "```js client\nf();\n//> 1\n```\n",
            1,
            "no application above this block: begin one with `python app`.",
        ),
        (
            f"{APP}```websocket\n/a\n> hi\n```\n",
            4,
            (
                "the block shows nothing that comes: write what the application says, as in "
                "`< hello`."
            ),
        ),
        (
            f"{APP}```websocket\n/a\nhello\n```\n",
            6,
            (
                "expected `> hello` (the client says it), `< hello` (the application does) or a "
                "path such as `/chat`, got 'hello'. A further line of a message begins with spaces."
            ),
        ),
        (
            '```python\n--8<-- "hello/app.py"\n```\n',
            1,
            (
                "`python` shows no files of examples/: `python app`, `python more`, `python test` "
                "and blocks of data or text do."
            ),
        ),
        (
            (
                '```python app\n--8<-- "hello/app.py"\n```\n'
                '```python more\n--8<-- "bye/app.py"\n```\n'
            ),
            4,
            (
                "`python more` shows a part of the example at examples/hello/app.py, got "
                "examples/bye/app.py."
            ),
        ),
        (
            '```html file="a.html"\n<p>\n```\n',
            1,
            ("no application on this page for the file 'a.html': begin one with `python app`."),
        ),
        (
            f'```html file="a.html" app="ap-1"\n<p>\n```\n{APP}',
            1,
            (
                "no application named 'ap-1' on this page for the file 'a.html': begin one with "
                "`python app`. Did you mean 'app-1'?"
            ),
        ),
        *[
            (
                f'{APP}```text file="{path}"\nx\n```\n',
                4,
                (
                    "expected a path in the example's folder, as in `templates/index.html`; "
                    f"got {path!r}."
                ),
            )
            for path in ("../a", "/a", "a//b", "./a", "a\\b")
        ],
        *[
            (
                text,
                line,
                (
                    "the example has a file 'app.py' already: give this one another path, or "
                    "begin another example with `python app`."
                ),
            )
            for text, line in (
                (f'{APP}```python file="app.py"\nx = 1\n```\n', 4),
                (f'```python file="app.py"\nx = 1\n```\n{APP}', 1),
                (f'{APP}```python app="app-1" title="app.py"\nx = 1\n```\n', 4),
            )
        ],
        (
            f'{APP}```html file="a.html"\n--8<-- "hello/index.html"\n```\n',
            4,
            'a file of examples/ has its place there: leave out file="...".',
        ),
        (
            f'{APP}```pycon requires="3.12"\n>>> app\n```\n',
            4,
            (
                "the session speaks to the application at line 1: give requires to that one, "
                "which runs with it."
            ),
        ),
        (
            '```pycon app="x"\n>>> app\n```\n',
            1,
            ("no application named 'x' above this block: begin one with `python app app=\"x\"`."),
        ),
        (
            '```python hl="soup"\nsoup = 1  # hide\nx = 1\n```\n',
            1,
            (
                "hl='soup' highlights nothing: expected a text that stands in a line that "
                "readers see."
            ),
        ),
        (
            '```text name="soup"\na\n```\n' * 2,
            4,
            "two blocks of this page have name='soup': links lead to one.",
        ),
        ('```python app\n--8<-- "nope/app.py"\n```\n', 2, "no file 'nope/app.py' in examples/."),
    ],
)
def test_a_block_that_cannot_be_understood_is_explained(
    text: str, line: int, message: str, root: Path
) -> None:
    [error] = read_page("docs/p.md", text, root=root).errors

    assert (error.line, error.message.replace(" Did you mean 'bye/app.py'?", "")) == (
        line,
        message,
    )


def test_one_broken_block_hides_no_other() -> None:
    page = read_page("p.md", f"```pyton\nx\n```\n{APP}```json app\nx\n```\n", root=Path())

    assert [error.line for error in page.errors] == [1, 7]
    assert list(page.examples) == ["app-1"]


def test_a_page_with_a_broken_fence_has_no_blocks() -> None:
    page = read_page("p.md", f"{APP}\n```python\n", root=Path())

    assert [error.line for error in page.errors] == [5]
    assert page.blocks == []
