import pytest

from livedocs.collect import collect
from livedocs.engine import Print, documented_output
from livedocs.prints import lint, printed_source


def updated(source: str, *prints: tuple[int, str]) -> str | None:
    """Return the source of a block whose first line is line 2 of its page."""
    [block] = collect(["```python", *source.rstrip("\n").split("\n"), "```"])
    return printed_source(block, [Print(line, text) for line, text in prints])


@pytest.mark.parametrize(
    ("source", "prints", "result"),
    [
        ("print(1)\n", [(2, "1")], "print(1)\n#> 1\n"),
        ("print(1)\n#> 1\n", [(2, "1")], None),
        ("print(1)\n#> 2\n#> 3\nx = 1\n", [(2, "1")], "print(1)\n#> 1\nx = 1\n"),
        ("x = 1\n", [], None),
        (
            "for n in a:\n    print(n)\n",
            [(3, "1"), (3, "2")],
            "for n in a:\n    print(n)\n    #> 1\n    #> 2\n",
        ),
        (
            "print(\n    x,\n)\ny = 1\n",
            [(2, "é")],
            "print(\n    x,\n)\n#> é\ny = 1\n",
        ),
        (
            "try:\n    x\nfinally:\n    print(x)\n",
            [(5, "1")],
            "try:\n    x\nfinally:\n    print(x)\n    #> 1\n",
        ),
        (
            "match x:\n    case 1:\n        print(x)\n",
            [(4, "1")],
            "match x:\n    case 1:\n        print(x)\n        #> 1\n",
        ),
        ("print(x)\n", [(2, "a\n  b")], 'print(x)\n"""\na\n  b\n"""\n'),
        ('print(x)\n"""\na\n"""\n', [(2, "b")], "print(x)\n#> b\n"),
        ("print(a())\n#> now ...\n", [(2, "now 5")], None),
        (
            "print(a())\n#> now ...\nprint(2)\n#> 1\n",
            [(2, "now 5"), (4, "2")],
            "print(a())\n#> now ...\nprint(2)\n#> 2\n",
        ),
        ("print(a())\n#> now ...\n", [(2, "then 5")], "print(a())\n#> then 5\n"),
        (
            "for n in a:\n    print(n)\n    #> 1\n    #> ...\n",
            [(3, "1"), (3, "2"), (3, "3")],
            None,
        ),
        ("list(map(print, [1]))\n#> 1\n", [(2, "1")], None),
        ("print(await x)\n", [(2, "1")], "print(await x)\n#> 1\n"),
        ("x = 1\n", [(0, "from another file")], None),
    ],
)
def test_prints_stand_below_their_calls(
    source: str, prints: list[tuple[int, str]], result: str | None
) -> None:
    assert updated(source, *prints) == result


def test_what_is_written_is_what_is_read() -> None:
    source = updated("def f():\n    print(\n        [x]\n    )\n", (3, "a\n  b\n\nc"))

    assert source is not None
    assert documented_output(source) == "a\n  b\n\nc\n"
    assert updated(source, (3, "a\n  b\n\nc")) is None


def test_a_program_in_good_style_passes() -> None:
    assert lint("\n\nx = await print(1)\n#> 1\n", place="docs/p.md") is None


def test_lint_names_the_line_of_the_page() -> None:
    found = lint("\n\nimport os\n", place="docs/p.md")

    assert found is not None
    assert "docs/p.md:3:8: F401" in found
