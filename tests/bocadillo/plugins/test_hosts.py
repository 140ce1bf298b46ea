from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from bocadillo import App, Request, Response, SettingsError, configure, create_client


def make_app(hosts: Any) -> App:
    app = configure(App(), allowed_hosts=hosts)

    @app.route("/")
    async def index(req: Request, res: Response) -> None:
        res.text = "hello"

    return app


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        (None, "anything.com", 200),
        (["*"], "anything.com", 200),
        (["example.com", "*"], "anything.com", 200),
        (["example.com"], "example.com", 200),
        (["example.com"], "EXAMPLE.com:8000", 200),
        (["Example.com"], "example.com", 200),
        (("example.com",), "evil.com", 400),
        (["example.com"], "www.example.com", 400),
        (["example.com"], "example.com.evil.com", 400),
        (["*.example.com"], "www.example.com", 200),
        (["*.example.com"], "example.com", 400),
        (["*.example.com"], "evilexample.com", 400),
        (["[::1]"], "[::1]:8000", 200),
        ({"127.0.0.1"}, "127.0.0.1", 200),
        (["my_service"], "my_service", 200),
    ],
)
def test_other_hosts_are_answered_400(hosts: Any, host: str, status: int) -> None:
    answer = create_client(make_app(hosts)).get("/", headers={"host": host})
    assert answer.status_code == status


def test_host_without_www_is_redirected_to_the_one_listed() -> None:
    client = create_client(make_app(["www.example.com"]))
    answer = client.get(
        "http://testserver//evil.com", headers={"host": "example.com"}, follow_redirects=False
    )
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://www.example.com//evil.com"


def test_other_hosts_get_no_websocket() -> None:
    client = create_client(make_app(["example.com"]))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass


@pytest.mark.parametrize(
    "host",
    [
        "",
        "https://example.com",
        "example.com:8000",
        "example.com/",
        "exam ple.com",
        "*example.com",
        "www.*.com",
        ".example.com",
        "example.com\n",
        "::1",
    ],
)
def test_host_that_could_never_match_is_refused(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), allowed_hosts=["example.com", host])
    assert str(caught.value) == (
        "setting `ALLOWED_HOSTS` expects hosts without scheme and port, such as 'example.com', "
        f"'*.example.com' or '[::1]', got {host!r}"
    )


def test_empty_list_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), allowed_hosts=[])
    assert str(caught.value) == (
        "setting `ALLOWED_HOSTS` is empty: no request could be answered. List the hosts, or leave "
        "it out for any host."
    )
