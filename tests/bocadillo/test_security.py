from typing import Any

import pytest

from bocadillo import App, Request, Response, configure, create_client
from bocadillo._security import NO_SECURITY, compile_security, secure

NO_SNIFF = (b"x-content-type-options", b"nosniff")
REFERRER = (b"referrer-policy", b"strict-origin-when-cross-origin")
FRAME = (b"x-frame-options", b"DENY")


@pytest.mark.parametrize(
    ("setting", "html", "other"),
    [
        (True, (NO_SNIFF, REFERRER, FRAME), (NO_SNIFF,)),
        ({}, (NO_SNIFF, REFERRER, FRAME), (NO_SNIFF,)),
        (False, (), ()),
        ({"X-Frame-Options": "SAMEORIGIN"}, (NO_SNIFF, REFERRER, (FRAME[0], b"SAMEORIGIN")), None),
        ({"Referrer-Policy": None, "x-frame-options": None}, (NO_SNIFF,), (NO_SNIFF,)),
        ({"x-content-type-options": None}, (REFERRER, FRAME), ()),
        (
            {"Content-Security-Policy": "default-src 'self'"},
            (NO_SNIFF, REFERRER, FRAME, (b"content-security-policy", b"default-src 'self'")),
            (NO_SNIFF,),
        ),
    ],
)
def test_setting_adds_replaces_and_removes(setting: Any, html: Any, other: Any) -> None:
    security = compile_security(setting)
    assert security.html == html
    assert security.other == ((NO_SNIFF,) if other is None else other)


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"x": "a\r\nb"}, ValueError, "header 'x' cannot have the value"),
        ({"x y": "a"}, ValueError, "expected a header name of letters, digits and hyphens"),
        ({"x": 3}, TypeError, "expected the value of header 'x' as str, got 3"),
        ({3: "x"}, TypeError, "expected a header name as str, got 3"),
    ],
)
def test_what_cannot_be_a_header_is_refused(
    setting: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        compile_security(setting)


@pytest.mark.parametrize(
    ("headers", "added"),
    [
        ([], []),
        ([(b"content-type", b"application/json")], []),
        ([(b"content-type", b"text/plain; charset=utf-8")], [NO_SNIFF]),
        ([(b"content-type", b"image/png")], [NO_SNIFF]),
        ([(b"content-type", b"text/html; charset=utf-8")], [NO_SNIFF, REFERRER, FRAME]),
        ([(b"content-type", b"Text/HTML")], [NO_SNIFF, REFERRER, FRAME]),
        ([(b"content-type", b"application/xhtml+xml")], [NO_SNIFF, REFERRER, FRAME]),
        (
            [(b"content-type", b"text/html"), (b"x-frame-options", b"SAMEORIGIN")],
            [NO_SNIFF, REFERRER],
        ),
    ],
)
def test_headers_depend_on_the_content_type_and_leave_what_is_set(headers: Any, added: Any) -> None:
    before = [*headers]
    assert secure(headers, compile_security(True)) == [*headers, *added]
    assert secure(headers, NO_SECURITY) == headers == before


@pytest.mark.parametrize(
    ("setting", "frame", "sniff"),
    [(True, "DENY", "nosniff"), (False, None, None), ({"X-Frame-Options": "x"}, "x", "nosniff")],
)
def test_application_sends_what_it_is_configured_to(
    setting: Any, frame: str | None, sniff: str | None
) -> None:
    app = configure(App(), security_headers=setting)

    @app.route("/html")
    async def html(req: Request, res: Response) -> None:
        res.html = "<p>"

    @app.route("/text")
    async def text(req: Request, res: Response) -> None:
        res.text = "<p>"

    @app.route("/own")
    async def own(req: Request, res: Response) -> None:
        res.headers["X-Frame-Options"] = "SAMEORIGIN"
        res.html = "<p>"

    client = create_client(app)
    answer = client.get("/html")
    assert answer.headers.get("x-frame-options") == frame
    assert answer.headers.get("x-content-type-options") == sniff
    answer = client.get("/text")
    assert "x-frame-options" not in answer.headers
    assert answer.headers.get("x-content-type-options") == sniff
    assert client.get("/own").headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert "x-content-type-options" not in client.get("/none").headers
