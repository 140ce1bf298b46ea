"""The reference tells of all that is public: each module has a page, each name its words."""

import re
from pathlib import Path
from typing import Any

import griffe
import pytest
import yaml

from livedocs import api

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDER = DOCS / "reference" / "bocadillo"
OF_STARLETTE = frozenset({"scope"})  # attributes that a class of ours sets in its place
CLI = "bocadillo.cli"  # told on the page of the command line


class Loader(yaml.SafeLoader):
    """Read `mkdocs.yml`, whose tags are of no interest here."""


Loader.add_multi_constructor("!", lambda *_: None)


def nav() -> list[str]:
    """Return the pages of the navigation."""
    found: list[str] = []

    def walk(item: Any) -> None:
        if isinstance(item, str):
            found.append(item)
        else:
            for inner in item.values() if isinstance(item, dict) else item:
                walk(inner)

    walk(yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)["nav"])
    return found


def described(obj: griffe.Object) -> set[str]:
    """Return the attributes that a docstring tells of."""
    sections = obj.docstring.parse("google", warnings=False) if obj.docstring else []
    kinds = ("parameters", "attributes")
    return {
        item.name.lstrip("*")
        for section in sections
        if section.kind.value in kinds
        for item in section.value
    }


def public() -> dict[str, griffe.Object]:
    """Return every public name with what it stands for, but for what others define."""
    found = {path: api.find(path) for path in sorted(api.homes())}
    return {path: obj for path, obj in found.items() if obj is not None}


def functions() -> dict[str, Any]:
    """Return the public functions and methods, each overload of its own."""
    found: dict[str, Any] = {}
    for path, obj in public().items():
        inner: dict[str, Any] = obj.all_members if obj.is_class else {"": obj}
        for name, member in inner.items():
            if (not name.startswith("_") or name == "__init__") and member.is_function:
                for number, function in enumerate(member.overloads or [member]):
                    found[f"{path}.{name}".rstrip(".") + f"-{number}"] = function
    return found


def test_each_public_module_has_a_page_and_each_page_a_module() -> None:
    expected = {api.page_of(path) for path in api.modules() if path != CLI}
    actual = {path.relative_to(DOCS).as_posix() for path in FOLDER.rglob("*.md")}

    assert actual == expected
    assert actual <= set(nav())


@pytest.mark.parametrize("module", sorted(set(api.modules()) - {CLI}))
def test_the_page_of_a_module_is_made_of_its_docstrings(module: str) -> None:
    text = (DOCS / api.page_of(module)).read_text(encoding="utf-8")

    assert re.search(rf"^# {re.escape(module)} {{ #{re.escape(module)} }}$", text, re.MULTILINE)
    assert re.search(rf"^::: {re.escape(module)}$", text, re.MULTILINE)
    assert re.search(r"^description: .+$", text, re.MULTILINE)
    assert module == api.PACKAGE or "The guide: " in text


def test_each_public_name_has_a_docstring() -> None:
    assert [path for path, obj in public().items() if not obj.has_docstring] == []
    assert [path for path, module in api.modules().items() if not module.has_docstring] == []


def test_each_docstring_begins_with_a_sentence() -> None:
    assert [
        path
        for path, obj in public().items()
        if not obj.is_module and not re.search(r"[.:]$", api.summary(obj))
    ] == []


def test_each_member_of_a_public_class_is_told_of() -> None:
    assert [
        f"{path}.{name}"
        for path, obj in public().items()
        if obj.is_class
        for name, member in obj.all_members.items()
        if not name.startswith("_") and not member.has_docstring
        if name not in described(obj) | OF_STARLETTE
    ] == []


def test_each_signature_has_its_types() -> None:
    untyped = [
        f"{path}: {parameter.name}"
        for path, function in functions().items()
        for parameter in function.parameters
        if parameter.annotation is None and parameter.name not in ("self", "cls")
    ]

    assert untyped == []
    assert [
        path
        for path, function in functions().items()
        if function.returns is None and function.name != "__init__"
    ] == []


def test_the_page_about_asgi_says_what_is_used() -> None:
    text = (DOCS / "reference" / "asgi.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (yes|no) \|", text, re.MULTILINE)
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "framework" / "bocadillo").rglob("*.py")
        if path.name != "_protocol.py"
    )

    assert len(rows) == 8
    assert [(name, used) for name, used in rows if (f'"{name}' in source) != (used == "yes")] == []
