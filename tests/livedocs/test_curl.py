import pytest

from livedocs.console import Command, parse_console
from livedocs.curl import Curl, expected_output, parse_curl
from livedocs.curl_data import BOUNDARY, make_body
from livedocs.errors import MarkupError
from livedocs.model import PLAIN, Expected, Manner, Request

URL = "http://localhost:8000"
ANY = ("accept", "*/*")
FORM = ("content-type", "application/x-www-form-urlencoded")


FILES = {"menu.csv": "bread,1\r\nsoup,2\n", "order.json": '{"a": 1}'}


def command(text: str) -> Command:
    return parse_console(f"$ {text}\n", 3)[0]


def curl(text: str) -> Curl:
    return parse_curl(command(text), FILES)


def test_a_body_in_quotes_may_take_several_lines() -> None:
    source = "$ curl --json '{\n  \"a\": 1\n}' localhost:8000\n$5, it's said\n"

    [found] = parse_console(source, 1)

    assert parse_curl(found, {}).request.body == '{\n  "a": 1\n}'
    assert (found.output, found.output_lines) == ("$5, it's said", (3, 4))


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
            f"curl -G -d a=1 --data-urlencode 'b=x y&z' {URL}",
            Request("GET", "/?a=1&b=x+y%26z", (ANY,)),
        ),
        (f"curl -G -d a=1 '{URL}/s?b=2'", Request("GET", "/s?b=2&a=1", (ANY,))),
        (f"curl -G {URL}", Request("GET", "/", (ANY,))),
        (f"curl -d @menu.csv {URL}", Request("POST", "/", (ANY, FORM), "bread,1soup,2")),
        (
            f"curl -F a=1 {URL}",
            Request(
                "POST",
                "/",
                (ANY, ("content-type", f"multipart/form-data; boundary={BOUNDARY}")),
                make_body("form", [("form", "a=1")], files={}, line=1),
            ),
        ),
        (f"curl -r 0-9 {URL}", Request("GET", "/", (ANY, ("range", "bytes=0-9")))),
        (
            f"curl --compressed {URL}",
            Request("GET", "/", (ANY, ("accept-encoding", "deflate, gzip"))),
        ),
        (
            f"curl --compressed -H 'accept-encoding: gzip' {URL}",
            Request("GET", "/", (ANY, ("accept-encoding", "gzip"))),
        ),
        (f"curl -b cookies.txt {URL}", Request("GET", "/", (ANY,))),
        (
            f"curl -b a=1 -A me {URL}",
            Request("GET", "/", (ANY, ("cookie", "a=1"), ("user-agent", "me"))),
        ),
    ],
)
def test_a_curl_command_is_a_request(text: str, request_: Request) -> None:
    assert curl(text).request == request_


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
            (
                "the example has no file 'file' (it has: menu.csv, order.json). Show it above "
                'this block, as in ```text file="file"`.'
            ),
        ),
        (
            "curl -d a=1 -F b=2 localhost:8000",
            "`curl -d a=1 -F b=2 localhost:8000` has two kinds of bodies: data and form.",
        ),
        (
            "curl -iL localhost:8000",
            (
                "`curl -iL localhost:8000` shows the headers of several responses: show the "
                "redirect with `-i`, and where it leads with `-L`, in two commands."
            ),
        ),
        (
            "curl -w '%{http_cod}' localhost:8000",
            (
                "unknown variable '%{http_cod}' of `-w` (known: content_type, http_code, "
                "num_redirects, redirect_url, response_code, size_download, url_effective)."
            ),
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
                "--data-raw, --data-binary, --data-urlencode, --json, -F, --form, -u, --user, -b, "
                "--cookie, -c, --cookie-jar, -A, --user-agent, -r, --range, -o, --output, -w, "
                "--write-out, -i, --include, -I, --head, -L, --location, -G, --get, "
                "--compressed, -s, --silent, -S, --show-error, -N, --no-buffer); spell it out, or "
                'give the block skip="reason".'
            ),
        ),
    ],
)
def test_a_curl_command_that_cannot_be_made_is_explained(text: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        curl(text)

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
        (f"$ curl -i {URL}\nHTTP/1.1 302 Found\n", Expected(302, (), "")),
        (f"$ curl -i -o x -w '%{{http_code}}' {URL}\n200\n", Expected(body="200")),
        (f"$ curl -I {URL}\nHTTP/1.1 200 OK\n", Expected(200)),
    ],
)
def test_the_output_is_the_expected_response(source: str, expected: Expected) -> None:
    [found] = parse_console(source, 1)

    assert expected_output(found, parse_curl(found, {})) == expected


def test_include_shows_a_whole_response() -> None:
    [found] = parse_console(f"$ curl -i \\\n  {URL}\nhello\n", 5)

    with pytest.raises(MarkupError) as caught:
        expected_output(found, parse_curl(found, {}))

    assert caught.value.at("p.md") == (
        "p.md:7: expected a status line such as `HTTP/1.1 200 OK`, got 'hello'."
    )


@pytest.mark.parametrize(
    ("options", "manner"),
    [
        ("-isS", PLAIN),
        ("-L", Manner(follows=True)),
        ("-X PUT -L", Manner(follows=True, keeps_method=True)),
        ("-b cookies.txt -c jar", Manner(reads="cookies.txt", writes="jar")),
        ("-b a=1", PLAIN),
        ("--compressed", Manner(decodes=True)),
        (
            "-o /dev/null -w '%{http_code}\\n'",
            Manner(discards=True, template="%{http_code}\\n"),
        ),
    ],
)
def test_options_say_how_a_request_is_made(options: str, manner: Manner) -> None:
    assert curl(f"curl {options} {URL}").manner == manner
