import pytest

from livedocs.model import Example, Expected, Manner, Request, Step
from livedocs.session_text import parse_session
from livedocs.talk_text import parse_talk
from livedocs.terminal import command_lines

JSON = ("content-type", "application/json")
BODY = """--data-raw '{"a": 1}'"""


def lines_of(*steps: Step) -> list[str]:
    example = Example("a", "app", "app", "", 1, "page", "app.py", {"app.py": ""}, (), steps)
    return command_lines(example)


def http(method: str, target: str, *headers: tuple[str, str], body: str = "") -> Step:
    return Step("s1", Request(method, target, headers, body), Expected())


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (http("GET", "/"), "curl -i http://localhost:8000/"),
        (http("HEAD", "/"), "curl -i --head http://localhost:8000/"),
        (http("DELETE", "/1"), "curl -i -X DELETE http://localhost:8000/1"),
        (
            http("POST", "/", JSON, body='{"a": 1}'),
            f"curl -i -H 'content-type: application/json' {BODY} http://localhost:8000/",
        ),
        (
            http("PUT", "/", body="x"),
            "curl -i -X PUT --data-raw x -H content-type: http://localhost:8000/",
        ),
        (
            http("GET", "/?a=[1]"),
            "curl -i --globoff --path-as-is 'http://localhost:8000/?a=[1]'",
        ),
        (
            http("GET", "/files/%2E./a"),
            "curl -i --globoff --path-as-is http://localhost:8000/files/%2E./a",
        ),
        (http("GET", "/a/..?b"), "curl -i --globoff --path-as-is 'http://localhost:8000/a/..?b'"),
        (
            Step("s1", Request("GET", "/events"), Expected(), manner=Manner(events=2)),
            "curl -iN http://localhost:8000/events",
        ),
        (
            Step("s1", Request("GET", "/"), Expected(), command=("curl", "-d", "a b", "/x")),
            "curl -d 'a b' /x",
        ),
    ],
)
def test_a_request_is_a_command(step: Step, line: str) -> None:
    assert lines_of(step) == [line]


def test_cookies_that_only_the_application_knows_are_kept_by_all_commands() -> None:
    lines = lines_of(http("POST", "/login"), http("GET", "/", ("cookie", "session=...")))
    keeps = "curl -i -b cookies.txt -c cookies.txt"
    assert lines == [
        f"{keeps} -X POST http://localhost:8000/login",
        f"{keeps} http://localhost:8000/",
    ]


def test_a_cookie_that_is_shown_is_sent() -> None:
    (line,) = lines_of(http("GET", "/", ("cookie", "name=Ada")))
    assert line == "curl -i -H 'cookie: name=Ada' http://localhost:8000/"


def test_a_session_at_the_prompt_has_no_command() -> None:
    session = parse_session(">>> 1 + 1\n2\n", 1)
    assert lines_of(Step("s1", Request("GET", "/"), Expected(), session=session)) == []


def test_a_conversation_is_a_client_for_each_path() -> None:
    talk = parse_talk("ada /chat?a=1&b=2\nbob /chat?a=1&b=2\ncy /other\n\nada> hi\nbob< hi\n", 1)
    step = Step("s1", Request("GET", "/chat"), Expected(), talk=talk)
    assert lines_of(step) == [
        "python -m websockets 'ws://localhost:8000/chat?a=1&b=2'",
        "python -m websockets ws://localhost:8000/other",
    ]
