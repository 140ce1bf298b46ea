from pathlib import Path

import pytest

from livedocs.model import Example
from livedocs.page import Page, read_page

APP = "```python app\napp = 1\n```\n"
HTTP = "```http\nGET /\n\nHTTP/1.1 200 OK\n```\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "examples" / "hello"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("# --8<-- [start:a]\napp = 1\n# --8<-- [end:a]\nx = 2\n")
    (folder / "other.py").write_text("")
    return tmp_path


def read(text: str, root: Path = Path()) -> Page:
    page = read_page("docs/p.md", text, root=root)
    assert [error.at("p.md") for error in page.errors] == []
    return page


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


def test_more_is_the_app_so_far_and_the_text() -> None:
    more = "```python more\ny = 2\n```\n"

    page = read(f"{APP}{HTTP}{more}{HTTP}{more}")

    first, second, third = page.examples.values()
    assert [first.id, second.id, third.id] == ["app-1", "app-1-1", "app-1-2"]
    assert third.source == "app = 1\n\n\ny = 2\n\n\ny = 2\n"
    assert [len(example.steps) for example in (first, second, third)] == [1, 1, 0]
    assert second.padded() == {"docs/p.md": "\napp = 1\n" + "\n" * 7 + "y = 2\n"}


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


def test_an_included_file_runs_as_itself(root: Path) -> None:
    page = read('```python app\n--8<-- "hello/app.py:a"\n```\n', root)

    example = only(page)
    assert page.blocks[0].shown == "app = 1\n"
    assert example.source == "app = 1\nx = 2\n"
    assert example.place == "examples/hello/app.py"
    assert list(example.files) == ["app.py", "other.py"]


def test_more_of_an_included_file_shows_another_part(root: Path) -> None:
    included = '--8<-- "hello/app.py{}"\n```\n'
    page = read(
        f"```python app\n{included.format(':a')}```python more\n{included.format('')}", root
    )

    assert list(page.examples) == ["app-1"]
    assert page.blocks[1].example == "app-1"
    assert page.blocks[1].shown == "app = 1\nx = 2\n"


def test_more_text_after_an_included_file_keeps_both_places(root: Path) -> None:
    page = read('```python app\n--8<-- "hello/app.py"\n```\n```python more\ny = 3\n```\n', root)

    example = page.examples["app-1-1"]
    assert example.files["app.py"] == "app = 1\nx = 2\n\n\ny = 3\n"
    assert example.padded()["docs/p.md"] == "\n\n\n\ny = 3\n"


def test_a_script_documents_its_prints_and_its_end() -> None:
    page = read('```python raises="KeyError" title="a.py"\nprint(1)\n#> 1\n{}[0]\n```\n')

    example = only(page)
    assert (example.kind, example.output, example.raises) == ("script", "1\n", "KeyError")
    assert (example.main, example.title, example.app) == ("a.py", "a.py", "")


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
            '```python\n--8<-- "hello/app.py"\n```\n',
            1,
            "`python` shows no files of examples/: only `python app` and `python more` do.",
        ),
        (
            (
                '```python app\n--8<-- "hello/app.py"\n```\n'
                '```python more\n--8<-- "hello/other.py"\n```\n'
            ),
            4,
            "`python more` shows a part of examples/hello/app.py, got examples/hello/other.py.",
        ),
        ('```python app\n--8<-- "nope/app.py"\n```\n', 2, "no file 'nope/app.py' in examples/."),
    ],
)
def test_a_block_that_cannot_be_understood_is_explained(
    text: str, line: int, message: str, root: Path
) -> None:
    [error] = read_page("docs/p.md", text, root=root).errors

    assert (error.line, error.message.replace(" Did you mean 'hello/app.py'?", "")) == (
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


def only(page: Page) -> Example:
    [example] = page.examples.values()
    return example
