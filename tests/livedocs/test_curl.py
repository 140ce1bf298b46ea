import pytest

from livedocs.curl import Command, expected_output, find_shell_sign, parse_console, parse_curl
from livedocs.errors import MarkupError
from livedocs.model import Expected, Request

URL = "http://localhost:8000"
ANY = ("accept", "*/*")
FORM = ("content-type", "application/x-www-form-urlencoded")


def command(text: str) -> Command:
    return parse_console(f"$ {text}\n", 3)[0]


def test_a_block_is_commands_with_their_output() -> None:
    source = "$ pip install x  # it's a comment\n$ curl a \\\n    b\nout\n\n$ echo\none\n\ntwo\n\n"

    pip, curl, echo = parse_console(source, 10)

    assert pip.words == ("pip", "install", "x")
    assert (curl.words, curl.text, curl.output) == (("curl", "a", "b"), "curl a \\\n    b", "out")
    assert (curl.line, curl.output_lines) == (11, (3, 4))
    assert (echo.output, echo.line, echo.output_lines) == ("one\n\ntwo", 15, (6, 9))


def test_a_body_in_quotes_may_take_several_lines() -> None:
    source = "$ curl --json '{\n  \"a\": 1\n}' localhost:8000\n$5, it's said\n"

    [found] = parse_console(source, 1)

    assert parse_curl(found).request.body == '{\n  "a": 1\n}'
    assert (found.output, found.output_lines) == ("$5, it's said", (3, 4))


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (
            "hello\n",
            4,
            "a console block begins with a command, as in `$ curl ...`; got 'hello'.",
        ),
        (
            "out\n$ curl\n",
            4,
            "a console block begins with a command, as in `$ curl ...`; got 'out'.",
        ),
        (
            "$ true\n$ curl 'a\nb\n",
            5,
            'the command "curl \'a\\nb" has a quote that is never closed.',
        ),
    ],
)
def test_what_is_no_console_is_explained(source: str, line: int, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_console(source, 4)

    assert (caught.value.line, caught.value.message) == (line, message)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        (f"curl {URL}", Request("GET", "/", (ANY,))),
        ("curl localhost:8000/a", Request("GET", "/a", (ANY,))),
        ("curl 'localhost:8000/?u=http://x'", Request("GET", "/?u=http://x", (ANY,))),
        (f"curl -s -N '{URL}/a?b=1&c=2'", Request("GET", "/a?b=1&c=2", (ANY,))),
        ("curl http://127.0.0.1:8000/a", Request("GET", "/a", (ANY,))),
        (f"curl -X delete {URL}/a", Request("DELETE", "/a", (ANY,))),
        (f"curl -I {URL}", Request("HEAD", "/", (ANY,))),
        (f"curl -d a=1 {URL}", Request("POST", "/", (ANY, FORM), "a=1")),
        (f"curl -d a=1 -d b=2 {URL}", Request("POST", "/", (ANY, FORM), "a=1&b=2")),
        (f"curl -X GET -d a=1 {URL}", Request("GET", "/", (ANY, FORM), "a=1")),
        (f"curl {URL} -d é -X PUT", Request("PUT", "/", (ANY, FORM), "é")),
        (
            f"curl --json '{{\"a\": 1}}' {URL}",
            Request(
                "POST",
                "/",
                (("accept", "application/json"), ("content-type", "application/json")),
                '{"a": 1}',
            ),
        ),
        (
            f"curl -d x -H 'Content-Type: text/plain' {URL}",
            Request("POST", "/", (ANY, ("content-type", "text/plain")), "x"),
        ),
        (f"curl -H accept: {URL}", Request("GET", "/", ())),
        (
            f"curl -u ada:secret {URL}",
            Request("GET", "/", (ANY, ("authorization", "Basic YWRhOnNlY3JldA=="))),
        ),
        (
            f"curl -b a=1 -A me {URL}",
            Request("GET", "/", (ANY, ("cookie", "a=1"), ("user-agent", "me"))),
        ),
    ],
)
def test_a_curl_command_is_a_request(text: str, request_: Request) -> None:
    assert parse_curl(command(text)).request == request_


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curl -s", "`curl -s` names 0 URLs, expected one."),
        (f"curl {URL} {URL}", f"`curl {URL} {URL}` names 2 URLs, expected one."),
        ("curl -X", "`-X` in `curl -X` lacks its value."),
        (
            "curl -H nothing localhost:8000",
            "expected a header such as 'name: value', got 'nothing'.",
        ),
        (
            "curl -d @file localhost:8000",
            "a body from a file ('@file') cannot be shown: write it out.",
        ),
        (
            "curl --json {a} localhost:8000",
            (
                "the body of --json is no JSON: Expecting property name enclosed in double quotes: "
                "line 1 column 2 (char 1): '{a}'."
            ),
        ),
        (
            "curl -u ada localhost:8000",
            "`-u ada` would ask for a password: write `-u ada:PASSWORD`.",
        ),
        *[
            (
                f"curl {url}",
                f"expected a URL at http://localhost:8000, where examples are served; got {url!r}.",
            )
            for url in (
                "https://localhost:8000",
                "http://localhost:8001",
                "http://localhost",
                "http://localhost:abc/",
                "http://example.com:8000/",
                "ftp://localhost:8000",
            )
        ],
        (
            f"curl {URL}/?a=1&b=2",
            (
                f"the shell takes '&' in `curl {URL}/?a=1&b=2` for itself: put quotes around the "
                'argument it belongs to, or give the block skip="reason".'
            ),
        ),
        (
            "curl --fail localhost:8000",
            (
                "unknown option '--fail' of curl (known: -X, --request, -H, --header, -d, --data, "
                "--data-raw, --json, -u, --user, -b, --cookie, -A, --user-agent, -i, --include, "
                "-I, --head, -s, --silent, -S, --show-error, -N, --no-buffer); spell it out, or "
                'give the block skip="reason".'
            ),
        ),
    ],
)
def test_a_curl_command_that_cannot_be_made_is_explained(text: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_curl(command(text))

    assert (caught.value.line, caught.value.message) == (3, message)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"$ curl {URL}\nhello\n", Expected(body="hello")),
        (f"$ curl {URL}\n", Expected(body="")),
        (
            f"$ curl -i {URL}\nHTTP/1.1 200 OK\na: b\n\nhi\n",
            Expected(200, (("a", "b"),), "hi"),
        ),
        (f"$ curl -I {URL}\nHTTP/1.1 200 OK\n", Expected(200)),
    ],
)
def test_the_output_is_the_expected_response(source: str, expected: Expected) -> None:
    [found] = parse_console(source, 1)

    assert expected_output(found, parse_curl(found)) == expected


def test_include_shows_a_whole_response() -> None:
    [found] = parse_console(f"$ curl -i \\\n  {URL}\nhello\n", 5)

    with pytest.raises(MarkupError) as caught:
        expected_output(found, parse_curl(found))

    assert caught.value.at("p.md") == (
        "p.md:7: expected a status line such as `HTTP/1.1 200 OK`, got 'hello'."
    )


def test_a_quoted_sign_is_no_matter_of_the_shell() -> None:
    assert find_shell_sign(command("pip install 'x>=1'")) is None
