import importlib.util
import logging
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jinja2
import pytest

from bocadillo import App, Request, Response, create_client
from bocadillo import templates as templates_module
from bocadillo.templates import Templates

FILES = {
    "hello.html": "Hello {{ name }}!",
    "page.html.jinja": "{{ text }}",
    "mail.txt": "{{ text }}",
    "page": "{{ text }}",
    "base.html": "<main>{% block main %}{% endblock %}</main>",
    "child.html": '{% extends "base.html" %}{% block main %}{{ text }}{% endblock %}',
    "including.html": '[{% include "sub/part.html" %}]',
    "sub/part.html": "part of {{ text }}",
    "including_none.html": '[{% include "sub/prt.html" %}]',
    "including_if_there.html": '[{% include "sub/prt.html" ignore missing %}]',
    "including_any.html": '[{% include ["one.html", "two.html"] %}]',
    "link.html": '<a href="{{ url_for("todo", pk=pk) }}">',
    "macros.html": '{% macro link(pk) %}<{{ url_for("todo", pk=pk) }}>{% endmacro %}',
    "importing.html": '{% from "macros.html" import link %}{{ link(3) }}',
    "shout.html": "{{ text | shout }}",
    "broken.html": "{% if %}",
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, source in FILES.items():
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path / "templates"


@pytest.fixture
def templates(directory: Path) -> Templates:
    return Templates(directory)


async def render_all(templates: Templates, name: str, *dicts: Any, **variables: Any) -> set[str]:
    """Render a template in every way; the set has one element if they agree."""
    source = FILES[name]
    return {
        await templates.render(name, *dicts, **variables),
        templates.render_sync(name, *dicts, **variables),
        templates.render_string(source, *dicts, **variables),
    }


async def test_template_is_rendered_in_every_way(templates: Templates) -> None:
    assert await render_all(templates, "hello.html", {"name": "Ada"}) == {"Hello Ada!"}


@pytest.mark.parametrize("name", ["page.html.jinja", "mail.txt", "page"])
async def test_what_is_filled_in_is_escaped_whatever_the_name(
    templates: Templates, name: str
) -> None:
    text = "<script>\"&'</script>{{ 7 * 7 }}"

    assert await render_all(templates, name, text=text) == {
        "&lt;script&gt;&#34;&amp;&#39;&lt;/script&gt;{{ 7 * 7 }}"
    }


async def test_templates_extend_include_and_import_each_other(templates: Templates) -> None:
    assert await render_all(templates, "child.html", text="<") == {"<main>&lt;</main>"}
    assert await render_all(templates, "including.html", text="<") == {"[part of &lt;]"}


async def test_later_variables_win_and_nothing_is_changed(directory: Path) -> None:
    context = {"a": "context", "b": "context", "c": "context", "d": "context"}
    templates = Templates(directory, context)
    first, second = {"b": "first", "c": "first", "d": "first"}, {"c": "second", "d": "second"}
    source = "{{ a }} {{ b }} {{ c }} {{ d }}"

    assert templates.render_string(source, first, second, d="keyword") == (
        "context first second keyword"
    )
    assert templates.context == context == dict.fromkeys("abcd", "context")
    assert first == {"b": "first", "c": "first", "d": "first"}


async def test_context_can_be_changed_and_replaced(templates: Templates) -> None:
    templates.context["name"] = "Ada"
    assert await render_all(templates, "hello.html") == {"Hello Ada!"}
    templates.context = {"name": "Bob"}
    assert await render_all(templates, "hello.html") == {"Hello Bob!"}


async def test_variables_can_have_any_name(templates: Templates) -> None:
    names = {"self": 1, "name": 2, "source": 3, "dicts": 4, "variables": 5}

    assert templates.render_string("{{ name }} {{ source }} {{ dicts }}", **names) == "2 3 4"
    assert templates.render_sync("hello.html", **names) == "Hello 2!"
    assert await templates.render("hello.html", **names) == "Hello 2!"


async def test_async_rendering_awaits_functions_and_iterators(directory: Path) -> None:
    async def double(number: int) -> int:
        return 2 * number

    async def numbers() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    (directory / "async.html").write_text("{% for n in numbers() %}{{ double(n) }},{% endfor %}")

    assert (
        await Templates(directory).render("async.html", double=double, numbers=numbers) == "0,2,4,"
    )


async def test_template_is_read_again_when_its_file_changed(
    templates: Templates, directory: Path
) -> None:
    assert await render_all(templates, "hello.html", {"name": "Ada"}) == {"Hello Ada!"}
    path = directory / "hello.html"
    path.write_text("Bye {{ name }}!")
    os.utime(path, (1, 1))

    assert await templates.render("hello.html", name="Ada") == "Bye Ada!"
    assert templates.render_sync("hello.html", name="Ada") == "Bye Ada!"


async def test_filters_can_be_added(templates: Templates) -> None:
    templates.filters["shout"] = lambda text: f"{text.upper()}!"

    assert await render_all(templates, "shout.html", text="a<") == {"A&lt;!"}


def test_directory_is_that_of_the_working_directory_unless_given(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory.parent)
    templates = Templates()

    assert templates.directory == "templates"
    assert templates.context == {}
    assert templates.render_sync("hello.html", name="Ada") == "Hello Ada!"


async def test_directory_can_be_set(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "hello.html").write_text("Other {{ name }}")
    templates = Templates(str(directory))
    assert templates.directory == str(directory)
    assert await templates.render("hello.html", name="Ada") == "Hello Ada!"

    templates.directory = other
    assert templates.directory == other
    assert await templates.render("hello.html", name="Ada") == "Other Ada"
    assert templates.render_sync("hello.html", name="Ada") == "Other Ada"
    with pytest.raises(jinja2.TemplateNotFound):
        await templates.render("page")


def test_first_directory_that_has_the_template_wins(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "hello.html").write_text("Other {{ name }}")
    templates = Templates([other, str(directory)])

    assert templates.directory == [other, str(directory)]
    assert templates.render_sync("hello.html", name="Ada") == "Other Ada"
    assert templates.render_sync("page", text="found") == "found"


@pytest.mark.parametrize("directory", [None, 1, [], [1], ["a", None], {"a"}, b"templates"])
def test_directory_that_is_no_path_is_refused(directory: Any) -> None:
    with pytest.raises(TypeError) as caught:
        Templates(directory)
    assert str(caught.value) == (
        f"expected the directory of templates as a path or a list of paths, got {directory!r}"
    )


@pytest.mark.parametrize("name", ["helo.html", "including_none.html"])
async def test_missing_template_is_told_with_the_directories_and_what_was_meant(
    directory: Path, tmp_path: Path, name: str
) -> None:
    templates = Templates([directory, tmp_path / "nowhere"])
    missing, meant = {
        "helo.html": ("helo.html", "hello.html"),
        "including_none.html": ("sub/prt.html", "sub/part.html"),
    }[name]
    message = (
        f"there is no template {missing!r} in {str(directory)!r}, {str(tmp_path / 'nowhere')!r}. "
        f"Did you mean {meant!r}?"
    )

    with pytest.raises(jinja2.TemplateNotFound) as caught:
        await templates.render(name)
    assert str(caught.value) == message
    with pytest.raises(jinja2.TemplateNotFound) as caught:
        templates.render_sync(name)
    assert str(caught.value) == message


def test_missing_template_that_resembles_none_is_told_with_the_absolute_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(jinja2.TemplateNotFound) as caught:
        Templates().render_string('{% include "nothing" %}')
    assert str(caught.value) == f"there is no template 'nothing' in '{tmp_path / 'templates'}'."


def test_template_that_may_be_missing_is_left_out(templates: Templates) -> None:
    assert templates.render_sync("including_if_there.html") == "[]"
    with pytest.raises(jinja2.TemplatesNotFound, match=r"one\.html, two\.html"):
        templates.render_sync("including_any.html")


@pytest.mark.parametrize(
    "name",
    [
        "../secret.html",
        "sub/../../secret.html",
        "/etc/passwd",
        "..\\secret.html",
        "a\0b",
        "",
        "sub",
    ],
)
def test_name_never_leads_out_of_the_directory(
    templates: Templates, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret.html").write_text("secret")

    with pytest.raises(jinja2.TemplateNotFound, match="there is no template"):
        templates.render_sync(name)


async def test_malformed_template_is_told_with_its_line(templates: Templates) -> None:
    with pytest.raises(jinja2.TemplateSyntaxError) as caught:
        await templates.render("broken.html")
    assert (caught.value.name, caught.value.lineno) == ("broken.html", 1)


async def test_variable_that_was_not_given_prints_nothing_and_is_logged(
    templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    assert await render_all(templates, "hello.html") == {"Hello !"}
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        (
            "bocadillo",
            logging.WARNING,
            "a template prints what it was not given: 'name' is undefined",
        )
    ] * 3


def test_variable_that_is_only_asked_for_is_not_logged(
    templates: Templates, caplog: pytest.LogCaptureFixture
) -> None:
    source = '{% if a %}a{% endif %}{{ b or "b" }}{{ c | default("c") }}{{ d is defined }}'

    assert templates.render_string(source) == "bcFalse"
    assert not caplog.records


class FakeApp:
    def url_for(self, name: str, /, **params: Any) -> str:
        return f"/{name}s/{params['pk']}"


async def test_url_for_asks_the_application(directory: Path) -> None:
    templates = Templates(directory, app=FakeApp())

    assert await render_all(templates, "link.html", pk="<1>") == {'<a href="/todos/&lt;1&gt;">'}
    assert await render_all(templates, "importing.html") == {"</todos/3>"}


def test_view_renders_with_the_urls_of_its_application(directory: Path) -> None:
    app = App()
    templates = Templates(directory, app=app)

    @app.route("/todos/{pk}")
    async def todo(req: Request, res: Response, pk: str) -> None:
        res.html = await templates.render("link.html", pk=pk)

    assert create_client(app).get("/todos/a&b").text == '<a href="/todos/a%26b">'


async def test_url_for_without_an_application_tells_how_to_give_it(templates: Templates) -> None:
    with pytest.raises(RuntimeError) as caught:
        await templates.render("link.html", pk=1)
    assert str(caught.value) == (
        "url_for('todo') in a template needs the application: create the templates with "
        "`Templates(app=app)`, or set `templates.app = app`"
    )
    templates.app = FakeApp()
    assert await templates.render("link.html", pk=1) == '<a href="/todos/1">'


async def test_url_for_can_be_replaced_by_the_context(templates: Templates) -> None:
    templates.context["url_for"] = lambda name, **params: f"/mine/{name}"

    assert await render_all(templates, "link.html", pk=1) == {'<a href="/mine/todo">'}


def test_missing_package_is_told_by_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    spec = importlib.util.spec_from_file_location(
        "bocadillo._without_jinja2", templates_module.__file__
    )
    assert spec is not None
    assert spec.loader is not None
    with pytest.raises(ImportError) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert str(caught.value) == (
        'templates need the package jinja2: pip install "bocadillo[templates]"'
    )
