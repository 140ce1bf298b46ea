"""Run `js client` blocks in a real Chromium, against a real server; rewrite what they log.

`python -m livedocs.clients [PATHS]` writes what came where it differs.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright

from livedocs.blocks import Page
from livedocs.checking import Outcome
from livedocs.client_text import Log, logged_output, logged_source
from livedocs.collect import Block
from livedocs.compare import compare_output
from livedocs.files import write_files
from livedocs.model import Client, Example
from livedocs.page import read_page
from livedocs.real import serve
from livedocs.rewrite import replace_blocks

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BLANK = "/--blank--"  # no application has this path
BLANK_PAGE = '<!doctype html><title>Client</title><link rel="icon" href="data:,">'
# Our blank page comes from no address that the browser knows, and asks a server of this machine.
LOCAL = "LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", f"--disable-features={LOCAL}"]
SECONDS = 5.0
# The same as in a page's frame (frame-console.js): a module, whose logs are kept with their lines.
HARNESS = """
async ({ source, count, milliseconds }) => {
  const logs = [];
  let error = null;
  const fail = (reason) => { error ??= String(reason); };
  const text = (value) => typeof value === "string" ? value
    : value instanceof Error ? String(value)
    : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  console.log = (...values) => {
    const frames = new Error().stack.split("\\n").filter((line) => /:\\d+:\\d+\\)?$/.test(line));
    const line = Number(/:(\\d+):\\d+\\)?$/.exec(frames[1] ?? "")?.[1] ?? 0);
    logs.push([line, values.map(text).join(" ")]);
  };
  addEventListener("error", (event) => fail(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => fail(event.reason));
  const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const done = import(url).catch(fail);
  const end = performance.now() + milliseconds;
  await Promise.race([done, sleep(milliseconds)]);
  while (!error && logs.length < count && performance.now() < end) await sleep(10);
  await sleep(50); // for one too many
  return { logs, error };
}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a script.

    Attributes:
        logs: What it logged, with its own lines.
        error: What it threw; `None`: nothing.
    """

    logs: list[Log]
    error: str | None = None


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Provide the Chromium that the variable `CHROMIUM` names, or that is on `PATH`."""
    wanted = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [wanted] if wanted else NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def run_client(client: Client, port: int, browser: Browser) -> Ran:
    """Run a script in a page of a served application, until it has logged what it should."""
    context = browser.new_context()
    try:
        page = context.new_page()
        url = f"http://127.0.0.1:{port}{BLANK}"

        def answer(route: Route) -> None:
            route.fulfill(body=BLANK_PAGE, content_type="text/html")

        page.route(url, answer)
        page.goto(url)
        count = client.output.count("\n")
        asked = {"source": client.source, "count": count, "milliseconds": SECONDS * 1000}
        came = page.evaluate(HARNESS, asked)
    finally:
        context.close()
    return Ran([(line, text) for line, text in came["logs"]], came["error"])


def check_client(example: Example, client: Client, browser: Browser) -> Outcome:
    """Serve an application anew, run a script against it, and compare what it logs."""
    with tempfile.TemporaryDirectory(prefix="client-") as folder:
        write_files(Path(folder), example.files)
        with serve(f"{Path(example.main).stem}:app", Path(folder)) as port:
            ran = run_client(client, port, browser)
    if ran.error is not None:
        return Outcome(f"the script threw: {ran.error}")
    differences = compare_output(client.output, logged_output(ran.logs))
    if not differences:
        return Outcome()
    return Outcome("\n".join(map(str, differences)), logged_source(client.source, ran.logs))


def clients_of(page: Page) -> Iterator[tuple[Block, Example, Client]]:
    """Return the scripts of a page that CI runs, each with its block and its application."""
    for placed in page.blocks:
        example = page.examples.get(placed.example or "")
        if placed.client is not None and example is not None and not example.skip:
            yield placed.block, example, placed.client


def main(paths: Sequence[str]) -> int:
    """Write what the scripts of pages really log, where it differs; return the exit code.

    Args:
        paths: Pages or folders.
    """
    found = [Path(path.partition("::")[0]) for path in paths]
    pages = [page for path in found for page in ([path] if path.is_file() else path.rglob("*.md"))]
    texts = {page: page.read_text(encoding="utf-8") for page in sorted(pages)}
    read = {page: read_page(page.as_posix(), text, root=Path()) for page, text in texts.items()}
    waiting = {page: scripts for page, it in read.items() if (scripts := list(clients_of(it)))}
    if not waiting:
        return 0
    failed = False
    with open_browser() as browser:
        for page, scripts in waiting.items():
            updates: dict[Block, str] = {}
            for block, example, client in scripts:
                outcome = check_client(example, client, browser)
                if outcome.updated is not None:
                    updates[block] = outcome.updated
                    _say(f"updated {page.as_posix()}:{block.line}")
                elif outcome.problem:
                    failed = True
                    _say(f"{page.as_posix()}:{block.line}\n{outcome.problem}")
            if updates:
                page.write_text(replace_blocks(texts[page], updates), encoding="utf-8")
    return int(failed)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["docs", "README.md"]))
