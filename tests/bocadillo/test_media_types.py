import pytest

from bocadillo._media_types import guess_content_type


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("style.CSS", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("notes.txt", "text/plain; charset=utf-8"),
        ("data.json", "application/json"),
        ("logo.svg", "image/svg+xml"),
        ("photo.webp", "image/webp"),
        ("font.woff2", "font/woff2"),
        ("app.tar.gz", "application/gzip"),
        ("notes.txt.bz2", "application/x-bzip2"),
        ("notes.txt.Z", "application/octet-stream"),
        ("unknown.zzzz", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
    ],
)
def test_content_type_is_told_by_the_name(name: str, content_type: str) -> None:
    assert guess_content_type(name) == content_type
