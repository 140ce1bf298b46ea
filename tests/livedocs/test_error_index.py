import re
from collections.abc import Callable
from typing import Any

import pytest

import bocadillo
from livedocs.error_index import GAP, Message, read_index, read_messages

SOURCE = """
import warnings

HINT = "Ask for help."


class OwnError(Exception): ...


def plain(x):
    raise ValueError(f"expected {x!r}"
        " and more")


def named(x):
    message = f"no {x}. " + HINT
    raise OwnError(message)


def either(x):
    raise TypeError("one" if x else "other")


def _given(what, *, cure):
    raise KeyError(f"{what} is wrong: {cure}")


def give():
    _given("the bread", cure="eat it")
    _given("the soup", cure=give())


def public(what):
    raise LookupError(f"{what} is lost")


def lose():
    public("the bread")


def explain(x):
    if x:
        return f"it was {x}"
    return "it was not"


def explained(self, x):
    raise RuntimeError(explain(x))


def nothing(error):
    raise error
    raise ValueError
    raise ValueError(error)
    raise ValueError(1)
    raise ValueError(f"{error}")
    raise ValueError(*error)


def answers():
    raise HTTPError(404)
    raise HTTPError(400, "Bread only.")
    raise RefusedMessage(1003, {"": "Expected text."})


def says(log, x):
    logger.error("lost %r at %d", x, 1)
    warnings.warn(f"beware of {x}", stacklevel=2)
    print("no message")
    x()("neither")
"""


def read(source: str, module: str = "m") -> list[tuple[str, str]]:
    return [(found.heading, found.text) for found in read_messages(source, module)]


@pytest.mark.parametrize(
    "message",
    [
        ("ValueError", "expected … and more"),
        ("OwnError", "no …. Ask for help."),
        ("TypeError", "one"),
        ("TypeError", "other"),
        ("KeyError", "the bread is wrong: eat it"),
        ("KeyError", "the soup is wrong: …"),
        ("LookupError", "… is lost"),  # other modules may lose other things
        ("RuntimeError", "it was …"),
        ("RuntimeError", "it was not"),
        ("HTTPError", "Bread only."),
        ("WebSocket closes", "Expected text."),
        ("Log", "lost … at …"),
        ("Warnings", "beware of …"),
    ],
)
def test_a_message_is_read_with_what_is_known_of_it(message: tuple[str, str]) -> None:
    assert message in read(SOURCE)


def test_what_has_no_words_is_no_message() -> None:
    texts = [text for _, text in read(SOURCE)]

    assert len(texts) == 15  # `is wrong` in each combination of what callers give
    assert all(re.search("[a-z]{2}", text) for text in texts)


def test_pieces_that_differ_become_one_and_lines_one_line() -> None:
    assert read('raise ValueError(f"in {a} {b}\\n{c}^")') == [("ValueError", "in …")]


def test_python_says_itself_that_a_module_has_no_attribute() -> None:
    assert read('raise AttributeError(f"module {__name__!r} has no attribute {name!r}")') == []


def test_the_command_line_and_converters_have_headings_of_their_own() -> None:
    assert read('raise ClickException("no")', "cli._finding") == [("Command line", "no")]
    assert read('raise ValueError("no")', "cli._finding") == [("Command line", "no")]
    assert read('raise ValueError("no")', "converters") == [("HTTPError", "no")]


def test_the_index_has_the_messages_that_are_raised() -> None:
    """Each is provoked for real, and found in the index by its words."""
    app = bocadillo.App()
    wrong: Any = "404"
    handler: Any = synchronous
    provoked: dict[str, Callable[[], object]] = {
        "TypeError": lambda: bocadillo.HTTPError(wrong),
        "ValueError": lambda: app.on(wrong),
        "RouteError": lambda: app.route("/{x}")(view),
        "ExpectedAsync": lambda: app.error_handler(ValueError)(handler),
    }
    for heading, provoke in provoked.items():
        with pytest.raises((TypeError, ValueError)) as caught:
            provoke()
        assert type(caught.value).__name__ == heading
        text = " ".join(str(caught.value).split())
        known = [pattern(found) for found in read_index() if found.heading == heading]
        assert [found for found in known if found.fullmatch(text)], text


async def view(req: bocadillo.Request, res: bocadillo.Response) -> None: ...


def synchronous(*_: object) -> None: ...


def pattern(message: Message) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, message.text.split(GAP))))
