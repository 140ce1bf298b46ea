import re

import pytest
from markdown import Markdown
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from livedocs.mentions import imported_names, link_names


def links(source: str, *, before: str = "", has_objects: bool = True) -> list[tuple[str, str]]:
    """Return the links of a block, each with its text."""
    html = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    names = imported_names(before) | imported_names(source)
    linked = link_names(html, names, has_objects=has_objects)
    found = re.compile(r'<autoref identifier="([^"]+)">(\w+)</autoref>')
    assert found.sub(r"\2", linked) == html
    return [(text, target) for target, text in found.findall(linked)]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from bocadillo import App", {"App": "bocadillo.applications.App"}),
        ("from bocadillo import hooks as h", {"h": "bocadillo.hooks"}),
        ("from bocadillo.plugins import use_cors", {"use_cors": "bocadillo.plugins.use_cors"}),
        ("from bocadillo import nothing", {"nothing": None}),
        ("import settings\nfrom . import x", {"settings": None, "x": None}),
        ("def provider(): ...\nclass App: ...", {"provider": None, "App": None}),
        ("a fragment", {}),
    ],
)
def test_names_are_known_by_their_imports(source: str, names: dict[str, str | None]) -> None:
    assert imported_names(source) == names


def test_a_name_is_linked_where_it_first_stands() -> None:
    assert links("from bocadillo import App\n\napp = App()\n") == [
        ("App", "bocadillo.applications.App")
    ]


def test_members_of_what_views_get_are_linked() -> None:
    source = '@app.route("/")\nasync def f(req, res):\n    res.json = await req.json()\n'

    assert links(source) == [
        ("route", "bocadillo.routers.Router.route"),
        ("json", "bocadillo.responses.Response.json"),
        ("json", "bocadillo.requests.Request.json"),
    ]
    assert links(source, has_objects=False) == []


def test_members_of_modules_are_linked() -> None:
    assert links("@hooks.before(x)\n@App.y\n", before="from bocadillo import hooks, App\n") == [
        ("hooks", "bocadillo.hooks"),
        ("before", "bocadillo.hooks.before"),
        ("App", "bocadillo.applications.App"),
    ]


def test_what_only_looks_like_a_name_is_not_linked() -> None:
    before = "from bocadillo import App, settings\n"

    assert links('x.App\nx.res.json\n"App"\n# App\nres.nothing\nres._x\n', before=before) == []
    assert links("import settings\nsettings.X\n", before=before) == []


def test_the_blocks_of_a_page_lead_to_the_reference() -> None:
    html = Markdown(extensions=["livedocs.fence"]).convert(
        "```python app\nfrom bocadillo import App\n\napp = App()\n```\n\n"
        '```python more\n@app.route("/")\nasync def f(req, res): ...\n```\n\n'
        "```python\nres.json = App()\n```\n"
    )

    assert re.findall(r'<autoref identifier="([^"]+)">', html) == [
        "bocadillo.applications.App",
        "bocadillo.routers.Router.route",
        "bocadillo.applications.App",
    ]
