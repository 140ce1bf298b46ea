from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError

from livedocs import hooks, runtime
from livedocs.wheels import RuntimeBuildError


def page(path: Path | None) -> SimpleNamespace:
    return SimpleNamespace(file=SimpleNamespace(abs_src_path=path and str(path)))


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hooks, "ROOT", tmp_path)
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


def test_the_runtime_goes_into_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []
    monkeypatch.setattr(runtime, "build", built.append)

    hooks.on_post_build(SimpleNamespace(site_dir=str(tmp_path)))

    assert built == [tmp_path]


def test_a_runtime_that_cannot_be_built_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_site: Path) -> None:
        raise RuntimeBuildError("expected node, found none.")

    monkeypatch.setattr(runtime, "build", fail)

    with pytest.raises(PluginError, match=r"^expected node, found none\.$"):
        hooks.on_post_build(SimpleNamespace(site_dir="x"))
