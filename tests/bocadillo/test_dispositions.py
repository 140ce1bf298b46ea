import re
from email.message import Message
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo._dispositions import format_disposition, safe_filename

NAMES = st.text(st.characters(), max_size=300) | st.text(
    '/\\.. "%aé日\u202e\x00\ud800:CONul', max_size=20
)


@pytest.mark.parametrize(
    ("filename", "disposition"),
    [
        ("a.txt", 'attachment; filename="a.txt"'),
        ("my report.pdf", 'attachment; filename="my report.pdf"'),
        ("café.txt", "attachment; filename=\"cafe.txt\"; filename*=UTF-8''caf%C3%A9.txt"),
        ("日本.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.pdf"),
        ('a"b.txt', "attachment; filename=\"a\\\"b.txt\"; filename*=UTF-8''a%22b.txt"),
        ("100%.txt", 'attachment; filename="100%.txt"'),
        ("a%20b.txt", "attachment; filename=\"a%20b.txt\"; filename*=UTF-8''a%2520b.txt"),
        ("/etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\temp\\a.txt", 'attachment; filename="a.txt"'),
        ("a\r\nset-cookie: b.txt", 'attachment; filename="aset-cookie: b.txt"'),
        ("exe\u202egpj.txt", 'attachment; filename="exegpj.txt"'),
        ("a\ud800b", 'attachment; filename="ab"'),
        ("a\uff0fb", "attachment; filename=\"a_b\"; filename*=UTF-8''a%EF%BC%8Fb"),
        ("\u0301", "attachment; filename=\"file\"; filename*=UTF-8''%CC%81"),
        ("", 'attachment; filename="file"'),
        ("dir/", 'attachment; filename="file"'),
        ("..", 'attachment; filename="file"'),
        ("\x00", 'attachment; filename="file"'),
    ],
)  # fmt: skip
def test_name_is_told_in_a_way_all_clients_read(filename: str, disposition: str) -> None:
    assert format_disposition(filename) == disposition


def test_content_that_is_shown_may_have_a_name_too() -> None:
    assert format_disposition("a.txt", is_attachment=False) == 'inline; filename="a.txt"'


@pytest.mark.parametrize("function", [format_disposition, safe_filename])
@pytest.mark.parametrize("name", [None, b"a.txt", 1])
def test_name_that_is_no_text_is_refused(function: Any, name: object) -> None:
    with pytest.raises(TypeError) as caught:
        function(name)
    expected = f"expected the name of a file as str, such as 'a.txt', got {name!r}"
    assert str(caught.value) == expected


is_disposition = re.compile(
    r'attachment; filename="(?:[ !#-\[\]-~]|\\["\\])+"'
    r"(?:; filename\*=UTF-8''(?:[0-9A-Za-z!#$&+.^_`|~-]|%[0-9A-F]{2})+)?"
).fullmatch


@given(NAMES)
@settings(max_examples=200, deadline=None)
def test_any_name_makes_a_well_formed_header_of_a_single_name(filename: str) -> None:
    disposition = format_disposition(filename)
    assert is_disposition(disposition)
    message = Message()
    message["content-disposition"] = disposition
    name = message.get_filename()
    assert name is not None
    assert "/" not in name
    if filename.isascii() and filename.isalnum():
        assert name == filename


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.txt", "a.txt"),
        ("Été à la mer.jpg", "Été à la mer.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("uploads/", "file"),
        ("C:evil.txt", "C_evil.txt"),
        ("a.txt::$DATA", "a.txt__$DATA"),
        ('<a>|"b"?*', "_a___b___"),
        ("a.php\x00.jpg", "a.php.jpg"),
        ("exe\u202egpj.txt", "exegpj.txt"),
        ("a. . ", "a"),
        ("NUL", "_NUL"),
        ("con.txt", "_con.txt"),
        ("com1", "_com1"),
        ("COM\xb9.log", "_COM\xb9.log"),
        ("LPT9 .txt", "_LPT9 .txt"),
        ("conin$", "_conin$"),
        ("console.log", "console.log"),
        ("e\u0301.txt", "\xe9.txt"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
        ("é" * 200 + ".txt", "é" * 125 + ".txt"),
        ("x" * 300, "x" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
        ("x" * 250 + " .   .txt", "x" * 250 + ".txt"),
        ("x" * 254 + " y", "x" * 254),
    ],
)
def test_name_of_an_upload_becomes_one_to_save_under(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


def test_fallback_is_what_is_asked_for() -> None:
    assert safe_filename("..", "upload.bin") == "upload.bin"


is_device = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE).fullmatch


@given(NAMES)
@settings(max_examples=200, deadline=None)
def test_any_name_becomes_one_that_is_safe_and_stays(name: str) -> None:
    safe = safe_filename(name)
    assert 0 < len(safe.encode()) <= 255
    assert not re.search(r'[\x00-\x1f/\\<>:"|?*\u202e]', safe)
    assert not safe.startswith((".", " "))
    assert not safe.endswith((".", " "))
    assert not is_device(safe)
    assert safe_filename(safe) == safe
