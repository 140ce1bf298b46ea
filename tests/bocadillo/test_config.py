import gc
import inspect
import warnings
from contextvars import copy_context
from typing import Any

import pytest

from bocadillo import config
from bocadillo._known_settings import KNOWN_SETTINGS
from bocadillo.config import Contexts, Settings, SettingsError, settings


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> Contexts:
    """Contexts in which no application has been configured."""
    fresh = Contexts()
    monkeypatch.setattr(config, "contexts", fresh)
    return fresh


def test_settings_not_configured_are_the_defaults() -> None:
    empty = Settings()
    assert empty.is_configured is False
    assert {name: getattr(empty, name) for name in empty} == {
        name: known.default for name, known in KNOWN_SETTINGS.items()
    }
    assert (empty.DEBUG, empty.MAX_BODY_SIZE, empty.BODY_TIMEOUT) == (False, 10_485_760, 20.0)


def test_settings_are_read_in_three_ways() -> None:
    own = Settings({"DEBUG": True, "REDIS_URL": "redis://localhost"})
    assert own.is_configured is True
    assert own.DEBUG is True
    assert own.REDIS_URL == "redis://localhost"
    assert own.get("REDIS_URL", "none") == "redis://localhost"
    assert own.get("GZIP_MIN_SIZE", 5) == 1024
    assert own.get("QUEUE") is None
    assert own.get("QUEUE", "jobs") == "jobs"
    assert "REDIS_URL" in own
    assert "CORS" in own
    assert "QUEUE" not in own
    assert list(own) == sorted([*KNOWN_SETTINGS, "REDIS_URL"])


def test_settings_are_a_copy() -> None:
    given = {"DEBUG": True}
    own = Settings(given)
    given["DEBUG"] = False
    assert own.DEBUG is True


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("REDIS_ULR", "Did you mean `REDIS_URL`?"),
        ("SECRET_KYE", "Did you mean `SECRET_KEY`?"),
        ("QQQ", "Pass it to `configure`: qqq=…"),
    ],
)
def test_missing_setting_is_named(name: str, cure: str) -> None:
    own = Settings({"REDIS_URL": "redis://localhost"})
    with pytest.raises(SettingsError) as caught:
        getattr(own, name)
    assert str(caught.value) == f"there is no setting `{name}`. {cure}"
    assert not hasattr(own, name)
    assert getattr(own, name, "default") == "default"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("debug", "Did you mean `DEBUG`?"),
        ("nothing", "The names of settings are upper-case."),
        ("_PRIVATE", "The names of settings are upper-case."),
    ],
)
def test_other_attributes_are_no_settings(name: str, hint: str, contexts: Contexts) -> None:
    for own in (Settings(), settings):
        with pytest.raises(AttributeError) as caught:
            getattr(own, name)
        assert str(caught.value) == f"settings have no attribute {name!r}. {hint}"
        assert not isinstance(caught.value, SettingsError)


def test_settings_do_not_change() -> None:
    own = Settings({"DEBUG": True})
    with pytest.raises(AttributeError) as caught:
        own.DEBUG = False
    assert str(caught.value) == (
        "cannot set `DEBUG`: settings do not change once the application is configured. Pass it "
        "to `configure`: debug=…"
    )
    assert own.DEBUG is True


def test_values_are_never_shown() -> None:
    own = Settings({"SECRET_KEY": "hunter2", "DATABASE_PASSWORD": "hunter2"})
    assert repr(own) == "<Settings: DATABASE_PASSWORD, SECRET_KEY>"
    assert "hunter2" not in f"{own} {list(own)} {dir(own)}"
    assert repr(Settings()) == "<Settings: defaults>"


