import logging
from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client
from bocadillo.constants import DEFAULT_CORS_CONFIG
from bocadillo.plugins._cors import TYPES

SITE = "https://app.example.com"


def make_app(cors: Any) -> App:
    app = configure(App(), cors=cors)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    @app.route("/fail")
    async def fail(req: Request, res: Response) -> None:
        raise ZeroDivisionError

    return app


def get(app: App, path: str = "/", *, origin: str = SITE) -> Any:
    client = create_client(app, raise_server_exceptions=False)
    return client.get(path, headers={"origin": origin})


def preflight(app: App, method: str = "GET", *, origin: str = SITE) -> Any:
    headers = {"origin": origin, "access-control-request-method": method}
    return create_client(app).options("/", headers=headers)


def test_default_has_every_option() -> None:
    assert DEFAULT_CORS_CONFIG.keys() == TYPES.keys()


@pytest.mark.parametrize("cors", [None, False])
def test_without_the_setting_there_are_no_headers(cors: Any) -> None:
    answer = get(make_app(cors))
    assert "access-control-allow-origin" not in answer.headers
    assert "vary" not in answer.headers


def test_default_allows_no_origin() -> None:
    app = make_app(True)
    assert "access-control-allow-origin" not in get(app).headers
    assert get(app).headers["vary"] == "Origin"
    assert preflight(app).status_code == 400


def test_options_add_to_the_default() -> None:
    app = make_app({"allow_origins": [SITE], "allow_methods": ["get", "Post"]})
    assert get(app).headers["access-control-allow-origin"] == SITE
    answer = preflight(app, "POST")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-max-age"] == "600"
    assert preflight(app, "PUT").status_code == 400
    assert preflight(app, origin="https://evil.com").status_code == 400
    assert DEFAULT_CORS_CONFIG["allow_origins"] == []


def test_errors_can_be_read_too() -> None:
    app = make_app({"allow_origins": [SITE]})
    for path, status in (("/missing", 404), ("/fail", 500)):
        answer = get(app, path)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == SITE


@pytest.mark.parametrize(
    ("cors", "message"),
    [
        (
            {"allow_origin": [SITE]},
            "setting `CORS` has no 'allow_origin'. Did you mean 'allow_origins'?",
        ),
        (
            {"allow_origins": SITE},
            f"setting `CORS` expects list of str as 'allow_origins', got {SITE!r}",
        ),
        (
            {"allow_origins": [f"{SITE}/"]},
            (
                f"setting `CORS`: expected an origin as browsers send it, got '{SITE}/'. "
                f"Did you mean {SITE!r}?"
            ),
        ),
        (
            {"allow_origins": ["https://*.example.com"]},
            (
                "setting `CORS` compares origins letter by letter: 'https://*.example.com' matches "
                "none. Write `allow_origin_regex` for a pattern."
            ),
        ),
        (
            {"allow_origin_regex": "("},
            (
                "setting `CORS` expects a regular expression as 'allow_origin_regex', got '(': "
                "missing ), unterminated subpattern at position 0"
            ),
        ),
        (
            {"allow_origins": ["*"], "allow_credentials": True},
            (
                "setting `CORS` allows the origin '*' with credentials: any site could read "
                "what is meant for the visitor. Name the origins, or leave out "
                "'allow_credentials'."
            ),
        ),
        (
            {"allow_origins": [SITE, "null"], "allow_credentials": True},
            (
                "setting `CORS` allows the origin 'null' with credentials: any site could read "
                "what is meant for the visitor. Name the origins, or leave out "
                "'allow_credentials'."
            ),
        ),
        (
            {"allow_origin_regex": "https://.*", "allow_credentials": True},
            (
                "setting `CORS` allows every origin with credentials: 'allow_origin_regex' "
                "'https://.*' matches any. Name the host in it, or leave out 'allow_credentials'."
            ),
        ),
    ],
)
def test_options_that_cannot_be_meant_are_refused(cors: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), cors=cors)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "cors",
    [
        {"allow_origins": ["*"]},
        {"allow_origins": ["null"]},
        {"allow_origin_regex": ".*"},
        {"allow_origins": [SITE], "allow_credentials": True},
        {"allow_origin_regex": r"https://\w+\.example\.com", "allow_credentials": True},
    ],
)
def test_options_that_give_no_credentials_away_are_fine(cors: Any) -> None:
    assert get(make_app(cors), origin=SITE).headers["vary"] == "Origin"


def test_origin_without_scheme_is_compared_as_it_is_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="bocadillo"):
        app = make_app({"allow_origins": ["example.com"]})
    assert caplog.messages == ["CORS: the origin 'example.com' has no scheme: no browser sends it"]
    assert preflight(app, origin="example.com").status_code == 200
