"""Each application of the documentation, served by uvicorn and asked with curl."""

import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import pytest

from livedocs.blocks import needs_newer
from livedocs.model import Example
from livedocs.page import read_page
from livedocs.real import run_for_real

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def is_too_new(example: Example) -> bool:
    return needs_newer(example.requires, sys.version_info[:2])


def applications() -> Sequence[object]:
    found: list[object] = []
    for path in PAGES:
        name = path.relative_to(ROOT).as_posix()
        page = read_page(name, path.read_text(encoding="utf-8"), root=ROOT)
        found += [
            pytest.param(example, id=f"{name}:{example.line}")
            for example in page.examples.values()
            if example.kind == "app" and not (example.skip or is_too_new(example))
        ]
    return found


@pytest.mark.real
@pytest.mark.parametrize("example", applications())
def test_an_application_of_the_documentation_answers_curl_as_shown(
    example: Example, tmp_path: Path
) -> None:
    differences = run_for_real(example, tmp_path)

    asked = [step.id for step in takewhile(lambda step: step.session is None, example.steps)]
    assert {step: [str(entry) for entry in found] for step, found in differences.items()} == {
        step: [] for step in asked
    }
