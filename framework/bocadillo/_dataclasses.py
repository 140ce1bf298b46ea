"""The defaults of dataclasses, which msgspec leaves on the class when it decodes one.

Reading `todo.done` finds a default there, but encoding `todo` again does not: it would lose the
field. So the defaults are stored in what was decoded.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec
from msgspec import inspect

__all__ = ["has_dataclass", "store_defaults"]


def has_dataclass(annotation: Any) -> bool:
    """Tell if a value of a type may be, or hold, a dataclass."""
    waiting: list[Any] = [inspect.type_info(annotation)]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, inspect.DataclassType) and is_dataclass(found.cls):
            return True
        if id(found) not in seen:
            seen.add(id(found))
            waiting += _parts(found)
    return False


def store_defaults(value: Any) -> Any:
    """Store the defaults of each dataclass in a decoded value; return the value."""
    waiting: list[Any] = [value]
    while waiting:
        found = waiting.pop()
        if is_dataclass(found) and hasattr(found, "__dict__"):
            for field in fields(found):
                if field.name not in found.__dict__:
                    object.__setattr__(found, field.name, getattr(found, field.name))
        waiting += _members(found)
    return value


def _parts(info: Any) -> Iterator[Any]:
    """Yield what the description of a type is made of."""
    if isinstance(info, tuple):
        yield from info
    elif isinstance(info, inspect.Type | inspect.Field):
        yield from (getattr(info, name) for name in info.__struct_fields__)


def _members(value: Any) -> Iterator[Any]:
    """Yield the values that a decoded value holds."""
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, msgspec.Struct):
        yield from (getattr(value, name) for name in value.__struct_fields__)
    elif is_dataclass(value):
        yield from (getattr(value, field.name) for field in fields(value))
