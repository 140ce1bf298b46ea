"""Pages without any theme that have live examples: what the browser tests of the panel open."""

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["beside", "block", "write_page"]


def block(name: str, example: Mapping[str, Any]) -> str:
    """Return the HTML of an example, whose main file is `app.py`, as `livedocs.fence` makes it."""
    data = {"id": name, "title": name, "main": "app.py", "output": None, "raises": None, **example}
    code = html.escape(example["files"]["app.py"])
    return (
        f'<div class="live" data-live-id="{name}" data-live-kind="{example["kind"]}" '
        f'data-live-example="{html.escape(json.dumps(data))}">'
        f'<div class="highlight"><pre><code>{code}</code></pre></div></div>'
    )


def beside(name: str, *, script: str = "") -> str:
    """Return the HTML of the place of an example's first request, or of one of its scripts."""
    kind, which = ("script", f'client="{script}"') if script else ("step", 'step="s1"')
    return f'<div class="live-{kind}" data-live-for="{name}" data-live-{which}></div>'


def write_page(folder: Path, content: str, *, root: str = "", policy: str = "") -> None:
    """Write `index.html`.

    Args:
        folder: Is made if it is not there.
        content: Of the page's body.
        root: Where the site is, seen from the page.
        policy: The page's security policy; none, when empty.
    """
    folder.mkdir(exist_ok=True)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    (folder / "index.html").write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Live - Docs</title>{meta}"
        f'<link rel=icon href="data:,"><link rel=stylesheet href="{root}assets/live/live.css">'
        f'<body class="md-typeset">{content}'
        f'<script type=module src="{root}assets/live/page.js"></script>'
    )
