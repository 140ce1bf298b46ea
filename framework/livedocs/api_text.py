"""A module of the framework as Markdown, for those who read text: programs, and people too."""

from collections.abc import Iterator
from typing import Any

from livedocs import api


def format_module(path: str) -> str:
    """Return what a module makes public: each name with its signature and its docstring.

    Args:
        path: The module, as `bocadillo.errors`.
    """
    module = api.modules()[path]
    parts = [module.docstring.value.strip()] if module.docstring else []
    for name in api.names(module):
        full = f"{path}.{name}"
        found = api.find(full)
        if found is not None and not found.is_module and api.home(full) == full:
            parts += _object(found, name, level=2)
            parts += _members(full) if found.is_class else ()
    return "\n\n".join(parts) + "\n"


def _members(path: str) -> Iterator[str]:
    cls: Any = api.find(path)
    for name, place in api.members(path).items():
        if place == f"{path}.{name}":
            yield from _object(cls.all_members[name], name, level=3)


def _object(found: Any, name: str, *, level: int) -> Iterator[str]:
    yield f"{'#' * level} {name}"
    yield "```python\n" + "\n".join(_signatures(found, name)) + "\n```"
    if found.docstring:
        yield found.docstring.value.strip()


def _signatures(found: Any, name: str) -> Iterator[str]:
    if found.is_class:
        yield f"class {found.signature(return_type=False, name=name) or name}"
    elif found.is_function:
        start = "async def" if "async" in found.labels else "def"
        for overload in found.overloads or [found]:
            yield f"{start} {overload.signature(name=name)}"
    else:
        annotation = f": {found.annotation}" if found.annotation else ""
        value = f" = {found.value}" if found.value and len(str(found.value)) < 80 else ""
        yield f"{name}{annotation}{value}"
