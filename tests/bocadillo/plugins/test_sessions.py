from typing import Any

import pytest

from bocadillo import App, Request, Response, SettingsError, configure, create_client
from bocadillo.utils import override_env

KEY = "k" * 32
OTHER = "o" * 32
HINT = (
    "setting `SESSIONS` needs a key to sign with: set `SECRET_KEY`, or the environment variable "
    'SECRET_KEY, to a long random text: python -c "import secrets; '
    'print(secrets.token_urlsafe(32))"'
)


def make_app(**settings: Any) -> App:
    app = configure(App(), **settings)

    @app.route("/", methods=["GET", "POST"])
    async def count(req: Request, res: Response) -> None:
        if req.method == "POST":
            req.session["count"] = req.session.get("count", 0) + 1
        res.json = req.session.get("count", 0)

    return app


@pytest.mark.parametrize(
    ("settings", "env"),
    [
        ({"sessions": True, "secret_key": KEY}, None),
        ({"sessions": True, "secret_key": [KEY, OTHER]}, None),
        ({"sessions": True}, KEY),
        ({"sessions": {"secret_key": KEY}}, None),
        ({"sessions": {"secret_key": KEY}, "secret_key": OTHER}, OTHER),
        ({"sessions": {"session_cookie": "shop"}, "secret_key": KEY}, None),
        ({"sessions": {}}, KEY),
    ],
)
def test_visitor_is_remembered(settings: Any, env: str | None) -> None:
    with override_env("SECRET_KEY", env):
        app = make_app(**settings)
    client = create_client(app)
    for _ in range(2):
        client.post("/")
    assert client.get("/").json() == 2
    assert list(client.cookies) == ["shop" if "session_cookie" in str(settings) else "session"]


@pytest.mark.parametrize(
    ("settings", "env"),
    [
        ({"sessions": True}, None),
        ({"sessions": True}, ""),
        ({"sessions": True, "secret_key": ""}, KEY),
        ({"sessions": True, "secret_key": []}, KEY),
        ({"sessions": {}}, None),
        ({"sessions": {"secret_key": ""}, "secret_key": KEY}, None),
        ({"sessions": {"secret_key": None}, "secret_key": KEY}, None),
    ],
)
def test_key_is_needed(settings: Any, env: str | None) -> None:
    with override_env("SECRET_KEY", env), pytest.raises(SettingsError) as caught:
        make_app(**settings)
    assert str(caught.value) == HINT


@pytest.mark.parametrize("sessions", [None, False])
def test_sessions_are_off_unless_asked_for(sessions: Any) -> None:
    client = create_client(make_app(sessions=sessions, secret_key=KEY))
    with pytest.raises(Exception, match=r"(?i)session"):
        client.post("/")


def test_unknown_option_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        make_app(sessions={"secret_key": KEY, "sesion_cookie": "shop"})
    assert str(caught.value) == (
        "setting `SESSIONS` has no 'sesion_cookie'. Did you mean 'session_cookie'?"
    )
