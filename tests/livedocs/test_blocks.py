import pytest

from livedocs.blocks import Page, WaitingFile, refuse_second
from livedocs.errors import MarkupError
from tests.livedocs.samples import application


def test_ids_are_not_given_twice() -> None:
    page = Page("p.md", examples={"app-1": application("")})

    assert (page.new_id("app"), page.new_id("script")) == ("app-2", "script-1")


def test_the_latest_of_a_name_is_the_last_application_with_it() -> None:
    app = application("")
    page = Page("p.md", examples={"app-1": app})

    assert page.latest(None) is app
    assert page.latest("app-1") is app
    assert page.latest("shop") is None


def test_waiting_files_are_taken_once_by_those_that_they_wait_for() -> None:
    any_app = WaitingFile(None, "a.txt", "a", 1)
    shop, other = WaitingFile("shop", "b.txt", "b", 2), WaitingFile("other", "c.txt", "c", 3)
    page = Page("p.md", waiting=[any_app, shop, other])

    assert page.take_waiting("shop", "app.py") == {"a.txt": "a", "b.txt": "b"}
    assert page.waiting == [other]


def test_two_waiting_files_of_one_path_are_refused() -> None:
    page = Page("p.md", waiting=[WaitingFile(None, "a", "", line) for line in (1, 5)])

    with pytest.raises(MarkupError) as caught:
        page.take_waiting("app-1", "app.py")

    assert (caught.value.line, caught.value.message) == (
        5,
        (
            "the example has a file 'a' already: give this one another path, or begin another "
            "example with `python app`."
        ),
    )


def test_a_new_path_is_no_second() -> None:
    refuse_second({"a": ""}, "b", line=1)
