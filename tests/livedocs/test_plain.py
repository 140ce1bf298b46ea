from pathlib import Path

import pytest

from livedocs.plain import plain_path, to_plain


def plain(text: str, root: Path, page: str = "guide/a.md") -> str:
    return to_plain(text, page, root=root, site_url="https://example.org/")


def test_front_matter_and_machinery_are_left_out(root: Path) -> None:
    text = '---\ndescription: x\n---\n\n# A { #a }\n\n```python app title="a.py"\napp = 1\n```\n'

    assert plain(text, root) == '# A\n\n```python title="a.py"\napp = 1\n```\n'


def test_includes_are_in_place(root: Path) -> None:
    text = '```python app\n--8<-- "hello/app.py:a"\n```\n\n```python more\nx = 1\n```\n'

    assert plain(text, root) == "```python\napp = 1\n```\n\n```python\nx = 1\n```\n"


def test_blocks_keep_their_place_in_lists_and_quotes(root: Path) -> None:
    text = "- one\n\n    ```text\n    a\n\n    b\n    ```\n\n> ~~~json\n> {}\n> ~~~\n"

    assert plain(text, root) == text.replace("\n    \n", "\n\n")


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("[x](b.md)", "[x](https://example.org/guide/b/index.md)"),
        ("[x](../index.md#y)", "[x](https://example.org/index.md#y)"),
        ("![x](../assets/x.svg#only-light)", "![x](https://example.org/assets/x.svg)"),
        ("[x](#y)", "[x](#y)"),
        ("[x](https://a.org/b.md)", "[x](https://a.org/b.md)"),
        (
            "[`App`][bocadillo.applications.App]",
            "[`App`](https://example.org/reference/bocadillo/applications/index.md)",
        ),
    ],
)
def test_links_are_whole(link: str, whole: str, root: Path) -> None:
    assert plain(f"See {link}.", root) == f"See {whole}.\n"


def test_blocks_have_no_links_to_mend(root: Path) -> None:
    text = "```markdown\n[x](b.md)\n::: bocadillo.sse\n<!-- made of the code: names -->\n```\n"

    assert plain(text, root) == text


def test_an_image_for_the_dark_is_the_same_again(root: Path) -> None:
    text = "![x](a.svg#only-light)\n![x](a.svg#only-dark)\n\nEnd.\n"

    assert plain(text, root) == "![x](https://example.org/guide/a.svg)\n\nEnd.\n"


def test_what_is_made_of_the_code_is_in_it(root: Path) -> None:
    assert "| [`DEBUG`](#debug) | bool |" in plain("<!-- made of the code: settings -->", root)


def test_a_module_is_told_with_its_signatures(root: Path) -> None:
    text = plain("# A\n\n::: bocadillo.sse\n    options:\n      x: 1\n\nEnd.\n", root)

    assert text.startswith("# A\n\nServer-sent events: messages")
    assert "\ndef server_event(" in text
    assert text.endswith("\nEnd.\n")
    assert "options" not in text


@pytest.mark.parametrize(
    ("page", "path"),
    [("index.md", "index.md"), ("guide/a.md", "guide/a/index.md"), ("b/index.md", "b/index.md")],
)
def test_a_plain_page_is_beside_the_other(page: str, path: str) -> None:
    assert plain_path(page) == path
