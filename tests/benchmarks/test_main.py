"""The command line of the benchmarks."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import publish, server
from tests.benchmarks.cases import CASES
from tests.benchmarks.figures import Table
from tests.benchmarks.frameworks import TITLES
from tests.benchmarks.inprocess import offered, verified
from tests.benchmarks.processes import Plan, WorkerError, workers


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """Replace every benchmark by one that keeps its plan."""
    seen: list[Plan] = []

    def measure(plan: Plan) -> dict[str, Any]:
        seen.append(plan)
        return {"problems": {"raw, json": "body b'?'"}} if plan.cases == ["json"] else {"cases": {}}

    def tables(results: dict[str, Any]) -> list[Table]:
        return [Table("t", "A table", ["", "json"], [["raw", 1.0]])]

    module = SimpleNamespace(measure=measure, tables=tables)
    monkeypatch.setattr(publish, "benchmark", lambda name: module)
    monkeypatch.setattr(command, "prepare_peers", lambda shop: Path(sys.executable))
    return seen


def test_without_names_all_are_run(plans: list[Plan], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    assert len(plans) == len(command.BENCHMARKS)
    assert plans[0].frameworks == list(TITLES)
    said = capsys.readouterr()
    assert "A table\n\n|     | json |" in said.out
    assert "routing: look-ups among" in said.err


def test_options_become_the_plan(plans: list[Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "prepare_peers", None)  # the project's own environment will do
    argv = "inprocess --frameworks bocadillo,raw --cases param,json --rounds 7 --quick"
    assert command.main(argv.split()) == 0
    (plan,) = plans
    assert (plan.frameworks, plan.cases) == (["raw", "bocadillo"], ["param", "json"])
    assert (plan.rounds_or(3), plan.quick, plan.python) == (7, True, Path(sys.executable))


def test_wrong_answers_are_told_and_an_error(
    plans: list[Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["calls", "--cases", "json"]) == 1
    assert "WRONG ANSWER: raw, json: body b'?'" in capsys.readouterr().err


def test_figures_are_saved_unless_an_answer_was_wrong(
    plans: list[Plan], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved: list[Any] = []
    monkeypatch.setattr(publish, "publish", lambda results, say: saved.append(list(results)))
    assert command.main(["calls", "routing", "--save"]) == 0
    assert saved == [["calls", "routing"]]

    def measure_wrongly(plan: Plan) -> dict[str, Any]:
        return {"problems": {"raw, json": "body b'?'"}}

    monkeypatch.setattr(publish.benchmark("calls"), "measure", measure_wrongly)
    assert command.main(["calls", "--save"]) == 1
    assert len(saved) == 1
    assert "Nothing is saved: the page shows right answers only." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("rooting", "unknown benchmark 'rooting': expected some of inprocess, calls,"),
        ("--frameworks flask", "unknown name 'flask': expected some of raw,bocadillo,"),
        ("--cases soup", "unknown name 'soup': expected some of plaintext,json,"),
        ("--rounds 0", "'0' is not a number of rounds: expected 1 or more"),
        ("--save --cases json", "--save writes whole tables: leave --cases and --frameworks out"),
    ],
)
def test_mistake_is_told(argv: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(argv.split())
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_framework_that_fails_is_left_out_and_told() -> None:
    class Broken:
        def __call__(self, command: str, **options: Any) -> Any:
            raise WorkerError("KeyError: 'oven'")

    class Wrong(Broken):
        def __call__(self, command: str, **options: Any) -> Any:
            return {"wrong": "body b'?'"}

    crew: Any = {"broken": Broken(), "wrong": Wrong()}
    problems: dict[str, str] = {}
    assert list(offered("basic", crew, problems)) == ["wrong"]
    assert verified(CASES[0], crew, problems) == {}
    assert problems == {
        "broken, basic": "KeyError: 'oven'",
        "broken, plaintext": "KeyError: 'oven'",
        "wrong, plaintext": "body b'?'",
    }


def test_without_wrk_the_server_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert server.measure(Plan(Path(sys.executable), ["raw"], say=said.append)) == {}
    assert said[0].startswith("  skipped: wrk, which makes the load, is not installed. Install it")


def test_worker_tells_what_went_wrong() -> None:
    with workers(Plan(Path(sys.executable), ["raw"])) as crew:
        worker = crew["raw"]
        assert worker("build", kind="soup") is None
        assert set(worker("build", kind="hello")) == {"register", "start"}
        with pytest.raises(WorkerError, match="TypeError: "):
            worker("build", kind="routing")
        worker.process.kill()
        with pytest.raises(WorkerError, match="exit code -9"):
            worker("build", kind="hello")
