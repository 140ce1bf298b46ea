"""What a live example costs a reader: bytes before and at the first Run, click to response.

Drives the built site (`python3 framework/dev.py build`) in headless Chromium on this machine.
"""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from livedocs.site_checks import gzip_size
from tests.benchmarks.charts import Chart
from tests.benchmarks.figures import Table
from tests.benchmarks.processes import Plan
from tests.real.browser import Site, Visit, open_profile, send_step, serve

__all__ = ["charts", "measure", "tables"]

SITE = Path(__file__).parents[2] / ".build" / "site"
STEP = "s1"


def loaded_bytes(site: Path, urls: list[str], base: str) -> int:
    """Return what a server that compresses with gzip sends for these addresses."""
    paths = {url.removeprefix(base).partition("?")[0] for url in urls if url.startswith(base)}
    files = [site / path.strip("/") for path in paths]
    return sum(gzip_size(path / "index.html" if path.is_dir() else path) for path in files)


def click_to_response(visit: Visit) -> float:
    """Return the seconds from pressing the first documented request to its response."""
    example = visit.page.locator(".live").first.get_attribute("data-live-id") or ""
    start = time.perf_counter()
    verdict = send_step(visit.page, example, STEP)
    seconds = time.perf_counter() - start
    assert verdict == "same", verdict
    return seconds


def visit_twice(site: Site, profile: Path) -> dict[str, float]:
    """Measure a first visit, a second Run in its worker, and a later visit with warm caches."""
    figures: dict[str, float] = {}
    urls: list[str] = []
    with open_profile(site, profile) as visit:
        visit.page.on("request", lambda request: urls.append(request.url))
        visit.goto("/")
        visit.page.wait_for_load_state("networkidle")
        before = list(urls)
        figures["cold, seconds"] = click_to_response(visit)
        at_run = [url for url in urls if url not in before]
        figures["before Run, kB gzip"] = loaded_bytes(SITE, before, site.url) / 1000
        figures["at first Run, kB gzip"] = loaded_bytes(SITE, at_run, site.url) / 1000
        figures["kept worker, seconds"] = click_to_response(visit)
        visit.goto("/")  # Chromium keeps compiled code from the second load on
        click_to_response(visit)
    with open_profile(site, profile) as visit:
        visit.goto("/")
        figures["later visit, seconds"] = click_to_response(visit)
    return figures


def measure(plan: Plan) -> dict[str, Any]:
    """Return the medians; nothing without a built site."""
    if not (SITE / "index.html").is_file():
        plan.say("  skipped: no built site. Run `python3 framework/dev.py build` first.")
        return {}
    rounds = plan.rounds_or(5)
    with serve(SITE) as site, TemporaryDirectory() as folder:
        runs = [visit_twice(site, Path(folder, str(number))) for number in range(rounds)]
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return {"rounds": rounds, "figures": medians}


def tables(results: dict[str, Any]) -> list[Table]:
    """Return the table of a reader's visit."""
    words = f"live examples in headless Chromium: median of {results['rounds']} visits"
    return [Table("live", words, ["what", "median"], list(results["figures"].items()))]


def charts(results: dict[str, Any]) -> dict[str, Chart]:
    """Return nothing: the table says it all."""
    return {}
