import pytest

from livedocs.client_text import Log, documented_logs, logged_output, logged_source

CALLBACK = """\
socket.onmessage = ({ data }) => {
  console.log(data);
  //> old
};
console.log("end");
"""
LONG = """\
console.log(
  "a)",
  await fetch("/b"), // (
);
//> old
//> older
next();
"""


def test_comments_below_calls_are_what_is_logged() -> None:
    assert documented_logs(CALLBACK) == "old\n"
    assert documented_logs("console.log(1);\n//> 1\n//>\n//>x\n") == "1\n\n"


def test_output_is_in_the_order_of_the_lines() -> None:
    assert logged_output([(5, "end"), (2, "a"), (2, "b")]) == "a\nb\nend\n"


@pytest.mark.parametrize(
    ("source", "logs", "updated"),
    [
        (
            CALLBACK,
            [(5, "end"), (2, "a"), (2, "b")],
            CALLBACK.replace("  //> old\n", "  //> a\n  //> b\n") + "//> end\n",
        ),
        (LONG, [(1, "new")], LONG.replace("//> old\n//> older\n", "//> new\n")),
        ("f(1);\n//> o...d\n", [(1, "old")], "f(1);\n//> o...d\n"),
        ("f(1);\n//> o...d\n", [(1, "new")], "f(1);\n//> new\n"),
        ("f(1);\n//> old\n", [], "f(1);\n"),
        ("f(1);\n", [(0, "from nowhere")], "f(1);\n"),
        ("f(1);\n", [(1, "two\n\nlines")], "f(1);\n//> two\n//>\n//> lines\n"),
    ],
)
def test_comments_are_rewritten(source: str, logs: list[Log], updated: str) -> None:
    assert logged_source(source, logs) == updated
