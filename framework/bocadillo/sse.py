"""Server-sent events: messages for `@res.event_stream`, in the format that browsers read.

Source: WHATWG HTML, section 9.2.5 (Parsing an event stream).
"""

import re
from typing import Any

from ._json import encode_json
from ._near_misses import ask_for_await

__all__ = ["ServerEvent", "server_event"]

split_lines = re.compile(r"\r\n|\r|\n").split  # U+2028 and its like break no line here


class ServerEvent(str):
    """The text of one event, as it is sent: what `server_event` returns."""

    __slots__ = ()


def server_event(
    name: str | None = None,
    *,
    data: str | None = None,
    json: Any = None,
    id: str | int | None = None,  # noqa: A002 - the name of the field
    retry: int | None = None,
    comment: str | None = None,
) -> ServerEvent:
    r"""Make an event for an event stream.

    Examples:
        >>> server_event("temperature", json={"celsius": 21.5}, id=7)
        'id: 7\nevent: temperature\ndata: {"celsius":21.5}\n\n'

    Args:
        name: what browsers dispatch it as, `message` if there is none. An event that has a name
            has data: empty, unless given.
        data: text of any number of lines.
        json: a value to be sent as data, in JSON; `None` is no value.
        id: what the client says in `Last-Event-ID` when it connects again.
        retry: how many milliseconds the client waits before it connects again.
        comment: text that clients ignore.

    Raises:
        TypeError: a field is of another type, or JSON cannot hold the value.
        ValueError: a field cannot be sent, data is given twice, or nothing is given.
    """
    text = ""
    if comment is not None:
        text = _format_lines("comment", comment, start=": ")
    if id is not None:
        text += f"id: {_check_id(id)}\n"
    if name is not None:
        text += f"event: {_check_line('name', name)}\n"
    if retry is not None:
        text += f"retry: {_check_retry(retry)}\n"
    if data is not None or json is not None:
        text += _format_data(data, json)
    elif name is not None:
        text += "data: \n"  # browsers drop an event without data
    elif not text:
        raise ValueError("expected a name, `data`, `json`, `id`, `retry` or `comment`, got nothing")
    if not text.isascii():
        _check_unicode(text)
    return ServerEvent(text + "\n")


def _format_data(data: Any, json: Any) -> str:
    if json is None:
        return _format_lines("data", data, start="data: ")
    if data is not None:
        raise ValueError(f"expected `data` or `json` for an event, got {data!r} and {json!r}")
    return f"data: {encode_json(json).decode()}\n"


def _format_lines(field: str, value: Any, *, start: str) -> str:
    if not isinstance(value, str):
        cure = "; `json` takes other values" if field == "data" else ""
        raise _refuse(field, value, "str", cure=cure)
    if "\n" not in value and "\r" not in value:
        return f"{start}{value}\n"
    return "".join([f"{start}{line}\n" for line in split_lines(value)])


def _check_line(field: str, value: str) -> str:
    if not isinstance(value, str):
        raise _refuse(field, value, "str")
    if "\n" in value or "\r" in value:
        raise ValueError(f"expected one line for `{field}` of an event, got {value!r}")
    return value


def _check_id(value: str | int) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _refuse("id", value, "str or int")
    if "\0" in value:
        raise ValueError(f"clients ignore an `id` with the character NUL, got {value!r}")
    return _check_line("id", value)


def _check_retry(value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refuse("retry", value, "an int, in milliseconds,")
    if value < 0:
        raise ValueError(f"expected milliseconds from 0 on for `retry` of an event, got {value!r}")
    return value


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"an event cannot hold half of a surrogate pair, got {text!r}") from None


def _refuse(field: str, value: object, expected: str, *, cure: str = "") -> TypeError:
    message = f"expected {expected} for `{field}` of an event, got {value!r}"
    return TypeError(f"{message}{ask_for_await(value)}{cure}")
