from pathlib import Path
from typing import Any

from livedocs.llms import Entry, read_nav, write_plain_pages

NAV: list[Any] = [
    {"Home": "index.md"},
    {"Guide": [{"First steps": [{"A": "guide/a.md"}]}, {"B": "guide/b.md"}]},
]


def test_a_navigation_has_parts_with_pages() -> None:
    assert list(read_nav(NAV)) == [
        Entry("Home", "Home", "index.md"),
        Entry("Guide", "A", "guide/a.md"),
        Entry("Guide", "B", "guide/b.md"),
    ]


def test_each_page_is_written_and_listed(tmp_path: Path) -> None:
    docs, site = tmp_path / "docs", tmp_path / "site"
    (docs / "guide").mkdir(parents=True)
    (docs / "index.md").write_text("# Home\n")
    (docs / "guide/a.md").write_text("---\ndescription: All of A.\nhide: x\n---\n\n# A\n")
    (docs / "guide/b.md").write_text("\ufeff---\nhide: x\n---\n\n# B\n", encoding="utf-8")
    write_plain_pages(
        site, docs=docs, nav=NAV, name="Site", description="It is.", site_url="https://a.org/"
    )

    assert (site / "llms.txt").read_text() == (
        "# Site\n\n> It is.\n\n\n"
        "## Home\n\n- [Home](https://a.org/index.md)\n\n"
        "## Guide\n\n- [A](https://a.org/guide/a/index.md): All of A.\n"
        "- [B](https://a.org/guide/b/index.md)\n"
    )
    assert (site / "index.md").read_text() == "# Home\n"
    assert (site / "guide/b/index.md").read_text() == "# B\n"
    assert (site / "llms-full.txt").read_text() == (
        "<!-- https://a.org/index.md -->\n\n# Home\n\n"
        "<!-- https://a.org/guide/a/index.md -->\n\n# A\n\n"
        "<!-- https://a.org/guide/b/index.md -->\n\n# B\n"
    )
