from pathlib import Path

import pytest

from tests.livedocs.samples import APP, HTTP, only, read


def test_more_is_the_app_so_far_and_the_text() -> None:
    more = "```python more\ny = 2\n```\n"

    page = read(f"{APP}{HTTP}{more}{HTTP}{more}")

    first, second, third = page.examples.values()
    assert [first.id, second.id, third.id] == ["app-1", "app-1-1", "app-1-2"]
    assert third.source == "app = 1\n\n\ny = 2\n\n\ny = 2\n"
    assert [len(example.steps) for example in (first, second, third)] == [1, 1, 0]
    assert second.padded() == {"docs/p.md": "\napp = 1\n" + "\n" * 7 + "y = 2\n"}


def test_an_included_file_runs_as_itself(root: Path) -> None:
    page = read('```python app\n--8<-- "hello/app.py:a"\n```\n', root)

    example = only(page)
    assert page.blocks[0].shown == "app = 1\n"
    assert example.source == "app = 1\nx = 2\n"
    assert example.place == "examples/hello/app.py"
    assert list(example.files) == ["app.py", "index.html", "other.py"]


def test_more_of_an_included_file_shows_another_part(root: Path) -> None:
    included = '--8<-- "hello/app.py{}"\n```\n'
    page = read(
        f"```python app\n{included.format(':a')}```python more\n{included.format('')}", root
    )

    assert list(page.examples) == ["app-1"]
    assert page.blocks[1].example == "app-1"
    assert page.blocks[1].shown == "app = 1\nx = 2\n"


@pytest.mark.parametrize(
    ("header", "path", "title", "example"),
    [
        ("python more", "other.py", "other.py", "app-1"),
        ("python more", "app.py:a", "", "app-1"),
        ("python test", "test_app.py", "", None),
        ("html", "index.html", "index.html", None),
    ],
)
def test_any_file_of_an_example_can_be_shown(
    header: str, path: str, title: str, example: str | None, root: Path
) -> None:
    page = read(
        f'```python app\n--8<-- "hello/app.py"\n```\n```{header}\n--8<-- "hello/{path}"\n```\n',
        root,
    )

    placed = page.blocks[1]
    assert (placed.title, placed.example, placed.is_included) == (title, example, True)
    assert list(page.examples) == ["app-1"]


FILE = '```html file="a/{}.html"{}\n<p>\n```\n'


def test_files_stand_above_or_below_their_application() -> None:
    named = APP.replace("python app", 'python app app="shop"')
    above, below = FILE.format("above", ""), FILE.format("below", "")
    far = FILE.format("far", ' app="shop"')
    more = "```python more\ny = 2\n```\n"

    page = read(f"{above}{APP}{far}{HTTP}{below}{named}{more}{FILE.format('last', '')}{HTTP}")

    assert {name: list(example.files) for name, example in page.examples.items()} == {
        "app-1": ["app.py", "a/above.html", "a/below.html"],
        "shop": ["app.py", "a/far.html"],
        "shop-1": ["app.py", "a/far.html", "a/last.html"],
    }
    assert page.blocks[0].title == "a/above.html"
    assert page.examples["app-1"].files["a/above.html"] == "<p>\n"


def test_a_script_runs_beside_the_files_of_an_application() -> None:
    page = read(f'{APP}```python app="app-1"\nimport app\n```\n')

    assert page.examples["script-1"].files == {"app.py": "app = 1\n", "example.py": "import app\n"}
    assert page.examples["script-1"].app == ""


def test_tests_speak_to_the_application_above() -> None:
    tests = "```python test{}\ndef test_it(): ...\n```\n"
    named = tests.format(' title="test_b.py"')

    page = read(f"{APP}{tests.format('')}{named}")

    assert [(placed.title, placed.example) for placed in page.blocks[1:]] == [
        ("test_app.py", "app-1"),
        ("test_b.py", "app-1"),
    ]
    skipped = read(tests.format(' skip="later"'))
    assert (skipped.blocks[0].skip, skipped.blocks[0].example) == ("later", None)


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


def test_a_session_speaks_to_the_application_above_or_to_none() -> None:
    session = "```pycon{}\n>>> app\n1\n```\n"

    page = read(f"{session.format('')}{APP}{session.format('')}{HTTP}")

    alone, joined = page.blocks[0], page.blocks[2]
    assert (alone.example, alone.steps) == ("session-1", ())
    assert page.examples["session-1"].files == {"session.pycon": ">>> app\n1\n"}
    assert (joined.example, joined.steps) == ("app-1", ("s1",))
    assert [step.label for step in page.examples["app-1"].steps] == [">>> app", "GET /"]
    later = session.format(' skip="later"')
    skipped = read(f"{APP}{later}")
    assert (skipped.blocks[1].steps, skipped.examples["app-1"].steps) == ((), ())


def test_folded_lines_run_and_are_copied_without_their_marks() -> None:
    more = "```python more\nb = 2\nc = 3  # hide\n```\n"
    other = '```python file="words.py"\n# hide: on\nd = 4\n# hide: off\ne = 5\n```\n'

    page = read(f"```python app\nimport re  # hide\napp = 1\n```\n{other}{more}")

    app, file, added = page.blocks
    assert (app.shown, app.hidden) == ("import re\napp = 1\n", frozenset({0}))
    assert (file.shown, file.hidden) == ("d = 4\ne = 5\n", frozenset({0}))
    assert (added.shown, added.hidden) == ("b = 2\nc = 3\n", frozenset({1}))
    assert page.examples["app-1-1"].files == {
        "app.py": "import re\napp = 1\n\n\nb = 2\nc = 3\n",
        "words.py": "d = 4\ne = 5\n",
    }
    # Lines keep their numbers: messages name those of the page.
    assert page.examples["app-1"].padded() == {"docs/p.md": "\nimport re  # hide\napp = 1\n"}


def test_what_is_added_may_need_a_newer_python_than_the_application() -> None:
    app = APP.replace("python app", 'python app requires="3.9"')
    more = '```python more requires="{}"\ny = 2\n```\n'

    page = read(f"{app}{more.format('3.12')}{more.format('3.10')}")

    versions = [example.requires for example in page.examples.values()]
    assert versions == ["3.9", "3.12", "3.12"]


def test_scripts_of_a_page_speak_to_the_application_above() -> None:
    script = "```js client{}\nf();\n//> 1\n```\n"
    asleep = script.format(' no_live="it sleeps"')

    page = read(f"{APP}{script.format('')}{asleep}")

    first, second = only(page).clients
    assert (first.id, first.source, first.output, first.no_live) == (
        "c1",
        "f();\n//> 1\n",
        "1\n",
        None,
    )
    assert (second.id, second.no_live) == ("c2", "it sleeps")
    assert [placed.client for placed in page.blocks[1:]] == [first, second]
