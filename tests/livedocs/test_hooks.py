from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.exceptions import PluginError

from livedocs import hooks, sources
from livedocs.redirects import RedirectError
from livedocs.wheels import RuntimeBuildError

EDIT = "https://example.org/edit/main/"


def page(path: Path | None, **meta: str) -> SimpleNamespace:
    file = SimpleNamespace(abs_src_path=path and str(path))
    edit_url = f"{EDIT}docs/{path.name}" if path else None
    return SimpleNamespace(file=file, meta=meta, edit_url=edit_url)


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hooks, "ROOT", tmp_path)
    monkeypatch.setattr(sources, "changes", lambda _root: {"docs/a.md": date(2026, 11, 5)})
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def test_a_page_that_can_be_read_stays_as_it_is(docs: Path) -> None:
    source = docs / "a.md"
    source.write_text("\ufeff---\ntitle: x\n---\n\n```text\nx\n```\n", encoding="utf-8")

    assert hooks.on_page_markdown("text", page(source)) == "text"


def test_errors_name_the_lines_of_the_file(docs: Path) -> None:
    source = docs / "a.md"
    source.write_bytes(
        b"---\r\ntitle: x\r\n---\r\n\r\n```nope\r\nx\r\n```\r\n\r\n```json\r\n```\r\n"
    )

    with pytest.raises(PluginError) as caught:
        hooks.on_page_markdown("```nope\nx\n```\n", page(source))

    _, first, second = str(caught.value).split("\n")
    assert first.startswith("docs/a.md:5: unknown language 'nope' (known: ")
    assert second == "docs/a.md:9: an empty block: write its content or remove it."


def test_a_page_without_a_file_is_left_to_markdown() -> None:
    assert hooks.on_page_markdown("```nope\n```", page(None)) == "```nope\n```"


def test_the_edit_link_leads_to_the_module_that_a_page_tells_of(docs: Path) -> None:
    (docs / "a.md").write_text("x")
    told = page(docs / "a.md")
    hooks.on_page_markdown("::: bocadillo.sse", told)
    assert told.edit_url == f"{EDIT}framework/bocadillo/sse.py"

    told = page(docs / "a.md", source="framework/x.py")
    hooks.on_page_markdown("# A", told)
    assert told.edit_url == f"{EDIT}framework/x.py"

    told = page(docs / "a.md")
    told.edit_url = None  # of a site without a repository
    hooks.on_page_markdown("# A", told)
    assert told.edit_url is None


def test_a_page_says_when_it_was_changed_where_that_is_known(docs: Path) -> None:
    for name, meta in {"a.md": {"revision_date": "November 5, 2026"}, "b.md": {}}.items():
        (docs / name).write_text("x")
        changed = page(docs / name)
        hooks.on_page_markdown("# A", changed)
        assert changed.meta == meta


def test_the_site_is_served_with_the_policy() -> None:
    apps: list[Any] = [lambda environ, start_response: []]
    server = SimpleNamespace(get_app=apps.pop, set_app=apps.append)

    assert hooks.on_serve(server, config=None, builder=None) is server
    assert [app.__module__ for app in apps] == ["livedocs.serving"]


@pytest.mark.parametrize(
    "failure", [RuntimeBuildError("expected node, found none."), RedirectError("leads nowhere.")]
)
def test_a_site_that_cannot_be_completed_says_why(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_config: object) -> None:
        raise failure

    monkeypatch.setattr(hooks, "complete_site", fail)

    with pytest.raises(PluginError) as caught:
        hooks.on_post_build(SimpleNamespace())

    assert str(caught.value) == str(failure)


def test_names_of_blocks_are_told_to_what_checks_links() -> None:
    told = SimpleNamespace(present_anchor_ids={"title"})
    html = '<h1 id="title">A</h1><div class="live-named" id="order-soup"><p id="x"></p></div>'

    assert hooks.on_page_content(html, told) == html
    assert told.present_anchor_ids == {"title", "order-soup"}
    told = SimpleNamespace(present_anchor_ids=None)
    hooks.on_page_content(html, told)
    assert told.present_anchor_ids == {"order-soup"}
