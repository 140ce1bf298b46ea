import pytest

from livedocs.curl_data import BOUNDARY, content_type, make_body
from livedocs.errors import MarkupError

FILES = {"menu.csv": "bread,1\r\nsoup,2\n", "order.json": '{"a": 1}', "logo.PNG": "\udc89PNG"}


def body(kind: str, *given: tuple[str, str]) -> str:
    return make_body(kind, list(given), files=FILES, line=7)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([("data", "a=1"), ("data-urlencode", "b=x&y"), ("data-raw", "@c")], "a=1&b=x%26y&@c"),
        ([("data", "@menu.csv")], "bread,1soup,2"),
        ([("data-binary", "@menu.csv")], FILES["menu.csv"]),
        ([("data-urlencode", "é /")], "%C3%A9+%2F"),
        ([("data-urlencode", "=a=b@c")], "a%3Db%40c"),
        ([("data-urlencode", "a@order.json")], "a=%7B%22a%22%3A+1%7D"),
        ([("data-urlencode", "@logo.PNG")], "%89PNG"),
    ],
)
def test_data_is_joined_as_curl_does(given: list[tuple[str, str]], text: str) -> None:
    assert body("data", *given) == text


def test_json_is_sent_as_written() -> None:
    assert body("json", ("json", '{ "a":\n1}')) == '{ "a":\n1}'
    assert body("json", ("json", "@order.json")) == FILES["order.json"]


@pytest.mark.parametrize(
    ("value", "head", "content"),
    [
        ("a=b=c", 'name="a"', "b=c"),
        ("a=", 'name="a"', ""),
        ("a=<order.json", 'name="a"', '{"a": 1}'),
        ("a=1;type=text/plain", 'name="a"\r\nContent-Type: text/plain', "1"),
        ("a=@logo.PNG", 'name="a"; filename="logo.PNG"\r\nContent-Type: image/png', "\udc89PNG"),
        (
            "a=@order.json",
            'name="a"; filename="order.json"\r\nContent-Type: application/octet-stream',
            '{"a": 1}',
        ),
        (
            "a=@order.json;type=application/json;filename=o.txt",
            'name="a"; filename="o.txt"\r\nContent-Type: application/json',
            '{"a": 1}',
        ),
    ],
)
def test_a_field_is_a_part_of_a_form(value: str, head: str, content: str) -> None:
    assert body("form", ("form", value)) == (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"
        f"--{BOUNDARY}--\r\n"
    )


def test_each_kind_of_body_has_its_type() -> None:
    assert [content_type(kind) for kind in ("data", "json", "form")] == [
        "application/x-www-form-urlencoded",
        "application/json",
        f"multipart/form-data; boundary={BOUNDARY}",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (
            "data",
            "@menu.cvs",
            (
                "the example has no file 'menu.cvs' (it has: logo.PNG, menu.csv, order.json). Show "
                "it above this block, as in ```text file=\"menu.cvs\"`. Did you mean 'menu.csv'?"
            ),
        ),
        (
            "form",
            "soup",
            "expected a field such as `-F name=value` or `-F name=@file`, got 'soup'.",
        ),
        (
            "json",
            "@menu.csv",
            (
                "the body of --json is no JSON: Expecting value: line 1 column 1 (char 0): "
                "'bread,1\\r\\nsoup,2\\n'."
            ),
        ),
    ],
)
def test_a_body_that_cannot_be_made_is_explained(kind: str, value: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        body(kind, (kind, value))

    assert (caught.value.message, caught.value.line) == (message, 7)
