from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client

HEADER = "strict-transport-security"


def make_app(**settings: Any) -> App:
    app = configure(App(), **settings)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    return app


@pytest.mark.parametrize(
    ("settings", "redirects", "header"),
    [
        ({}, False, None),
        ({"hsts": False}, False, None),
        ({"hsts": None, "https_redirect": None}, False, None),
        ({"https_redirect": True}, True, None),
        ({"hsts": True}, True, "max-age=31536000"),
        ({"hsts": True, "https_redirect": False}, False, "max-age=31536000"),
        ({"hsts": {}}, False, "max-age=31536000"),
        ({"hsts": {"max_age": 60}, "https_redirect": True}, True, "max-age=60"),
        (
            {"hsts": {"max_age": 63072000, "include_subdomains": True, "preload": True}},
            False,
            "max-age=63072000; includeSubDomains; preload",
        ),
    ],
)
def test_redirect_and_header_are_two_settings(
    settings: Any, redirects: bool, header: str | None
) -> None:
    app = make_app(**settings)

    plain = create_client(app).get("/", follow_redirects=False)
    assert plain.status_code == (307 if redirects else 200)
    assert plain.headers.get("location") == ("https://testserver/" if redirects else None)
    assert HEADER not in plain.headers

    for path in ("/", "/missing"):
        secure = create_client(app, base_url="https://testserver").get(path)
        assert secure.headers.get(HEADER) == header


def test_redirect_is_never_to_a_host_that_is_not_allowed() -> None:
    app = make_app(https_redirect=True, allowed_hosts=["example.com"])
    answers = {
        host: create_client(app).get("/", headers={"host": host}, follow_redirects=False)
        for host in ("example.com", "evil.com")
    }
    assert answers["example.com"].headers["location"] == "https://example.com/"
    assert answers["evil.com"].status_code == 400
    assert "location" not in answers["evil.com"].headers


@pytest.mark.parametrize(
    ("hsts", "message"),
    [
        ({"maxage": 1}, "setting `HSTS` has no 'maxage'. Did you mean 'max_age'?"),
        ({"max_age": -1}, "setting `HSTS` expects int ≥ 0 as 'max_age', got -1"),
        (
            {"preload": True},
            (
                "setting `HSTS` asks for 'preload', which needs 'include_subdomains' and a "
                "'max_age' of 31536000 seconds at least, got {'preload': True}"
            ),
        ),
        (
            {"preload": True, "include_subdomains": True, "max_age": 60},
            (
                "setting `HSTS` asks for 'preload', which needs 'include_subdomains' and a "
                "'max_age' of 31536000 seconds at least, got "
                "{'preload': True, 'include_subdomains': True, 'max_age': 60}"
            ),
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(hsts: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), hsts=hsts)
    assert str(caught.value) == message
