"""What the tests of devtools share."""

from pathlib import Path

import pytest

from tests.devtools.fakes import make_tree


@pytest.fixture(autouse=True)
def plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path)
