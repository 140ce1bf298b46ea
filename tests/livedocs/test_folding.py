import re

import pytest

from livedocs.folding import fold_lines

HTML = '<div class="highlight"><pre><span></span><code>{}</code></pre></div>'
HLL = '<span class="hll">b\n</span>'


@pytest.mark.parametrize(
    ("code", "hidden", "folded", "label"),
    [
        ("a\nb\nc\n", {0}, '<span class="live-hidden">a\n</span>b\nc\n', "Show 1 hidden line"),
        (
            "a\nb\nc\n",
            {0, 2},
            '<span class="live-hidden">a\n</span>b\n<span class="live-hidden">c\n</span>',
            "Show 2 hidden lines",
        ),
        (f"a\n{HLL}c\n", {2}, f'a\n{HLL}<span class="live-hidden">c\n</span>', None),
        (f"a\n{HLL}c\n", {0}, f'<span class="live-hidden">a\n</span>{HLL}c\n', None),
    ],
)
def test_lines_are_folded_under_a_box(
    code: str, hidden: set[int], folded: str, label: str | None
) -> None:
    html = fold_lines(HTML.format(code), hidden)

    assert f"<code>{folded}</code>" in html
    assert html.count("<span") == html.count("</span")
    box = re.search(
        r'</pre><label class="live-fold"><input type="checkbox"> (.*?)</label></div>$', html
    )
    assert box is not None
    assert label in (None, box[1])


def test_a_block_without_folded_lines_stays_as_it_is() -> None:
    assert fold_lines(HTML.format("a\n"), set()) == HTML.format("a\n")
    assert fold_lines("<p>", {1}) == "<p>"
