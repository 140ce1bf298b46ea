"""Pydantic models as bodies of requests and responses: the one module that knows pydantic.

It is imported where a pydantic model is met, so that an application without them does not pay.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pydantic
from pydantic.errors import PydanticUndefinedAnnotation

from .errors import HTTPError

__all__ = ["compile_model", "dump_model"]

MAX_ERRORS = 100


@lru_cache(maxsize=256)
def compile_model(annotation: Any) -> Callable[[bytes], Any]:
    """Compile the function that validates JSON; it raises `HTTPError(400)` with all errors.

    It takes JSON that is known to be well-formed: pydantic's own parser would let NaN pass.

    Raises:
        TypeError: pydantic cannot make a schema of the annotation.
    """
    try:
        validate = pydantic.TypeAdapter(annotation).validate_json
    except (pydantic.PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise TypeError(f"pydantic cannot validate `{annotation}`: {error}") from error

    def decode(body: bytes) -> Any:
        try:
            return validate(body)
        except pydantic.ValidationError as error:
            raise HTTPError(400, _describe(error)) from None

    return decode


def _describe(error: pydantic.ValidationError) -> dict[str, str]:
    """Return all errors by the path of their field: `{"items[0].price": "Field required"}`."""
    count = error.error_count()
    if count > MAX_ERRORS:  # a body can hold as many errors as bytes
        return {"body": f"{count} errors, too many to list"}
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return {_format_path(item["loc"]): item["msg"] for item in found}


def _format_path(location: tuple[int | str, ...]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location]
    return "".join(steps).removeprefix(".") or "body"


def dump_model(model: Any) -> Any:
    """Return the model as JSON holds it: by its own `model_dump(mode="json")`."""
    return model.model_dump(mode="json")
