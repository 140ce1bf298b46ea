import json

from livedocs.model import (
    Example,
    Expected,
    Request,
    Response,
    Segment,
    Step,
    example_to_json,
    expected_from_json,
    request_from_json,
)

REQUEST = Request("POST", "/a?b=1", (("accept", "*/*"),), "é")
EXPECTED = Expected(201, (("a", "b"),), "x")
STEP = Step("s1", REQUEST, EXPECTED)


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


def test_an_example_goes_to_the_page_and_its_steps_come_back() -> None:
    data = json.loads(json.dumps(example_to_json(example())))

    assert data["files"] == {"app.py": "a\n", "data/x.txt": "y"}
    [step] = data["steps"]
    assert step["label"] == "POST /a?b=1"
    assert request_from_json(step["request"]) == REQUEST
    assert expected_from_json(step["expected"]) == EXPECTED


def test_a_request_from_the_address_bar_needs_only_its_line() -> None:
    assert request_from_json({"method": "get", "target": "/", "body": None}) == Request("GET", "/")
    assert expected_from_json({}) == Expected()


def test_the_last_of_repeated_headers_is_the_header() -> None:
    response = Response(200, (("a", "1"), ("a", "2")), "")

    assert (response.header("A"), response.header("b")) == ("2", None)


def test_a_status_is_said_in_words() -> None:
    assert Response(404, (), "").reason == "Not Found"
    assert Response(299, (), "").reason == ""
