"""Random requests to a whole application; `python -m tests.fuzz` makes many more."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.cases import Case, cases
from tests.fuzz.exchange import Exchange, find_complaints
from tests.whole_app import make_site, make_whole_app


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=[True, False], ids=["with middleware", "without"], scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    site = make_site(tmp_path_factory.mktemp("fuzz"))
    return make_whole_app(site, [], is_noting=request.param)


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
def test_every_request_gets_an_answer_that_is_in_order(
    app: Any, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    caplog.clear()
    exchange = Exchange(case)
    runner.run(exchange.run(app))
    assert find_complaints(exchange) == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
