"""Fan-out: a small run on a real server, and what becomes of the figures."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import fanout
from tests.benchmarks.cases import HELLO
from tests.benchmarks.connections import Client, server_frame
from tests.benchmarks.fanout import charts, check, measure, summarize, tables
from tests.benchmarks.processes import Plan


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Make it small: three messages to three clients."""
    for name, value in {"SOCKETS": 3, "FIRST": 1, "MESSAGES": 2}.items():
        monkeypatch.setattr(fanout, name, value)
    return Plan(Path(sys.executable), ["raw"], quick=True, say=lambda text: None)


def test_messages_are_received_by_all(plan: Plan) -> None:
    found = measure(plan)
    assert (found["rounds"], found["sockets"], found["problems"]) == (2, 3, {})
    raw = found["frameworks"]["raw"]
    assert raw["ms"] > 0
    assert raw["ms-ratio"] == 1.0


def test_failed_messages_are_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(server: Any) -> dict[str, float]:
        raise TimeoutError

    monkeypatch.setattr(fanout, "tell_all", fail)
    found = measure(plan)
    assert found["problems"] == {"raw, fan-out": "TimeoutError()"}
    assert tables(found)[0].rows == []


async def test_other_messages_are_refused(plan: Plan) -> None:
    clients = [Client("/room", is_socket=True) for _ in range(2)]
    clients[0].content = server_frame(HELLO) * 3
    clients[1].content = server_frame("Hola")
    with pytest.raises(ConnectionError, match=r"1 clients received other messages: b'.*Hola'"):
        check(clients)


def test_figures_become_a_table(plan: Plan) -> None:
    raw = [{"seconds": 0.001, "cpu": 3e-6}, {"seconds": 0.002, "cpu": 6e-6}]
    ours = [{"seconds": 0.002, "cpu": 6e-6}, {"seconds": 0.004, "cpu": 12e-6}]
    frameworks = summarize({"raw": raw, "bocadillo": ours})
    (table,) = tables({"sockets": 3, "frameworks": frameworks})
    assert table.rows[1] == ["Bocadillo", pytest.approx(3), 2.0, pytest.approx(3), 2.0]
    assert charts({}) == {}


def test_system_may_not_tell_the_cpu() -> None:
    found = summarize({"raw": [{"seconds": 0.001}]})["raw"]
    assert (found["ms"], found["us"], found["us-ratio"]) == (1.0, None, None)
