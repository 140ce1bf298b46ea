import re
from pathlib import Path

import pytest

from livedocs.errors import MarkupError
from livedocs.include import MOST_BYTES, Included, find_include, include, without_marks

APP = """\
import os


# --8<-- [start:routes]
def a():
    pass

    # --8<-- [start:inner]
    x = 1
    y = 2
    # --8<-- [end:inner]
# --8<-- [end:routes]
# --8<-- [start:open]
"""
CSS = """\
/* --8<-- [start:p] */
p {
  color: red;
}
/* --8<-- [end:p] */
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "chat/app.py": APP,
        "chat/models.py": "class A: ...\n",
        "chat/templates/index.html": "<p>é</p>\n",
        "chat/test_app.py": "def test_a(): ...\n",
        "chat/__pycache__/x.py": "",
        "chat/README.md": "# Chat\n",
        "chat/.env": "SECRET=1\n",
        "chat/static/style.css": CSS,
        "hello/app.py": "app = 1\n",
        "loose.py": "",
    }.items():
        path = tmp_path / "examples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "examples" / "chat" / "static" / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.py").write_text("")
    return tmp_path


def read(directive: str, root: Path) -> Included:
    found = find_include(f"{directive}\n", 5)
    assert found is not None
    return include(found, 5, root=root)


def test_a_whole_file_is_shown_without_its_marks(root: Path) -> None:
    found = read('--8<-- "chat/app.py"', root)

    assert found.shown == without_marks(APP)
    assert "--8<--" not in found.shown
    assert found.raw == APP
    assert (found.place, found.main) == ("examples/chat/app.py", "app.py")


def test_the_files_are_those_of_the_example_without_tests(root: Path) -> None:
    found = read('--8<-- "chat/app.py"', root)

    assert found.files == {
        "app.py": without_marks(APP),
        "models.py": "class A: ...\n",
        "static/logo.png": "\udc89PNG",
        "static/style.css": "p {\n  color: red;\n}\n",
        "templates/index.html": "<p>é</p>\n",
    }


def test_files_that_no_page_should_carry_are_refused(root: Path) -> None:
    (root / "examples" / "chat" / "big.bin").write_bytes(bytes(MOST_BYTES))

    with pytest.raises(MarkupError) as caught:
        read('--8<-- "chat/app.py"', root)

    assert re.fullmatch(
        r"the files of examples/chat have 200\d\d\d bytes, and every page that shows them carries "
        r"them: expected 200000 at most\. Take smaller files\.",
        caught.value.message,
    )


@pytest.mark.parametrize(
    "mark",
    [
        "# --8<-- [{}:a]",
        "// --8<-- [{}:a]",
        "-- --8<-- [{}:a]",
        "<!-- --8<-- [{}:a] -->",
        "  /* --8<-- [{}:a] */",
        "{{# --8<-- [{}:a] #}}",
    ],
)
def test_each_language_marks_a_section_in_its_own_comments(mark: str, root: Path) -> None:
    path = root / "examples" / "chat" / "text.html"
    path.write_text(f"0\n{mark.format('start')}\n1\n{mark.format('end')}\n2\n")

    found = read('--8<-- "chat/text.html:a"', root)

    assert (found.shown, found.main, found.files["text.html"]) == ("1\n", "text.html", "0\n1\n2\n")


@pytest.mark.parametrize(
    ("section", "shown"),
    [
        ("routes", "def a():\n    pass\n\n    x = 1\n    y = 2\n"),
        ("inner", "x = 1\ny = 2\n"),
    ],
)
def test_a_section_is_shown(section: str, shown: str, root: Path) -> None:
    assert read(f'--8<-- "chat/app.py:{section}"', root).shown == shown


def test_a_way_through_another_example_leads_to_the_file(root: Path) -> None:
    found = read('--8<-- "chat/../hello/app.py"', root)

    assert (found.place, found.main) == ("examples/hello/app.py", "app.py")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("../secret.py", ""),
        ("chat/../../secret.py", ""),
        ("/etc/passwd", ""),
        (
            "chat",
            "",
        ),
        ("loose.py", ""),
        ("chat/ap.py", " Did you mean 'chat/app.py'?"),
    ],
)
def test_what_is_no_file_of_an_example_is_refused(path: str, hint: str, root: Path) -> None:
    with pytest.raises(MarkupError) as caught:
        read(f'--8<-- "{path}"', root)

    assert caught.value.at("p.md") == f"p.md:5: no file {path!r} in examples/.{hint}"


@pytest.mark.parametrize(
    ("name", "hint"), [("rotes", " Did you mean 'routes'?"), ("open", " Did you mean 'open'?")]
)
def test_a_missing_section_names_the_cure(name: str, hint: str, root: Path) -> None:
    with pytest.raises(MarkupError) as caught:
        read(f'--8<-- "chat/app.py:{name}"', root)

    assert caught.value.message == (
        f"no section {name!r} in examples/chat/app.py (it has: inner, open, routes); mark it with "
        f"`# --8<-- [start:{name}]` and `# --8<-- [end:{name}]`.{hint}"
    )


@pytest.mark.parametrize(
    "source", ["--8<-- 'chat/app.py'\n", '--8<-- "chat/app.py"\nx = 1\n', "--8<-- chat/app.py\n"]
)
def test_a_broken_directive_is_refused(source: str) -> None:
    with pytest.raises(MarkupError) as caught:
        find_include(source, 9)

    assert caught.value.at("p.md") == (
        'p.md:9: expected one line such as `--8<-- "hello/app.py"` or '
        '`--8<-- "hello/app.py:section"`, and nothing else in the block; '
        f"got {source.strip()!r}."
    )


def test_other_text_is_no_directive() -> None:
    assert find_include("x = 1\n", 1) is None
