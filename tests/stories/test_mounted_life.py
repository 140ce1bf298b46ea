"""Applications that are mounted in another live with it."""

from collections.abc import AsyncIterator

import pytest

from bocadillo import App, Request, Response, create_client
from bocadillo.errors import ProviderError

calls: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    calls.clear()


def make_app(name: str, *, fails: bool = False) -> App:
    app = App(name)

    @app.provider(scope="app", autouse=True)
    async def store() -> AsyncIterator[str]:
        if fails:
            raise ZeroDivisionError
        calls.append(f"{name} opened")
        try:
            yield name
        finally:
            calls.append(f"{name} closed")

    app.on("startup", lambda: calls.append(f"{name} started"))
    app.on("shutdown", lambda: calls.append(f"{name} stopped"))

    @app.route("/store")
    async def show(req: Request, res: Response, store: str) -> None:
        res.text = store

    return app


def test_mounted_applications_start_after_the_providers_around_them_and_end_in_reverse() -> None:
    outer, inner, innermost = make_app("outer"), make_app("inner"), make_app("innermost")
    inner.mount("deep", innermost)
    outer.mount("in", inner)
    with create_client(outer) as client:
        assert client.get("/in/deep/store").text == "innermost"
    assert calls == [
        "outer opened",
        "inner opened",
        "innermost opened",
        "innermost started",
        "inner started",
        "outer started",
        "outer stopped",
        "inner stopped",
        "innermost stopped",
        "innermost closed",
        "inner closed",
        "outer closed",
    ]


def test_mounted_application_that_fails_to_start_is_named_and_leaves_nothing_open() -> None:
    outer = make_app("outer")
    outer.mount("first", make_app("first"))
    outer.mount("second", make_app("second", fails=True))
    failure = r"provider `store` .* failed to start"
    with pytest.raises(ProviderError, match=failure), create_client(outer):
        pass
    assert calls == [
        "outer opened",
        "first opened",
        "first started",
        "first stopped",
        "first closed",
        "outer closed",
    ]
