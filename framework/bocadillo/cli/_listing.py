"""The routes of an application as a table, and the providers of each as a tree."""

import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from click import ClickException

from bocadillo._explaining import Planned, ViewPlan, explain
from bocadillo.applications import App
from bocadillo.routing import Entry, Mount
from bocadillo.views import View, locate

__all__ = ["check_app", "format_plans", "format_routes", "format_table"]

HEADINGS = ("METHODS", "PATTERN", "VIEW", "NAME", "PROVIDERS")


def format_routes(app: Any, target: str) -> str:
    """Return a table of the routes of an application, in the order in which they are matched.

    The last column are the providers that the view of a route, or a decorator, asks for; it is
    left out when there are none, or when the application could not start: see `check_app`.

    Args:
        app: the application.
        target: what names it in a message: `app:app`.

    Raises:
        ClickException: it is an application of another framework.
    """
    _expect_app(app, target)
    if not app.routes:
        return f"{target} has no routes"
    try:
        plans = _explain(app)
    except Exception:  # noqa: BLE001 - `check_app` tells
        plans = []
    names: dict[int, dict[str, None]] = {}
    for plan in plans:
        asked = (planned.provider.name for planned in plan.providers if planned.depth == 0)
        names.setdefault(id(plan.route), {}).update(dict.fromkeys(asked))
    rows = [(*_row(route), ", ".join(names.get(id(route), ()))) for route in app.routes]
    width = 5 if any(names.values()) else 4
    return format_table([HEADINGS[:width], *(row[:width] for row in rows)])


def format_plans(app: Any, target: str) -> str:
    """Return the views of an application, each with its providers as a tree.

    A line stands below those of the providers that it needs: the first line is set up first.

    Raises:
        ClickException: it is an application of another framework, or could not start.
    """
    _expect_app(app, target)
    check_app(app, target)
    parts = [f"{_headline(plan)}\n{_tree(plan)}" for plan in _explain(app)]
    return "\n\n".join(parts) or f"{target} has no views"


def check_app(app: App, target: str) -> None:
    """Refuse an application that could not start: this is what it checks before it serves.

    Args:
        app: the application; it takes no further routes afterwards.
        target: what names it in a message: `app:app`.

    Raises:
        ClickException: it could not start; the message tells why.
    """
    try:
        app._freeze()  # noqa: SLF001 - starting it would run its startup handlers
    except Exception as error:  # noqa: BLE001 - whatever is raised, it does not start
        reason = "".join(traceback.format_exception_only(error)).rstrip()
        raise ClickException(f"{target} cannot start: {reason}") from None


def _expect_app(app: Any, target: str) -> None:
    if not isinstance(app, App):
        raise ClickException(
            f"expected a Bocadillo application as {target}, got {app!r}: only those tell their "
            "routes"
        )


def _explain(app: App) -> list[ViewPlan]:
    return explain(app._registered(app._overrides))  # noqa: SLF001 - nothing else asks


def _row(route: Entry) -> tuple[str, ...]:
    if isinstance(route, Mount):
        kind = getattr(route.app, "__qualname__", type(route.app).__qualname__)
        return "any", route.pattern.text, f"{kind.lstrip('_')} (mounted)", route.name
    view = route.place.removeprefix("view ").replace("`", "")
    return ", ".join(route.methods), route.pattern.text, view, route.name


def _headline(plan: ViewPlan) -> str:
    methods, pattern = ", ".join(plan.methods), plan.route.pattern.text
    return f"{methods} {pattern}  {_full_name(plan.view)} ({plan.view.location})"


def _full_name(view: View) -> str:
    return view.name if view.owner is None else f"{type(view.owner).__name__}.{view.name}"


def _tree(plan: ViewPlan) -> str:
    if not plan.providers:
        return "  no providers"
    rows = [
        (
            f"  {_branch(planned.depth)}{planned.provider.name}",
            planned.provider.scope,
            ", ".join(_notes(planned)),
            "" if planned.is_repeated else locate(planned.provider.function),
        )
        for planned in plan.providers
    ]
    return format_table(rows)


def _branch(depth: int) -> str:
    return "   " * (depth - 1) + "┌─ " if depth else ""


def _notes(planned: Planned) -> Iterator[str]:
    """Yield what is special about a provider in a plan."""
    provider = planned.provider
    if planned.reason in ("autouse", "useprovider", "hook"):
        yield planned.reason
    if planned.is_repeated:
        yield "see above"
        return
    if provider.is_lazy:
        yield "lazy"
    elif planned.is_deferred:
        yield "when awaited"
    if provider.is_generator:
        yield "generator"


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Align the cells of each column; two spaces stand between columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (zip(row, widths, strict=True) for row in rows)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in lines
    )
