import logging

from livedocs.browser.output import LastResort, Stream, own_logging


def test_a_stream_tells_each_text_and_its_length() -> None:
    told: list[tuple[str, str]] = []
    stream = Stream(lambda name, text: told.append((name, text)), "out")

    assert stream.write("hello") == 5
    assert told == [("out", "hello")]


def test_log_records_that_nobody_handles_are_told_and_logging_is_restored() -> None:
    told: list[str] = []
    before = (list(logging.root.handlers), logging.root.level, logging.lastResort)

    errors: list[BaseException] = []
    burnt = ValueError("burnt")

    last_resort = LastResort(lambda _name, text: told.append(text), "app.py", note=errors.append)
    with own_logging(last_resort):
        logging.root.setLevel(logging.DEBUG)
        logging.getLogger("kitchen").warning("hot")
        logging.getLogger("kitchen").error("hotter", exc_info=burnt)

    assert told == ["WARNING kitchen: hot\n", "ERROR kitchen: hotter\nValueError: burnt\n"]
    assert errors == [burnt]
    assert (list(logging.root.handlers), logging.root.level, logging.lastResort) == before
