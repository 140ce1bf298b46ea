from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from livedocs import runtime
from livedocs.completing import FAILURES, complete_site
from livedocs.policy import read_meta


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


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# A\n")
    return tmp_path / "docs"


def test_what_is_no_page_goes_into_the_site(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []
    monkeypatch.setattr(runtime, "build", built.append)
    site = docs.parent / "site"

    complete_site(config(docs, old="a.md"))

    assert built == [site]
    assert (site / "a/index.md").read_text() == "# A\n"
    assert (site / "old/index.html").is_file()
    policies = {read_meta(path.read_text()) for path in site.rglob("*.html")}
    assert len(policies) == 1
    assert policies.pop().startswith("default-src 'none'; ")
    assert (site / "_headers").exists()


def test_a_redirect_that_cannot_be_says_why(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "build", lambda _site: None)

    with pytest.raises(FAILURES, match=r"^extra\.redirects in mkdocs\.yml leads from 'old'"):
        complete_site(config(docs, old="b.md"))
