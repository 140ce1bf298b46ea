"""Bodies of a type: from JSON to the value a view asks for, checked on the way."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import is_dataclass
from types import UnionType
from typing import Annotated, Any, NewType, Union, get_args, get_origin

import msgspec

from ._dataclasses import has_dataclass, store_defaults
from .errors import HTTPError

__all__ = ["JSON", "check_content_type", "compile_body", "decode_json", "is_body_type"]

JSON = (b"content-type", b"application/json")  # as nearly all clients write it
MALFORMED = "JSON is malformed."
# Bodies may be nested deeper than the interpreter recurses.
DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# RFC 9110, section 8.3.1: type and subtype are tokens. What is none, browsers may read otherwise.
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
is_other_json = re.compile(TOKEN + rb"/" + TOKEN + rb"\+json").fullmatch


def is_body_type(annotation: Any) -> bool:
    """Tell if an annotation describes a body: a record, or a container or union with one.

    Records are `msgspec.Struct`, dataclasses, `TypedDict`, attrs classes and pydantic models.
    """
    return any(_is_record(member) for member in _walk(annotation, set()))


def compile_body(annotation: Any) -> Callable[[bytes], Any]:
    """Compile the decoder of a body: it takes JSON, and gives a value of the annotated type.

    The decoder raises `HTTPError(400)` for malformed JSON, and for JSON that does not fit: its
    detail is then `{"items[0].price": "Expected `float`, got `str`"}`, with all errors.

    Raises:
        TypeError: JSON cannot be decoded into such a type.
    """
    if any(_is_pydantic(member) for member in _walk(annotation, set())):
        return _compile_pydantic(annotation)
    decode = msgspec.json.Decoder(annotation, dec_hook=_decode_other).decode
    complete = store_defaults if has_dataclass(annotation) else None
    explain = _explain_lazily(annotation)

    def decode_body(body: bytes) -> Any:
        try:
            value = decode(body)
            return complete(value) if complete else value
        except msgspec.ValidationError as error:
            raise HTTPError(400, explain(body, str(error))) from None
        except DECODE_ERRORS:
            raise HTTPError(400, MALFORMED) from None

    return decode_body


def decode_json(body: bytes) -> Any:
    """Decode JSON of any shape.

    Raises:
        HTTPError: 400, it is malformed.
    """
    try:
        return msgspec.json.decode(body)
    except DECODE_ERRORS:
        raise HTTPError(400, MALFORMED) from None


def check_content_type(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse what a page of another site can send: it needs no permission from us.

    Raises:
        HTTPError: 415, the content type is not JSON.
    """
    for name, value in headers:
        if name == b"content-type":
            media_type = value.partition(b";")[0].strip().lower()
            if media_type == b"application/json" or is_other_json(media_type):
                return
            shown = value.decode("latin-1")
            raise HTTPError(415, f"Expected content type `application/json`, got `{shown}`")
    raise HTTPError(415, "Expected content type `application/json`, got none")


def _walk(annotation: Any, seen: set[int]) -> Iterator[Any]:
    """Yield the types an annotation is made of; a `type X = …` may name itself."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _walk(annotation.__origin__, seen)
    elif isinstance(annotation, NewType):
        yield from _walk(annotation.__supertype__, seen)
    elif hasattr(annotation, "__value__"):  # `type Name = ...`, from Python 3.12 on
        if id(annotation) not in seen:
            seen.add(id(annotation))
            yield from _walk(annotation.__value__, seen)
            yield from (item for part in get_args(annotation) for item in _walk(part, seen))
    elif _has_items(origin):
        yield origin
        yield from (item for part in get_args(annotation) for item in _walk(part, seen))
    else:
        yield origin or annotation


def _has_items(origin: Any) -> bool:
    is_union = origin in (Union, UnionType)
    return is_union or (isinstance(origin, type) and issubclass(origin, Collection))


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (
        issubclass(kind, msgspec.Struct)
        or is_dataclass(kind)
        or hasattr(kind, "__required_keys__")  # a TypedDict, also that of typing_extensions
        or hasattr(kind, "__attrs_attrs__")
        or _is_pydantic(kind)
    )


def _is_pydantic(kind: Any) -> bool:
    """Tell if a class is a pydantic model or dataclass; pydantic is not imported for that."""
    return isinstance(kind, type) and hasattr(kind, "__pydantic_core_schema__")


def _compile_pydantic(annotation: Any) -> Callable[[bytes], Any]:
    from ._pydantic import compile_model  # noqa: PLC0415 - pydantic may be missing

    validate = compile_model(annotation)

    def decode_body(body: bytes) -> Any:
        decode_json(body)  # pydantic's own parser is less strict: it takes NaN
        return validate(body)

    return decode_body


def _explain_lazily(annotation: Any) -> Callable[[bytes, str], dict[str, str]]:
    """Make the function that finds all errors; the first error compiles it."""
    find: Callable[[bytes, str], dict[str, str]] | None = None

    def explain(body: bytes, message: str) -> dict[str, str]:
        nonlocal find
        if find is None:
            from ._body_errors import compile_errors  # noqa: PLC0415 - most bodies are right

            find = compile_errors(annotation, _decode_other)
        return find(body, message)

    return explain


def _decode_other(kind: Any, value: Any) -> Any:
    """Make a value of a type that msgspec does not know, inside one that it knows."""
    if not _is_pydantic(kind):
        raise NotImplementedError(f"cannot decode JSON as `{kind.__module__}.{kind.__qualname__}`")
    try:
        return _compile_pydantic(kind)(msgspec.json.encode(value))
    except HTTPError as error:
        problems = [f"{path}: {problem}" for path, problem in error.detail.items()]
        raise ValueError("; ".join(problems)) from None
