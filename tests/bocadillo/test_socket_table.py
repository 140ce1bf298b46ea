"""Which view a WebSocket is for, and which pages may open it."""

from typing import Any

import pytest

from bocadillo import App, Request, Response, Router, SettingsError, WebSocket, configure
from bocadillo._socket_table import find_origins
from tests.bocadillo.wires import converse


def make_settings(**settings: Any) -> Any:
    return configure(App(), **settings).settings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, set()),
        ({"CORS": True}, set()),
        ({"CORS": {"allow_origins": ["https://a.example"]}}, {"https://a.example"}),
        # Any page may read answers, but without cookies: a WebSocket is opened with them.
        ({"CORS": {"allow_origins": ["*", "null"]}}, set()),
        ({"CORS": {"max_age": 1}}, set()),
        ({"WEBSOCKET_ORIGINS": ["https://b.example"]}, {"https://b.example"}),
        ({"WEBSOCKET_ORIGINS": ["*"]}, {"*"}),
        ({"WEBSOCKET_ORIGINS": []}, set()),
        (
            {
                "CORS": {"allow_origins": ["https://a.example"]},
                "WEBSOCKET_ORIGINS": ("https://b.example",),
            },
            {"https://a.example", "https://b.example"},
        ),
    ],
)
def test_settings_name_the_pages_that_may_open_websockets(
    settings: dict[str, Any], expected: set[str]
) -> None:
    assert find_origins(make_settings(**settings)) == expected


async def test_malformed_origin_in_the_settings_is_refused_when_the_application_starts() -> None:
    app = configure(App(), WEBSOCKET_ORIGINS=["https://b.example/"])
    with pytest.raises(SettingsError) as caught:
        await converse(app, "/")
    assert str(caught.value) == (
        "setting `WEBSOCKET_ORIGINS`: expected an origin as browsers send it, got "
        "'https://b.example/'. Did you mean 'https://b.example'?"
    )


async def test_setting_lets_pages_of_another_site_in_unless_the_route_has_its_own() -> None:
    app = configure(App(), WEBSOCKET_ORIGINS=["https://b.example"])

    @app.websocket_route("/shared")
    async def shared(ws: WebSocket) -> None:
        pass

    @app.websocket_route("/own", origins=[])
    async def own(ws: WebSocket) -> None:
        raise NotImplementedError

    headers = [(b"host", b"example.org"), (b"origin", b"https://b.example")]
    assert (await converse(app, "/shared", headers=headers)).types == ["accept", "close"]
    assert (await converse(app, "/own", headers=headers)).sent[0]["status"] == 403


def say(name: str) -> Any:
    async def view(ws: WebSocket, **params: str) -> None:
        await ws.send(f"{name} {params}")

    return view


async def test_first_registered_is_first_matched_whatever_is_mounted_or_included() -> None:
    app, router, child = App(), Router(), App()
    child.websocket_route("/{x:path}", name="child")(say("child"))
    router.websocket_route("/{x}")(say("router"))
    router.mount("/in", child)
    app.websocket_route("/static/first")(say("before"))
    app.mount("/static", child)
    app.websocket_route("/static/late")(say("hidden by the mount"))
    app.include_router(router, "/api/{v}")
    app.websocket_route("/api/1/late")(say("hidden by the pattern"))
    app.websocket_route("/{x:path}")(say("rest"))
    expected = {
        "/static/first": "before {}",
        "/static/late": "child {'x': 'late'}",
        "/api/1/late": "router {'v': '1', 'x': 'late'}",
        "/api/1/in/deep": "child {'x': 'deep'}",
        "/other": "rest {'x': 'other'}",
    }
    for path, text in expected.items():
        assert (await converse(app, path)).texts == [text]


async def test_websockets_and_requests_of_a_path_do_not_meet() -> None:
    app = App()

    @app.route("/chat")
    async def page(req: Request, res: Response) -> None:
        raise NotImplementedError

    @app.websocket_route("/chat", name="talk")
    async def talk(ws: WebSocket) -> None:
        await ws.send("hello")

    assert (await converse(app, "/chat")).texts == ["hello"]
    assert (await converse(app, "/chat/")).types == ["close"]


async def test_route_that_is_hidden_is_warned_of() -> None:
    app = App()
    app.websocket_route("/chat/{a}", name="first")(say("first"))
    app.websocket_route("/chat/{b}", name="second")(say("second"))
    with pytest.warns(RuntimeWarning) as caught:
        await converse(app, "/chat/1")
    assert len(caught) == 1
    assert str(caught[0].message) == (
        "WEBSOCKET /chat/{b} is never reached: WEBSOCKET /chat/{a} has the same pattern, and "
        "comes first"
    )
