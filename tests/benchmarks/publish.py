"""Keep the figures of the last saved run, and make of them what the site shows.

`results.json` is what was measured, and `realtime.json` what was seen; the tables of the pages and
their drawings are made of them, so that they cannot disagree.
"""

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.benchmarks import machine, targets
from tests.benchmarks.charts import draw
from tests.benchmarks.figures import Table, format_table, shorten

__all__ = ["PAGE", "REALTIME", "RESULTS", "drawings", "fill", "pages", "publish", "read", "tables"]

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("results.json")
REALTIME = Path(__file__).with_name("realtime.json")
PAGE = ROOT / "docs/explanation/performance.md"
FIGURES = ROOT / "docs/assets/figures"
PLACE = re.compile(
    r"(?P<begin><!-- table: (?P<name>[\w-]+) -->\n).*?(?P<end><!-- /table -->)", re.DOTALL
)

Results = dict[str, Any]


def benchmark(name: str) -> ModuleType:
    """Return the module of a benchmark."""
    return import_module(f"tests.benchmarks.{name}")


def read() -> Results:
    """Return what is saved, by benchmark."""
    found: Results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    if REALTIME.exists():
        found["realtime"] = json.loads(REALTIME.read_text(encoding="utf-8"))
    return found


def pages() -> list[Path]:
    """Return the pages that have a place for a table."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [path for path in found if PLACE.search(path.read_text(encoding="utf-8"))]


def tables(results: Results) -> dict[str, Table]:
    """Return all tables that the figures make, by name."""
    found = [table for name in results for table in benchmark(name).tables(results[name])]
    described: dict[str, str] = next(
        (part["machine"] for part in results.values() if "machine" in part), {}
    )
    found += [targets.table(results), machine.table(described)]
    return {table.name: table for table in found}


def fill(page: str, made: dict[str, Table]) -> str:
    """Return a page with its tables written anew between their marks.

    Raises:
        LookupError: the page asks for a table that the figures do not make.
    """

    def write(place: re.Match[str]) -> str:
        if place["name"] not in made:
            known = ", ".join(sorted(made))
            raise LookupError(f"no figures for the table {place['name']!r}: there are {known}")
        return f"{place['begin']}\n{format_table(made[place['name']])}\n\n{place['end']}"

    return PLACE.sub(write, page)


def drawings(results: Results) -> dict[str, str]:
    """Return the SVG drawings that the figures make, by file name."""
    return {
        f"performance-{key}.svg": draw(chart)
        for name in results
        for key, chart in benchmark(name).charts(results[name]).items()
    }


def publish(measured: Results, say: Callable[[str], None]) -> None:
    """Add new figures to the saved ones, and write the pages and their drawings."""
    results = {**read(), **shorten(measured)}
    figures = {name: result for name, result in results.items() if name != "realtime"}
    save(RESULTS, figures)
    if "realtime" in results:
        save(REALTIME, results["realtime"])
    for name, drawing in drawings(results).items():
        (FIGURES / name).write_text(drawing, encoding="utf-8")
    made = tables(results)
    for path in pages():
        path.write_text(fill(path.read_text(encoding="utf-8"), made), encoding="utf-8")
    for path in (RESULTS, REALTIME, *pages()):
        say(f"Written: {path.relative_to(ROOT)}")


def save(path: Path, results: Results) -> None:
    """Write what is to be saved."""
    text = json.dumps(results, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
