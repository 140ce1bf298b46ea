import pytest

from livedocs.model import NO_REQUEST, Example, Expected, Request, Response, Segment, Step
from livedocs.session_text import parse_session
from tests.livedocs.samples import talk_step

STEP = Step("s1", Request("GET", "/"), Expected(200))


def example(*segments: Segment) -> Example:
    return Example(
        id="app-1",
        kind="app",
        app="app-1",
        title="app.py",
        line=3,
        place="p.md",
        main="app.py",
        files={"app.py": "a\n", "data/x.txt": "y"},
        segments=segments,
        steps=(STEP,),
    )


def test_padded_lines_have_the_numbers_of_their_places() -> None:
    segments = (Segment("a\nb\n", 3, "p.md"), Segment("c\n", 8, "p.md"))

    assert example(*segments).padded() == {"p.md": "\n\na\nb\n\n\n\nc\n"}


def test_padded_keeps_two_places_apart() -> None:
    segments = (Segment("a\n" * 50, 1, "examples/a/app.py"), Segment("c\n", 3, "p.md"))

    assert example(*segments).padded() == {"examples/a/app.py": "a\n" * 50, "p.md": "\n\nc\n"}


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("/chat\n< hi\n", "WebSocket /chat"),
        ("ada /chat\nbob /chat\nada> close 1000\nada /again\n", "WebSocket: ada, bob"),
    ],
)
def test_a_conversation_is_named_by_its_path_or_its_clients(source: str, label: str) -> None:
    assert talk_step(1, source).label == label
    assert STEP.label == "GET /"


def test_the_last_of_repeated_headers_is_the_header() -> None:
    response = Response(200, (("a", "1"), ("a", "2")), "")

    assert (response.header("A"), response.header("b")) == ("2", None)


def test_a_status_is_said_in_words() -> None:
    assert Response(404, (), "").reason == "Not Found"
    assert Response(299, (), "").reason == ""


def test_the_size_of_a_body_is_in_bytes() -> None:
    assert Response(200, (), "é\udcff").size == 3


def test_a_long_line_at_a_prompt_is_cut_in_its_label() -> None:
    source = f">>> {'x' * 60}\n"
    step = Step("s1", NO_REQUEST, Expected(), session=parse_session(source, 1))

    assert step.label == f">>> {'x' * 35}…"
