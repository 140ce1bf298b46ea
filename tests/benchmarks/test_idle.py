"""Idle connections: a small run on a real server, and what becomes of the figures."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import idle
from tests.benchmarks.idle import charts, measure, summarize, tables
from tests.benchmarks.processes import Plan
from tests.benchmarks.server import Server


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Make it small: three connections."""
    monkeypatch.setattr(idle, "FIRST", 1)
    monkeypatch.setattr(idle, "QUICKLY", 2)
    return Plan(Path(sys.executable), ["raw"], quick=True, say=lambda text: None)


def test_memory_is_measured_for_both_kinds(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([1000, 3000, 1000, 5000])
    monkeypatch.setattr(Server, "memory", lambda self: next(told))
    found = measure(plan)
    assert (found["rounds"], found["connections"], found["problems"]) == (1, 2, {})
    assert found["kinds"]["socket"]["raw"]["kib"] == 1000 / 1024
    assert found["kinds"]["stream"]["raw"]["kib"] == 2000 / 1024


def test_memory_of_a_process_is_told() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells it")
    import os

    memory = Server(0, os.getpid()).memory()
    assert memory is not None
    assert memory > 2**20


def test_without_memory_nothing_is_measured(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(idle, "run_once", lambda *args, **kwargs: None)
    assert measure(Plan(plan.python, ["raw"], say=said.append)) == {}
    assert said[-1] == "  skipped: this system does not tell the memory of a process"


def test_failed_connections_are_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> float:
        raise ConnectionError("not served")

    monkeypatch.setattr(idle, "run_once", fail)
    assert measure(plan)["problems"] == {
        "raw, idle WebSocket": "ConnectionError('not served')",
        "raw, idle event stream": "ConnectionError('not served')",
    }


def test_figures_become_a_table_and_a_chart() -> None:
    sockets = summarize({"raw": [1024.0, 2048.0], "bocadillo": [2048.0, 4096.0]})
    assert sockets["bocadillo"] == {"kib": 3.0, "ratio": 2.0, "spread": None}
    streams = summarize({"bocadillo": [1024.0]})
    results = {"connections": 9, "kinds": {"socket": sockets, "stream": streams}}
    (table,) = tables(results)
    assert table.rows == [["raw ASGI", 1.5, 1.0, None, None], ["Bocadillo", 3.0, 2.0, 1.0, None]]
    first, second = charts(results)["idle"].panels
    assert (first.title, first.bars) == ("WebSocket", {"raw ASGI": 1.5, "Bocadillo": 3.0})
    assert (second.title, second.bars) == ("event stream", {"Bocadillo": 1.0})
