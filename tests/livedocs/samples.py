"""Examples for the tests of what runs and checks them."""

from collections.abc import Mapping

from livedocs.model import Example, Segment, Step


def application(source: str, *steps: Step, files: Mapping[str, str] | None = None) -> Example:
    """Return an application that stands at line 2 of `docs/p.md`, with further files."""
    return Example(
        id="app-1",
        kind="app",
        app="app-1",
        title="app.py",
        line=1,
        place="docs/p.md",
        main="app.py",
        files={"app.py": source, **(files or {})},
        segments=(Segment(source, 2, "docs/p.md"),),
        steps=steps,
    )
