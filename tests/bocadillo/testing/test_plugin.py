from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

APP = """
import os
from bocadillo import App, provider

app = App()

@app.provider
def buyer():
    return "a buyer"

@app.route("/")
async def index(req, res, buyer):
    res.json = [buyer, os.environ.get("STAGE", "unset")]

@app.on("startup")
def start():
    print("started")

@app.on("shutdown")
def stop():
    print("stopped")
"""

TESTS = """
import pytest

def test_client_has_started(bocadillo_client):
    assert bocadillo_client.get("/").json() == ["a buyer", "unset"]

def test_providers_are_replaced(bocadillo_client, override_providers, override_env):
    override_providers(buyer="Ada")
    override_env("STAGE", "test")
    assert bocadillo_client.get("/").json() == ["Ada", "test"]

def test_providers_are_back(bocadillo_client):
    assert bocadillo_client.get("/").json() == ["a buyer", "unset"]

def test_application_is_the_one_that_the_setting_names(bocadillo_app):
    from shop import app
    assert bocadillo_app is app

@pytest.mark.anyio
async def test_async_client_has_started(bocadillo_async_client, override_providers):
    override_providers(buyer="Eve")
    res = await bocadillo_async_client.get("/")
    assert res.json() == ["Eve", "unset"]

def test_server_is_live(live_server, override_providers):
    import httpx2
    override_providers(buyer="Bob")
    assert httpx2.get(live_server.url("/")).json() == ["Bob", "unset"]
"""

CONFTEST = """
import pytest

pytest_plugins = ["bocadillo.testing.plugin"]

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nbocadillo_app = shop:app\n")
    pytester.makepyfile(shop=APP)
    return pytester


def test_fixtures_test_the_application_that_a_setting_names(project: pytest.Pytester) -> None:
    project.makepyfile(test_shop=TESTS)
    project.runpytest_inprocess("-q", "-W", "error").assert_outcomes(passed=6)


def test_plugin_imports_neither_the_application_nor_what_its_tools_need(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_shop="""
        import sys

        def test_light():
            assert not {"shop", "uvicorn", "httpx2"} & set(sys.modules)
        """
    )
    project.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_application_is_started_and_shut_down_around_each_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_shop="""
        def test_one(bocadillo_client): print("one")
        def test_two(live_server): print("two")
        """
    )
    result = project.runpytest_inprocess("-q", "-s")
    result.assert_outcomes(passed=2)
    lines = [line.removeprefix(".") for line in result.outlines if line.strip(".")]
    assert lines[:6] == ["started", "one", "stopped", "started", "two", "stopped"]


def test_project_can_make_the_application_itself(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_shop="""
        import pytest
        from bocadillo import App

        @pytest.fixture
        def bocadillo_app():
            app = App()
            @app.route("/own")
            async def own(req, res):
                res.text = "own"
            return app

        def test_own(bocadillo_client, live_server):
            assert bocadillo_client.get("/own").text == "own"
        """
    )
    project.runpytest_inprocess("-q").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        (
            "",
            (
                'which application is to be tested? Set `bocadillo_app = "app:app"` in the '
                "configuration of pytest, or define a fixture `bocadillo_app` that returns the "
                "application."
            ),
        ),
        ("shop", "expected module:app as `bocadillo_app`, such as app:app, got 'shop'"),
        (
            "shop.py:app",
            "expected module:app as `bocadillo_app`, such as app:app, got 'shop.py:app'",
        ),
        (
            "shop:ap",
            "there is no 'shop:ap', the `bocadillo_app`: module 'shop' has no attribute 'ap'",
        ),
        (
            "no_shop:app",
            "there is no 'no_shop:app', the `bocadillo_app`: No module named 'no_shop'",
        ),
        ("broken:app", "No module named 'not_there'"),
    ],
)
def test_application_that_is_not_there_is_an_error_that_tells_why(
    setting: str, problem: str, project: pytest.Pytester
) -> None:
    project.makeini(f"[pytest]\nbocadillo_app = {setting}\n")
    project.makepyfile(
        test_shop="def test_client(bocadillo_client): pass", broken="import not_there"
    )
    result = project.runpytest_inprocess("-q")
    result.assert_outcomes(errors=1)
    assert problem in " ".join(result.outlines)


def test_plugin_is_registered_under_the_name_of_its_module() -> None:
    """So that naming it in `pytest_plugins` does not register it twice."""
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"bocadillo.testing.plugin" = "bocadillo.testing.plugin"' in text
