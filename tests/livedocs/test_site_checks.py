import random
from pathlib import Path

import pytest

from livedocs import site_checks
from livedocs.frame_page import FRAME
from livedocs.hosting import protect_site
from livedocs.policy import put_meta
from livedocs.site_checks import (
    BUDGETS_GZIP,
    PAGE_SCRIPTS_GZIP,
    check_site,
    gzip_size,
    main,
    page_scripts_size,
    pages_of_names,
    read_html,
)

PAGE = '<head><a rel="edit" href="https://example.org/edit/main/docs/index.md">Edit</a>\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide a small site without problems."""
    monkeypatch.chdir(tmp_path)
    site = tmp_path / "site"
    for name, text in {
        "docs/index.md": "# x",
        "docs/guide/a.md": "# a",
        "framework/bocadillo/cli/main.py": "",
        "site/index.html": PAGE,
        "site/guide/a/index.html": PAGE.replace("index.md", "guide/a.md") + '<h2 id="é">x</h2>',
        "site/404.html": '<head><a href="/base/somewhere/">x</a>',
        "site/assets/live/page.js": "x",
        "site/assets/x.png": "",
        "site/_live/1/worker.js": "x",
        "site/_live/1/codemirror.js": "x",
        "site/_live/1/console.html": "<img>",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return site


def problems(site: Path, html: str = "") -> list[str]:
    (site / "index.html").write_text(PAGE + html, encoding="utf-8")
    return check_site(site, docs=site.parent / "docs")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="guide/a/">x</a>',
        '<a href="guide/a/#%C3%A9">x</a>',
        '<a href="/guide/a/index.html#é">x</a>',
        '<a href="#">x</a><a href="">x</a><a href="#top" id="top">x</a>',
        '<a href="mailto:a@example.org">x</a><a href="https://example.org/nowhere">x</a>',
        '<img src="assets/x.png?v=1" alt="">',
        '<link rel="canonical" href="https://example.org/">',
        '<a rel="edit" href="https://example.org/edit/main/framework/bocadillo/cli/main.py">x</a>',
        '<img src="data:image/png;base64,AA" alt="x"/>',
        "<a>x</a>",
    ],
)
def test_a_site_without_problems_passes(html: str, site: Path) -> None:
    assert problems(site, html) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="b/">x</a>', "index.html:2: the link 'b/' leads nowhere."),
        ('<a href="guide/a">x</a>', "index.html:2: the link 'guide/a' leads nowhere."),
        ('\n<img src="no.png" alt="">', "index.html:3: the link 'no.png' leads nowhere."),
        (
            '<a href="guide/a/#b">x</a>',
            "index.html:2: the link 'guide/a/#b' names an anchor that guide/a/index.html lacks.",
        ),
        (
            '<a href="#b">x</a>',
            "index.html:2: the link '#b' names an anchor that index.html lacks.",
        ),
        (
            '<p id="a"><p id="a">',
            "index.html: the id 'a' stands 2 times; links to it are ambiguous.",
        ),
        (
            '<img src="assets/x.png">',
            'index.html:2: an image without alt="..."; write what it shows, or alt="".',
        ),
        (
            '<script src="https://cdn.example/x.js"></script>',
            (
                "index.html:2: loads 'https://cdn.example/x.js' from elsewhere; put a copy into "
                "the site."
            ),
        ),
        (
            '<link rel="stylesheet" href="//cdn.example/x.css">',
            "index.html:2: loads '//cdn.example/x.css' from elsewhere; put a copy into the site.",
        ),
        (
            '<a rel="edit" href="https://example.org/edit/main/docs/gone.md">x</a>',
            (
                "index.html: its Edit link leads to no file of the repository: "
                "'https://example.org/edit/main/docs/gone.md'."
            ),
        ),
    ],
)
def test_each_problem_names_its_place(html: str, problem: str, site: Path) -> None:
    assert problems(site, html) == [problem]


def test_a_page_needs_an_edit_link(site: Path) -> None:
    (site / "b.html").write_text("<p>")

    assert problems(site) == ["b.html: has no Edit link."]


def test_a_page_that_leads_elsewhere_needs_no_edit_link(site: Path) -> None:
    (site / "b.html").write_text('<meta http-equiv="refresh" content="0; url=guide/a/">')

    assert problems(site) == []


