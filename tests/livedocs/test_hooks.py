from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.exceptions import PluginError

from livedocs import hooks, runtime
from livedocs.policy import read_meta
from livedocs.wheels import RuntimeBuildError

EDIT = "https://example.org/edit/main/"


def page(path: Path | None, **meta: str) -> SimpleNamespace:
    file = SimpleNamespace(abs_src_path=path and str(path))
    edit_url = f"{EDIT}docs/{path.name}" if path else None
    return SimpleNamespace(file=file, meta=meta, edit_url=edit_url)


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hooks, "ROOT", tmp_path)
    monkeypatch.setattr(hooks, "changes", lambda _root: {"docs/a.md": date(2026, 11, 5)})
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


def config(docs: Path, **redirects: str) -> Any:
    return SimpleNamespace(
        site_dir=str(docs.parent / "site"),
        docs_dir=str(docs),
        site_url="https://example.org/",
        site_name="Site",
        site_description="It is.",
        nav=[{"A": "a.md"}],
        extra={"redirects": redirects} if redirects else {},
    )


def test_what_is_no_page_goes_into_the_site(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []
    monkeypatch.setattr(runtime, "build", built.append)
    (docs / "a.md").write_text("# A\n")
    site = docs.parent / "site"

    hooks.on_post_build(config(docs, old="a.md"))

    assert built == [site]
    assert (site / "a/index.md").read_text() == "# A\n"
    assert (site / "old/index.html").is_file()
    policies = {read_meta(path.read_text()) for path in site.rglob("*.html")}
    assert len(policies) == 1
    assert policies.pop().startswith("default-src 'none'; ")
    assert (site / "_headers").exists()


def test_the_site_is_served_with_the_policy() -> None:
    apps: list[Any] = [lambda environ, start_response: []]
    server = SimpleNamespace(get_app=apps.pop, set_app=apps.append)

    assert hooks.on_serve(server, config=None, builder=None) is server
    assert [app.__module__ for app in apps] == ["livedocs.serving"]


def test_a_redirect_that_cannot_be_says_why(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "build", lambda _site: None)
    (docs / "a.md").write_text("# A\n")

    with pytest.raises(PluginError, match=r"^extra\.redirects in mkdocs\.yml leads from 'old'"):
        hooks.on_post_build(config(docs, old="b.md"))


def test_a_runtime_that_cannot_be_built_says_why(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_site: Path) -> None:
        raise RuntimeBuildError("expected node, found none.")

    monkeypatch.setattr(runtime, "build", fail)

    with pytest.raises(PluginError, match=r"^expected node, found none\.$"):
        hooks.on_post_build(config(docs))


def test_names_of_blocks_are_told_to_what_checks_links() -> None:
    told = SimpleNamespace(present_anchor_ids={"title"})
    html = '<h1 id="title">A</h1><div class="live-named" id="order-soup"><p id="x"></p></div>'

    assert hooks.on_page_content(html, told) == html
    assert told.present_anchor_ids == {"title", "order-soup"}
    told = SimpleNamespace(present_anchor_ids=None)
    hooks.on_page_content(html, told)
    assert told.present_anchor_ids == {"order-soup"}
