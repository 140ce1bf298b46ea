import json
from typing import Any

import pytest

from livedocs.messages import (
    example_to_json,
    expected_from_json,
    manner_from_json,
    request_from_json,
    response_to_json,
    session_from_json,
    talk_from_json,
)
from livedocs.model import NO_REQUEST, PLAIN, Expected, Manner, Request, Response, Step
from livedocs.session_text import parse_session
from tests.livedocs.samples import application, talk_step

REQUEST = Request("POST", "/a?b=1", (("accept", "*/*"),), "é\udcff")
EXPECTED = Expected(201, (("a", "b"),), "x")
MANNER = Manner(follows=True, reads="cookies.txt")
STEP = Step("s1", REQUEST, EXPECTED, ("curl",), MANNER)
EXAMPLE = application("x = 1\n", STEP, files={"data/logo.png": "\udc89PNG"})


def test_an_example_goes_to_the_page_and_its_steps_come_back() -> None:
    data = json.loads(json.dumps(example_to_json(EXAMPLE)))

    assert data["files"] == {"app.py": "x = 1\n", "data/logo.png": "\udc89PNG"}
    [step] = data["steps"]
    assert step["label"] == "POST /a?b=1"
    assert request_from_json(step["request"]) == REQUEST
    assert expected_from_json(step["expected"]) == EXPECTED
    assert manner_from_json(step) == MANNER


def test_a_conversation_goes_to_the_page_and_comes_back() -> None:
    step = talk_step(1, "ada /a\nOrigin: b\nbob /b\nada< hi\n")

    [data] = json.loads(json.dumps(example_to_json(application("x = 1\n", step))))["steps"]

    assert talk_from_json(data) == step.talk
    assert [(client["name"], client["request"]["target"]) for client in data["clients"]] == [
        ("ada", "/a"),
        ("bob", "/b"),
    ]
    assert data["request"]["headers"] == [["origin", "b"]]
    assert talk_from_json({}) is None


def test_a_request_from_the_address_bar_needs_only_its_line() -> None:
    assert request_from_json({"method": "get", "target": "/", "body": None}) == Request("GET", "/")
    assert expected_from_json({}) == Expected()
    assert manner_from_json({}) == PLAIN


@pytest.mark.parametrize(
    ("body", "shown"), [("é", {"body": "é", "size": 2}), ("\udc89PNG", {"body": None, "size": 4})]
)
def test_a_body_that_is_no_text_goes_to_the_page_as_its_size(
    body: str, shown: dict[str, Any]
) -> None:
    assert response_to_json(Response(404, (("a", "b"),), body)) == {
        "status": 404,
        "reason": "Not Found",
        "headers": [["a", "b"]],
        **shown,
    }


@pytest.mark.parametrize(
    ("method", "content_type", "is_page"),
    [
        ("GET", "text/html; charset=utf-8", True),
        ("GET", "application/json", False),
        ("POST", "text/html", False),
    ],
)
def test_a_page_of_the_app_is_told_apart(method: str, content_type: str, is_page: bool) -> None:
    expected = Expected(headers=(("content-type", content_type),))
    [step] = example_to_json(application("", Step("s1", Request(method, "/"), expected)))["steps"]
    assert step.get("page", False) is is_page


def test_a_session_crosses_as_its_text() -> None:
    session = parse_session(">>> 1\n1\n", 7)
    step = Step("s1", NO_REQUEST, Expected(), session=session)

    [data] = example_to_json(application("", step))["steps"]

    assert data["session"] == ">>> 1\n1\n"
    assert session_from_json(data) == parse_session(">>> 1\n1\n", 1)
    assert session_from_json({}) is None
