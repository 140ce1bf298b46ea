"""Annotations from msgspec's descriptions of them: a part of a type is a type again.

`msgspec.inspect` resolves what types are made of: names, generics, constraints. What it gives
describes, but does not decode; the annotation does.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union
from uuid import UUID

import msgspec
from msgspec import inspect

__all__ = ["annotate", "unwrap"]

BASES: dict[type[inspect.Type], Any] = {
    inspect.NoneType: None,
    inspect.BoolType: bool,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.StrType: str,
    inspect.BytesType: bytes,
    inspect.ByteArrayType: bytearray,
    inspect.MemoryViewType: memoryview,
    inspect.DateTimeType: datetime,
    inspect.DateType: date,
    inspect.TimeType: time,
    inspect.TimeDeltaType: timedelta,
    inspect.UUIDType: UUID,
    inspect.DecimalType: Decimal,
}
SETS: dict[type[inspect.Type], Any] = {inspect.SetType: set, inspect.FrozenSetType: frozenset}
LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "tz")


def annotate(info: Any) -> Any:
    """Return the annotation that is described so.

    Returns:
        `Annotated[int, Meta(ge=1)]` for `IntType(ge=1)`; for a record, its class.
    """
    info = unwrap(info)
    if hasattr(info, "cls"):
        return info.cls
    limits = {name: getattr(info, name, None) for name in LIMITS}
    limits = {name: limit for name, limit in limits.items() if limit is not None}
    base = _base(info)
    return Annotated[base, msgspec.Meta(**limits)] if limits else base


def unwrap(info: Any) -> Any:
    """Return a description without the notes for readers that it may be wrapped in."""
    return info.type if isinstance(info, inspect.Metadata) else info


def _base(info: Any) -> Any:
    if isinstance(info, inspect.UnionType):
        return Union[tuple(map(annotate, info.types))]  # noqa: UP007 - its members are known at run time
    if isinstance(info, inspect.LiteralType):
        return Literal[info.values]
    if isinstance(info, inspect.TupleType):
        return tuple[tuple(map(annotate, info.item_types))]  # type: ignore[misc] # a type made at run time
    if isinstance(info, inspect.VarTupleType):
        return tuple[annotate(info.item_type), ...]  # type: ignore[misc] # so is this
    if isinstance(info, inspect.CollectionType):
        return SETS.get(type(info), list)[annotate(info.item_type)]
    if isinstance(info, inspect.DictType | inspect.FrozenDictType):
        return dict[annotate(info.key_type), annotate(info.value_type)]  # type: ignore[misc] # and this
    return BASES.get(type(info), Any)
