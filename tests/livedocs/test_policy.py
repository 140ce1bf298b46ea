import base64
import hashlib

import pytest

from livedocs.policy import (
    HEADER_ONLY,
    PAGE,
    admit_scripts,
    format_policy,
    hash_scripts,
    parse_policy,
    put_meta,
    read_meta,
)

HEAD = '<html><head>\n  <meta charset="utf-8"><title>x</title></head>'


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("html", "scripts"),
    [
        ("<script>a()</script>", ["a()"]),
        ("<SCRIPT type=module>\na()\n</SCRIPT>", ["\na()\n"]),
        ("<script>a()</script><p>b()</p><script>a()</script>", ["a()"]),
        ("<script>if (a &lt; 1) '<p>'</script>", ["if (a &lt; 1) '<p>'"]),
        ("<script>a()\r\nb()</script>", ["a()\nb()"]),
        ("<script></script>", [""]),
        ('<script src="a.js"></script>', []),
        ('<script type="application/json">{}</script>', []),
        ("<p>a()</p>", []),
    ],
)
def test_scripts_are_hashed_as_browsers_do(html: str, scripts: list[str]) -> None:
    assert hash_scripts(html) == [sha256(text) for text in scripts]


def test_the_policy_allows_nothing_foreign_no_eval_and_nothing_inline() -> None:
    policy = parse_policy(format_policy(["'sha256-b'", "'sha256-a'", "'sha256-b'"]) + HEADER_ONLY)

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'", "'sha256-a'", "'sha256-b'"]
    assert policy["frame-ancestors"] == ["'none'"]
    sources = {source for allowed in policy.values() for source in allowed}
    named = {"'none'", "'self'", "'wasm-unsafe-eval'", "'sha256-a'", "'sha256-b'", "blob:", "data:"}
    assert sources == named
    assert policy.keys() == {*PAGE, "frame-ancestors"}


def test_a_policy_without_scripts_has_no_loose_ends() -> None:
    assert "script-src 'self' 'wasm-unsafe-eval'; style-src" in format_policy([])


def test_a_page_gets_the_policy_before_all_that_it_governs() -> None:
    html = put_meta(HEAD, "default-src 'none'")

    assert html == HEAD.replace(
        "<title>",
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'"><title>',
    )
    assert read_meta(html) == "default-src 'none'"


def test_a_policy_takes_the_place_of_an_earlier_one() -> None:
    assert put_meta(put_meta(HEAD, "a"), "b") == put_meta(HEAD, "b")


def test_a_policy_stays_within_its_attribute() -> None:
    html = put_meta("<head>", 'a "b" <c>')

    assert html.count('"') == 4
    assert read_meta(html) == 'a "b" <c>'


def test_a_page_without_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Expected a page with <head>, found '<p>x</p>'\.$"):
        put_meta("<p>x</p>", "a")


def test_scripts_that_were_added_are_allowed_too() -> None:
    html = put_meta(HEAD, format_policy([sha256("a()")])) + "<script>b()</script>"

    assert read_meta(admit_scripts(html)) == format_policy([sha256("a()"), sha256("b()")])


def test_a_page_without_a_policy_gets_none() -> None:
    assert admit_scripts("<script>b()</script>") == "<script>b()</script>"
    assert read_meta("<p>") == ""