def test_attributes_are_listed() -> None:
    assert dir(Settings({"QUEUE": 1})) == ["QUEUE", "get", "is_configured"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "DEBUG",
            "no",
            (
                "setting `DEBUG` expects bool, got 'no'. Show tracebacks in the response to an "
                "error. Never on a public server."
            ),
        ),
        (
            "MAX_BODY_SIZE",
            -1,
            (
                "setting `MAX_BODY_SIZE` expects int ≥ 0 or None, got -1. The bytes the body of a "
                "request may have, before it gets a 413. `None`: any number."
            ),
        ),
        (
            "ALLOWED_HOSTS",
            "example.com",
            (
                "setting `ALLOWED_HOSTS` expects list of str or None, got 'example.com'. The hosts "
                "that requests may name, such as `example.com` or `*.example.com`; others are "
                "answered 400. `None` and `*`: any host."
            ),
        ),
        (
            "SECRET_KEY",
            b"hunter2",
            (
                "setting `SECRET_KEY` expects str or list of str or None, got a value of type "
                "`bytes`. The key that signs sessions, or a list of keys: the first signs, all are "
                "accepted. `None`: that of the environment variable `SECRET_KEY`."
            ),
        ),
        (
            "SESSIONS",
            "hunter2",
            (
                "setting `SESSIONS` expects bool or dict or None, got a value of type `str`. Keep "
                "sessions in a signed cookie: `True`, or the options in a dict."
            ),
        ),
    ],
)
def test_value_of_another_type_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings({name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ALOWED_HOSTS", "ALLOWED_HOSTS"),
        ("PROVIDERS_MODULES", "PROVIDER_MODULES"),
        ("GZIP_MINSIZE", "GZIP_MIN_SIZE"),
    ],
)
def test_misspelled_setting_gets_a_warning(name: str, meant: str) -> None:
    with pytest.warns(UserWarning, match="unknown setting") as caught:
        Settings({name: []})
    assert str(caught[0].message) == f"unknown setting `{name}`: did you mean `{meant}`?"


@pytest.mark.parametrize("name", ["DATABASE_URL", "STATIC_URL", "SECRET", "BODY_COLOR"])
def test_setting_of_the_application_gets_no_warning(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Settings({name: 1})


def test_current_settings_need_a_configured_application(contexts: Contexts) -> None:
    cure = "Call `configure(app)` first, or read `app.settings`."
    asked: list[Any] = [
        lambda: settings.DEBUG,
        lambda: settings.get("DEBUG"),
        lambda: "DEBUG" in settings,
    ]
    for ask in asked:
        with pytest.raises(SettingsError) as caught:
            ask()
        assert str(caught.value) == (
            f"setting `DEBUG` is asked for before any application is configured. {cure}"
        )
    with pytest.raises(SettingsError, match="a list of all settings is asked for before any"):
        list(settings)
    with pytest.raises(SettingsError):
        getattr(settings, "DEBUG", None)
    assert settings.is_configured is False
    assert repr(settings) == "<Settings: not configured>"
    assert dir(settings) == ["get", "is_configured"]


def test_current_settings_are_looked_at_by_tools_without_an_error(contexts: Contexts) -> None:
    assert inspect.unwrap(settings) is settings  # type: ignore[arg-type] # it is no function, which is the point
    assert not callable(settings)


def test_current_settings_are_those_of_the_one_configured_application(contexts: Contexts) -> None:
    own = Settings({"QUEUE": "jobs"})
    contexts.add(own)
    assert contexts.several is False
    assert settings.is_configured is True
    assert settings.QUEUE == "jobs"
    assert settings.get("TOPIC", "news") == "news"
    assert "QUEUE" in settings
    assert list(settings) == list(own)
    assert dir(settings) == dir(own)
    assert repr(settings) == "<Settings: QUEUE>"
    with pytest.raises(SettingsError, match="there is no setting `TOPIC`"):
        _ = settings.TOPIC


def test_current_settings_are_those_of_the_application_being_served(contexts: Contexts) -> None:
    one, two, three = Settings({"N": 1}), Settings({"N": 2}), Settings({"N": 3})
    contexts.add(one)
    contexts.add(two)
    assert contexts.several is True
    assert settings.N == 2
    with contexts.serving(one):
        assert settings.N == 1
        assert copy_context().run(lambda: settings.N) == 1
        with contexts.serving(three):
            assert settings.N == 3
        assert settings.N == 1
    assert settings.N == 2


def test_served_settings_are_left_after_an_error(contexts: Contexts) -> None:
    with pytest.raises(ZeroDivisionError), contexts.serving(Settings({"N": 1})):
        raise ZeroDivisionError
    assert settings.is_configured is False


def test_application_that_is_gone_is_forgotten(contexts: Contexts) -> None:
    one, two = Settings({"N": 1}), Settings({"N": 2})
    contexts.add(one)
    contexts.add(two)
    assert contexts.several is True
    del two
    gc.collect()
    assert [contexts.several, settings.N] == [False, 1]
    del one
    gc.collect()
    assert not settings.is_configured
