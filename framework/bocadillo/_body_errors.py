"""All that is wrong with a body: msgspec stops at the first problem, clients want every one.

A body that was refused is taken apart along its type, and each part is decoded by itself:

the part                             then
is decoded                           nothing below it is wrong
is refused, and parts of it are too  the parts tell what is wrong
is refused, its parts are not        it is what msgspec says of it

Only msgspec decides what is right, so that there are errors here exactly where it has one.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Raw, inspect
from msgspec.json import Decoder, decode, encode

from ._annotations import annotate, unwrap

__all__ = ["compile_errors"]

MAX_ERRORS = 100
MAX_DEPTH = 50
MAX_BYTES = 2 * 1024 * 1024  # to be read for one answer: the parts of a part are read again
PART_BYTES = 400  # what the least part counts: as many bytes are read in its time
MAX_NAME = 50  # characters of a name that the client chose

OBJECTS = (inspect.DataclassType, inspect.TypedDictType, inspect.DictType, inspect.FrozenDictType)
ARRAYS = (inspect.CollectionType, inspect.TupleType, inspect.NamedTupleType)

parse_location = re.compile(r"(.*) - at (`key` in )?`\$(.*)`", re.DOTALL).fullmatch
parse_name = re.compile(r"Object (\w+) (?:required|unknown) field `(.*)`", re.DOTALL).fullmatch
NAMED = {"missing": "Missing required field", "contains": "Unknown field"}


def compile_errors(
    annotation: Any, dec_hook: Callable[[Any, Any], Any]
) -> Callable[[bytes, str], dict[str, str]]:
    """Compile the function that finds all errors of a body, by the path of their field.

    It takes the body and what msgspec said of it, and returns from 1 to 100 errors:
    `{"items[0].price": "Expected `float`, got `str`"}`.
    """
    whole = inspect.type_info(annotation)
    decoders: dict[int, Decoder[Any]] = {}

    def find(body: bytes, message: str) -> dict[str, str]:
        search = _Search(decoders, dec_hook)
        search.blame("", body, whole, message=message)
        return search.errors

    return find


class _Search:
    """The search in one body; the decoders are those of its type, by the identity of a part."""

    def __init__(
        self, decoders: dict[int, Decoder[Any]], dec_hook: Callable[[Any, Any], Any]
    ) -> None:
        self.errors: dict[str, str] = {}
        self.left = MAX_BYTES
        self.decoders = decoders
        self.dec_hook = dec_hook

    def blame(self, path: str, raw: Any, info: Any, *, message: str, depth: int = 0) -> None:
        """Tell what is wrong with the parts of a refused value; if nothing is, with itself."""
        before = len(self.errors)
        self.left -= len(raw)
        if depth < MAX_DEPTH and self.left > 0:
            for part in self.split(path, raw, info):
                self.visit(*part, depth=depth + 1)
                if self.left <= 0 or len(self.errors) >= MAX_ERRORS:
                    break
        if len(self.errors) == before:
            self.tell(path, message)

    def visit(self, path: str, raw: Any, info: Any, *, depth: int) -> None:
        """Decode a part, and look for the reason if it is refused."""
        self.left -= PART_BYTES + len(raw)
        decoder = self.decoders.get(id(info))
        if decoder is None:
            decoder = Decoder(annotate(info), dec_hook=self.dec_hook)
            self.decoders[id(info)] = decoder
        message = _refusal(decoder.decode, raw)
        if message is not None:
            self.blame(path, raw, info, message=message, depth=depth)

    def split(self, path: str, raw: Any, info: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the parts of a value: the path, the JSON and the type of each."""
        value = _read(raw, dict[str, Raw] | list[Raw])
        if value is None:
            return  # it has no parts, or what comes after the first problem is no JSON
        chosen = _choose(info, value)
        if isinstance(value, list):
            for i, item in _items(chosen, len(value)):
                yield f"{path}[{i}]", value[i], item
        elif isinstance(chosen, inspect.DictType | inspect.FrozenDictType):
            for key, item in value.items():
                entry = f"{path}.{_shorten(key)}"
                self.check_key(entry, key, chosen.key_type)
                yield entry, item, chosen.value_type
        elif chosen is not None:
            yield from self.split_record(path, value, chosen)

    def split_record(
        self, path: str, value: dict[str, Raw], info: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        known = {getattr(info, "tag_field", None)}
        for field in info.fields:
            known.add(field.encode_name)
            if field.encode_name in value:
                yield f"{path}.{field.encode_name}", value[field.encode_name], field.type
            elif field.required:
                self.tell(f"{path}.{field.encode_name}", NAMED["missing"])
        if getattr(info, "forbid_unknown_fields", False):
            for name in value:
                if name not in known:
                    self.tell(f"{path}.{_shorten(name)}", NAMED["contains"])

    def check_key(self, path: str, key: str, info: Any) -> None:
        self.left -= PART_BYTES
        decoder = Decoder(dict[annotate(info), Any], dec_hook=self.dec_hook)  # type: ignore[misc] # a type made at run time
        message = _refusal(decoder.decode, encode({key: None}))
        if message is not None:
            self.tell(path, message)

    def tell(self, path: str, message: str) -> None:
        """Note an error, unless there is one already, or there are enough."""
        found = parse_location(message)
        problem, is_key, rest = found.groups() if found else (message, None, "")
        if named := parse_name(problem):
            problem, rest = NAMED[named[1]], f"{rest}.{_shorten(named[2])}"
        name = f"{path}{rest}".removeprefix(".") or "body"
        if len(self.errors) < MAX_ERRORS:
            self.errors.setdefault(name, f"{problem} for a key" if is_key else problem)


def _refusal(decode: Callable[[Any], Any], raw: Any) -> str | None:
    """Return what msgspec has against a value, if anything."""
    try:
        decode(raw)
    except msgspec.ValidationError as error:
        return str(error)
    except Exception:  # noqa: BLE001 - an error of a type's own code is none of the client's
        return None
    return None


def _read(raw: Any, annotation: Any) -> Any:
    """Decode what may be anything; what is not of the type is `None`."""
    try:
        return decode(raw, type=annotation)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _choose(info: Any, value: dict[str, Raw] | list[Raw]) -> Any:
    """Return the type whose parts those of a value are: in a union, by kind and tag."""
    members = [unwrap(member) for member in getattr(unwrap(info), "types", (info,))]
    fitting = [member for member in members if _holds(member) is type(value)]
    for member in fitting:
        if getattr(member, "tag", None) is None:
            return member
        raw = _tag(value, member.tag_field)
        is_default = raw is None and len(fitting) == 1
        if is_default or (raw is not None and _read(raw, str | int) == member.tag):
            return member
    return None


def _tag(value: dict[str, Raw] | list[Raw], name: str) -> Raw | None:
    if isinstance(value, dict):
        return value.get(name)
    return value[0] if value else None


def _holds(info: Any) -> type | None:
    """Return the kind of JSON that has the parts of a type, if it has parts."""
    if isinstance(info, inspect.StructType):
        return list if info.array_like else dict
    if isinstance(info, OBJECTS):
        return dict
    return list if isinstance(info, ARRAYS) else None


def _items(info: Any, count: int) -> Iterator[tuple[int, Any]]:
    """Yield the indices of an array that the type says something about, and what it says."""
    if isinstance(info, inspect.CollectionType):
        yield from ((i, info.item_type) for i in range(count))
    elif isinstance(info, inspect.TupleType):
        yield from enumerate(info.item_types[:count])
    elif info is not None:
        start = 0 if getattr(info, "tag", None) is None else 1
        yield from enumerate((field.type for field in info.fields[: count - start]), start)


def _shorten(name: str) -> str:
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
