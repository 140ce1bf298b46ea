from pathlib import Path

import pytest

from livedocs.frame_page import FRAME
from livedocs.hosting import protect_site
from livedocs.page_checks import check_elements, check_pages, check_policy, read_elements
from livedocs.policy import format_policy, hash_scripts, put_meta

STYLE_PROBLEM = (
    ":1: the security policy forbids styles in pages; give it a class, and style that in "
    "docs/assets/bocadillo.css."
)
LISTENER_PROBLEM = (
    ":1: the security policy forbids onclick=...; add the listener in docs/assets/bocadillo.js."
)


def problems(html: str) -> list[str]:
    return list(check_elements(read_elements(html)))


@pytest.mark.parametrize(
    "html",
    [
        "<h3>menu</h3><article><h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2></article><h5>e</h5>",
        "<h2>no article</h2>",
        '<label for="a">x</label><input id="a" aria-describedby="b c"><p id="b"><p id="c">',
        "<article></article>",
    ],
)
def test_elements_without_problems(html: str) -> None:
    assert problems(html) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        (
            "<article>\n<h2>a</h2></article>",
            [
                ":2: a page has one heading of the first level, not 0.",
                ":2: a heading of level 2 follows one of level 0.",
            ],
        ),
        (
            "<article><h1>a</h1><h1>b</h1></article>",
            [":1: a page has one heading of the first level, not 2."],
        ),
        (
            "<article><h1>a</h1>\n<h3>b</h3></article>",
            [":2: a heading of level 3 follows one of level 1."],
        ),
        ('<label for="a">x</label>', [":1: for='a' names no element of the page."]),
        (
            '<p id="a" aria-labelledby="a b">',
            [":1: aria-labelledby='b' names no element of the page."],
        ),
        (
            '<p style="color: red">',
            [STYLE_PROBLEM],
        ),
        (
            "<style>p {}</style>",
            [STYLE_PROBLEM],
        ),
        (
            '<p onclick="a()">',
            [LISTENER_PROBLEM],
        ),
    ],
)
def test_each_problem_names_its_line(html: str, problem: list[str]) -> None:
    assert problems(html) == problem


def test_a_page_needs_a_policy_that_allows_its_scripts() -> None:
    html = "<head><script>a()</script>"
    (source,) = hash_scripts(html)

    assert list(check_policy(put_meta(html, format_policy([source])))) == []
    assert list(check_policy(html)) == [
        ": has no security policy; `livedocs.hosting.protect_site` gives it one."
    ]
    assert list(check_policy(put_meta(html, format_policy([])))) == [
        f": the security policy forbids its inline script {source}."
    ]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Provide a site that uses all that its docs have, but for one file."""
    for name, text in {
        "README.md": "![x](docs/assets/told.png)",
        "docs/index.md": "# x",
        "docs/assets/told.png": "",
        "docs/assets/a b.png": "",
        "docs/assets/x.css": "",
        "docs/assets/styled.png": "",
        "docs/assets/orphan.png": "",
        "site/guide/index.html": "<head><link href=../assets/x.css><img src=../assets/a%20b.png?v>",
        "site/assets/x.css": 'a { b: url("styled.png") }',
        "site/_live/preview.html": put_meta("<head>", FRAME),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    protect_site(tmp_path / "site")
    return tmp_path / "site"


def test_a_file_that_no_page_uses_is_a_problem(site: Path) -> None:
    docs = site.parent / "docs"
    assert check_pages(site, docs=docs) == [
        "docs/assets/orphan.png: no page uses it; use or delete it."
    ]
    (docs / "assets" / "orphan.png").unlink()
    assert check_pages(site, docs=docs) == []
    (site.parent / "README.md").unlink()
    assert check_pages(site, docs=docs) == [
        "docs/assets/told.png: no page uses it; use or delete it."
    ]


def test_problems_begin_with_the_page(site: Path) -> None:
    page = site / "guide" / "index.html"
    page.write_text(page.read_text() + '\n<p style="">')

    assert check_pages(site, docs=site.parent / "docs")[0].startswith("guide/index.html:2: the ")


def test_a_frame_needs_its_own_policy(site: Path) -> None:
    (site / "_live" / "preview.html").write_text(put_meta("<head>", format_policy([])))

    assert check_pages(site, docs=site.parent / "docs")[0] == (
        "_live/preview.html: lacks the security policy of frames, `livedocs.frame_page.FRAME`."
    )