def test_each_public_name_is_told_on_its_page(site: Path) -> None:
    told = {"a": "guide/a/index.html", "é": "guide/a/index.html", "c": "c/index.html"}

    cure = (
        "which is public. Give it a docstring; what a class has from a private one is listed in "
        "its page, as `inherited_members`."
    )
    assert check_site(site, docs=site.parent / "docs", told=told) == [
        f"guide/a/index.html: tells nothing of a, {cure}",
        f"c/index.html: tells nothing of c, {cure}",
    ]


def test_the_names_are_those_of_the_framework() -> None:
    told = pages_of_names()

    assert told["bocadillo.applications.App"] == "reference/bocadillo/applications/index.html"
    assert told["bocadillo.applications.App.on"] == "reference/bocadillo/applications/index.html"
    assert told["bocadillo.routers.Router.route"] == "reference/bocadillo/routers/index.html"
    assert told["bocadillo.configure"] == "reference/bocadillo/index.html"
    assert told["bocadillo.cli.main"] == "reference/cli/index.html"


def test_what_a_style_loads_from_elsewhere_is_a_problem(site: Path) -> None:
    (site / "assets" / "x.css").write_text(
        "a { b: url(x.png) }\nc { d: url('https://cdn.example/x.woff') }\n"
        '@import "//cdn.example/y.css";\n'
    )

    assert problems(site) == [
        (
            "assets/x.css:2: loads 'https://cdn.example/x.woff' from elsewhere; put a copy into "
            "the site."
        ),
        "assets/x.css:3: loads '//cdn.example/y.css' from elsewhere; put a copy into the site.",
    ]


def test_a_runtime_that_is_missing_or_too_large_is_a_problem(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "_live" / "1" / "worker.js").write_bytes(bytes(range(256)) * 100)
    (site / "assets" / "live" / "page.js").unlink()
    (site / "_live" / "1" / "rest.zip").write_bytes(bytes(range(256)) * 100)
    monkeypatch.setitem(BUDGETS_GZIP, "_live", 200)

    (site / "_live" / "1" / "codemirror.js").write_bytes(bytes(range(256)) * 600)
    (site / "_live" / "1" / "codemirror-web-AB.js").write_bytes(bytes(range(256)) * 600)
    monkeypatch.setitem(BUDGETS_GZIP, "_live/*/codemirror*.js", 100)

    size = (
        gzip_size(site / "_live" / "1" / "worker.js", site / "_live" / "1" / "console.html") / 1000
    )
    editor = gzip_size(site / "_live" / "1" / "codemirror.js") / 1000
    assert problems(site) == [
        "assets/live/page.js: missing; live examples cannot run.",
        f"_live: {size:.1f} kB gzipped, over its budget of 0.2 kB.",
        f"_live/*/codemirror*.js: {editor:.1f} kB gzipped, over its budget of 0.1 kB.",
    ]


def test_scripts_of_a_page_have_a_budget_for_all_beyond_the_theme(site: Path) -> None:
    (site / "assets" / "javascripts").mkdir()
    (site / "assets" / "javascripts" / "theme.js").write_bytes(random.randbytes(PAGE_SCRIPTS_GZIP))
    assert problems(site) == []

    (site / "assets" / "own.js").write_bytes(random.randbytes(PAGE_SCRIPTS_GZIP))
    (problem,) = problems(site)
    assert problem == (
        f"assets: scripts of {page_scripts_size(site) / 1000:.1f} kB gzipped, over the budget of "
        "10 kB for what a page loads before the first Run."
    )


def test_the_command_says_what_is_wrong(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_checks, "pages_of_names", dict)
    (site / "_live" / "1" / "console.html").write_text(put_meta("<head>", FRAME))
    protect_site(site)
    assert main([str(site)]) == 0
    said = f"{site}: all checks passed; gzipped: "
    said += "assets/live/page.js 0 kB, _live 0 kB, _live/*/codemirror*.js 0 kB\n"
    assert capsys.readouterr().out == said

    (site / "guide" / "a" / "index.html").write_text(PAGE + '<a href="b/">x</a>')
    (site.parent / "docs" / "guide" / "a.md").write_text("recieve")
    assert main([str(site)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert "guide/a/index.html:2: the link 'b/' leads nowhere." in lines
    assert lines[-2].startswith("guide/a/index.html: has no security policy; ")
    assert lines[-1].startswith("docs/guide/a.md:1: 'recieve' is in no dictionary; ")


def test_what_stands_in_a_script_is_no_link() -> None:
    page = read_html("a.html", '<script>"<a href=x>"</script>')

    assert page.links == []
