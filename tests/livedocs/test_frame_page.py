import pytest

from livedocs.frame_page import FRAME, format_frame


def test_the_frame_has_its_script_and_a_policy_before_it() -> None:
    page = format_frame("run()")
    assert "<script>run()</script>" in page
    assert page.index(FRAME) < page.index("<script>")


def test_a_script_that_would_end_early_is_refused() -> None:
    with pytest.raises(ValueError, match="found '</script' in it"):
        format_frame('write("</SCRIPT>")')


def test_the_policy_lets_the_frame_reach_nobody() -> None:
    assert "connect-src" not in FRAME
    assert "frame-src" not in FRAME
    assert FRAME.startswith("default-src 'none'")
