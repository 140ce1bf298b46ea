from livedocs.errors import MarkupError, did_you_mean


def test_an_error_names_its_place() -> None:
    assert MarkupError("no fence.", 12).at("docs/index.md") == "docs/index.md:12: no fence."


def test_the_nearest_word_is_suggested() -> None:
    assert did_you_mean("pyhton", ["python", "json"]) == " Did you mean 'python'?"


def test_nothing_is_suggested_when_nothing_is_near() -> None:
    assert did_you_mean("fortran", ["python", "json"]) == ""
