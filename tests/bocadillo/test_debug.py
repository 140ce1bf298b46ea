import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo._debug import error_to_debug_page, format_debug_html, format_debug_text, wants_html
from bocadillo.requests import Request
from bocadillo.responses import Response

TAGS = {
    *("html", "meta", "title", "style", "header", "main", "footer", "section", "h1", "h2", "p"),
    *("code", "pre", "article", "ol", "li", "mark", "details", "summary"),
}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "value"}


class Reader(HTMLParser):
    """Collect the tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def caught(function: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as info:  # noqa: PT011 - any will do
        function()
    return info.value


def page_of(function: Callable[[], object]) -> str:
    return format_debug_html("GET /", caught(function))


def text_of(function: Callable[[], object]) -> str:
    return Reader(page_of(function)).text


def find_sandwich(pk: int) -> str:
    password = "hunter" + str(pk)
    menu = {1: password}
    return "No. " + menu[pk]


def fail_with_a_cause() -> None:
    try:
        find_sandwich(7)
    except KeyError as error:
        raise LookupError("sold out") from error


def fail_while_handling() -> None:
    try:
        find_sandwich(7)
    except KeyError:
        raise LookupError("sold out")  # noqa: B904 - that is the point


def fail_and_hide_the_context() -> None:
    try:
        find_sandwich(7)
    except KeyError:
        raise LookupError("sold out") from None


def compile_function(source: str, *, filename: str, name: str = "view") -> FunctionType:
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), namespace)
    function = namespace[name]
    assert isinstance(function, FunctionType)
    return function


def test_page_names_the_request_and_the_error() -> None:
    page = page_of(lambda: find_sandwich(7))

    assert page.startswith("<!doctype html>\n")
    assert "<title>KeyError</title>" in page
    assert "<header><p><code>GET /</code> failed with this error:</p></header>" in page
    assert "<h1>KeyError</h1>\n<pre>7</pre>" in page
    assert "You see this page because <code>DEBUG</code> is on." in page


def test_five_lines_of_source_stand_around_a_call_of_the_application() -> None:
    page = page_of(lambda: find_sandwich(7))
    source = page.partition("in <code>find_sandwich</code></p>")[2]
    here = find_sandwich.__code__.co_firstlineno + 3

    assert re.findall(r'<li value="(\d+)"', source) == [str(here + i) for i in range(-2, 3)][:5]
    assert (
        f'<li value="{here}" class="here">    return &quot;No. &quot; + <mark>menu[pk]</mark></li>'
        in source
    )


def test_values_of_variables_are_not_shown() -> None:
    page = page_of(fail_with_a_cause)
    assert "hunter7" not in page
    assert "hunter7" not in format_debug_text(caught(fail_with_a_cause))


def test_path_is_relative_to_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path(__file__)
    monkeypatch.chdir(here.parent)
    assert f"<code>{here.name}:" in page_of(lambda: find_sandwich(7))
    monkeypatch.chdir(here.parent / "testing")
    assert f"<code>{here}:" in page_of(lambda: find_sandwich(7))


def test_calls_in_libraries_are_folded() -> None:
    page = page_of(lambda: json.loads("{"))

    assert re.search(r"<details><summary>\d calls in json</summary>", page)
    assert re.search(r"<code>json/decoder\.py:\d+</code> in <code>raw_decode</code>", page)


def test_calls_in_this_framework_are_folded() -> None:
    bad: Any = 1
    page = page_of(lambda: setattr(Response(), "text", bad))

    assert re.search(r"<details><summary>\d calls? in bocadillo</summary>", page)
    assert "<code>bocadillo/responses.py:" in page


@pytest.mark.parametrize(
    ("filename", "shown", "name"),
    [
        ("/venv/lib/site-packages/shelf/book.py", "shelf/book.py", "shelf"),
        ("/usr/lib/dist-packages/shelf.py", "shelf.py", "shelf"),
        ("<frozen shelf>", "&lt;frozen shelf&gt;", "&lt;frozen shelf&gt;"),
    ],
)
def test_libraries_are_known_by_their_files(filename: str, shown: str, name: str) -> None:
    page = page_of(compile_function("def view(): 1 / 0", filename=filename))

    assert f"<details><summary>1 call in {name}</summary>" in page
    assert f"<code>{shown}:1</code>" in page


def test_call_without_source_shows_its_place() -> None:
    page = page_of(compile_function("def view(): 1 / 0", filename="<string>"))

    assert "<code>&lt;string&gt;:1</code> in <code>view</code></p></article>" in page


def write_view(folder: Path, body: str) -> FunctionType:
    path = folder / "app.py"
    path.write_text(f"def view():\n    {body}\n", encoding="utf-8")
    return compile_function(path.read_text(encoding="utf-8"), filename=str(path))


def test_marks_count_bytes_as_python_does(tmp_path: Path) -> None:
    page = page_of(write_view(tmp_path, "'ñandú', 1 / 0, '<'"))
    assert "(&#x27;ñandú&#x27;, <mark>1 / 0</mark>" in page.replace("    &#x27;", "(&#x27;")


def test_whole_line_needs_no_mark(tmp_path: Path) -> None:
    assert "<mark>" not in page_of(write_view(tmp_path, "1 / 0")).partition("app.py")[2]


def test_call_over_several_lines_is_not_marked(tmp_path: Path) -> None:
    page = page_of(write_view(tmp_path, "x = int(\n        'a'\n    )"))
    assert '<li value="2" class="here">    x = int(</li>' in page


def test_long_lines_of_source_are_cut(tmp_path: Path) -> None:
    page = page_of(write_view(tmp_path, f"1 / 0, '{'x' * 400}'\n    '{'y' * 400}'"))

    assert "x" * 280 in page
    assert "x" * 300 not in page
    assert "y" * 300 not in page


def test_cause_is_shown_below() -> None:
    text = text_of(fail_with_a_cause)
    assert text.index("LookupError\nsold out") < text.index("It caused LookupError:\nKeyError\n7")


def test_error_that_was_being_handled_is_shown_below() -> None:
    text = text_of(fail_while_handling)
    assert "LookupError was raised while this was handled:\nKeyError\n7" in text


def test_hidden_context_is_not_shown() -> None:
    assert "KeyError" not in re.sub(r"\d+.*", "", text_of(fail_and_hide_the_context)).replace(
        "except KeyError:", ""
    )
    assert page_of(fail_and_hide_the_context).count("<section>") == 1


def test_members_of_a_group_are_shown_in_order_with_their_causes() -> None:
    def fail() -> None:
        raise ExceptionGroup("two", [caught(fail_with_a_cause), ValueError("plain")])

    headings = re.findall(r"<h\d>(.*)</h\d>", page_of(fail))
    assert headings == ["ExceptionGroup", "LookupError", "KeyError", "ValueError"]
    assert "It is one of ExceptionGroup:\nValueError\nplain" in text_of(fail)


def test_circle_of_causes_ends() -> None:
    def fail() -> None:
        error, other = ValueError("one"), KeyError("two")
        error.__cause__, other.__cause__ = other, error
        raise error

    assert page_of(fail).count("<section>") == 2


def test_long_chain_is_cut() -> None:
    error = ValueError("first")
    for i in range(50):
        following = ValueError(i)
        following.__cause__ = error
        error = following

    assert format_debug_html("GET /", error).count("<section>") == 20


def test_deep_recursion_is_cut_in_the_middle() -> None:
    def dig(depth: int) -> None:
        if depth == 0:
            raise ValueError("at the bottom")
        dig(depth - 1)

    page = page_of(lambda: dig(200))
    assert page.count("<article>") == 60
    assert re.search(r'<p class="why">… 14\d calls more …</p>', page)


def test_notes_are_shown_and_an_empty_message_is_not() -> None:
    error = ValueError()
    assert "<pre>" not in format_debug_html("GET /", error)
    error.add_note("Ask the cook.")
    assert "Ask the cook.</pre>" in format_debug_html("GET /", error)


def test_long_message_is_shortened() -> None:
    page = format_debug_html("GET /", ValueError("x" * 5000))
    assert f"<pre>{'x' * 4000}… and 1000 characters more</pre>" in page


def test_message_that_cannot_be_made_is_no_second_error() -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "&lt;exception str() failed&gt;" in format_debug_html("GET /", OddError())


def test_syntax_error_shows_where_it_is() -> None:
    page = page_of(lambda: compile("x = = 1", "app.py", "exec"))
    assert "File &quot;app.py&quot;, line 1" in page


def test_text_is_the_traceback_python_prints() -> None:
    text = format_debug_text(caught(fail_with_a_cause))

    assert text.startswith("Traceback (most recent call last):\n")
    assert "The above exception was the direct cause of the following exception" in text
    assert text.endswith("LookupError: sold out\n")


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    error = ValueError("\x1b[31m\r\u202e\ud800\tñ\x00")
    shown = r"\x1b[31m\r\u202e\ud800" + "\tñ" + r"\x00"

    assert shown in format_debug_text(error)
    assert shown in format_debug_html("GET /", error)


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(st.sampled_from("<>&\"'/script\n\x00")))
def test_nothing_that_a_client_sends_becomes_markup(path: str, message: str) -> None:
    error = ValueError(message)
    error.add_note(message)
    error.__cause__ = type(f"Odd{message}".replace("\x00", ""), (Exception,), {})(path)
    page = format_debug_html(f"GET {path}", error)
    reader = Reader(page)

    page.encode()
    assert reader.tags <= TAGS
    assert reader.attributes <= ATTRIBUTES
    assert page.count("<section>") == 2
    if path.isprintable():
        assert f"GET {path} failed" in reader.text


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("text/plain", False),
        ("application/json", False),
        ("text/html", True),
        ("TEXT/HTML", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html;q=0.5, */*;q=0.8", False),
        ("text/html;q=0.5, text/plain;q=0.4", True),
        ("text/html;level=1;q=0.5, text/plain;q=0.6", False),
        ("text/html;q=0", False),
        ("text/html;q=much", False),
        (";;,,=", False),
    ],
)
def test_html_is_for_those_who_prefer_it(accept: str | None, expected: bool) -> None:
    assert wants_html(accept) is expected


def make_request(**headers: str) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/a <b>", "headers": raw}
    return Request(scope)


async def answer(**headers: str) -> Response:
    response = Response()
    await error_to_debug_page(make_request(**headers), response, caught(fail_with_a_cause))
    return response


async def test_browser_gets_a_page_that_can_run_nothing() -> None:
    response = await answer(accept="text/html,*/*;q=0.8", cookie="session=hunter2")

    assert response.status_code == 500
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none';")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"
    assert b"<code>GET /a &lt;b&gt;</code>" in response.content
    assert b"hunter2" not in response.content


async def test_others_get_text() -> None:
    response = await answer(accept="*/*")

    assert response.status_code == 500
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in response.headers
    assert response.content.startswith(b"Traceback (most recent call last):\n")
