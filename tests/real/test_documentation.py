"""Each application of the documentation, served by uvicorn and asked with curl."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from livedocs.model import Example
from livedocs.page import read_page
from livedocs.real import run_for_real

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def applications() -> Sequence[object]:
    found: list[object] = []
    for path in PAGES:
        name = path.relative_to(ROOT).as_posix()
        page = read_page(name, path.read_text(encoding="utf-8"), root=ROOT)
        found += [
            pytest.param(example, id=f"{name}:{example.line}")
            for example in page.examples.values()
            if example.kind == "app" and not example.skip
        ]
    return found


@pytest.mark.real
@pytest.mark.parametrize("example", applications())
def test_an_application_of_the_documentation_answers_curl_as_shown(
    example: Example, tmp_path: Path
) -> None:
    differences = run_for_real(example, tmp_path)

    assert {step: [str(entry) for entry in found] for step, found in differences.items()} == {
        step.id: [] for step in example.steps
    }
