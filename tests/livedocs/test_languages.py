import pytest

from livedocs.languages import ERRORS, PARSERS
from livedocs.markup import DATA

NGINX = """\
# what stands before uvicorn
server {
    listen 443 ssl;
    location ~ \\.css$ { add_header x "a;b{" always; }
    location / {
        proxy_set_header host $host;
    }
}
"""
DOCKERFILE = (
    "ARG V=1\nFROM python:3.14\n# a comment\nRUN pip install \\\n  bocadillo\nCMD uvicorn\n"
)


def test_each_language_that_is_said_to_be_parsed_has_a_parser() -> None:
    assert sorted(DATA) == sorted(PARSERS)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("dockerfile", DOCKERFILE),
        ("ini", "[a]\nb = %c\n"),
        ("jinja", "{% for a in b %}{{ a }}{% endfor %}\n"),
        ("json", "[1]\n"),
        ("nginx", NGINX),
        ("toml", '[project]\ndependencies = ["bocadillo[standard]>=1"]\n'),
        ("xml", "\n<?xml version='1.0'?><a/>\n"),
        ("yaml", "a: 1\n"),
    ],
)
def test_what_is_written_well_passes(language: str, text: str) -> None:
    PARSERS[language](text)


@pytest.mark.parametrize(
    ("language", "text", "message"),
    [
        ("dockerfile", "FORM python\n", "line 1: unknown instruction 'FORM'. Did you mean 'FROM'?"),
        ("dockerfile", "\nRUN x\n", "line 2: expected `FROM` first, got 'RUN'."),
        ("ini", "b\n", "File contains no section headers.\nfile: '<string>', line: 1\n'b\\n'"),
        ("jinja", "\n{% if %}\n", "line 2: Expected an expression, got 'end of statement block'"),
        ("json", "[1 2]\n", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("nginx", "a {\n  b c\n}\n", "line 2: the directive has no ';' at its end."),
        ("nginx", "a;\nb", "line 2: the directive has no ';' at its end."),
        ("nginx", "\na {\n", "line 2: '{' is never closed."),
        ("nginx", "a;\n}\n", "line 2: '}' closes nothing."),
        ("nginx", "a;;\n", "line 1: a directive before ';' is missing."),
        ("toml", "a = \n", "Invalid value (at line 1, column 5)"),
        (
            "toml",
            '[project.optional-dependencies]\na = ["b >="]\n',
            "Expected semicolon (after name with no version specifier) or end\n    b >=\n      ^",
        ),
        ("xml", "<a>\n", "no element found: line 2, column 0"),
        ("yaml", "a: [\n", None),
    ],
)
def test_what_is_not_is_explained(language: str, text: str, message: str | None) -> None:
    with pytest.raises(ERRORS) as caught:
        PARSERS[language](text)

    assert message in (None, str(caught.value))
