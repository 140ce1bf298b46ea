from pathlib import Path

import pytest

from livedocs.redirects import RedirectError, address, write_redirects


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs/guide").mkdir(parents=True)
    (tmp_path / "docs/index.md").write_text("# x")
    (tmp_path / "docs/guide/sse.md").write_text("# x")
    (tmp_path / "site").mkdir()
    return tmp_path / "docs"


@pytest.mark.parametrize(
    ("old", "new", "file", "url"),
    [
        ("guide/events.md", "guide/sse.md", "guide/events/index.html", "../sse/"),
        ("guide/sse.html", "guide/sse.md", "guide/sse.html", "sse/"),
        ("events/", "guide/sse.md", "events/index.html", "../guide/sse/"),
        ("guide/index.md", "guide/sse.md", "guide/index.html", "sse/"),
        ("old/home.md", "index.md", "old/home/index.html", "../../"),
    ],
)
def test_an_old_address_leads_to_the_new_page(
    old: str, new: str, file: str, url: str, docs: Path
) -> None:
    site = docs.parent / "site"
    write_redirects(site, {old: new}, docs=docs, site_url="https://example.org/x/")

    text = (site / file).read_text()
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in text
    assert f'<a href="{url}">' in text
    folder = address(new).removesuffix("index.html")
    assert f'<link rel="canonical" href="https://example.org/x/{folder}">' in text


def test_a_site_without_an_address_has_relative_links_alone(docs: Path) -> None:
    site = docs.parent / "site"
    write_redirects(site, {"a.md": "index.md"}, docs=docs)

    assert '<link rel="canonical" href="../">' in (site / "a/index.html").read_text()


def test_a_new_page_that_does_not_exist_is_refused(docs: Path) -> None:
    with pytest.raises(RedirectError) as caught:
        write_redirects(docs.parent / "site", {"a.md": "guide/see.md"}, docs=docs)

    assert str(caught.value) == (
        "extra.redirects in mkdocs.yml leads from 'a.md' to 'guide/see.md', which is no page of "
        "docs/. Did you mean 'guide/sse.md'?"
    )


def test_an_old_page_that_still_exists_is_refused(docs: Path) -> None:
    site = docs.parent / "site"
    (site / "guide/sse").mkdir(parents=True)
    (site / "guide/sse/index.html").write_text("x")

    with pytest.raises(RedirectError) as caught:
        write_redirects(site, {"guide/sse.md": "index.md"}, docs=docs)

    assert str(caught.value) == (
        "extra.redirects in mkdocs.yml leads away from 'guide/sse.md', where there is a page: "
        "take the line out, or the page."
    )
