from typing import Any

import httpx2

from bocadillo.testing._scopes import (
    Place,
    make_lifespan_scope,
    make_scope,
    make_websocket_scope,
)

PLACE = Place(("testclient", 50000), "")


def test_scope_of_a_request_is_complete() -> None:
    request = httpx2.Request("POST", "http://shop/caf%C3%A9?a=b%20c", headers={"X-A": "b"})
    assert make_scope(request, {"db": 1}, PLACE) == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/café",
        "raw_path": b"/caf%C3%A9",
        "query_string": b"a=b%20c",
        "root_path": "",
        "headers": [(b"host", b"shop"), (b"content-length", b"0"), (b"x-a", b"b")],
        "client": ("testclient", 50000),
        "server": ("shop", 80),
        "state": {"db": 1},
        "extensions": {},
    }


def test_application_gets_a_copy_of_the_state() -> None:
    state: dict[str, Any] = {}
    make_scope(httpx2.Request("GET", "http://shop/"), state, PLACE)["state"]["a"] = 1
    assert state == {}


def test_port_and_root_path_are_told() -> None:
    request = httpx2.Request("GET", "https://shop:8443/a")
    scope = make_scope(request, {}, Place(("x", 1), "/api"))
    assert scope["server"] == ("shop", 8443)
    assert (scope["root_path"], scope["path"]) == ("/api", "/api/a")
    assert scope["raw_path"] == b"/api/a"


def test_scope_of_a_handshake_has_no_method_and_an_extension() -> None:
    headers = {"sec-websocket-protocol": "chat.2, chat.1"}
    scope = make_websocket_scope(httpx2.Request("GET", "https://shop/", headers=headers), {}, PLACE)
    assert (scope["type"], scope["scheme"], "method" in scope) == ("websocket", "wss", False)
    assert scope["subprotocols"] == ["chat.2", "chat.1"]
    assert scope["extensions"] == {"websocket.http.response": {}}
    assert scope["server"] == ("shop", 443)


def test_scope_of_a_life_shares_its_state() -> None:
    state: dict[str, Any] = {}
    assert make_lifespan_scope(state)["state"] is state
