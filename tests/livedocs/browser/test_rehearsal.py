import asyncio
import json

import pytest

from livedocs.browser import rehearsal


def test_rehearsal_names_what_a_first_run_imports() -> None:
    modules = json.loads(asyncio.run(rehearsal.used_modules()))
    first = {"bocadillo.applications", "livedocs.browser.runner", "asyncio", "csv"}
    assert first <= set(modules["python"])
    assert not {*modules["python"]} & {*modules["more"]}


def test_application_that_does_not_answer_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "APP", "raise RuntimeError('no bread')")
    with pytest.raises(rehearsal.RehearsalError) as caught:
        asyncio.run(rehearsal.used_modules())
    assert str(caught.value).startswith("an application did not answer as it should in Pyodide: [")
    assert "no bread" in str(caught.value)
