"""Fold lines of highlighted code: they show when a box is ticked, on paper, and without CSS.

No script is needed; `live.css` hides the lines until the box is ticked.
"""

import re
from collections.abc import Collection
from itertools import groupby

CODE = re.compile(r"<code[^>]*>(?P<code>.*)</code>", re.DOTALL)
# Pygments puts the end of a line that it highlights into its element.
LINE = re.compile(r'<span class="hll">.*\n</span>|.*\n|.+')
LAST_TAG = re.compile(r"</div>\s*$")


def fold_lines(html: str, hidden: Collection[int]) -> str:
    """Return a block's HTML with folded lines, and the box that unfolds them.

    Args:
        html: What Pygments made of it, where no element goes over a line's end.
        hidden: The numbers of the lines, from 0.
    """
    code = CODE.search(html)
    if code is None or not hidden:
        return html
    lines = enumerate(LINE.findall(code["code"]))
    runs = groupby(lines, key=lambda entry: entry[0] in hidden)
    folded = "".join(_run(is_hidden, "".join(text for _, text in run)) for is_hidden, run in runs)
    html = f"{html[: code.start('code')]}{folded}{html[code.end('code') :]}"
    lines_word = "line" if len(hidden) == 1 else "lines"
    box = (
        '<label class="live-fold"><input type="checkbox"> '
        f"Show {len(hidden)} hidden {lines_word}</label>"
    )
    return LAST_TAG.sub(lambda tag: box + tag[0], html)


def _run(is_hidden: bool, text: str) -> str:
    return f'<span class="live-hidden">{text}</span>' if is_hidden else text
