import re
from pathlib import Path

import pytest

from livedocs.spelling import (
    WORDS,
    check_spelling,
    docstrings,
    read_words,
    unknown_words,
    words,
)

MODULE = '''\
"""Count sandwichs."""


class Shop:
    """A shop.

    Attributes:
        stok: What is there, in `pecies`.
    """

    def sell(self) -> None:
        """Sel.

        And more:

            $ recieve
        """
'''


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A plain line.", []),
        ("One.\nTwo recieved.", [(2, "recieved")]),
        ("The colour, the color.", [(1, "colour")]),
        ("The shop's and the shops\u2019 and don't.", []),
        ("`recieve` and ``reci`eve``", []),
        ("```python\nrecieve\n```\nrecieve", [(4, "recieve")]),
        ("    ```python\n    recieve\n    ```\nrecieve", [(4, "recieve")]),
        ("````markdown\n```\nrecieve\n```\n````\nrecieve", [(6, "recieve")]),
        ("[recieve](recieve.md) and [x](a_(recieve).md)", [(1, "recieve")]),
        ("[x]: recieve.md\n\nrecieve", [(3, "recieve")]),
        ('<a href="recieve">recieve</a>', [(1, "recieve")]),
        ("<!-- recieve\n -->\nrecieve", [(3, "recieve")]),
        ("## Title { #recieve }", []),
        ("https://example.org/recieve and me@recieve.org", []),
        ("recieve.py, recieve(), re_cieve, recieve2, a.recieve", []),
        ("WebSocket, FastAPI, HTTPError, APIs", []),
        (r"It ends with \n\ndata", []),
        ("::: a.b\n    options:\n      members: [recieve]\nrecieve", [(4, "recieve")]),
        ("tapas", []),
        ("Tapas", []),
        ("Ñandú", [(1, "Ñandú")]),
    ],
)
def test_words_that_no_dictionary_has(text: str, found: list[tuple[int, str]]) -> None:
    assert list(unknown_words(text, known=frozenset({"tapas"}))) == found


def test_possessives_are_of_the_word_itself() -> None:
    assert [word for _, word in words("Bocadillo's menu")] == ["Bocadillo", "menu"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Provide a repository with mistakes."""
    for name, text in {
        "README.md": "# Fine\n",
        "docs/guide/a.md": "# Fine\n\nIt works, realy.\n",
        "examples/shop/README.md": "# Shp\n",
        "framework/shop/sales.py": MODULE,
        "framework/browser/node_modules/x/x.py": '"""Recieve."""',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_pages_and_docstrings_are_read_with_their_lines(repository: Path) -> None:
    problems = check_spelling(repository)

    assert [problem.partition(" is in ")[0] for problem in problems] == [
        "docs/guide/a.md:3: 'realy'",
        "examples/shop/README.md:1: 'Shp'",
        "framework/shop/sales.py:1: 'sandwichs'",
        "framework/shop/sales.py:12: 'Sel'",
    ]


def test_a_problem_suggests_what_may_be_meant(repository: Path) -> None:
    problem = check_spelling(repository)[0]

    assert re.fullmatch(
        r"docs/guide/a\.md:3: 'realy' is in no dictionary; did you mean '\w+' or '\w+' or '\w+'\? "
        r"Correct it, put code in backticks, or add the word to framework/livedocs/words\.txt\.",
        problem,
    )
    assert "'really'" in problem or "'relay'" in problem


def test_a_word_like_no_other_has_no_suggestion(repository: Path) -> None:
    (repository / "docs" / "guide" / "a.md").write_text("ƒƒƒƒ.")

    assert check_spelling(repository)[0].startswith(
        "docs/guide/a.md:1: 'ƒƒƒƒ' is in no dictionary. Correct it"
    )


def test_docstrings_say_where_they_begin(repository: Path) -> None:
    lines = [line for _, line, _ in docstrings(repository / "framework")]

    assert lines == [1, 5, 12]


def test_the_list_of_words_is_sorted_and_has_no_word_twice() -> None:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("#")]

    assert listed == sorted(set(listed), key=lambda word: (word.lower(), word))


def test_each_listed_word_is_one_that_the_dictionary_lacks() -> None:
    listed = read_words()

    found = {word for _, word in unknown_words("\n".join(listed), known=frozenset())}
    assert listed - found == frozenset()
