import gc
import re
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from bocadillo import App, Request, Response, create_client, plugins
from bocadillo._configure import configure
from bocadillo.config import SettingsError, settings
from bocadillo.plugins import BUILTIN_PLUGINS


class Base:
    DEBUG = False
    QUEUE = "jobs"
    _SECRET = "not a setting"
    lower = "not a setting"


class Production(Base):
    MAX_BODY_SIZE = 100
    SECRET = "in upper case, therefore a setting"


def test_settings_come_from_an_object() -> None:
    for given in (Production, Production()):
        app = App()
        assert configure(app, given) is app
        assert repr(app.settings) == "<Settings: DEBUG, MAX_BODY_SIZE, QUEUE, SECRET>"
        assert (app.settings.QUEUE, app.settings.MAX_BODY_SIZE) == ("jobs", 100)


def test_settings_come_from_a_module() -> None:
    module = ModuleType("production")
    module.QUEUE = "jobs"  # type: ignore[attr-defined] # a module made here
    assert configure(App(), settings=module).settings.QUEUE == "jobs"


def test_settings_of_another_application_can_be_given() -> None:
    one = configure(App(), queue="jobs")
    two = configure(App(), one.settings, topic="news")
    assert two.settings.QUEUE == "jobs"
    assert configure(App(), settings).settings.TOPIC == "news"


def test_keywords_win_in_any_case() -> None:
    app = configure(App(), Base, queue="fast", Debug=True, TOPIC="news")
    assert (app.settings.QUEUE, app.settings.DEBUG, app.settings.TOPIC) == ("fast", True, "news")


def test_application_is_configured_without_settings() -> None:
    app = configure(App())
    assert app.settings.is_configured
    assert app.settings.DEBUG is False


def test_application_is_configured_once() -> None:
    app = configure(App())
    with pytest.raises(RuntimeError) as caught:
        configure(app, debug=True)
    assert str(caught.value) == (
        "the application is configured already: call `configure(app, ...)` once, with all of its "
        "settings"
    )


def test_application_that_has_started_is_not_configured() -> None:
    app = App()
    create_client(app).get("/")
    with pytest.raises(RuntimeError, match="it has started"):
        configure(app)
    assert not app.settings.is_configured


