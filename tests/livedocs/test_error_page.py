import re

import pytest

from livedocs.error_index import Message, read_index
from livedocs.error_page import anchors, format_index, guide_page


def test_messages_stand_by_what_they_come_as_each_with_an_anchor_and_a_page() -> None:
    messages = (
        Message("Log", "it … broke", "sse"),
        Message("OddError", "no soup", "applications"),
        Message("ProviderError", "no `…`", "providers"),
        Message("ProviderError", "no `…`", "views"),
        Message("ProviderError", "none", "nobody_knows"),
    )

    assert format_index(messages) == (
        "## ProviderError { #providererror }\n\n"
        "Something that a view or a provider asks for cannot be provided.\n\n"
        "### `` no `…` `` { #providererror-no }\n\n"
        "The guide: [Providers](../guide/providers.md), [Views](../guide/views.md).\n\n"
        "### `` none `` { #providererror-none }\n\n"
        "## OddError { #odderror }\n\n"
        "Python's own `OddError`: the framework was called with what it cannot take.\n\n"
        "### `` no soup `` { #odderror-no-soup }\n\n"
        "The guide: [Applications](../guide/apps.md).\n\n"
        "## Log { #log }\n\n"
        "Lines of the loggers below `bocadillo`.\n\n"
        "### `` it … broke `` { #log-it-broke }\n\n"
        "The guide: [Server-sent events](../guide/sse.md).\n"
    )


def test_an_anchor_has_the_first_words_and_more_only_where_others_begin_alike() -> None:
    start = "a b c d e f g h i j k l"
    found = anchors([Message("E", f"{start} m", "x"), Message("E", f"{start} n", "x")])

    assert list(found.values()) == ["e-a-b-c-d-e-f-g-h-i-j-k-l", "e-a-b-c-d-e-f-g-h-i-j-k-l-n"]


def test_all_anchors_differ() -> None:
    found = re.findall(r"\{ #(.+) \}", format_index())

    assert sorted(found) == sorted(set(found))
    assert len(found) > 250


@pytest.mark.parametrize(
    ("module", "page"),
    [("plugins._sessions", "sessions"), ("plugins._hosts", "plugins"), ("unheard_of", "")],
)
def test_the_page_of_a_module_is_that_of_its_package_unless_it_has_its_own(
    module: str, page: str
) -> None:
    assert guide_page(module) == page


def test_all_that_the_framework_says_is_explained_on_a_page() -> None:
    assert {found.module for found in read_index() if not guide_page(found.module)} == set()
