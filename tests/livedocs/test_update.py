import sys
from pathlib import Path

import pytest

from livedocs.update import main

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("arguments", [[], ["docs/a.md"]])
def test_update_rewrites_what_is_out_of_date(
    arguments: list[str], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "framework"))
    pytester.makeini("[pytest]\naddopts = -p livedocs.pytest_plugin\n")
    (pytester.path / "README.md").write_text("# x\n")
    page = pytester.path / "docs" / "a.md"
    page.parent.mkdir()
    page.write_text("```python\nprint(1)\n```\n")

    result = pytester.run(sys.executable, "-m", "livedocs.update", *arguments)

    assert result.ret == 0
    assert page.read_text() == "```python\nprint(1)\n#> 1\n```\n"


def test_update_names_the_page_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "soup.md").write_text("# Soup")

    with pytest.raises(SystemExit) as caught:
        main(["docs/soop.md"])

    assert caught.value.code == (
        "There is no page or folder 'docs/soop.md'. Did you mean 'docs/soup.md'?"
    )
