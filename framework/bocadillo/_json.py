"""JSON for responses: what msgspec encodes, and pydantic models.

NaN and the infinities, which JSON does not have, become `null`. Text that is no valid Unicode
(a lone surrogate) is refused with a `UnicodeEncodeError`.
"""

import reprlib
from collections.abc import Callable
from typing import Any

import msgspec

from ._near_misses import ask_for_await

__all__ = ["encode_json"]

COMPOSED = (tuple, frozenset, msgspec.Struct)


def _encode_other(value: object) -> object:
    """Turn what msgspec does not know into what it knows."""
    kind = type(value)
    name = f"`{kind.__module__}.{kind.__qualname__}`"
    if hasattr(kind, "__pydantic_serializer__"):
        from ._pydantic import dump_model  # noqa: PLC0415 - pydantic may be missing

        return dump_model(value)
    if value is None or isinstance(value, COMPOSED):  # fine elsewhere
        raise TypeError(
            f"cannot encode {reprlib.repr(value)} as the key of a JSON object: "
            f"expected str or a number, got {name}"
        )
    raise TypeError(
        f"cannot encode {reprlib.repr(value)} as JSON: expected dict, list, tuple, set, str, "
        "bytes, int, float, bool, None, Decimal, a date, time, duration, UUID or enum, a "
        "dataclass, attrs class, msgspec.Struct or pydantic model, "
        f"got {name}{ask_for_await(value)}"
    )


encode_json: Callable[[Any], bytes] = msgspec.json.Encoder(enc_hook=_encode_other).encode
