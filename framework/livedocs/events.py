r"""Event streams as text: where one event ends, and the first few of them.

Lines `:` alone are heartbeats: they come when a stream is idle, and so differ from run to run. They
count only where a page shows them.

Source: WHATWG HTML, section 9.2.5 (Parsing an event stream).
"""

import re

CONTENT_TYPE = "text/event-stream"
FIELD_LINE = re.compile(r"(?:data|event|id|retry)(?::|$)|:|\.\.\.$")
HEARTBEAT = re.compile(r"^:\n(?::\n)*", re.MULTILINE)


def split_events(text: str) -> list[str]:
    r"""Return the events of a documented stream, or of one that came; of the latter, whole ones.

    >>> split_events("data: a\n\n: b\ndata: c\n\n")
    ['data: a', ': b\ndata: c']
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [event for event in (part.strip("\n") for part in text.split("\n\n")) if event]


def count_events(text: str) -> int:
    r"""Return how many events of a stream have come whole.

    >>> count_events("data: a\n\ndata: b\n")
    1
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return len(split_events(text[: text.rfind("\n\n") + 2] if "\n\n" in text else ""))


def first_events(text: str, count: int) -> str:
    r"""Return the first events of a stream.

    >>> first_events("data: a\n\ndata: b\n\ndata: c\n\n", 2)
    'data: a\n\ndata: b\n\n'
    """
    return "".join(f"{event}\n\n" for event in split_events(text)[:count])


def looks_like_events(text: str) -> bool:
    r"""Tell whether a text is one of event streams, as the output of `curl -N` may be.

    >>> looks_like_events("id: 1\ndata: a\n\ndata: b")
    True
    """
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and all(FIELD_LINE.match(line) for line in lines)


def without_heartbeats(text: str, *, kept: bool) -> str:
    r"""Return a stream with its heartbeats left out, or with one for several in a row.

    >>> without_heartbeats(":\n:\ndata: a\n\n", kept=True)
    ':\ndata: a\n\n'
    """
    return HEARTBEAT.sub(":\n" if kept else "", text)
