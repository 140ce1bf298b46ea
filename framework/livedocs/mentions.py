"""Link the names of a highlighted block that come from the framework to its reference.

The links are written as mkdocs-autorefs reads them, `<autoref identifier="...">`: where a page of
the reference stands is not known here.
"""

import ast
import re
from collections.abc import Mapping

from livedocs import api

# What views and applications are given, by the names that pages use throughout.
OBJECTS = {
    "app": "bocadillo.applications.App",
    "req": "bocadillo.requests.Request",
    "res": "bocadillo.responses.Response",
    "router": "bocadillo.routers.Router",
    "ws": "bocadillo.websockets.WebSocket",
}
NAME = re.compile(
    r'(?P<before><span class="n[dn]?">@?)(?P<name>[A-Za-z_]\w*)(?P<after></span>)'
    r'(?:(?P<dot><span class="o">\.</span><span class="n">)(?P<member>\w+)(?P<end></span>))?'
)
DOT = '<span class="o">.</span>'


def imported_names(source: str) -> dict[str, str | None]:
    """Return what a program imports or defines: of the framework, where it is told; else `None`.

    >>> imported_names("from bocadillo import App")
    {'App': 'bocadillo.applications.App'}
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a fragment
        return {}
    found: dict[str, str | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                found[alias.asname or alias.name] = _told(f"{module}.{alias.name}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = None
    return found


def _told(path: str) -> str | None:
    found = api.home(path)
    return found if found in api.homes() or found in api.modules() else None


def link_names(html: str, names: Mapping[str, str | None], *, has_objects: bool) -> str:
    """Return the HTML of a block with a link where a name of the framework first stands.

    Args:
        html: What Pygments made of it.
        names: As `imported_names` tells them, of this block and of those before it.
        has_objects: Whether `app`, `req`, `res` and so on are what they are called.
    """
    seen: set[str] = set()

    def link(text: str, target: str | None) -> str:
        if target is None or target in seen:
            return text
        seen.add(target)
        return f'<autoref identifier="{target}">{text}</autoref>'

    def replace(found: re.Match[str]) -> str:
        name, member = found["name"], found["member"]
        is_member = html.endswith(DOT, 0, found.start())
        owner = None if is_member else names.get(name)
        start = f"{found['before']}{link(name, owner)}{found['after']}"
        if not member:
            return start
        told = None if is_member else _member(name, member, owner, has_objects=has_objects)
        return f"{start}{found['dot']}{link(member, told)}{found['end']}"

    return NAME.sub(replace, html)


def _member(name: str, member: str, owner: str | None, *, has_objects: bool) -> str | None:
    if owner is not None:
        return _told(f"{owner}.{member}") if owner in api.modules() else None
    return api.members(OBJECTS[name]).get(member) if has_objects and name in OBJECTS else None
