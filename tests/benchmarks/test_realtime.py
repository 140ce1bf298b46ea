"""The probes of real time, and the table of what came of them."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import publish, realtime
from tests.benchmarks.figures import format_table
from tests.benchmarks.frameworks import TITLES
from tests.benchmarks.probed import serve
from tests.benchmarks.probes import PROBES, Outcome, format_seconds
from tests.benchmarks.processes import Plan

PYTHON = Path(sys.executable)
CURE = "See it anew, and write it: `python3 framework/dev.py bench realtime --save`"


@pytest.mark.real
@pytest.mark.parametrize("name", [name for name in PROBES if name != "stream-ends"])
def test_bocadillo_holds_what_is_probed(name: str) -> None:
    outcome = realtime.run(PROBES[name], "bocadillo", PYTHON)
    if not outcome.said.endswith(" ms"):  # how soon is for `tests/real`: this machine may be busy
        assert outcome.holds, outcome


@pytest.mark.real
def test_framework_that_loses_a_client_is_found_out() -> None:
    assert realtime.run(PROBES["socket-raises"], "starlette", PYTHON).said == "no close frame"


@pytest.mark.real
def test_application_that_does_not_start_is_told() -> None:
    with (
        pytest.raises(RuntimeError, match="the application of flask did not start"),
        serve("flask", PYTHON),
    ):
        raise NotImplementedError


def test_what_is_saved_is_whole_and_holds_for_bocadillo() -> None:
    saved = publish.read()["realtime"]
    assert list(saved["probes"]) == list(PROBES), CURE
    for name, outcomes in saved["probes"].items():
        assert list(outcomes) == list(realtime.PROBED), (name, CURE)
        assert outcomes["bocadillo"]["holds"], name
    assert saved["problems"] == {}
    assert {PROBES[name].row for name in saved["probes"]} == set(range(1, 13))


def test_what_is_saved_names_no_path_of_a_machine() -> None:
    assert str(publish.ROOT) not in publish.REALTIME.read_text(encoding="utf-8")


def test_table_has_a_mark_for_what_a_row_asks_for() -> None:
    found = {
        "stream-sleeps": {
            "bocadillo": Outcome("1 ms", holds=True)._asdict(),
            "falcon": Outcome("never", holds=False)._asdict(),
        },
        "view-asks": {"falcon": Outcome("cannot ask", holds=None)._asdict()},
    }
    (table,) = realtime.tables({"probes": found})
    assert table.head == ["row", "what happens", "Bocadillo", "Falcon"]
    assert [row[2:] for row in table.rows] == [["✓ 1 ms", "✗ never"], ["", "cannot ask"]]
    assert "| ✗ never    |" in format_table(table)


def test_all_are_probed_when_all_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    probed: list[str] = []

    def run(probe: Any, name: str, python: Path) -> Outcome:
        probed.append(name)
        return Outcome("never", holds=False)

    monkeypatch.setattr(realtime, "run", run)
    monkeypatch.setattr(realtime, "PROBES", {"stream-sleeps": PROBES["stream-sleeps"]})
    realtime.measure(Plan(PYTHON, list(TITLES), say=lambda text: None))
    assert probed == list(realtime.PROBED)
    probed.clear()
    found = realtime.measure(Plan(PYTHON, ["raw", "bocadillo"], say=lambda text: None))
    assert probed == ["bocadillo"]
    assert found["problems"] == {"bocadillo, stream-sleeps": "never"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "1 ms"), (0.0001, "1 ms"), (0.0123, "13 ms"), (1.04, "1.0 s"), (10.0, "10.0 s")],
)
def test_seconds_are_written(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text
