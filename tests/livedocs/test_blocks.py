import pytest

from livedocs.blocks import Page, WaitingFile, refuse_second
from livedocs.errors import MarkupError
from tests.livedocs.samples import APP, HTTP, application, read


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


@pytest.mark.parametrize(
    ("header", "python", "reason"),
    [
        ('python requires="3.12"', (3, 11), "it needs Python 3.12, and this is 3.11"),
        ('python requires="3.12"', (3, 12), None),
        ('python requires="3.9"', (3, 11), None),
        ('python requires="3.12" skip="slow"', (3, 11), "slow"),
        ("python", (3, 11), None),
    ],
)
def test_a_block_is_not_run_where_it_cannot(
    header: str, python: tuple[int, int], reason: str | None
) -> None:
    page = read(f"```{header}\nx = 1\n```\n")

    assert page.why_not_run(page.blocks[0], python=python) == reason


def test_what_speaks_to_an_application_is_not_run_where_that_cannot() -> None:
    app = APP.replace("python app", 'python app requires="3.12"')
    page = read(f"{app}{HTTP}")

    [_, request] = page.blocks
    assert page.why_not_run(request, python=(3, 11)) == "it needs Python 3.12, and this is 3.11"
    tests = read(f'{APP}```python test requires="3.12"\nx = 1\n```\n')
    assert tests.why_not_run(tests.blocks[1], python=(3, 11)) is not None
    assert tests.why_not_run(tests.blocks[1], python=(3, 14)) is None


def test_lines_are_highlighted_by_what_they_say() -> None:
    page = read('```python hl="x"\nx = 1  # hide\ny = 2\nprint(x)\n```\n')

    assert page.blocks[0].marked == [2]