def test_application_may_be_configured_again_after_a_wrong_value() -> None:
    app = App()
    with pytest.raises(SettingsError, match="setting `DEBUG` expects bool"):
        configure(app, debug=1)
    assert configure(app, debug=True).settings.DEBUG


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"DEBUG": True},
            "expected settings as an object or a module, got a dict: pass **{...} for a dict",
        ),
        (
            "production",
            "expected settings as an object or a module, got a str: import the module",
        ),
    ],
)
def test_what_has_no_attributes_is_refused(given: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        configure(App(), given)
    assert str(caught.value) == message


def test_what_is_no_application_is_not_configured() -> None:
    with pytest.raises(TypeError) as caught:
        configure({"DEBUG": True}, App())  # type: ignore[arg-type] # the mistake under test
    assert str(caught.value) == (
        "expected an App to configure, got {'DEBUG': True}: `configure(app, settings, debug=True)`"
    )


def test_private_keyword_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        configure(App(), _debug=True)
    assert str(caught.value) == "expected the name of a setting, such as `debug`, got '_debug'"


def test_misspelled_setting_warns_at_the_line_that_configures() -> None:
    with pytest.warns(UserWarning, match="did you mean `ALLOWED_HOSTS`") as caught:
        configure(App(), alowed_hosts=["example.com"])
    assert caught[0].filename == __file__


def test_plugins_add_to_the_application() -> None:
    def use_hello(app: App) -> None:
        message = settings.HELLO

        @app.route("/hello")
        async def hello(req: Request, res: Response) -> None:
            res.text = f"{message} {settings.HELLO} {app.settings.HELLO}"

    other = configure(App(), hello="other")
    app = configure(App(), plugins=[use_hello], hello="hi")

    assert create_client(app).get("/hello").text == "hi hi hi"
    assert other.settings.HELLO == "other"


def test_conditions_choose_the_plugins() -> None:
    called: list[str] = []

    def plugin(name: str) -> Any:
        return lambda app: called.append(name)

    configure(
        App(),
        plugins=[
            plugin("always"),
            {plugin("true"): True, plugin("false"): False, plugin("empty"): ""},
            {plugin("debug"): lambda settings: settings.DEBUG},
            {plugin("production"): lambda settings: not settings.DEBUG},
        ],
        debug=True,
    )

    assert called == ["always", "true", "debug"]


async def use_async(app: App) -> None:
    """Fail: nobody awaits it."""


@pytest.mark.parametrize("entry", ["bocadillo.plugins", use_async, {use_async: True}, ["nested"]])
def test_what_is_no_plugin_is_refused(entry: Any) -> None:
    app = App()
    with pytest.raises(SettingsError) as caught:
        configure(app, plugins=[entry])
    got = use_async if isinstance(entry, dict) else entry
    assert str(caught.value) == (
        "setting `PLUGINS` expects functions, `def use_it(app)`, or dicts of such a function and "
        f"its condition, got {got!r}"
    )
    assert not app.settings.is_configured


def test_each_application_serves_with_its_own_settings() -> None:
    def make(name: str) -> App:
        app = App()

        @app.route("/")
        async def show(req: Request, res: Response) -> None:
            res.text = settings.NAME

        return configure(app, name=name)

    one, two = make("one"), make("two")
    one.mount("/two", two)

    assert settings.NAME == "two"
    assert create_client(two).get("/").text == "two"
    assert create_client(one).get("/").text == "one"
    assert create_client(one).get("/two/").text == "two"


def test_startup_sees_the_settings_of_its_application() -> None:
    seen: list[str] = []
    app = configure(App(), name="one")
    app.on("startup", lambda: seen.append(settings.NAME))
    other = configure(App(), name="other")

    with create_client(app):
        assert seen == ["one"]
    assert other.settings.NAME == "other"


def test_documented_order_of_the_built_in_plugins_is_that_of_the_calls() -> None:
    documented = re.findall(r"^\| `(\w+)`", plugins.__doc__ or "", re.MULTILINE)
    assert documented == [plugin.__name__ for plugin in BUILTIN_PLUGINS]


def test_host_is_checked_first_then_https_then_cors_then_the_session() -> None:
    app = configure(
        App(),
        allowed_hosts=["example.com"],
        cors={"allow_origins": ["https://app.example.com"]},
        gzip=True,
        gzip_min_size=0,
        hsts=True,
        sessions={"secret_key": "k" * 32},
    )

    @app.route("/", methods=["POST"])
    async def change(req: Request, res: Response) -> None:
        """Change something."""

    def post(url: str, origin: str) -> Any:
        client = create_client(app, follow_redirects=False)
        return client.post(url, headers={"origin": origin, "accept-encoding": "gzip"})

    site = "https://app.example.com"
    assert post("http://evil.com/", site).status_code == 400
    redirected = post("http://example.com/", site)
    assert redirected.status_code == 307
    assert "access-control-allow-origin" not in redirected.headers
    refused = post("https://example.com/", site)
    assert refused.status_code == 403
    assert refused.headers["access-control-allow-origin"] == site
    assert refused.headers["strict-transport-security"] == "max-age=31536000"
    assert refused.headers["content-encoding"] == "gzip"
    assert post("https://example.com/", "https://example.com").status_code == 200


def test_failed_configuration_does_not_become_the_current_one() -> None:
    gc.collect()
    app = configure(App(), name="good")
    broken = App()
    with pytest.raises(SettingsError):
        configure(broken, SimpleNamespace(NAME="broken"), cors={"nonsense": 1})
    assert settings.NAME == "good"
    assert app.settings.NAME == "good"
