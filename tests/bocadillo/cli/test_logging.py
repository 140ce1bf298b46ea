import logging
from logging.config import DictConfigurator
from typing import Any

import pytest
from uvicorn.config import LOGGING_CONFIG

from bocadillo.cli._logging import LogOnce, make_log_config


def is_logged(name: str, error: Exception | None = None) -> bool:
    exc_info = (type(error), error, None) if error else None
    record = logging.LogRecord(name, logging.ERROR, "app.py", 1, "no answer", None, exc_info)
    return LogOnce().filter(record)


@pytest.mark.parametrize("name", ["bocadillo", "bocadillo.sse"])
def test_error_that_the_framework_logs_is_not_logged_by_the_server_again(name: str) -> None:
    error = ValueError("sold out")
    assert [is_logged(name, error), is_logged("uvicorn.error", error)] == [True, False]


@pytest.mark.parametrize("name", ["uvicorn.error", "bocadillo_shop"])
def test_error_that_others_log_is_logged_each_time(name: str) -> None:
    error = ValueError("sold out")
    assert [is_logged(name, error), is_logged(name, error)] == [True, True]


def test_error_that_is_raised_for_two_requests_is_logged_for_both() -> None:
    error = ValueError("sold out")
    for _ in range(2):
        assert is_logged("bocadillo", error)
        assert not is_logged("uvicorn.error", error)


def test_messages_without_an_error_are_logged() -> None:
    assert is_logged("bocadillo")
    assert is_logged("uvicorn.error")


def test_framework_logs_as_the_server_does_from_a_level_on() -> None:
    config = make_log_config("warning")

    assert config["loggers"]["bocadillo"] == {
        "handlers": ["default"],
        "level": "WARNING",
        "propagate": False,
    }
    assert config["loggers"]["uvicorn"]["handlers"] == ["default"]
    assert config["handlers"]["default"]["filters"] == ["once"]


def test_configuration_names_the_filter_so_that_other_processes_find_it() -> None:
    filters: Any = make_log_config("info")["filters"]
    assert isinstance(DictConfigurator({}).configure_filter(filters["once"]), LogOnce)


def test_configuration_of_uvicorn_is_left_alone() -> None:
    make_log_config("info")
    assert "bocadillo" not in LOGGING_CONFIG["loggers"]
