"""The options of WebSockets: the types of their messages, and the close codes that are caught."""

from builtins import all as every
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ._messages import Decode, Encode, compile_decoder, compile_encoder
from ._outbox import DEFAULT_SIZE, Overflow, check_outbox

__all__ = ["CloseCodes", "SocketOptions", "compile_options", "parse_close_codes"]

# 1005 is what a browser's `socket.close()` without a code arrives as; 1012 says that the server
# stops, and closed it.
DEFAULT_CAUGHT = frozenset({1000, 1001, 1005, 1012})

CloseCodes = Iterable[int] | Callable[..., bool] | None
"""Close codes: a collection, the builtin `all` for every one, or `None` for the default."""


class SocketOptions(NamedTuple):
    """The options, compiled.

    Attributes:
        decode: reads the messages received.
        encode: makes those sent; `None` when they are events.
        caught: the close codes that are caught; `None` for all.
        queue_size: how many messages may wait to be sent.
        overflow: what happens when more are to.
    """

    decode: Decode
    encode: Encode | None
    caught: frozenset[int] | None
    queue_size: int
    overflow: Overflow


def compile_options(
    *,
    value_type: Any = None,
    receive_type: Any = None,
    send_type: Any = None,
    caught_close_codes: CloseCodes = None,
    queue_size: int = DEFAULT_SIZE,
    overflow: Overflow = "close",
) -> SocketOptions:
    """Compile the options; `WebSocket` tells what they mean.

    Raises:
        ValueError: there is no type of messages of that name, or no such queue.
        TypeError: a type cannot be decoded, or the close codes are none.
    """
    check_outbox(queue_size, overflow)
    return SocketOptions(
        compile_decoder(_choose(receive_type, value_type)),
        compile_encoder(_choose(send_type, value_type)),
        parse_close_codes(caught_close_codes),
        queue_size,
        overflow,
    )


def parse_close_codes(codes: CloseCodes) -> frozenset[int] | None:
    """Return the codes that are caught; `None` for all.

    Raises:
        TypeError: they are no collection of codes, nor `all`.
    """
    if codes is None:
        return DEFAULT_CAUGHT
    if codes is every:
        return None
    if isinstance(codes, Iterable):
        found = list(codes)
        if all(type(code) is int for code in found):
            return frozenset(found)
    raise TypeError(
        "expected close codes as `caught_close_codes`, such as (1000, 1001), or the builtin "
        f"`all`, got {codes!r}"
    )


def _choose(own: Any, shared: Any) -> Any:
    if own is not None:
        return own
    return "text" if shared is None else shared
