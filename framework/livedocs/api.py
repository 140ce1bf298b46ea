"""What the framework makes public, read from its source: modules, names, and where each is told.

A module is public when no part of its name begins with an underscore, and what it makes public
is in its `__all__`. Nothing is imported.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import griffe

FRAMEWORK = Path(__file__).parents[1]
PACKAGE = "bocadillo"
LOADED = griffe.ModulesCollection()


@cache
def load_package() -> griffe.Module:
    """Return the framework as its source tells it."""
    # Names that other packages define (`WebSocketDisconnect`) stay unresolved: they are not loaded.
    griffe.load(PACKAGE, search_paths=[FRAMEWORK], resolve_aliases=True, modules_collection=LOADED)
    return LOADED.members[PACKAGE]


@cache
def modules() -> dict[str, griffe.Module]:
    """Return the modules that have a page in the reference, by their full names.

    The page of a package tells what it exports from its modules: these have none of their own.
    """
    return {module.path: module for module in _public(load_package())}


def _public(module: griffe.Module) -> Iterator[griffe.Module]:
    yield module
    exported = {
        member.target_path.rpartition(".")[0]
        for name in names(module)
        if isinstance(member := module.members.get(name), griffe.Alias)
    }
    for inner in module.modules.values():
        is_told_here = inner.path in exported and module.path != PACKAGE
        if not inner.is_alias and not inner.name.startswith("_") and not is_told_here:
            yield from _public(inner)


def names(module: griffe.Module) -> list[str]:
    """Return what a module makes public, sorted."""
    return [str(name) for name in module.exports or []]


def home(path: str) -> str:
    """Return the name under which a public object is told, as `bocadillo.applications.App`.

    Args:
        path: a name by which it can be imported, as `bocadillo.App`.
    """
    module, _, name = path.rpartition(".")
    while module in modules():
        member = modules()[module].members.get(name)
        target = member.target_path if isinstance(member, griffe.Alias) else ""
        if target.rpartition(".")[0] not in modules():
            break
        module, _, name = target.rpartition(".")
    return f"{module}.{name}"


def find(path: str) -> griffe.Object | None:
    """Return what an importable name stands for; `None` if another package defines it."""
    module, _, name = path.rpartition(".")
    member = modules()[module].members[name]
    if not isinstance(member, griffe.Alias):
        return member
    try:
        return member.final_target
    except griffe.AliasResolutionError:
        return None


@cache
def members(path: str) -> dict[str, str]:
    """Return the public members of a class, each with the name under which it is told.

    Args:
        path: where the class is told, as `bocadillo.applications.App`.
    """
    found = find(path)
    if found is None or not found.is_class:
        return {}
    told: dict[str, str] = {}
    for name, member in found.all_members.items():
        if name.startswith("_") or not member.has_docstring:
            continue
        owner = member.canonical_path.rpartition(".")[0]
        told[name] = f"{owner if owner in homes() else path}.{name}"
    return told


@cache
def homes() -> frozenset[str]:
    """Return where each public name is told."""
    return frozenset(home(f"{path}.{name}") for path, m in modules().items() for name in names(m))


def summary(obj: griffe.Object) -> str:
    """Return the first line of a docstring."""
    return obj.docstring.value.partition("\n")[0] if obj.docstring else ""


def page_of(module: str) -> str:
    """Return the page of a module, relative to `docs`."""
    path = module.replace(".", "/")
    return f"reference/{path}/index.md" if module == PACKAGE else f"reference/{path}.md"


def source_of(module: str) -> str:
    """Return the file of a module, relative to the repository.

    >>> source_of("bocadillo.applications")
    'framework/bocadillo/applications.py'

    Raises:
        ValueError: There is no such module.
    """
    base = FRAMEWORK / module.replace(".", "/")
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path.relative_to(FRAMEWORK.parent).as_posix()
    raise ValueError(f"expected a module of the framework, got {module!r}")
