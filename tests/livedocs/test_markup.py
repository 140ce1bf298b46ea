import re

import pytest

from livedocs.errors import MarkupError
from livedocs.markup import KINDS, VALUES, Kind, parse_header

OPTIONS = sorted({option for kind in KINDS.values() for option in kind.options})


@pytest.mark.parametrize(("words", "kind"), KINDS.items(), ids=lambda value: str(value)[:30])
def test_each_kind_takes_its_options_and_no_other(words: tuple[str, ...], kind: Kind) -> None:
    header = " ".join(words)

    assert parse_header(header, 1).kind == kind
    for option in OPTIONS:
        _, value = VALUES.get(option, (None, "a value"))
        text = f'{header} {option}="{value}"'
        if option in kind.options:
            assert parse_header(text, 1).options == {option: value}
        else:
            message = re.escape(f"`{header}` has no option {option!r} (it has: ")
            with pytest.raises(MarkupError, match=message):
                parse_header(text, 1)


@pytest.mark.parametrize(
    ("header", "language", "options"),
    [
        ("python", "python", {}),
        ("  python   app  ", "python", {}),
        ('python app title="app.py"', "python", {"title": "app.py"}),
        ('python title="app.py" app', "python", {"title": "app.py"}),
        ("python title='say \"hi\"'", "python", {"title": 'say "hi"'}),
        ('http skip="it\'s long = slow"', "http", {"skip": "it's long = slow"}),
    ],
)
def test_a_header_is_read(header: str, language: str, options: dict[str, str]) -> None:
    found = parse_header(header, 1)

    assert (found.language, found.options) == (language, options)


@pytest.mark.parametrize(
    ("header", "lexer"),
    [
        ('html file="templates/index.html"', "html"),
        ('python file="settings.py" app="shop"', "python"),
        ('toml file="settings.toml"', "toml"),
        ('jinja file="b.html" skip="broken on purpose"', "html+jinja"),
        ('jinja file="a.html"', "html+jinja"),
    ],
)
def test_a_block_of_any_language_may_be_a_file(header: str, lexer: str) -> None:
    kind = parse_header(header, 1).kind

    assert (kind.name, kind.lexer) == ("file", lexer)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "a fence without a language: name one, `text` if it is none."),
        (
            "pyhton app",
            (
                "unknown language 'pyhton' (known: console, css, diff, dockerfile, html, http, "
                "ini, jinja, js, json, markdown, nginx, pycon, python, sql, sse, text, toml, "
                "websocket, xml, yaml). "
                "Did you mean 'python'?"
            ),
        ),
        (
            "fortran",
            (
                "unknown language 'fortran' (known: console, css, diff, dockerfile, html, http, "
                "ini, jinja, js, json, markdown, nginx, pycon, python, sql, sse, text, toml, "
                "websocket, xml, yaml)."
            ),
        ),
        (
            "python ap",
            (
                "unknown words in the header 'python ap' (known: python app, python more, "
                "python test, python). "
                "Did you mean 'python app'?"
            ),
        ),
        (
            "json app",
            "unknown words in the header 'json app' (known: json). Did you mean 'json'?",
        ),
        (
            'python app titel="x"',
            (
                "`python app` has no option 'titel' (it has: app, hl, name, no_live, requires, "
                "skip, title). "
                "Did you mean 'title'?"
            ),
        ),
        (
            'http raises=""',
            "`http` has no option 'raises' (it has: app, hl, name, skip, title).",
        ),
        (
            'html file="a.html" skip="x"',
            "`html` has no option 'skip' (it has: app, file, hl, name).",
        ),
        (
            'http file="a"',
            (
                "`http` has no option 'file' (it has: app, hl, name, skip, title). "
                "Did you mean 'title'?"
            ),
        ),
        (
            'python requires="Python 3.12"',
            'cannot read requires="Python 3.12": expected something like requires="3.12".',
        ),
        (
            'python raises="a b"',
            'cannot read raises="a b": expected something like raises="ValueError".',
        ),
        (
            'text name="Order soup"',
            'cannot read name="Order soup": expected something like name="order-soup".',
        ),
        ('http skip=" "', "the option 'skip' is empty: write skip=\"...\" with a text."),
        (
            'text title="a" title="b"',
            "the option 'title' stands twice in 'text title=\"a\" title=\"b\"': keep one.",
        ),
        (
            "python title=app.py",
            (
                "cannot read the header 'python title=app.py' from 'title=app.py' on: expected "
                'words and key="value" options, as in `python app title="app.py"`.'
            ),
        ),
    ],
)
def test_a_header_that_cannot_be_read_is_explained(header: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_header(header, 7)

    assert (caught.value.message, caught.value.line) == (message, 7)
