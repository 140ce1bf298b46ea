import pytest
from markdown import Markdown

from livedocs.generated import MAKERS, GeneratedError, expand, format_modules, format_names


def test_a_line_becomes_what_it_asks_for() -> None:
    text = expand("# A\n\n<!-- made of the code: settings -->\n\nEnd\n")

    assert text.startswith("# A\n\n| Setting | Type | Default |\n")
    assert text.endswith("\n\nEnd\n")


@pytest.mark.parametrize(
    "text", ["`<!-- made of the code: settings -->`", "    <!-- made of the code: settings -->"]
)
def test_what_is_no_line_of_its_own_stays(text: str) -> None:
    assert expand(text) == text


def test_what_nobody_makes_is_refused() -> None:
    with pytest.raises(GeneratedError) as caught:
        expand("<!-- made of the code: setings -->")

    assert str(caught.value) == (
        "expected one of commands, errors, modules, names, settings after `made of the code:`, "
        "got 'setings'. Did you mean 'settings'?"
    )


def test_names_and_modules_lead_to_where_they_are_told() -> None:
    names = format_names()

    assert "| [`App`][bocadillo.applications.App] | Hold the routes of an appl" in names
    assert "| [`configure`][bocadillo.configure] | " in names
    assert "| [`WebSocketDisconnect`][bocadillo.websockets.WebSocketDisconnect] | Tell " in names
    assert "| [`bocadillo.sse`][bocadillo.sse] | Server-sent events: " in format_modules()
    assert "bocadillo.cli" not in format_modules()


@pytest.mark.parametrize("what", MAKERS)
def test_the_extension_puts_all_of_it_into_pages(what: str) -> None:
    markdown = Markdown(extensions=["tables", "attr_list", "toc", "livedocs.generated"])
    html = markdown.convert(f"# A\n\n<!-- made of the code: {what} -->\n\n## B\n")

    assert "made of the code" not in html
    assert '<h2 id="b">B</h2>' in html


def test_the_table_of_contents_of_a_long_page_is_short() -> None:
    markdown = Markdown(extensions=["attr_list", "toc", "livedocs.generated"])
    markdown.convert("# A\n\n<!-- made of the code: errors -->\n")
    (page,) = markdown.toc_tokens  # type: ignore[attr-defined] # the extension `toc` sets it
    assert page["children"]
    assert all(section["children"] == [] for section in page["children"])

    markdown.reset()
    markdown.convert("# A\n\n## B\n\n### C\n")
    (page,) = markdown.toc_tokens  # type: ignore[attr-defined] # so it does here
    assert [found["name"] for found in page["children"][0]["children"]] == ["C"]


def test_a_page_without_a_table_of_contents_is_none_the_worse() -> None:
    html = Markdown(extensions=["livedocs.generated"]).convert("<!-- made of the code: errors -->")

    assert "<h2>" in html
